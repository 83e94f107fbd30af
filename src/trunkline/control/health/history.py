"""How something was: 90 cells, and what they add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from trunkline.control.configurations.health_evidence import PROBE_PREFIX
from trunkline.control.health.latency import find_percentile
from trunkline.core.health import FAILURES, REJECTIONS, HealthState
from trunkline.core.moment import to_microseconds, to_moment
from trunkline.storage.health import Count

CELLS: Final = 90

CellSize = Literal["quarter", "day"]
"""A quarter of an hour, or a day in UTC."""

MINUTES: Final[dict[CellSize, int]] = {"quarter": 15, "day": 1_440}

_MINUTE_US: Final = 60_000_000
_MOST: Final = 0.5
"""The share of its calls that gives a cell its word."""

_SOME: Final = 0.05


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What happened from one moment to before another. Of no calls, the word is what questions of our own found."""

    begin: datetime
    end: datetime
    state: HealthState
    calls: int
    failures: int


class History(msgspec.Struct, frozen=True, kw_only=True):
    """``uptime`` is the share of calls (without any: of tests and questions) that the provider served, None where there
    were none. Percentiles are of calls that went well, in milliseconds. ``errors`` counts calls by the kind of failure.
    """

    cells: tuple[Cell, ...]
    calls: int
    failures: int
    uptime: float | None
    p50_ms: int | None
    p95_ms: int | None
    errors: dict[str, int]


class Window(msgspec.Struct, frozen=True):
    """The cells up to that of a moment: ``first`` is the number of the oldest one."""

    size: CellSize
    first: int

    @classmethod
    def until(cls, moment: datetime, size: CellSize) -> Window:
        """The last of them is under way."""
        return cls(size, to_microseconds(moment) // (MINUTES[size] * _MINUTE_US) - CELLS + 1)

    @property
    def minutes(self) -> int:
        """Of a cell."""
        return MINUTES[self.size]


def make_history(counts: Iterable[Count], window: Window, *, cells: bool = True) -> History:
    """What ``counts`` of one subject say; without ``cells`` what they add up to alone."""
    calls: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    probes: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    latencies: defaultdict[int, int] = defaultdict(int)
    for each in counts:
        if each.outcome.startswith(PROBE_PREFIX):
            probes[each.slot][each.outcome.removeprefix(PROBE_PREFIX)] += each.calls
            continue
        calls[each.slot][each.outcome] += each.calls
        if each.outcome == "ok":
            latencies[each.bucket] += each.calls
    slots = range(window.first, window.first + CELLS)
    called, asked = (_sum(by[slot] for slot in slots if slot in by) for by in (calls, probes))
    told = called or asked
    return History(
        cells=tuple(_make_cell(slot, window, calls[slot], probes[slot]) for slot in slots) if cells else (),
        calls=sum(called.values()),
        failures=count_failures(called),
        uptime=1 - count_failures(told) / sum(told.values()) if told else None,
        p50_ms=find_percentile(latencies, 0.5),
        p95_ms=find_percentile(latencies, 0.95),
        errors={kind: number for kind, number in sorted(called.items()) if kind != "ok"},
    )


def split(counts: Sequence[Count]) -> dict[str, list[Count]]:
    """By subject."""
    found: dict[str, list[Count]] = {}
    for each in counts:
        found.setdefault(each.subject, []).append(each)
    return found


def count_failures(outcomes: dict[str, int]) -> int:
    """How many of these tries the provider did not serve."""
    return sum(number for kind, number in outcomes.items() if kind in FAILURES or kind in REJECTIONS)


def _sum(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in parts:
        for outcome, number in part.items():
            found[outcome] = found.get(outcome, 0) + number
    return found


def _make_cell(slot: int, window: Window, calls: dict[str, int], probes: dict[str, int]) -> Cell:
    length = window.minutes * _MINUTE_US
    return Cell(
        begin=to_moment(slot * length),
        end=to_moment((slot + 1) * length),
        state=_judge(calls or probes),
        calls=sum(calls.values()),
        failures=count_failures(calls),
    )


def _judge(outcomes: dict[str, int]) -> HealthState:
    total = sum(outcomes.values())
    if not total:
        return "unknown"
    rejected = sum(number for kind, number in outcomes.items() if kind in REJECTIONS)
    failed = count_failures(outcomes)
    if failed >= total * _MOST:
        return "unauthorized" if rejected * 2 >= failed else "down"
    if outcomes.get("rate_limit", 0) >= total * _MOST:
        return "rate_limited"
    return "degraded" if failed > total * _SOME else "healthy"
