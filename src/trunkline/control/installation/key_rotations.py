"""Rotating the encryption keys of the whole installation from the API, as jobs."""

from __future__ import annotations

from typing import Final, Literal

from trunkline.control.audit import Audit
from trunkline.control.installation.rotation import Rotation, VaultKeyState
from trunkline.control.jobs import JobRecord, Jobs, Progress
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.storage.database import Database

Level = Literal["key-encryption-key", "data-keys"]

_KIND: Final = "key_rotation"


class KeyRotations:
    """What the administrator of the installation does with its encryption keys while servers run."""

    def __init__(self, database: Database, rotation: Rotation, jobs: Jobs, audit: Audit) -> None:
        self._database = database
        self._rotation = rotation
        self._jobs = jobs
        self._audit = audit

    async def read_standing(self, actor: Actor) -> VaultKeyState:
        """How far the last rotation is. Raises Forbidden."""
        access.check(actor, "vault.rotate")
        return await self._rotation.read_standing()

    async def start(self, actor: Actor, level: Level) -> JobRecord:
        """Begin to rotate keys of that level; asking twice gives the same job. Raises Forbidden.

        ``key-encryption-key``: a new version, under which every data key is wrapped again. ``data-keys``: a new one for
        every owner, under which each of their secrets is encrypted again; the job tells how many are done.
        """
        access.check(actor, "vault.rotate")
        async with self._database.write() as tx:
            job, is_new = await self._jobs.start(tx, actor, _KIND, {"level": level})
            if is_new:
                await self._audit.record(tx, actor, "vault.rotate", after={"level": level})
        if is_new:
            self._jobs.run(job.id, lambda progress: self._rotate(level, progress))
        return job

    async def _rotate(self, level: Level, progress: Progress) -> None:
        if level == "key-encryption-key":
            await self._rotation.advance()
        else:
            await self._rotation.rotate_all(lambda done, of: progress.report({"completed": done, "total": of}))
