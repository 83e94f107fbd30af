"""Migrations: the packaged Alembic scripts, run from within."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

from trunkline.core.errors import Unavailable
from trunkline.storage import schema_version

_LOCK: Final = 7_476_017_321
"""Any number that nobody else's advisory locks on this database are likely to have."""


class NewerSchema(Unavailable):
    """The database belongs to a version of Trunkline that is newer than this one."""


def upgrade(connection: Connection) -> None:
    """Bring the schema behind ``connection`` to the newest version, inside its open transaction.

    On PostgreSQL an advisory lock, on SQLite the transaction's write lock, makes processes that start together take
    turns. :class:`NewerSchema` when the database is at a version that these scripts do not know.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    known = schema_version.list_versions()
    current = schema_version.read_current(connection)
    if current == known[0]:
        return
    if current is not None and current not in known:
        raise NewerSchema(
            f"The database was migrated by a newer version of Trunkline (to {current}). Start that version or a later"
            " one; this one would damage it."
        )
    # Only now, because it takes a tenth of a second and ten megabytes that nearly no start needs.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(schema_version.SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
