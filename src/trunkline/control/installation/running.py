"""Whether a server runs on a data folder of this machine."""

from __future__ import annotations

from pathlib import Path

from trunkline.gateway.journal.process_lock import ProcessLock


def is_running(journal: Path) -> bool:
    """Whether a living process holds the lock of its journal in ``journal``. False where there is no such folder.

    The kernel drops a lock with its process, however that dies, so what a crash has left counts as nothing.
    """
    for path in journal.glob("*.lock"):
        lock = ProcessLock.acquire(journal, path.stem)
        if lock is None:
            return True
        lock.release()
    return False
