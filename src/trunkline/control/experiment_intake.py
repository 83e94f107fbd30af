"""What settled calls add to the versions that served them, and to what experiments measure."""

from __future__ import annotations

from collections.abc import Sequence

from trunkline.control.usage_row import LARGEST, moment
from trunkline.core.usage_event import UsageEvent
from trunkline.storage import experiment_units
from trunkline.storage.database import Transaction
from trunkline.storage.usage import Row


async def take_in(tx: Transaction, events: Sequence[UsageEvent]) -> None:
    """Add ``events``, which the same transaction inserted for the first time, to the sums of versions and units.

    A version counts all calls that it served. An experiment counts those that somebody asked for, under the unit that
    chose the version; a call without one is a unit of its own. Not counted there: a call that its process died under,
    of which nothing is known, and one whose phase is gone, with its configuration. Events without a version cost
    nothing.
    """
    versioned = [event for event in events if event.version_id is not None]
    if not versioned:
        return
    await experiment_units.grow_versions(tx, _sum_versions(versioned))
    exposed = [
        event
        for event in versioned
        if event.phase_id is not None and event.purpose is None and event.outcome != "estimated"
    ]
    if exposed:
        slow_ms = await experiment_units.hold_phases(tx, {event.phase_id or "" for event in exposed})
        await experiment_units.grow_units(tx, _sum_units(exposed, slow_ms))


def _sum_versions(events: Sequence[UsageEvent]) -> list[Row]:
    sums: dict[str, Row] = {}
    for event in events:
        version_id, at = event.version_id or "", moment(event.opened_at)
        row = sums.setdefault(version_id, {"version_id": version_id, **_zeros(), "last_used_at": at})
        _add(row, event)
        row["last_used_at"] = max(row["last_used_at"], at)
    return list(sums.values())


def _sum_units(events: Sequence[UsageEvent], slow_ms: dict[str, int]) -> list[Row]:
    sums: dict[tuple[str, str, str], Row] = {}
    for event in events:
        phase_id, version_id = event.phase_id or "", event.version_id or ""
        if phase_id not in slow_ms:
            continue
        unit, at = event.unit or event.id.replace("-", ""), moment(event.opened_at)
        row = sums.setdefault(
            (phase_id, version_id, unit),
            {
                "phase_id": phase_id,
                "version_id": version_id,
                "unit": unit,
                "first_at": at,
                "slow_count": 0,
                "unpriced_count": 0,
                **_zeros(),
            },
        )
        _add(row, event)
        row["first_at"] = min(row["first_at"], at)
        row["slow_count"] += event.duration_us > slow_ms[phase_id] * 1000
        row["unpriced_count"] += event.cost_nanos is None and event.usage.total > 0
    return list(sums.values())


def _zeros() -> Row:
    return {"request_count": 0, "error_count": 0, "duration_us": 0, "tokens": 0, "cost_nanos": 0}


def _add(row: Row, event: UsageEvent) -> None:
    row["request_count"] += 1
    row["error_count"] += event.outcome == "error"
    row["duration_us"] += _count(event.duration_us)
    row["tokens"] += _count(event.usage.total)
    row["cost_nanos"] += _count(event.cost_nanos or 0)


def _count(number: int) -> int:
    return min(max(number, 0), LARGEST)
