"""Installations at their first start, from what was prepared once: most of a short test was that."""

from __future__ import annotations

import asyncio
import functools
import os
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, delete, func, insert, make_url, select, text

from tests.migrated import lay_migrated, template
from trunkline.app.parts import Parts
from trunkline.app.preparation import prepare
from trunkline.control.people.setup import FirstStart
from trunkline.core.secret import Secret
from trunkline.settings import Settings
from trunkline.storage.database import Database
from trunkline.storage.tables import User

TABLES: list[Table] = User.metadata.sorted_tables


@dataclass(frozen=True)
class Prepared:
    """A place after its first start: the files of its folder, the database as SQLite's file and as rows of tables."""

    first: FirstStart
    files: Mapping[str, bytes]
    database: bytes
    rows: Mapping[str, list[dict[str, Any]]]


async def prepare_by_copy(settings: Settings, parts: Parts) -> FirstStart:
    """As ``prepare()``, with a copy of what that made once, where it would make the same: at a first start as usual.

    All those places have one instance id and one root key.
    """
    if settings.root_key_file or "TRUNKLINE_ROOT_KEY" in os.environ or settings.data_dir.joinpath("root.key").exists():
        return await prepare(settings, parts)
    password = settings.admin_password.reveal() if settings.admin_password else ""
    prepared = _prepare_once(settings.admin_email or "", password)
    if not await _fill(settings.effective_database_url, prepared):
        return await prepare(settings, parts)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in prepared.files.items():
        file = settings.data_dir / name
        file.touch(mode=0o600)
        file.write_bytes(content)
    return prepared.first


async def _fill(url: str, prepared: Prepared) -> bool:
    """Whether the database at ``url`` was migrated and had nothing in it, and has now what was prepared."""
    if make_url(url).get_backend_name() == "sqlite":
        file = Path(make_url(url).database or "")
        if not file.exists() or file.read_bytes() != template():
            return False
        file.write_bytes(prepared.database)
        return True
    database = Database(url)
    try:
        async with database.write() as tx:
            if await tx.scalar(select(func.count()).select_from(User)):
                return False
            # Tables name each other in a circle.
            await tx.execute(text("SET LOCAL session_replication_role = replica"))
            for table in TABLES:
                if table.name in prepared.rows:
                    await tx.execute(delete(table))
                    await tx.execute(insert(table), prepared.rows[table.name])
    finally:
        await database.close()
    return True


@functools.cache
def _prepare_once(email: str, password: str) -> Prepared:
    # In a thread, because the test that asks first may have a loop of its own running.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_prepare_one(email, password))).result()


async def _prepare_one(email: str, password: str) -> Prepared:
    from tests.contract.local_installation import make_cheap_passwords

    folder = Path(tempfile.mkdtemp(prefix="trunkline-prepared-"))
    try:
        settings = Settings(
            data_dir=folder, admin_email=email or None, admin_password=Secret(password) if password else None
        )
        lay_migrated(settings.effective_database_url)
        first = await prepare(settings, Parts(passwords=make_cheap_passwords))
        database = Database(settings.effective_database_url)
        async with database.read() as tx:
            rows = {table.name: [dict(row) for row in (await tx.execute(select(table))).mappings()] for table in TABLES}
        await database.close()
        files = {file.name: file.read_bytes() for file in folder.iterdir() if not file.name.startswith("trunkline.db")}
        return Prepared(
            first, files, (folder / "trunkline.db").read_bytes(), {name: each for name, each in rows.items() if each}
        )
    finally:
        shutil.rmtree(folder)
