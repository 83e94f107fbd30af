"""What a start does with the database that it finds."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from trunkline.app.preparation import prepare
from trunkline.settings import Settings
from trunkline.storage.migration import NewerSchema


async def test_a_database_of_a_newer_version_is_refused_though_a_copy_could_serve(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    await prepare(settings)
    assert (tmp_path / "snapshot").exists()
    with sqlite3.connect(tmp_path / "trunkline.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(NewerSchema, match="newer version of Trunkline"):
        await prepare(settings)
