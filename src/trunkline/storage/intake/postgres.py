"""The intake's connection to PostgreSQL: asyncpg, a whole batch in one statement as arrays of columns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterable, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it has none

from trunkline.core.errors import Unavailable
from trunkline.storage.intake.fault import DataFault
from trunkline.storage.intake.kept_rows import KeptRows
from trunkline.storage.intake.rendering import render_growth, render_insert
from trunkline.storage.intake.table import Kind, Statement, Table, Values

LIMIT_SECONDS: Final = 120.0
"""How long a transaction may take. Nobody waits for it, but a server that hangs must not hold it for ever."""

CONNECT_SECONDS: Final = 3.0

_TYPES: Final[dict[Kind, str]] = {
    "text": "text",
    "count": "bigint",
    "flag": "boolean",
    "moment": "timestamptz",
    "json": "json",
}
_OF_THE_DATA: Final = ("22", "23")
"""How the codes begin that tell of a value, or of a constraint that it breaks; asyncpg gives them to what it refuses
itself, too: https://www.postgresql.org/docs/current/errcodes-appendix.html."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class PostgresConnection:
    """A :class:`~trunkline.storage.intake.connection.Connection`, with ``arguments`` for :func:`asyncpg.connect`."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self._arguments = arguments
        self._driver: Any = None
        self._kept = KeptRows()

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[PostgresTransaction]:
        """One transaction. Whatever breaks off costs the connection: only so does it wait for nothing."""
        with _translation():
            async with asyncio.timeout(LIMIT_SECONDS):
                driver = await self._open()
                try:
                    await driver.execute("BEGIN")
                    yield PostgresTransaction(driver, self._kept)
                    await driver.execute("COMMIT")
                    self._kept.commit()
                except BaseException:
                    self._kept.roll_back()
                    await self.close()
                    raise

    async def close(self) -> None:
        """Drop the connection. The server rolls back what was open in it."""
        driver, self._driver = self._driver, None
        if driver is not None:
            driver.terminate()

    async def _open(self) -> Any:
        if self._driver is None or self._driver.is_closed():
            self._driver = await cast("Any", asyncpg).connect(**self._arguments, timeout=CONNECT_SECONDS)
        return self._driver


class PostgresTransaction:
    """An open transaction. Rows go in by the order of their keys, so that two writers never wait crosswise."""

    def __init__(self, driver: Any, kept: KeptRows) -> None:
        self._driver = driver
        self._kept = kept

    async def insert(self, table: Table, rows: Sequence[Values]) -> list[bool]:
        """Insert what is new."""
        key = itemgetter(*(list(table.columns).index(name) for name in table.key))
        columns = _write_columns(table, sorted(rows, key=key))
        sql = f"{render_insert(table, tuple(table.columns), _render_arrays(table))} RETURNING {', '.join(table.key)}"
        new = {tuple(record) for record in await self._driver.fetch(sql, *columns)}
        if len(new) == len(rows):
            return [True] * len(rows)
        kinds: list[Kind] = [table.columns[name] for name in table.key]
        keys = ((key(row),) if len(kinds) == 1 else key(row) for row in rows)
        return [_write(kinds, one) in new for one in keys]

    async def put(self, table: Table, rows: Sequence[Values]) -> None:
        """Insert what is new."""
        new = self._kept.find_new(table, rows)
        if not new:
            return
        ordered = sorted(new, key=lambda row: row[: len(table.key)])
        sql = render_insert(table, tuple(table.columns), _render_arrays(table))
        await self._driver.execute(sql, *_write_columns(table, ordered))

    async def grow(self, table: Table, rows: Sequence[Values]) -> None:
        """Add to the sums."""
        ordered = sorted(rows, key=lambda row: row[: len(table.key)])
        await self._driver.execute(render_growth(table, _render_arrays(table)), *_write_columns(table, ordered))

    async def run(self, statement: Statement, *values: Any) -> int:
        """How many rows it changed."""
        tag = await self._driver.execute(_render(statement), *_write(statement.kinds, values))
        return int(tag.rsplit(" ", 1)[-1])

    async def ask(self, statement: Statement, *values: Any) -> list[Values]:
        """What it finds."""
        rows = await self._driver.fetch(_render(statement), *_write(statement.kinds, values))
        return [tuple(row) for row in rows]


@lru_cache
def _render(statement: Statement) -> str:
    sql = statement.sql
    for at in range(len(statement.kinds), 0, -1):
        sql = sql.replace(f"?{at}", f"${at}::{_TYPES[statement.kinds[at - 1]]}")
    return f"{sql} {statement.locking}" if statement.locking else sql


@lru_cache
def _render_arrays(table: Table) -> str:
    arrays = ", ".join(f"${at}::{_TYPES[kind]}[]" for at, kind in enumerate(table.columns.values(), 1))
    return f"SELECT * FROM unnest({arrays})"  # noqa: S608 - our names


def _write_columns(table: Table, rows: Sequence[Values]) -> Iterable[Sequence[Any]]:
    columns = zip(*rows, strict=True) if rows else ((),) * len(table.columns)
    return [
        [_moment(value) for value in column] if kind == "moment" else column
        for kind, column in zip(table.columns.values(), columns, strict=True)
    ]


def _write(kinds: Sequence[Kind], values: Values) -> Values:
    return tuple(
        _moment(value) if kind == "moment" and value is not None else value
        for kind, value in zip(kinds, values, strict=True)
    )


def _moment(microseconds: int) -> datetime:
    """Exactly: a floating-point number of seconds would lose the last digit."""
    return _EPOCH + timedelta(microseconds=microseconds)


@contextmanager
def _translation() -> Generator[None]:
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        if str(getattr(error, "sqlstate", None) or "").startswith(_OF_THE_DATA) or isinstance(error, asyncpg.DataError):
            raise DataFault from error
        raise Unavailable("The database cannot be reached or is too busy. Try again in a moment.") from error
    except asyncpg.InternalClientError as error:
        # So the driver says it when the server ends the connection in the very moment of a statement.
        raise Unavailable("The database ended the connection. Try again in a moment.") from error
    except OverflowError as error:
        raise DataFault from error
    except TimeoutError as error:
        raise Unavailable("The database does not answer in time. Try again in a moment.") from error
    except OSError as error:
        raise Unavailable("The database cannot be reached. Try again in a moment.") from error
