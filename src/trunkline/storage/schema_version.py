"""Which version of the schema a database has, and which ones this Trunkline knows.

Read without Alembic, which is heavy and only needed where there is something to migrate. Nor is SQLAlchemy loaded by
this: a start compares versions before it knows whether it needs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncSession

SCRIPTS: Final = Path(__file__).parent / "migrations"
"""The migrations: ``versions/<version>_<name>.py``, in the order of their versions."""


@dataclass(frozen=True, slots=True)
class SchemaVersion:
    """``current`` is None for a database that was never migrated. ``known`` are ours, the newest first."""

    current: str | None
    known: tuple[str, ...]


def list_versions() -> tuple[str, ...]:
    """The versions that this Trunkline can bring a database to or from, the newest first."""
    return tuple(sorted((path.name.partition("_")[0] for path in SCRIPTS.glob("versions/[0-9]*.py")), reverse=True))


async def read(tx: AsyncSession) -> SchemaVersion:
    """The database's version, beside ours."""
    connection = await tx.connection()
    return SchemaVersion(await connection.run_sync(read_current), list_versions())


def read_current(connection: Connection) -> str | None:
    """The version of the schema behind ``connection``; None when it was never migrated."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
