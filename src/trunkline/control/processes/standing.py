"""How a process stands: for metrics, readiness and the doctor."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import msgspec

from trunkline.control.processes.process_use import read_memory, read_own_use
from trunkline.core.metric import Sample
from trunkline.extensions.standing import ExtensionStanding
from trunkline.gateway.metrics import CallCounters
from trunkline.gateway.routing.breaker import Breakers, Rest

STANDING = "standing"
"""What a worker is asked for."""

STANDINGS = "standings"
"""What the management process is asked for: its own and those of all workers."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """``name`` tells it from the others of its installation; ``fault`` is what is wrong with its journal, if anything,
    ``limit_fault`` why it does not count for limits together with the others.

    ``parent`` is the process that started it, the supervisor, where there is one. ``active`` calls are under way;
    ``samples`` are its metrics, counted since it started. ``rests`` are the targets of routes that it leaves alone,
    ``extensions`` those that the settings name.
    """

    name: str
    pid: int
    memory_bytes: int
    parent: int = 0
    fault: str | None = None
    limit_fault: str | None = None
    active: int = 0
    samples: list[Sample] = []
    rests: list[Rest] = []
    extensions: list[ExtensionStanding] = []


def read_standing(
    name: str,
    fault: str | None,
    counters: CallCounters,
    limit_fault: str | None = None,
    breakers: Breakers | None = None,
    more: Iterable[Sample] = (),
    extensions: Iterable[ExtensionStanding] = (),
) -> Standing:
    """That of this process. ``more`` are figures besides those of ``counters``."""
    rests = [] if breakers is None else breakers.read()
    return Standing(
        name=name,
        pid=os.getpid(),
        parent=os.getppid(),
        memory_bytes=read_memory(),
        fault=fault,
        limit_fault=limit_fault,
        active=counters.active,
        samples=[
            *counters.read(),
            *read_own_use(),
            *_count_rests(rests),
            Sample("trunkline_journal_writable", (), float(fault is None)),
            Sample("trunkline_shared_limits_up", (), float(limit_fault is None)),
            *more,
        ],
        rests=rests,
        extensions=list(extensions),
    )


def _count_rests(rests: Iterable[Rest]) -> Iterator[Sample]:
    counted: dict[tuple[str, str], int] = {}
    for rest in rests:
        key = (rest.provider, "half_open" if rest.trying else "open")
        counted[key] = counted.get(key, 0) + 1
    for key, number in counted.items():
        yield Sample("trunkline_resting_targets", key, number)
