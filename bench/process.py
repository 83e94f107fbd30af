"""What a process and its children have used."""

from __future__ import annotations

import psutil


class Watched:
    """A running process with its children, as they are when it is first looked at."""

    def __init__(self, pid: int) -> None:
        parent = psutil.Process(pid)
        self._processes = [parent, *parent.children(recursive=True)]

    def cpu(self) -> float:
        """Seconds of processor time so far, in user and in kernel mode."""
        return sum(times.user + times.system for times in (process.cpu_times() for process in self._processes))

    def memory(self) -> int:
        """Bytes of resident memory."""
        return sum(process.memory_info().rss for process in self._processes)
