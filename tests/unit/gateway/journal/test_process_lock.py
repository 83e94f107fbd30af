"""The sign of life of a process."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from trunkline.gateway.journal.process_lock import ProcessLock

PROCESS = "a" * 32


def test_one_at_a_time(tmp_path: Path) -> None:
    lock = ProcessLock.acquire(tmp_path, PROCESS)
    assert lock is not None
    assert ProcessLock.acquire(tmp_path, PROCESS) is None
    lock.release()
    again = ProcessLock.acquire(tmp_path, PROCESS)
    assert again is not None
    again.release()
    assert list(tmp_path.iterdir()) == []


def test_a_lock_on_a_removed_file_is_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the open and the lock its holder may remove the file, and somebody else make it anew."""
    flock = fcntl.flock

    def remove_and_make_anew(descriptor: int, operation: int) -> None:
        (tmp_path / f"{PROCESS}.lock").unlink()
        (tmp_path / f"{PROCESS}.lock").touch()
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", remove_and_make_anew)
    assert ProcessLock.acquire(tmp_path, PROCESS) is None
    monkeypatch.setattr(fcntl, "flock", lambda *_: (tmp_path / f"{PROCESS}.lock").unlink())
    assert ProcessLock.acquire(tmp_path, PROCESS) is None
