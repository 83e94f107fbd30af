"""The intake as a process of its own: what it loads, and when it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.server import pause

from trunkline.gateway.journal.folder import JournalFolder
from trunkline.storage.database import Database

HEAVY = ("sqlalchemy", "aiosqlite", "asyncpg", "fastapi", "starlette", "pydantic", "prometheus_client", "cryptography")


def test_it_loads_no_framework_and_no_orm() -> None:
    code = (
        f"import json, sys, trunkline.app.intake; print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert json.loads(loaded) == []


async def wait_until_it_takes_in(process: subprocess.Popen[bytes], folder: JournalFolder) -> None:
    while folder.taken_in_until() is None:
        assert process.poll() is None
        pause()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_in_good_order_when_it_is_told_to(tmp_path: Path, number: signal.Signals) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'trunkline.db'}")
    await database.migrate()
    await database.close()
    environment = {**os.environ, "TRUNKLINE_DATA_DIR": str(tmp_path)}
    process = subprocess.Popen([sys.executable, "-m", "trunkline.app.intake"], env=environment, cwd=tmp_path)
    folder = JournalFolder(tmp_path / "journal")
    await wait_until_it_takes_in(process, folder)
    assert folder.lock() is None, "it alone takes in"
    assert os.getpriority(os.PRIO_PROCESS, process.pid) > os.getpriority(os.PRIO_PROCESS, 0)
    process.send_signal(number)
    assert process.wait(30) == 0
    lock = folder.lock()
    assert lock is not None
    lock.release()


async def test_it_ends_when_who_started_it_is_gone(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'trunkline.db'}")
    await database.migrate()
    await database.close()
    # The one in between starts it, tells its number and dies.
    code = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-m', 'trunkline.app.intake'],"
        " stdout=subprocess.DEVNULL); print(p.pid, flush=True); sys.stdin.read()"
    )
    environment = {**os.environ, "TRUNKLINE_DATA_DIR": str(tmp_path)}
    starter = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    folder = JournalFolder(tmp_path / "journal")
    await wait_until_it_takes_in(starter, folder)
    starter.kill()
    starter.wait(10)
    while (lock := folder.lock()) is None:
        pause()
    lock.release()
