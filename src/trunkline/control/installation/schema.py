"""How far a database is migrated."""

from __future__ import annotations

from trunkline.storage import schema_version
from trunkline.storage.database import Database
from trunkline.storage.schema_version import SchemaVersion


async def read_schema(database: Database) -> SchemaVersion:
    """The version of the schema, beside those that this Trunkline knows. :class:`Unavailable` without a database."""
    async with database.read() as tx:
        return await schema_version.read(tx)
