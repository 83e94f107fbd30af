"""Whether a server runs on a folder: told by the locks of living processes alone."""

from __future__ import annotations

from pathlib import Path

from trunkline.control.installation.running import is_running
from trunkline.gateway.journal.process_lock import ProcessLock

PROCESS = "0" * 32


def test_no_folder(tmp_path: Path) -> None:
    assert not is_running(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_living_process(tmp_path: Path) -> None:
    lock = ProcessLock.acquire(tmp_path, PROCESS)
    assert lock is not None
    assert is_running(tmp_path)
    lock.release()
    assert not is_running(tmp_path)


def test_what_a_dead_one_has_left(tmp_path: Path) -> None:
    (tmp_path / f"{PROCESS}.lock").touch()
    (tmp_path / f"{PROCESS}-00000001.journal").touch()
    assert not is_running(tmp_path)
    assert (tmp_path / f"{PROCESS}-00000001.journal").exists()
