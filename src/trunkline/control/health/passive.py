"""What calls say of the configurations that they went to."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from operator import add, itemgetter
from typing import Final, TypeAlias

import msgspec

from trunkline.control.health.latency import find_bucket
from trunkline.control.usage.alike_calls import QUARTER_US, AlikeCalls
from trunkline.control.usage.projection import Arrivals
from trunkline.core.health import FAILURES, REJECTIONS, Evidence, Health, observe
from trunkline.core.usage_event import UsageEvent
from trunkline.storage.intake.connection import Transaction
from trunkline.storage.intake.statements import FAIL_TEST, FIND_HEALTH, FORGET_TEST, KEEP_HEALTH
from trunkline.storage.intake.table import Values
from trunkline.storage.intake.tables import HEALTH_COUNTS

_QUARTERS_OF_A_DAY: Final = 96

_Seen: TypeAlias = "tuple[int, str | None, int | None]"
"""When a try ended (microseconds since the epoch), how it failed, if it did, and the revision that was tried."""

_TELLING: Final = FAILURES | REJECTIONS | {"rate_limit"}
"""Errors that say something of the configuration."""

_WORDS: Final = {
    "auth": "The provider rejected the key of a call.",
    "no_credits": "The provider says that the account has no credit left.",
    "rate_limit": "The provider's rate limit was reached.",
    "server": "The provider failed to answer a call.",
    "overloaded": "The provider says that it is overloaded.",
    "unreachable": "The provider could not be reached.",
    "timeout": "The provider did not answer a call in time.",
    "malformed": "The provider's answer to a call could not be read.",
}
"""What is told of a failed call: not what the provider said to it, which may be about its content."""


class PassiveHealth:
    """The projection. ``now`` gives seconds since the epoch."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now

    async def apply(self, tx: Transaction, events: Arrivals) -> None:
        """Count the tries of what is new, and judge each configuration anew by those."""
        counts, seen = count_tries(events)
        if not counts:
            return
        await tx.grow(HEALTH_COUNTS, counts)
        for configuration_id in sorted(seen):
            found = await tx.ask(FIND_HEALTH, configuration_id)
            if not found:
                continue
            before = _read(found[0])
            health = before
            for evidence in seen[configuration_id]:
                health = observe(health, evidence)
            if health is before:
                continue
            await tx.run(
                KEEP_HEALTH,
                configuration_id,
                health.state,
                health.since,
                health.revision,
                health.source,
                health.checked_at,
                health.failures,
                health.error,
                health.message,
                health.error_at,
                int(self._now() * 1e6),
            )
            if health.state == "unauthorized" and before.state != "unauthorized":
                await tx.run(FAIL_TEST, configuration_id, health.revision, health.checked_at, _result(health))
            elif health.state == "healthy" and before.state in ("unauthorized", "down"):
                await tx.run(FORGET_TEST, configuration_id)


def count_tries(events: Arrivals) -> tuple[list[Values], dict[str, list[Evidence]]]:
    """What the tries of new calls add to their slots, and what they say of each configuration, in the order of time.

    What the client broke off says nothing, nor does a call that its process died under. Of answers in a row the last
    one says as much as all of them.
    """
    quarters: dict[tuple[str, int, str, int], int] = {}
    seen: dict[str, list[_Seen]] = {}
    for event in events.single:
        quarter, at = event.opened_at // QUARTER_US, event.opened_at + event.duration_us
        for configuration_id, error, duration_us in _tries(event):
            key = (configuration_id, quarter, error or "ok", find_bucket(duration_us))
            quarters[key] = quarters.get(key, 0) + 1
            # Of a target that a route turned away from, the revision is not told.
            revision = event.revision if configuration_id == event.configuration_id else None
            seen.setdefault(configuration_id, []).append((at, error, revision))
    _count_alike(events.alike, quarters, seen)
    counts: dict[Values, int] = {}
    for (configuration_id, quarter, outcome, bucket), count in quarters.items():
        for grain, slot in ((15, quarter), (1_440, quarter // _QUARTERS_OF_A_DAY)):
            key = (configuration_id, grain, slot, outcome, bucket)
            counts[key] = counts.get(key, 0) + count
    return (
        [(*key, count) for key, count in counts.items()],
        {configuration_id: list(map(_judge, _shorten(ordered))) for configuration_id, ordered in seen.items()},
    )


def _count_alike(
    alike: Sequence[AlikeCalls], quarters: dict[tuple[str, int, str, int], int], seen: dict[str, list[_Seen]]
) -> None:
    revisions: dict[str, set[int]] = {}
    for calls in alike:
        revisions.setdefault(calls.common.configuration_id or "", set()).add(calls.common.revision)
    singly = set(seen)
    for calls in alike:
        configuration_id, revision = calls.common.configuration_id, calls.common.revision
        if configuration_id is None:
            continue
        for bucket, count in Counter(map(find_bucket, calls.durations)).items():
            key = (configuration_id, calls.quarter, "ok", bucket)
            quarters[key] = quarters.get(key, 0) + count
        ends: Iterable[int] = map(add, calls.opened_at, calls.durations)
        if configuration_id not in singly and len(revisions[configuration_id]) == 1:
            # With nothing in between, the last says as much as all of them.
            ends = (max(ends),)
        seen.setdefault(configuration_id, []).extend((at, None, revision) for at in ends)


def _judge(seen: _Seen) -> Evidence:
    at, error, revision = seen
    return Evidence(
        at=at,
        source="traffic",
        revision=revision,
        error=error if error in _TELLING else None,
        message=_WORDS.get(error or ""),
    )


def _tries(event: UsageEvent) -> Sequence[tuple[str, str | None, int]]:
    """The configuration that was tried, how that failed, if it did, and how long it took (microseconds)."""
    configuration_id = event.configuration_id
    if not event.attempts and event.outcome == "ok":
        return () if configuration_id is None else ((configuration_id, None, event.duration_us),)
    tries = [
        (last.configuration_id, last.error or "error", last.duration_us)
        for last in event.attempts
        if last.configuration_id is not None
    ]
    if configuration_id is not None:
        if event.outcome == "ok":
            spent = sum(last.duration_us for last in event.attempts)
            return [*tries, (configuration_id, None, max(event.duration_us - spent, 0))]
        if event.outcome == "error" and not event.attempts and event.error is not None:
            return [*tries, (configuration_id, event.error, event.duration_us)]
    return tries


def _shorten(seen: list[_Seen]) -> list[_Seen]:
    ordered = sorted(seen, key=itemgetter(0))
    return [
        one
        for one, after in zip(ordered, (*ordered[1:], None), strict=True)
        if after is None or one[1] in _TELLING or after[1] in _TELLING or one[2] != after[2]
    ]


def _read(row: Values) -> Health:
    state, since, revision, source, checked_at, failures, error, message, error_at = row
    if state is None:
        return Health()
    return Health(
        state=state,
        since=since,
        revision=revision,
        source=source,
        checked_at=checked_at,
        failures=failures,
        error=error,
        message=message,
        error_at=error_at,
    )


def _result(health: Health) -> str:
    message = health.message or ""
    stages = [{"name": "auth", "ok": False, "message": message, "details": {"kind": health.error}}]
    return msgspec.json.encode(
        {"revision": health.revision, "message": message, "latencyMs": 0, "stages": stages}
    ).decode()
