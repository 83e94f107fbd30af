"""What a start does with the database that it finds."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from trunkline.app.preparation import prepare
from trunkline.settings import Settings
from trunkline.storage import schema_version
from trunkline.storage.migration import FailedMigration, NewerSchema


async def test_a_database_of_a_newer_version_is_refused_though_a_copy_could_serve(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    await prepare(settings)
    assert (tmp_path / "snapshot").exists()
    with sqlite3.connect(tmp_path / "trunkline.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(NewerSchema, match="newer version of Trunkline"):
        await prepare(settings)


MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9000", {last!r}, None, None


def upgrade() -> None:
    op.create_table("notes", sa.Column("id", sa.String(36), primary_key=True))
    op.execute("INSERT INTO notes (missing) VALUES (1)")
"""


async def test_a_migration_that_fails_keeps_the_server_from_starting_though_a_copy_could_serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    await prepare(settings)
    last, scripts = schema_version.list_versions()[0], tmp_path / "migrations"
    shutil.copytree(schema_version.SCRIPTS, scripts)
    (scripts / "versions" / "9000_notes.py").write_text(MIGRATION.format(last=last))
    monkeypatch.setattr(schema_version, "SCRIPTS", scripts)
    with pytest.raises(FailedMigration, match=rf"to version 9000 \(OperationalError\), and was left at {last}"):
        await prepare(settings)
    with sqlite3.connect(tmp_path / "data" / "trunkline.db") as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(last,)]
        assert database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'notes'").fetchall() == [(0,)]
    database.close()
