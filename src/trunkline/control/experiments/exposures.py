"""What settled calls add to the versions that served them, and to what experiments measure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from trunkline.control.usage.row import LARGEST, moment
from trunkline.core.usage_event import UsageEvent
from trunkline.storage import experiment_units
from trunkline.storage.database import Transaction
from trunkline.storage.usage import Row


class _Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """A call as one version saw it."""

    version_id: str
    phase_id: str | None
    unit: str
    at: datetime
    failed: bool
    duration_us: int
    tokens: int = 0
    cost_nanos: int = 0
    unpriced: bool = False
    requests: int = 1


async def take_in(tx: Transaction, events: Iterable[UsageEvent], amended: Iterable[UsageEvent] = ()) -> None:
    """Add ``events``, which the same transaction inserted for the first time, to the sums of versions and units.

    Of those that it ``amended`` only what they used is new.

    A version counts all calls that it served, and those that it failed to serve before a route turned to another: each
    once, however often it was tried. An experiment counts those of them that somebody asked for, under the unit that
    chose the version; a call of nobody is a unit of its own. Not counted there: a call that its process died under, of
    which nothing is known, and one whose phase is gone, with its configuration. Events without a version cost nothing.
    """
    seen = [
        (event, exposure)
        for event in events
        if event.version_id is not None or event.attempts
        for exposure in _look_at(event)
    ]
    seen += [
        (event, msgspec.structs.replace(exposure, requests=0, duration_us=0))
        for event in amended
        if event.version_id is not None
        for exposure in _look_at(msgspec.structs.replace(event, attempts=()))
    ]
    if not seen:
        return
    await experiment_units.grow_versions(tx, _sum_versions(exposure for _, exposure in seen))
    asked = [
        exposure
        for event, exposure in seen
        if exposure.phase_id is not None and event.purpose is None and event.outcome != "estimated"
    ]
    if asked:
        slow_ms = await experiment_units.hold_phases(tx, {exposure.phase_id or "" for exposure in asked})
        await experiment_units.grow_units(tx, _sum_units(asked, slow_ms))


def _look_at(event: UsageEvent) -> Iterator[_Exposure]:
    """The call as each version saw it that had to do with it."""
    nobody = event.id.replace("-", "")
    if event.version_id is not None:
        yield _Exposure(
            version_id=event.version_id,
            phase_id=event.phase_id,
            unit=event.unit or nobody,
            at=moment(event.opened_at),
            failed=event.outcome == "error",
            duration_us=_count(event.duration_us),
            tokens=_count(event.usage.total),
            cost_nanos=_count(event.cost_nanos or 0),
            unpriced=event.cost_nanos is None and event.usage.total > 0,
        )
    given_up: dict[str, _Exposure] = {}
    for attempt in event.attempts:
        if attempt.version_id is None or attempt.version_id == event.version_id:
            continue
        before = given_up.get(attempt.version_id)
        given_up[attempt.version_id] = _Exposure(
            version_id=attempt.version_id,
            phase_id=attempt.phase_id,
            unit=attempt.unit or nobody,
            at=moment(event.opened_at),
            failed=True,
            duration_us=_count(attempt.duration_us + (before.duration_us if before is not None else 0)),
        )
    yield from given_up.values()


def _sum_versions(exposures: Iterable[_Exposure]) -> list[Row]:
    sums: dict[str, Row] = {}
    for exposure in exposures:
        row = sums.setdefault(
            exposure.version_id, {"version_id": exposure.version_id, **_zeros(), "last_used_at": exposure.at}
        )
        _add(row, exposure)
        row["last_used_at"] = max(row["last_used_at"], exposure.at)
    return list(sums.values())


def _sum_units(exposures: Iterable[_Exposure], slow_ms: Mapping[str, int]) -> list[Row]:
    sums: dict[tuple[str, str, str], Row] = {}
    for exposure in exposures:
        phase_id = exposure.phase_id or ""
        if phase_id not in slow_ms:
            continue
        key = {"phase_id": phase_id, "version_id": exposure.version_id, "unit": exposure.unit}
        row = sums.setdefault(
            (phase_id, exposure.version_id, exposure.unit),
            {**key, "first_at": exposure.at, "slow_count": 0, "unpriced_count": 0, **_zeros()},
        )
        _add(row, exposure)
        row["first_at"] = min(row["first_at"], exposure.at)
        row["slow_count"] += exposure.duration_us > slow_ms[phase_id] * 1000
        row["unpriced_count"] += exposure.unpriced
    return list(sums.values())


def _zeros() -> Row:
    return {"request_count": 0, "error_count": 0, "duration_us": 0, "tokens": 0, "cost_nanos": 0}


def _add(row: Row, exposure: _Exposure) -> None:
    row["request_count"] += exposure.requests
    row["error_count"] += exposure.failed
    row["duration_us"] += exposure.duration_us
    row["tokens"] += exposure.tokens
    row["cost_nanos"] += exposure.cost_nanos


def _count(number: int) -> int:
    return min(max(number, 0), LARGEST)
