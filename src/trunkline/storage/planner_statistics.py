"""What the database's planner knows of how its tables are filled."""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy import ColumnElement, text
from sqlalchemy.orm import InstrumentedAttribute

from trunkline.storage.database import LONG_SECONDS, Database

_ROWS: Final = 1_000
"""Entries of each index that are looked at: enough to choose between indexes, and the same for a table of any size."""

_WHOLE_OPTIMIZE: Final = (3, 46, 0)
"""Since this version ``optimize`` looks at all tables; before, at those that the same connection has asked.

https://sqlite.org/pragma.html#pragma_optimize
"""


def aside(column: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """The same text as ``column`` holds, in a form that no index is used for: what another condition says finds less.

    Before there are statistics SQLite takes an index that has the wanted order for the better one, though all calls of
    a workspace are in it. https://sqlite.org/optoverview.html#manual_control_of_query_plans_using_sqlite_stat_tables
    """
    return column.concat("")


async def refresh(database: Database) -> None:
    """Have SQLite look at its tables, which it never does by itself. PostgreSQL does, but for what has partitions.

    Raises :class:`Unavailable` when the database is too busy.
    """
    if database.kind != "sqlite":
        # https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-STATISTICS
        async with database.write(limit=LONG_SECONDS) as tx:
            await tx.execute(text("ANALYZE usage_events"))
        return
    statement = "PRAGMA optimize=0x10002" if sqlite3.sqlite_version_info >= _WHOLE_OPTIMIZE else "ANALYZE"
    async with database.write(limit=LONG_SECONDS) as tx:
        await tx.execute(text(f"PRAGMA analysis_limit={_ROWS}"))
        await tx.execute(text(statement))
