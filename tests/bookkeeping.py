"""Events straight into a database, as the intake stores them, and an audit log beside them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection as RawConnection
from sqlalchemy.ext.asyncio import create_async_engine

from trunkline.app.intake import PROJECTIONS
from trunkline.control.audit import Audit
from trunkline.control.audit_chain.seal import AuditSeal
from trunkline.control.usage.event_store import EventStore
from trunkline.control.usage.journal_events import Event
from trunkline.control.usage.last_uses import LastUses
from trunkline.control.usage.rejected_events import RejectedEvents
from trunkline.storage import schema_version
from trunkline.storage.database import Database
from trunkline.storage.intake.connection import Connection
from trunkline.storage.intake.opening import open_connection
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey

RING = KeyRing.create(RootKey.generate())
"""The keys of whatever has no server."""


def make_audit(database: Database) -> Audit:
    """The audit log of ``database``, sealed with :data:`RING`."""
    return Audit(database, AuditSeal(RING))


def connect(database: Database) -> Connection:
    """Another way into ``database``: that of the intake."""
    engine = database._engine  # pyright: ignore[reportPrivateUsage] - nobody else needs the address
    return open_connection(engine.url.render_as_string(hide_password=False))


async def keep(database: Database, events: Sequence[Event]) -> int:
    """Store ``events`` with all that is added up from them. How many calls were new."""
    connection, uses = connect(database), LastUses()
    with tempfile.TemporaryDirectory() as folder:
        new = await EventStore(connection, (*PROJECTIONS, uses), RejectedEvents(Path(folder))).put(events)
    async with connection.write() as tx:
        await uses.write(tx)
    await connection.close()
    return new


async def migrate_to(url: str, version: str) -> None:
    """Take the schema at ``url`` back to ``version``, or forward to ``head``."""

    def migrate(connection: RawConnection) -> None:
        config = Config()
        config.set_main_option("script_location", str(schema_version.SCRIPTS))
        config.attributes["connection"] = connection
        (command.upgrade if version == "head" else command.downgrade)(config, version)

    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()
