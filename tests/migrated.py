"""New installations from what was made once: a migrated SQLite file, the price list, SQL's text.

Most of a short test was that.
"""

from __future__ import annotations

import asyncio
import functools
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, make_url
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.util import LRUCache

from trunkline.control.prices import price_list_file, price_list_making
from trunkline.control.prices.price_list import PriceList
from trunkline.storage.database import Database


def lay_migrated(url: str) -> None:
    """Put a migrated database at ``url`` where that is a file of SQLite's that is not there."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return
    path = Path(parsed.database)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(template())


def make_price_list_once() -> None:
    """Have the price list made and read once for all installations of this process."""
    price_list_making.make_price_list = functools.cache(price_list_making.make_price_list)
    read = price_list_file._read
    known: dict[bytes, PriceList | None] = {}

    def read_once(path: Path) -> PriceList | None:
        data = path.read_bytes() if path.exists() else b""
        if data not in known:
            known[data] = read(path)
        return known[data]

    price_list_file._read = read_once


def compile_statements_once() -> None:
    """Have SQLAlchemy compile a statement once for all databases of a kind, and not again for each of this process.

    It keeps what it compiled by the dialect, of which each engine has one of its own: here those that write the same
    are the same.
    """

    def settle(dialect: Any) -> tuple[object, ...]:
        return (type(dialect), dialect._json_serializer, dialect._json_deserializer)

    def is_equal(dialect: Any, other: object) -> bool:
        return type(dialect) is type(other) and settle(dialect) == settle(other)

    for kind in (PGDialect_asyncpg, SQLiteDialect_aiosqlite):
        setattr(kind, "__hash__", lambda dialect: hash(settle(dialect)))  # noqa: B010 - in the place of the one that it inherits
        setattr(kind, "__eq__", is_equal)  # noqa: B010 - as above
    known: LRUCache[Any, Any] = LRUCache(2_000)
    setattr(Engine, "_compiled_cache", property(lambda engine: known, lambda engine, own: None))  # noqa: B010 - as above


@functools.cache
def template() -> bytes:
    """A migrated SQLite file with nothing in it."""
    folder = Path(tempfile.mkdtemp(prefix="trunkline-migrated-"))
    try:
        # In a thread, because the test that asks first may have a loop of its own running.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(migrate(f"sqlite+aiosqlite:///{folder}/trunkline.db"))).result()
        return (folder / "trunkline.db").read_bytes()
    finally:
        shutil.rmtree(folder)


async def migrate(url: str) -> None:
    """Bring the database at ``url`` to the newest version."""
    database = Database(url)
    await database.migrate()
    await database.close()
