"""When calls are served without preparing anything: only where there is nothing to prepare."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from trunkline.app.parts import Parts
from trunkline.app.preparation import prepare
from trunkline.app.prepared_folder import is_prepared
from trunkline.core.secret import Secret
from trunkline.settings import Settings
from trunkline.vault.password import Passwords
from trunkline.vault.root_key import RootKey

ADMIN: Any = {"admin_email": "admin@example.com", "admin_password": Secret("correct horse battery staple")}
PARTS = Parts(passwords=lambda: Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))


def change(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "trunkline.db")) as connection:
        connection.execute(statement)
        connection.commit()


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def write(name: str, text: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).write_text(text)

    return spoil


def says(statement: str) -> Callable[[Path], None]:
    return lambda folder: change(folder, statement)


async def test_a_folder_that_a_server_has_left_is_prepared(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, **ADMIN)
    assert not is_prepared(settings), "it is empty"
    await prepare(settings, PARTS)
    assert is_prepared(settings)


async def test_a_folder_whose_set_up_is_not_finished_is_not(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    await prepare(settings, PARTS)
    assert not is_prepared(settings), "each start prints a new link"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(says("UPDATE alembic_version SET version_num = '0001'"), id="an older schema"),
        pytest.param(says("UPDATE facts SET value = value + 1 WHERE name = 'snapshot_revision'"), id="a change since"),
        pytest.param(says("UPDATE facts SET value = '{}' WHERE name = 'key_state'"), id="another key ring"),
        pytest.param(says("DROP TABLE facts"), id="a broken database"),
        pytest.param(remove("snapshot"), id="no copy"),
        pytest.param(write("snapshot", "what is this"), id="a broken copy"),
        pytest.param(remove("root.key"), id="no root key"),
        pytest.param(write("root.key", RootKey.generate().export_text()), id="another root key"),
        pytest.param(write("root.key", "short"), id="a broken root key"),
    ],
)
async def test_where_anything_is_to_be_done_or_told_it_is_not(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    settings = Settings(data_dir=tmp_path, **ADMIN)
    await prepare(settings, PARTS)
    spoil(tmp_path)
    assert not is_prepared(settings)


async def test_settings_that_a_start_refuses_are_left_to_it(tmp_path: Path) -> None:
    await prepare(Settings(data_dir=tmp_path, **ADMIN), PARTS)
    assert not is_prepared(Settings(data_dir=tmp_path, admin_email="admin@example.com"))
    assert not is_prepared(Settings(data_dir=tmp_path, database_url=Secret("postgresql+asyncpg://u:p@127.0.0.1:1/x")))


def test_to_start_loads_nothing_that_only_preparing_needs() -> None:
    text = "import trunkline.cli.serve, sys; print(*{name.partition('.')[0] for name in sys.modules})"
    said = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout
    assert not {"alembic", "fastapi", "pydantic", "sqlalchemy", "uvicorn"} & set(said.split())
