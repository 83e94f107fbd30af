"""What a process and its children have used."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import psutil


class Cpu(msgspec.Struct, frozen=True):
    """Seconds of processor time, in user and in kernel mode."""

    user: float = 0.0
    kernel: float = 0.0


class Watched:
    """A running process with its children, whichever these are when it is asked."""

    def __init__(self, pid: int) -> None:
        self._parent = psutil.Process(pid)

    def cpu(self) -> float:
        """Seconds of processor time so far, in user and in kernel mode, those of children that have ended included."""
        seconds = 0.0
        for process in self._list():
            times = process.cpu_times()
            seconds += times.user + times.system + times.children_user + times.children_system
        return seconds

    def cpu_by_role(self) -> dict[str, Cpu]:
        """That of the processes that run now, by what they do."""
        used: dict[str, Cpu] = {}
        for process in self._list():
            role, times = _find_role(process.cmdline()), process.cpu_times()
            before = used.get(role, Cpu())
            used[role] = Cpu(before.user + times.user, before.kernel + times.system)
        return used

    def memory(self) -> dict[str, int]:
        """Bytes of resident memory by what a process does; of several that do the same, those of the largest."""
        sizes: dict[str, int] = {}
        for process in self._list():
            role = _find_role(process.cmdline())
            sizes[role] = max(sizes.get(role, 0), process.memory_info().rss)
        return sizes

    def resident(self) -> int:
        """Bytes of resident memory of all of them together."""
        return sum(process.memory_info().rss for process in self._list())

    def _list(self) -> Iterator[psutil.Process]:
        for process in (self._parent, *self._parent.children(recursive=True)):
            # One that has ended is counted with its parent.
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                yield process


def _find_role(command: list[str]) -> str:
    """The last part of the module that it runs; ``server`` where one process does everything."""
    found = [argument.rpartition(".")[2] for argument in command if argument.startswith("trunkline.app.")]
    return found[0] if found else "server"
