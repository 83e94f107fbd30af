"""What was used: of one configuration, by one user, and call by call."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, datetime, tzinfo
from typing import Final, TypeVar

from trunkline.control.configurations.lookup import find_visible
from trunkline.control.page import Page, PageRequest, encode_cursor, read_place, write_place
from trunkline.control.record import read_record
from trunkline.control.usage import sums
from trunkline.control.usage.breakdown import Breakdown, add_up, break_down, show_figures
from trunkline.control.usage.calls import make_scope, show_call
from trunkline.control.usage.interval import divide
from trunkline.control.usage.record import (
    EventFilter,
    EventsRecord,
    MissingPrice,
    RateLimitRecord,
    SpanQuestion,
    UsageRecord,
    UsageReport,
    UsageShare,
)
from trunkline.control.usage.span import Span, read_span, read_zone
from trunkline.core import access
from trunkline.core.actor import Actor, at_least
from trunkline.core.errors import Forbidden
from trunkline.storage import rate_limits
from trunkline.storage import usage as rows
from trunkline.storage.database import Database, Transaction
from trunkline.storage.usage import Sums, UsageScope

FRESH_SECONDS: Final = 1.0
"""How long an answer is given again. With half a second for the intake, figures are at most 2 s behind a call."""

CAPACITY: Final = 2000


_Record = TypeVar("_Record", UsageRecord, UsageReport)


class Usage:
    """Reads the accounts. Answers are kept in memory for a second, so that a dashboard costs little."""

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._now = now
        self._clock = clock
        self._kept: dict[Hashable, tuple[float, UsageRecord | UsageReport]] = {}

    async def read(
        self,
        actor: Actor,
        configuration_id: str,
        *,
        period: str | None = None,
        since: str | None = None,
        until: str | None = None,
        time_zone: str | None = None,
    ) -> UsageRecord:
        """The figures of a configuration that the actor sees, whoever used it. See :func:`read_span` for the span."""
        access.check(actor, "usage.read")
        moment = self._now()
        span = read_span(period, since, until, moment, read_zone(time_zone))
        # Whoever has just made it, by another server perhaps, is told of it: a replica may not know it yet.
        async with self._database.read() as tx:
            row = await find_visible(tx, actor, configuration_id)
            key = ("configuration", row.id, span)
            kept = self._find(key)
            if isinstance(kept, UsageRecord):
                return kept
        async with self._database.report() as tx:
            scope = UsageScope(workspace_id=row.workspace_id, configuration_id=row.id)
            total = await sums.sum_span(tx, scope, span)
            first_used = None if span.since is not None else await sums.find_first(tx, scope)
            limit = await rate_limits.find(tx, row.workspace_id, row.id)
        first, last = span.days(first_used, moment)
        record = UsageRecord(
            configuration_id=row.id,
            period=span.period,
            period_start=first,
            period_end=last,
            figures=show_figures(total),
            rate_limit=None if limit is None else RateLimitRecord(limit.reading, limit.read_at),
            as_of=moment,
        )
        return self._keep(key, record)

    async def report(
        self,
        actor: Actor,
        *,
        user_id: str | None = None,
        period: str | None = None,
        since: str | None = None,
        until: str | None = None,
        time_zone: str | None = None,
    ) -> UsageReport:
        """The actor's own report, or as an administrator that of ``user_id`` in the actor's workspace.

        It is over whole quarters of an hour: a span that begins or ends within one is widened to it. Its days are those
        of ``time_zone``. Raises Forbidden for somebody else's figures.
        """
        access.check(actor, "usage.read")
        wanted = (user_id or actor.user_id).lower()
        if wanted != actor.user_id and not (at_least(actor.role, "admin") and actor.application_id is None):
            raise Forbidden("Only administrators of the workspace see the report of somebody else. Leave userId out.")
        moment = self._now()
        span = read_span(period, since, until, moment, read_zone(time_zone)).widen()
        key = ("report", actor.workspace_id, wanted, span)
        kept = self._find(key)
        if isinstance(kept, UsageReport):
            return kept
        scope = UsageScope(workspace_id=actor.workspace_id, user_id=wanted)
        async with self._database.report() as tx:
            by_configuration = await sums.sum_parts(tx, scope, span, "configuration_id")
            by_model = await sums.sum_parts(tx, scope, span, "model")
            lacking = await sums.sum_parts(tx, scope, span, "price_missing")
            first_used = None if span.since is not None else await sums.find_first(tx, scope)
            begin = span.since or first_used
            by_day: list[tuple[str, Sums]] = []
            if begin is not None:
                by_day = await _sum_days(tx, scope, begin, span.until or moment, span.zone)
            names = await rows.find_names(tx, actor.workspace_id, [key for key in by_configuration if key])
        totals = add_up(by_model.values())
        first, last = span.days(first_used, moment)
        return self._keep(
            key,
            UsageReport(
                user_id=wanted,
                period=span.period,
                period_start=first,
                period_end=last,
                totals=show_figures(totals),
                by_configuration=_shares(
                    (key or "", names.get(key or ""), part) for key, part in by_configuration.items()
                ),
                by_model=_shares((key or "", key, part) for key, part in by_model.items()),
                by_day=tuple(UsageShare(day, None, show_figures(part)) for day, part in by_day),
                as_of=moment,
                price_missing=_missing(lacking),
            ),
        )

    async def events(
        self, actor: Actor, wanted: EventFilter, page: PageRequest, question: SpanQuestion
    ) -> EventsRecord:
        """Calls, the newest first: the actor's own, for an admin the workspace's, for an application's key its own.

        With them the figures of all that the filter lets through, apart as ``question`` wants it. Where it does, they
        are of the whole quarters of an hour that the span touches.
        """
        access.check(actor, "usage.read")
        moment = self._now()
        zone = read_zone(question.time_zone)
        span = read_span(question.period, question.since, question.until, moment, zone)
        apart = question.interval is not None or question.by is not None or question.compare is not None
        if apart:
            span = span.widen()
        scope = make_scope(actor, wanted, span)
        after = None if page.after is None else read_place(page.after)
        async with self._database.report() as tx:
            told = await break_down(tx, scope, span, question, moment) if apart else Breakdown()
            total = told.total or await sums.sum_span(tx, scope, span)
            found = await rows.list_events(tx, scope, after=after, limit=page.limit + 1)
        shown = found[: page.limit]
        cursor = encode_cursor(write_place(shown[-1].opened_at, shown[-1].id)) if len(found) > page.limit else None
        return read_record(
            EventsRecord,
            told,
            span=span,
            figures=show_figures(total),
            events=Page([show_call(row) for row in shown], cursor),
        )

    def age(self, record: UsageRecord | UsageReport) -> int:
        """How many seconds ago ``record`` was read."""
        return max(0, round((self._now() - record.as_of).total_seconds()))

    def _find(self, key: Hashable) -> UsageRecord | UsageReport | None:
        kept = self._kept.get(key)
        return kept[1] if kept is not None and kept[0] > self._clock() else None

    def _keep(self, key: Hashable, record: _Record) -> _Record:
        if len(self._kept) >= CAPACITY:
            self._kept.clear()
        self._kept[key] = (self._clock() + FRESH_SECONDS, record)
        return record


async def _sum_days(
    tx: Transaction, scope: UsageScope, since: datetime, until: datetime, zone: tzinfo
) -> list[tuple[str, Sums]]:
    """The days on which something was used, by their dates in ``zone``."""
    wide = Span(since, max(until, since)).widen()
    assert wide.since is not None
    assert wide.until is not None
    edges = divide(wide.since, wide.until, "day", zone)
    found = await sums.sum_series(tx, scope, edges)
    return [(edges[number].astimezone(zone).date().isoformat(), part) for (number, _), part in sorted(found.items())]


def _shares(parts: Iterable[tuple[str, str | None, Sums]]) -> tuple[UsageShare, ...]:
    """The dearest first, then the busiest."""
    ordered = sorted(parts, key=lambda part: (-part[2].cost_nanos, -part[2].request_count, part[0]))
    return tuple(UsageShare(key, name, show_figures(part)) for key, name, part in ordered)


def _missing(lacking: dict[str | None, Sums]) -> tuple[MissingPrice, ...]:
    """In how many calls each part of a price was not known, the most frequent first."""
    counts: Counter[str] = Counter()
    for missing, part in lacking.items():
        if missing is not None:
            counts.update(dict.fromkeys(missing.split(","), part.unpriced_count))
    return tuple(MissingPrice(what, calls) for what, calls in counts.most_common())
