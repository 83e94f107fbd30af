"""Migrations: the packaged Alembic scripts, run from within."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from trunkline.core.errors import Unavailable
from trunkline.storage import schema_version

_LOCK: Final = 7_476_017_321
"""Any number that nobody else's advisory locks on this database are likely to have."""

_FULL: Final = "disk is full"


class WrongSchema(Unavailable):
    """The database has no schema that this version of Trunkline can work with: nothing may serve in its stead."""


class NewerSchema(WrongSchema):
    """The database belongs to a version of Trunkline that is newer than this one."""


class FailedMigration(WrongSchema):
    """A step of a migration failed. Nothing of it was kept."""


def upgrade(connection: Connection) -> None:
    """Bring the schema behind ``connection`` to the newest version, inside its open transaction.

    On PostgreSQL an advisory lock, on SQLite the transaction's write lock, makes processes that start together take
    turns. :class:`NewerSchema` when the database is at a version that these scripts do not know,
    :class:`FailedMigration` when one of them cannot be carried out.
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
    try:
        command.upgrade(config, "head")
    except SQLAlchemyError as error:
        # Of what else the driver says no more than its kind: it may hold data.
        cause = _FULL if _FULL in str(error) else type(getattr(error, "orig", None) or error).__name__
        raise FailedMigration(
            f"The database could not be brought to version {known[0]} ({cause}), and was left at"
            f" {current or 'no version'}. Nothing of it was kept: mend the cause, which PostgreSQL's log tells, and"
            " start again."
        ) from error
