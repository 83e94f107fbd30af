"""Where an installation keeps what it has, and the key ring that opens it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from trunkline.app.root_key import find_root_key
from trunkline.control.installation.installation import Installation
from trunkline.control.snapshot.copy import SnapshotCopy
from trunkline.core.errors import Unavailable
from trunkline.core.secret import Secret
from trunkline.settings import Settings
from trunkline.storage.database import Database
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import OwnRootKey, RootKeySource


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Where an installation keeps what it has."""

    database: Database
    root_key: RootKeySource
    copy: SnapshotCopy
    journal: Path

    @classmethod
    def of(cls, settings: Settings) -> Resources:
        """The place that the settings name. Opens nothing."""
        folder = settings.data_dir
        return cls(
            database=Database(
                settings.effective_database_url,
                direct_url=_reveal(settings.database_direct_url),
                replica_url=_reveal(settings.database_read_url),
                connections=settings.database_connections,
            ),
            root_key=find_root_key(settings),
            copy=SnapshotCopy(folder / "snapshot"),
            journal=folder / "journal",
        )


def _reveal(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal()


async def open_ring(resources: Resources, *, migrate: bool = False) -> KeyRing:
    """The key ring of ``place``; with ``migrate`` after bringing the database to the newest schema."""
    if migrate:
        # A wrong key is told before anything is written; a database that does not exist yet has no state to compare.
        source = resources.root_key
        if await asyncio.to_thread(source.load) is None and isinstance(source, OwnRootKey):
            await asyncio.to_thread(source.rehearse)
        await resources.database.migrate()
    return await Installation(resources.database).open_ring(resources.root_key)


def open_ring_from_copy(resources: Resources) -> KeyRing:
    """The key ring as the snapshot's copy has it, while the database is away. :class:`Unavailable` without one."""
    state = resources.copy.read_key_state()
    root = resources.root_key.load()
    if state is None or root is None:
        raise Unavailable("The database cannot be reached, and there is no copy of the snapshot to serve from.")
    return KeyRing([root], state)
