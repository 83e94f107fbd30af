"""The intake's connection to SQLite: the standard library's driver, without a thread or an ORM around it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, Generator, Iterable, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from trunkline.core.errors import Unavailable
from trunkline.storage.intake.fault import DataFault
from trunkline.storage.intake.kept_rows import KeptRows
from trunkline.storage.intake.rendering import render_growth, render_insert
from trunkline.storage.intake.table import Kind, Statement, Table, Values

_BUSY_MILLISECONDS: Final = 10_000


class SqliteConnection:
    """A :class:`~trunkline.storage.intake.connection.Connection` that waits inside its calls.

    So it belongs on an event loop where nothing else runs, in a thread or process of its own, and is used there alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._driver: sqlite3.Connection | None = None
        self._kept = KeptRows()

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[SqliteTransaction]:
        """One transaction, which has the database's write lock from its beginning."""
        with _translation():
            driver = self._open()
            driver.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteTransaction(driver, self._kept)
                driver.execute("COMMIT")
                self._kept.commit()
            except BaseException:
                self._kept.roll_back()
                if driver.in_transaction:
                    driver.execute("ROLLBACK")
                raise

    async def close(self) -> None:
        """Close the file."""
        if self._driver is not None:
            self._driver.close()
            self._driver = None

    def _open(self) -> sqlite3.Connection:
        if self._driver is None:
            # Only what is there: the server makes and migrates it.
            address = f"{self._path.absolute().as_uri()}?mode=rw"
            self._driver = sqlite3.connect(address, uri=True, isolation_level=None, cached_statements=32)
            for pragma in (f"busy_timeout={_BUSY_MILLISECONDS}", "synchronous=NORMAL", "foreign_keys=ON"):
                self._driver.execute(f"PRAGMA {pragma}")
        return self._driver


class SqliteTransaction:
    """An open transaction."""

    def __init__(self, driver: sqlite3.Connection, kept: KeptRows) -> None:
        self._driver = driver
        self._kept = kept

    async def insert(self, table: Table, rows: Sequence[Values]) -> list[bool]:
        """Insert what is new, all at once; only where something was there already, one by one."""
        if not rows:
            return []
        names: list[str] = []
        columns: list[Iterable[Any]] = []
        for (name, kind), column in zip(table.columns.items(), zip(*rows, strict=True), strict=True):
            # What no row has is not named: most calls have no route, no version, no feature, and each NULL costs time.
            if column[0] is not None or column.count(None) < len(rows):
                names.append(name)
                columns.append(_write_column(kind, column))
        sql = render_insert(table, tuple(names), _places(len(names)))
        written = list(zip(*columns, strict=True))
        self._driver.execute("SAVEPOINT rows")
        done = self._driver.executemany(sql, written).rowcount
        if done != len(rows):
            self._driver.execute("ROLLBACK TO rows")
            new = [self._driver.execute(sql, row).rowcount == 1 for row in written]
        else:
            new = [True] * len(rows)
        self._driver.execute("RELEASE rows")
        return new

    async def put(self, table: Table, rows: Sequence[Values]) -> None:
        """Insert what is new."""
        new = self._kept.find_new(table, rows)
        if new:
            kinds = list(table.columns.values())
            sql = render_insert(table, tuple(table.columns), _places(len(kinds)))
            self._driver.executemany(sql, [_write(kinds, row) for row in new])

    async def grow(self, table: Table, rows: Sequence[Values]) -> None:
        """Add to the sums."""
        kinds = list(table.columns.values())
        if kinds[-1] == "moment" and "moment" not in kinds[:-1]:
            # So sums are, of which there are many.
            written = [(*row[:-1], _write_moment(row[-1])) for row in rows]
        else:
            written = [_write(kinds, row) for row in rows]
        self._driver.executemany(render_growth(table, _places(len(kinds))), written)

    async def run(self, statement: Statement, *values: Any) -> int:
        """How many rows it changed."""
        return self._driver.execute(statement.sql, _write(statement.kinds, values)).rowcount

    async def ask(self, statement: Statement, *values: Any) -> list[Values]:
        """What it finds."""
        return self._driver.execute(statement.sql, _write(statement.kinds, values)).fetchall()


def _places(count: int) -> str:
    return f"VALUES ({', '.join('?' * count)})"


def _write_column(kind: Kind, column: Sequence[Any]) -> Iterable[Any]:
    if kind == "moment":
        return [value if value is None else _write_moment(value) for value in column]
    if kind == "flag":
        # For a truth the driver looks for an adapter each time, which takes longer than all the rest of the row.
        return [value if value is None else int(value) for value in column]
    return column


def _write(kinds: Sequence[Kind], values: Values) -> Values:
    return tuple(
        _write_moment(value) if kind == "moment" and value is not None else value
        for kind, value in zip(kinds, values, strict=True)
    )


def _write_moment(microseconds: int) -> str:
    seconds, rest = divmod(microseconds, 1_000_000)
    return f"{_write_second(seconds)}{rest:06d}"


@lru_cache(maxsize=1024)
def _write_second(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}."


@contextmanager
def _translation() -> Generator[None]:
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.DataError, OverflowError) as error:
        raise DataFault from error
    except sqlite3.Error as error:
        if "full" in str(error):
            raise Unavailable("The database's disk is full. Free some space; nothing else is needed.") from error
        raise Unavailable("The database cannot be reached or is too busy. Try again in a moment.") from error
