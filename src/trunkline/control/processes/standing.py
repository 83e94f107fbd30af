"""How a process stands: for metrics, readiness and the doctor."""

from __future__ import annotations

import os
import resource
import sys

import msgspec

from trunkline.gateway.metrics import CallCounters, Totals
from trunkline.gateway.routing.breaker import Breakers, Rest

STANDING = "standing"
"""What a worker is asked for."""

STANDINGS = "standings"
"""What the management process is asked for: its own and those of all workers."""

Labels = tuple[str, str, str]
"""Operation, provider, outcome."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """``name`` tells it from the others of its installation; ``fault`` is what is wrong with its journal, if anything,
    ``limit_fault`` why it does not count for limits together with the others.

    ``active`` calls are under way; ``totals`` are of those since it started. ``rests`` are the targets of routes that
    it leaves alone.
    """

    name: str
    pid: int
    memory_bytes: int
    fault: str | None = None
    limit_fault: str | None = None
    active: int = 0
    totals: list[tuple[Labels, Totals]] = []
    rests: list[Rest] = []


def read_standing(
    name: str,
    fault: str | None,
    counters: CallCounters,
    limit_fault: str | None = None,
    breakers: Breakers | None = None,
) -> Standing:
    """That of this process."""
    return Standing(
        name=name,
        pid=os.getpid(),
        memory_bytes=_read_memory(),
        fault=fault,
        limit_fault=limit_fault,
        active=counters.active,
        totals=list(counters.totals.items()),
        rests=[] if breakers is None else breakers.read(),
    )


def _read_memory() -> int:
    """Bytes of memory in use; where the system does not tell, the most that there ever were.

    https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html
    """
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - a path costs as much as the reading
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
