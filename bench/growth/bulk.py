"""Many rows at once, by each driver's own way: executemany on SQLite, COPY on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import create_async_engine

from trunkline.storage.tables import Base

Row = Mapping[str, Any]


class Bulk:
    """Writes rows into an installation's database, past everything that watches over changes."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url)
        self._sqlite = url.startswith("sqlite")

    async def insert(self, table: str, rows: Iterable[Row]) -> None:
        """Insert rows that all have the same columns. JSON values are given as they are read."""
        made = list(rows)
        if not made:
            return
        known: Table = Base.metadata.tables[table]
        names = list(made[0])
        documents = {name for name in names if known.c[name].type.__class__.__name__ == "JSON"}
        values = [tuple(self._write(row[name], name in documents) for name in names) for row in made]
        async with self._engine.begin() as connection:
            raw: Any = (await connection.get_raw_connection()).driver_connection
            if self._sqlite:
                marks = ", ".join("?" * len(names))
                columns = ", ".join(f'"{name}"' for name in names)
                await raw.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)
                await raw.commit()
            else:
                await raw.copy_records_to_table(table, records=values, columns=names)

    def _write(self, value: Any, document: bool) -> Any:
        if document and value is not None:
            return json.dumps(value)
        if self._sqlite and isinstance(value, datetime):
            return value.replace(tzinfo=None).isoformat(" ", "microseconds")
        return value

    async def execute(self, statement: str) -> None:
        """One statement of SQL."""
        async with self._engine.begin() as connection:
            await connection.exec_driver_sql(statement)

    async def close(self) -> None:
        """Close the connections, after the database has done what it would do beside the next operations."""
        statements = ("PRAGMA wal_checkpoint(TRUNCATE)",) if self._sqlite else ("VACUUM ANALYZE", "CHECKPOINT")
        async with self._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            for statement in statements:
                await connection.exec_driver_sql(statement)
        await self._engine.dispose()
