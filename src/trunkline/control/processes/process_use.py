"""What processes use of the machine, as Prometheus's own clients call it
(https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics)."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator
from typing import Final

from trunkline.core.metric import Sample

MEMORY: Final = "trunkline_process_resident_memory_bytes"
CPU: Final = "trunkline_process_cpu_seconds"
START: Final = "trunkline_process_start_time_seconds"
FILES: Final = "trunkline_process_open_fds"

_STARTED: Final = time.time()


def read_memory() -> int:
    """Bytes of memory that this process uses; where the system does not tell, the most that there ever were.

    https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html
    """
    try:
        return _read_memory("self")
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def read_own_use() -> Iterator[Sample]:
    """What this process uses."""
    yield Sample(MEMORY, (), read_memory())
    yield Sample(CPU, (), time.process_time())
    yield Sample(START, (), _STARTED)
    try:
        yield Sample(FILES, (), len(os.listdir("/proc/self/fd")))  # noqa: PTH208 - as cheap as it gets
    except OSError:
        return


def read_use(pid: int) -> list[Sample]:
    """What another process of the same user uses; empty where the system does not tell, or when it is gone.

    https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    """
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123 - as in `_read_memory`
            # The name of the program comes first, in parentheses, and may hold anything.
            fields = file.read().rpartition(")")[2].split()
        ticks = os.sysconf("SC_CLK_TCK")
        cpu = (int(fields[11]) + int(fields[12])) / ticks
        return [Sample(MEMORY, (), _read_memory(str(pid))), Sample(CPU, (), cpu)]
    except OSError:
        return []


def _read_memory(process: str) -> int:
    with open(f"/proc/{process}/statm", "rb") as file:  # noqa: PTH123 - a path costs as much as the reading
        return int(file.read().split()[1]) * resource.getpagesize()
