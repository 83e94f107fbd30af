"""When a rule would have fired in the past, had it been there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec import UNSET

from trunkline.control.alerts.past_values import Past, Sample, read_past
from trunkline.control.alerts.rule import AlertRule, AlertRuleDraft, begin, lay_over
from trunkline.control.alerts.rule_subject import check_things
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor, at_least
from trunkline.core.alert import INSTALLATION_KINDS, AlertSubject
from trunkline.core.errors import InvalidInput
from trunkline.core.ids import new_id
from trunkline.storage.database import LONG_SECONDS, Database

MOST_DAYS: Final = 31
MOST_FIRINGS: Final = 500


class Firing(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that there would have been. ``end`` None: it would be open. ``value`` is that at which it fired."""

    subject: AlertSubject
    subject_id: str
    subject_name: str
    begin: datetime
    end: datetime | None
    value: float | None


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """The first :data:`MOST_FIRINGS` of ``count`` firings, the earliest first. ``note`` says what is not exact."""

    since: datetime
    until: datetime
    count: int
    firings: tuple[Firing, ...]
    note: str | None


class AlertPreview:
    """Changes nothing. Of what is somebody's own, only they are told."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def look(self, actor: Actor, draft: AlertRuleDraft, days: int) -> Preview:
        """When ``draft`` would have fired in the last ``days``. Raises InvalidInput as for making such a rule."""
        access.check(actor, "alerts.change")
        require_whole_workspace(actor)
        if draft.kind is UNSET:
            raise InvalidInput.of("kind", "is required.")
        if not 1 <= days <= MOST_DAYS:
            raise InvalidInput.of("days", f"must be from 1 to {MOST_DAYS}.")
        if draft.kind in INSTALLATION_KINDS:
            words = "keeps no history, so nobody can tell when a rule of this kind would have fired."
            raise InvalidInput.of("kind", words)
        rule, wrong = lay_over(begin(new_id(), actor.workspace_id, draft.kind), draft)
        until = self._now()
        since = until - timedelta(days=days)
        async with self._database.read(limit=LONG_SECONDS) as tx:
            wrong += await check_things(tx, actor, rule)
            if wrong:
                raise InvalidInput.of_all(tuple(wrong))
            past = await read_past(tx, rule, actor.workspace_id, since, until)
        firings = sorted(find_firings(rule, _seen(actor, past), until), key=lambda one: (one.begin, one.subject_id))
        return Preview(
            since=since, until=until, count=len(firings), firings=tuple(firings[:MOST_FIRINGS]), note=past.note
        )


def find_firings(rule: AlertRule, samples: Iterable[Sequence[Sample]], until: datetime) -> list[Firing]:
    """What ``rule`` makes of ``samples``, the ones of each subject apart and in order of time."""
    found: list[Firing] = []
    for series in samples:
        first: Sample | None = None
        for sample in series:
            if rule.finds(sample.reading):
                first = first or sample
            elif first is not None:
                found += _fire(rule, first, sample.begin)
                first = None
        if first is not None:
            over = series[-1].end
            found += _fire(rule, first, over if over < until else None, until)
    return found


def _fire(rule: AlertRule, first: Sample, end: datetime | None, until: datetime | None = None) -> list[Firing]:
    last = end or until or first.end
    at = first.begin + timedelta(seconds=rule.for_seconds)
    if at >= last and rule.for_seconds:
        return []
    reading = first.reading
    return [
        Firing(
            subject=reading.subject,
            subject_id=reading.subject_id,
            subject_name=reading.name,
            begin=at,
            end=end,
            value=reading.value,
        )
    ]


def _seen(actor: Actor, past: Past) -> Iterable[Sequence[Sample]]:
    for series in past.series:
        reading = series[0].reading
        if reading.owner_id in {None, actor.user_id} or (reading.is_for_admins and at_least(actor.role, "admin")):
            yield series
