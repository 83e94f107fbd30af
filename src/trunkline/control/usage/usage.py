"""What was used: of one configuration, by one user, and call by call."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from trunkline.control.configurations.lookup import find_visible
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.record import read_record
from trunkline.control.usage.record import (
    EventFilter,
    EventRecord,
    EventsRecord,
    Figures,
    MissingPrice,
    RateLimitRecord,
    Share,
    UsageRecord,
    UsageReport,
)
from trunkline.control.usage.span import Span, read_span
from trunkline.core import access
from trunkline.core.actor import Actor, at_least
from trunkline.core.errors import Forbidden, InvalidInput
from trunkline.core.ids import is_id
from trunkline.storage import rate_limits
from trunkline.storage import usage as rows
from trunkline.storage.database import Database
from trunkline.storage.tables import UsageEventRow
from trunkline.storage.usage import Sums, UsageScope

FRESH_SECONDS: Final = 1.0
"""How long an answer is given again. With half a second for the intake, figures are at most 2 s behind a call."""

CAPACITY: Final = 2000


_Record = TypeVar("_Record", UsageRecord, UsageReport)
_HOUR: Final = timedelta(hours=1)


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
    ) -> UsageRecord:
        """The figures of a configuration that the actor sees, whoever used it. See :func:`read_span` for the span."""
        access.check(actor, "usage.read")
        moment = self._now()
        span = read_span(period, since, until, moment)
        async with self._database.read() as tx:
            row = await find_visible(tx, actor, configuration_id)
            key = ("configuration", row.id, span)
            kept = self._find(key)
            if isinstance(kept, UsageRecord):
                return kept
            scope = UsageScope(
                workspace_id=row.workspace_id, configuration_id=row.id, since=span.since, until=span.until
            )
            sums = await (rows.read_sums if span.is_hourly else rows.sum_events)(tx, scope)
            limit = await rate_limits.find(tx, row.workspace_id, row.id)
        first, last = span.days(sums.first_used_at, moment)
        record = UsageRecord(
            configuration_id=row.id,
            period=span.period,
            period_start=first,
            period_end=last,
            figures=_figures(sums),
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
    ) -> UsageReport:
        """The actor's own report, or as an administrator that of ``user_id`` in the actor's workspace.

        It is over whole hours: a span that begins or ends within one is widened to it. Raises Forbidden for somebody
        else's figures.
        """
        access.check(actor, "usage.read")
        wanted = (user_id or actor.user_id).lower()
        if wanted != actor.user_id and not (at_least(actor.role, "admin") and actor.application_id is None):
            raise Forbidden("Only administrators of the workspace see the report of somebody else. Leave userId out.")
        moment = self._now()
        span = _widen(read_span(period, since, until, moment))
        key = ("report", actor.workspace_id, wanted, span)
        kept = self._find(key)
        if isinstance(kept, UsageReport):
            return kept
        scope = UsageScope(workspace_id=actor.workspace_id, user_id=wanted, since=span.since, until=span.until)
        async with self._database.read() as tx:
            totals = await rows.read_sums(tx, scope)
            by_configuration = await rows.read_sums_by(tx, scope, "configuration")
            by_model = await rows.read_sums_by(tx, scope, "model")
            by_hour = await rows.read_sums_by(tx, scope, "hour")
            lacking, calls = await rows.count_missing(tx, scope)
            ids = [str(key) for key in by_configuration if key]
            names = await rows.find_names(tx, actor.workspace_id, ids)
        by_day: dict[str, Sums] = {}
        for hour, sums in by_hour.items():
            day = hour.date().isoformat() if isinstance(hour, datetime) else hour
            by_day[day] = _add(by_day.get(day, Sums()), sums)
        first, last = span.days(totals.first_used_at, moment)
        return self._keep(
            key,
            UsageReport(
                user_id=wanted,
                period=span.period,
                period_start=first,
                period_end=last,
                totals=_figures(totals),
                by_configuration=_shares(
                    (str(key), names.get(str(key)), sums) for key, sums in by_configuration.items()
                ),
                by_model=_shares((str(key), str(key), sums) for key, sums in by_model.items()),
                by_day=tuple(Share(day, None, _figures(sums)) for day, sums in sorted(by_day.items())),
                as_of=moment,
                price_missing=_missing(lacking, totals.unpriced_count - calls),
            ),
        )

    async def events(
        self,
        actor: Actor,
        wanted: EventFilter,
        page: PageRequest,
        *,
        period: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> EventsRecord:
        """Calls, the newest first: the actor's own, for an admin the workspace's, for an application's key its own."""
        access.check(actor, "usage.read")
        span = read_span(period, since, until, self._now())
        scope = read_record(
            UsageScope,
            wanted,
            workspace_id=actor.workspace_id,
            application_id=actor.application_id or wanted.application_id,
            only_user_id=None if actor.application_id or at_least(actor.role, "admin") else actor.user_id,
            since=span.since,
            until=span.until,
        )
        after = None if page.after is None else _read_cursor(page.after)
        async with self._database.read() as tx:
            by_hour = span.is_hourly and scope.is_summed
            sums = await (rows.read_sums if by_hour else rows.sum_events)(tx, scope)
            found = await rows.list_events(tx, scope, after=after, limit=page.limit + 1)
        shown = found[: page.limit]
        cursor = None
        if len(found) > page.limit:
            cursor = encode_cursor(f"{shown[-1].opened_at.isoformat()} {shown[-1].id}")
        return EventsRecord(span, _figures(sums), Page([_show(row) for row in shown], cursor))

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


def _figures(sums: Sums) -> Figures:
    count = sums.request_count
    return read_record(
        Figures,
        sums,
        average_latency=round(sums.duration_us / count / 1000) if count else 0,
        error_rate=round(sums.error_count / count, 4) if count else 0.0,
        last_used=sums.last_used_at,
    )


def _add(one: Sums, other: Sums) -> Sums:
    return Sums(
        one.request_count + other.request_count,
        one.error_count + other.error_count,
        one.unpriced_count + other.unpriced_count,
        one.input_tokens + other.input_tokens,
        one.output_tokens + other.output_tokens,
        one.cost_nanos + other.cost_nanos,
        one.duration_us + other.duration_us,
        max((moment for moment in (one.last_used_at, other.last_used_at) if moment), default=None),
        min((moment for moment in (one.first_used_at, other.first_used_at) if moment), default=None),
    )


def _shares(parts: Iterable[tuple[str, str | None, Sums]]) -> tuple[Share, ...]:
    """The dearest first, then the busiest."""
    ordered = sorted(parts, key=lambda part: (-part[2].cost_nanos, -part[2].request_count, part[0]))
    return tuple(Share(key, name, _figures(sums)) for key, name, sums in ordered)


def _widen(span: Span) -> Span:
    since = span.since and span.since.replace(minute=0, second=0, microsecond=0)
    until = span.until
    if until is not None and not Span(until, None).is_hourly:
        until = until.replace(minute=0, second=0, microsecond=0) + _HOUR
    return Span(since, until, span.period)


def _read_cursor(key: str) -> tuple[datetime, str]:
    text, _, event_id = key.partition(" ")
    try:
        opened_at = datetime.fromisoformat(text)
    except ValueError:
        opened_at = None
    if opened_at is None or opened_at.tzinfo is None or not is_id(event_id):
        raise InvalidInput.of("cursor", "it is not one that a list has given; leave it out to start at the first page.")
    return opened_at, event_id


def _reason(row: UsageEventRow) -> str | None:
    said = row.attempts[-1].get("reason") if row.outcome == "error" and row.attempts else None
    return said if isinstance(said, str) else None


def _missing(lacking: dict[str, int], unlisted: int) -> tuple[MissingPrice, ...]:
    """``lacking``, and the calls to models that are in no list."""
    counts = dict(lacking)
    if unlisted > 0:
        counts["model"] = counts.get("model", 0) + unlisted
    return tuple(MissingPrice(what, calls) for what, calls in counts.items())


def _read_missing(row: UsageEventRow) -> tuple[str, ...]:
    if row.price_missing is not None:
        return tuple(row.price_missing.split(","))
    used = row.input_tokens + row.output_tokens > 0 or row.outcome == "estimated"
    return ("model",) if row.cost_nanos is None and used else ()


def _show(row: UsageEventRow) -> EventRecord:
    return read_record(
        EventRecord,
        row,
        reason=_reason(row),
        price_missing=_read_missing(row),
        service_tier=tier if isinstance(tier := row.usage.get("tier"), str) and tier else None,
        duration_ms=row.duration_us / 1000,
        first_token_ms=None if row.first_token_us is None else row.first_token_us / 1000,
        # Those that failed are listed; the one that went well is not.
        attempts=max(len(row.attempts) + (row.outcome in {"ok", "cancelled"}), 1),
    )
