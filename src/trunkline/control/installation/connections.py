"""The connections to the database: how many there may be, and how many there are."""

from __future__ import annotations

from trunkline.storage import server_state
from trunkline.storage.database import Database
from trunkline.storage.server_state import ServerConnections


async def read_connections(database: Database) -> ServerConnections | None:
    """Those of all clients of its server; None on SQLite. :class:`Unavailable` without a database."""
    if database.kind == "sqlite":
        return None
    async with database.read() as tx:
        return await server_state.read_connections(tx)
