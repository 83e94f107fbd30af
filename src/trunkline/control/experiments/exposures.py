"""What settled calls add to the versions that served them, and to what experiments measure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from trunkline.control.usage.event_values import limit
from trunkline.control.usage.projection import Arrivals
from trunkline.core.usage_event import UsageEvent
from trunkline.storage.intake.connection import Transaction
from trunkline.storage.intake.statements import HOLD_PHASE
from trunkline.storage.intake.table import Values
from trunkline.storage.intake.tables import UNITS, VERSIONS


class _Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """A call as one version saw it. ``at`` is microseconds since the epoch."""

    version_id: str
    phase_id: str | None
    unit: str
    at: int
    failed: bool
    duration_us: int
    tokens: int = 0
    cost_nanos: int = 0
    unpriced: bool = False
    requests: int = 1

    @property
    def counts(self) -> tuple[int, ...]:
        """What both tables count, in their order."""
        return (self.requests, self.failed, self.duration_us, self.tokens, self.cost_nanos)


class Exposures:
    """The projection.

    A version counts all calls that it served, and those that it failed to serve before a route turned to another: each
    once, however often it was tried. An experiment counts those of them that somebody asked for, under the unit that
    chose the version; a call of nobody is a unit of its own. Not counted there: a call that its process died under, of
    which nothing is known, and one whose phase is gone, with its configuration. Events without a version cost nothing.
    """

    async def apply(self, tx: Transaction, events: Arrivals) -> None:
        """Add the new ones to the sums of versions and units; of those that were amended, what they used."""
        seen = [(event, exposure) for event in _find_versioned(events) for exposure in _look_at(event)]
        seen += [
            (event, msgspec.structs.replace(exposure, requests=0, duration_us=0))
            for event in events.amended
            if event.version_id is not None
            for exposure in _look_at(msgspec.structs.replace(event, attempts=()))
        ]
        if not seen:
            return
        await tx.grow(VERSIONS, _sum_versions(exposure for _, exposure in seen))
        asked = [
            exposure
            for event, exposure in seen
            if exposure.phase_id is not None and event.purpose is None and event.outcome != "estimated"
        ]
        slow_ms: dict[str, int] = {}
        for phase_id in sorted({exposure.phase_id or "" for exposure in asked}):
            slow_ms.update({row[0]: row[1] for row in await tx.ask(HOLD_PHASE, phase_id)})
        units = _sum_units((exposure for exposure in asked if exposure.phase_id in slow_ms), slow_ms)
        if units:
            await tx.grow(UNITS, units)


def _find_versioned(events: Arrivals) -> Iterator[UsageEvent]:
    """The new calls that versions may have had to do with."""
    for calls in events.alike:
        if calls.common.version_id is not None:
            yield from calls.events()
    for event in events.single:
        if event.version_id is not None or event.attempts:
            yield event


def _look_at(event: UsageEvent) -> Iterator[_Exposure]:
    """The call as each version saw it that had to do with it."""
    nobody = event.id.replace("-", "")
    if event.version_id is not None:
        yield _Exposure(
            version_id=event.version_id,
            phase_id=event.phase_id,
            unit=event.unit or nobody,
            at=event.opened_at,
            failed=event.outcome == "error",
            duration_us=limit(event.duration_us),
            tokens=limit(event.usage.total),
            cost_nanos=limit(event.cost_nanos or 0),
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
            at=event.opened_at,
            failed=True,
            duration_us=limit(attempt.duration_us + (before.duration_us if before is not None else 0)),
        )
    yield from given_up.values()


def _sum_versions(exposures: Iterable[_Exposure]) -> list[Values]:
    sums: dict[str, tuple[tuple[int, ...], int]] = {}
    for exposure in exposures:
        counts, at = sums.get(exposure.version_id, ((0,) * 5, exposure.at))
        sums[exposure.version_id] = (_add(counts, exposure.counts), max(at, exposure.at))
    return [(version_id, *counts, at) for version_id, (counts, at) in sums.items()]


def _sum_units(exposures: Iterable[_Exposure], slow_ms: Mapping[str, int]) -> list[Values]:
    sums: dict[tuple[str, str, str], tuple[tuple[int, ...], int]] = {}
    for exposure in exposures:
        phase_id = exposure.phase_id or ""
        key = (phase_id, exposure.version_id, exposure.unit)
        counts, at = sums.get(key, ((0,) * 7, exposure.at))
        slow = exposure.duration_us > slow_ms[phase_id] * 1000
        sums[key] = (_add(counts, (*exposure.counts, slow, exposure.unpriced)), min(at, exposure.at))
    return [(*key, *counts, at) for key, (counts, at) in sums.items()]


def _add(sums: tuple[int, ...], more: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(map(int.__add__, sums, more))
