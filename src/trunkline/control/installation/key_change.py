"""Changing the keys at the top, by who owns the data folder: a new key-encryption key, or another root key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trunkline.control.audit import Audit
from trunkline.control.audit_chain.seal import AuditSeal
from trunkline.control.installation.installation import Installation
from trunkline.control.installation.rotation import Rotation, VaultKeyState
from trunkline.core.errors import CannotOpen, Conflict, Unavailable
from trunkline.storage.database import Database
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import OwnRootKey, RootKey, RootKeyFile, RootKeySource
from trunkline.vault.vault import Vault


class VaultKeyChange:
    """What the owner of the data folder does with the keys. Everything may be cut off and repeated."""

    def __init__(self, database: Database, source: RootKeySource) -> None:
        self._database = database
        self._source = source
        self._installation = Installation(database)

    async def read_standing(self) -> VaultKeyState:
        """How far the last change is."""
        rotation, _ = await self._open()
        return await rotation.read_standing()

    async def rotate(self) -> VaultKeyState:
        """A new version of the key-encryption key, and every data key under it. Servers may run meanwhile."""
        rotation, _ = await self._open()
        await rotation.advance()
        return await self.read_standing()

    async def rotate_data_keys(self, report: Callable[[int, int], None]) -> VaultKeyState:
        """A new data key for every owner. Servers may run meanwhile. ``report``: how many are done, and of how many."""
        rotation, _ = await self._open()
        await rotation.rotate_all(report)
        return await self.read_standing()

    async def migrate(self, new: Path) -> Path | None:
        """Everything under the root key in the file ``new``, which then takes the place of the old one.

        Gives where the old key's file is kept. :class:`CannotOpen` when ``new`` is unusable; :class:`Conflict` when the
        root key is no file of ours, so that it cannot be replaced here.
        """
        if not isinstance(self._source, OwnRootKey):
            raise Conflict(
                f"The root key is the credential {self._source.describe()}, which is not Trunkline's to change."
            )
        root = RootKeyFile(new).load()
        if root is None:
            raise CannotOpen(f"There is no root key {new}. Make one: (umask 077; openssl rand -base64 32 > {new})")
        rotation, ring = await self._open(root)
        if ring.uses(root):
            await rotation.finish()
        else:
            await rotation.migrate(root)
        return self._source.replace(root)

    async def _open(self, *others: RootKey) -> tuple[Rotation, KeyRing]:
        state = await self._installation.read_state()
        root = self._source.load()
        if state is None or root is None:
            raise Unavailable("There is no installation here: nothing is encrypted yet.")
        ring = KeyRing([root, *others], state)
        return Rotation(self._database, Vault(ring), self._installation, Audit(self._database, AuditSeal(ring))), ring
