"""The connections to a PostgreSQL server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from trunkline.storage.database import Transaction

_CONNECTIONS: Final = text(
    "SELECT current_setting('max_connections')::int, count(*)::int FROM pg_stat_activity"
    " WHERE backend_type = 'client backend'"
)


@dataclass(frozen=True, slots=True)
class ServerConnections:
    """How many a server allows, and how many all its clients have open."""

    allowed: int
    open: int


async def read_connections(tx: Transaction) -> ServerConnections:
    """On PostgreSQL alone."""
    allowed, opened = (await tx.execute(_CONNECTIONS)).one()
    return ServerConnections(allowed, opened)
