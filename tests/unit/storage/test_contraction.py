"""Migrations leave what the version before needs: it serves on while servers are replaced one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from tests.unit.storage.contraction import describe, find_contractions

from trunkline.storage import schema_version

FIRST = "0043"
"""The first migration that is held to it."""

CONTRACTIONS: dict[str, str] = {}
"""Migrations that take something away which no version that is upgraded from uses any more, and since which that is."""


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{tmp_path / 'contraction.db'}")
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_each_migration_only_adds(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema_version.SCRIPTS))
    config.attributes["connection"] = connection
    held = [version for version in sorted(schema_version.list_versions()) if version >= FIRST]
    before = max(version for version in schema_version.list_versions() if version < FIRST)
    command.upgrade(config, before)
    found: dict[str, list[str]] = {}
    for version in held:
        tables = describe(connection)
        command.upgrade(config, version)
        if taken := find_contractions(tables, describe(connection)):
            found[version] = taken
    assert {version: taken for version, taken in found.items() if version not in CONTRACTIONS} == {}, (
        "A server of the version before would fail: add first, take away a version later (CONTRIBUTING.md)"
    )
    assert CONTRACTIONS.keys() <= found.keys()


@pytest.mark.parametrize(
    ("change", "taken"),
    [
        ("CREATE TABLE other (id TEXT NOT NULL)", []),
        ("ALTER TABLE t ADD COLUMN more TEXT", []),
        ("ALTER TABLE t ADD COLUMN more TEXT NOT NULL DEFAULT 'x'", []),
        ("DROP TABLE t", ["the table t is gone"]),
        ("ALTER TABLE t DROP COLUMN name", ["the column t.name is gone"]),
        ("ALTER TABLE t RENAME COLUMN name TO title", ["the column t.name is gone"]),
        ("ALTER TABLE t RENAME TO s", ["the table t is gone"]),
        ("DROP TABLE t; CREATE TABLE t (id TEXT NOT NULL, name TEXT NOT NULL)", ["the column t.name must be given"]),
        (
            "DROP TABLE t; CREATE TABLE t (id TEXT NOT NULL, name TEXT, more TEXT NOT NULL)",
            ["the column t.more must be given"],
        ),
    ],
)
def test_what_takes_away_is_found(connection: Connection, change: str, taken: list[str]) -> None:
    connection.execute(text("CREATE TABLE t (id TEXT NOT NULL, name TEXT)"))
    before = describe(connection)
    for statement in change.split(";"):
        connection.execute(text(statement))
    assert find_contractions(before, describe(connection)) == taken
