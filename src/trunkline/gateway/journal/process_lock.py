"""The sign of life of a process: a lock that the kernel drops with it, however it dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class ProcessLock:
    """Holds ``<process>.lock`` in ``directory``. Whoever gets it, while the process does not, owns what it has left."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def acquire(cls, directory: Path, process: str) -> ProcessLock | None:
        """The lock of ``process``, made if missing; None when somebody holds it. Never waits."""
        path = directory / f"{process}.lock"
        # Not inherited by children (PEP 446), which would keep it alive after us.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            current = path.stat()
        except (BlockingIOError, FileNotFoundError):
            os.close(descriptor)
            return None
        if not os.path.samestat(os.fstat(descriptor), current):
            # Its holder removed the file between our open and our lock; somebody else may have made it anew.
            os.close(descriptor)
            return None
        return cls(path, descriptor)

    def release(self) -> None:
        """Let go, and remove the file; who adopts what is left of the process makes it anew."""
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)
