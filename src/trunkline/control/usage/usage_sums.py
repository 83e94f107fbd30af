"""The sums of each quarter of an hour, and of days and eight days, from which reports are made."""

from __future__ import annotations

from typing import Final

from trunkline.control.usage.alike_calls import QUARTER_US, AlikeCalls
from trunkline.control.usage.event_values import cut, limit, limit_either_way
from trunkline.control.usage.projection import Arrivals
from trunkline.core.usage_event import UsageEvent
from trunkline.storage.intake.connection import Transaction
from trunkline.storage.intake.table import Values
from trunkline.storage.intake.tables import GROUPS, SUMS
from trunkline.storage.intake.usage_group import BLOCK, DAYS, EIGHT_DAYS, QUARTERS, WHOLE, identify

_NOTHING: Final = (0,) * (len(SUMS.columns) - len(SUMS.key) - 1)
"""Of all that is counted."""

_DAYS: Final = tuple((grain.number, grain.begin // BLOCK, grain.length // BLOCK) for grain in (*DAYS, EIGHT_DAYS))
"""When they begin and how long they are, in blocks of four hours."""


class UsageSums:
    """The projection."""

    async def apply(self, tx: Transaction, events: Arrivals) -> None:
        """Add what is new to its slots."""
        if events.single or events.alike or events.amended:
            groups, sums = sum_values(events)
            await tx.put(GROUPS, groups)
            await tx.grow(SUMS, sums)


def sum_values(events: Arrivals) -> tuple[list[Values], list[Values]]:
    """The groups of what arrived, and what it adds to their quarters and days.

    Calls that are amended are counted already, in the group of how they seemed to have ended. Only ``error`` counts as
    an error: a client that hung up is none, and of an estimated call nothing is known. A call counts as unpriced when
    it used something, or may have, and its price is not known, or not all of it.
    """
    quarters: dict[tuple[Values, int], list[int]] = {}
    for calls in events.alike:
        _add_alike(quarters, calls)
    for event in events.single:
        _add(quarters, event, event.outcome, 1)
    for event, before in zip(events.amended, events.amended_from, strict=True):
        if event.outcome != before:
            _move(quarters, event, before)
        _add(quarters, event, event.outcome, int(event.outcome != before), counted=False)
    groups: dict[int, Values] = {}
    sums: dict[Values, list[int]] = {}
    blocks: dict[Values, list[int]] = {}
    for (group, quarter), counts in quarters.items():
        short = _cut(group)
        number = identify(short)
        groups[number] = short
        block = quarter // BLOCK
        for each in (number, WHOLE):
            _grow(sums, (short[0], QUARTERS.number, quarter, each), counts)
            _grow(blocks, (short[0], block, each), counts)
    for (workspace_id, block, each), counts in blocks.items():
        for number, begin, length in _DAYS:
            _grow(sums, (workspace_id, number, (block - begin) // length, each), counts)
    return [(number, *group) for number, group in groups.items()], [(*key, *counts) for key, counts in sums.items()]


def _group(event: UsageEvent, outcome: str, missing: str | None) -> Values:
    return (
        event.workspace_id,
        event.user_id,
        event.key_id,
        event.application_id,
        event.configuration_id,
        event.version_id,
        event.route_id,
        event.feature,
        event.purpose,
        ",".join(event.tags) if event.tags else None,
        event.operation,
        event.provider,
        event.model,
        outcome,
        missing,
    )


def _add(
    quarters: dict[tuple[Values, int], list[int]],
    event: UsageEvent,
    outcome: str,
    calls: int,
    *,
    counted: bool = True,
) -> None:
    usage, opened_at, cost = event.usage, event.opened_at, event.cost_nanos
    missing = None
    if event.price_missing:
        missing = ",".join(event.price_missing)
    elif cost is None and (usage.total > 0 or outcome == "estimated"):
        missing = "model"
    key = (_group(event, outcome, missing), opened_at // QUARTER_US)
    grown = quarters.get(key)
    if grown is None:
        grown = quarters[key] = [*_NOTHING, opened_at]
    grown[0] += calls
    grown[1] += outcome == "error"
    grown[2] += missing is not None
    grown[3] += limit(usage.input)
    grown[4] += limit(usage.output)
    grown[5] += limit(usage.cached)
    grown[6] += limit(usage.reasoning)
    grown[7] += limit(cost or 0)
    if counted:
        grown[8] += limit(event.duration_us)
    if event.cached:
        grown[9] += calls
    if event.saved_nanos is not None:
        grown[10] += limit_either_way(event.saved_nanos)
    grown[-1] = max(grown[-1], opened_at)


def _add_alike(quarters: dict[tuple[Values, int], list[int]], calls: AlikeCalls) -> None:
    common, missing = calls.common, ",".join(calls.common.price_missing) or None
    if calls.costs is None and missing is None:
        if not all(map(max, calls.inputs, calls.outputs)):
            # Only what used something counts as unpriced.
            for event in calls.events():
                _add(quarters, event, event.outcome, 1)
            return
        missing = "model"
    count = len(calls.ids)
    grown = quarters.setdefault((_group(common, common.outcome, missing), calls.quarter), [*_NOTHING, 0])
    grown[0] += count
    grown[2] += count if missing is not None else 0
    grown[3] += sum(calls.inputs)
    grown[4] += sum(calls.outputs)
    grown[5] += sum(calls.cached)
    grown[6] += sum(calls.reasoning)
    grown[7] += sum(calls.costs or ())
    grown[8] += sum(calls.durations)
    grown[-1] = max(grown[-1], *calls.opened_at)


def _move(quarters: dict[tuple[Values, int], list[int]], event: UsageEvent, before: str) -> None:
    """Take the call out of the group that it seemed to belong to, where it had used nothing."""
    key = (_group(event, before, None), event.opened_at // QUARTER_US)
    quarters.setdefault(key, [*_NOTHING, event.opened_at])[0] -= 1


def _cut(group: Values) -> Values:
    """As the events' own rows have it. Names that are too long are cut, and may be the same then."""
    *start, feature, purpose, tags, operation, provider, model, outcome, missing = group
    return (
        *start,
        None if feature is None else cut(feature, 64),
        purpose,
        tags,
        operation,
        cut(provider, 100),
        cut(model, 255),
        outcome,
        None if missing is None else cut(missing, 255),
    )


def _grow(sums: dict[Values, list[int]], key: Values, counts: list[int]) -> None:
    before = sums.get(key)
    sums[key] = counts if before is None else _join(before, counts)


def _join(one: list[int], other: list[int]) -> list[int]:
    return [*(mine + more for mine, more in zip(one[:-1], other[:-1], strict=True)), max(one[-1], other[-1])]
