"""Figures to take away: each part of each interval, however many there are."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import msgspec

from trunkline.control.audit import Audit
from trunkline.control.usage import sums
from trunkline.control.usage.breakdown import find_part_names, read_dimension, show_figures
from trunkline.control.usage.calls import make_scope
from trunkline.control.usage.interval import divide, read_interval
from trunkline.control.usage.record import EventFilter, Figures, SpanQuestion
from trunkline.control.usage.requests import note_export
from trunkline.control.usage.span import Span, read_span, read_zone
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput
from trunkline.storage.database import Database
from trunkline.storage.usage import UsageScope
from trunkline.storage.usage_sums import Dimension

_AT_ONCE: Final = 50
"""Intervals that are read at once."""


class ExportRow(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one part in one interval."""

    since: datetime
    until: datetime
    key: str | None
    name: str | None
    figures: Figures


class UsageExport:
    """Reads figures as :class:`Usage` does."""

    def __init__(
        self, database: Database, audit: Audit, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._audit = audit
        self._now = now

    async def export(
        self, actor: Actor, wanted: EventFilter, question: SpanQuestion, form: str
    ) -> AsyncGenerator[list[ExportRow]]:
        """The figures of all that the filter lets through, in order of time: of each ``interval`` (day), and apart for
        each value of what was asked ``by``. What was not used is left out.

        That it was asked for is in the audit log first. Raises InvalidInput as :func:`break_down` does.
        """
        access.check(actor, "usage.read")
        now = self._now()
        span = read_span(question.period, question.since, question.until, now, read_zone(question.time_zone)).widen()
        interval, dimension = read_interval(question.interval) or "day", read_dimension(question.by)
        scope = make_scope(actor, wanted, span)
        if not scope.is_summed:
            field = "requestId" if wanted.request_id else "conversationId"
            raise InvalidInput.of(field, "is not for sums. `GET /api/requests/export` takes it.")
        async with self._database.report() as tx:
            since = span.since or await sums.find_first(tx, scope) or now
        wide = Span(since, max(span.until or now, since), zone=span.zone).widen()
        assert wide.since is not None
        assert wide.until is not None
        edges = divide(wide.since, wide.until, interval, span.zone)
        await note_export(self._database, self._audit, actor, "usage.export", wanted, question, form)
        return self._read(scope, edges, dimension, question.by or "")

    async def _read(
        self, scope: UsageScope, edges: Sequence[datetime], dimension: Dimension | None, by: str
    ) -> AsyncGenerator[list[ExportRow]]:
        for start in range(0, len(edges) - 1, _AT_ONCE):
            some = edges[start : start + _AT_ONCE + 1]
            spans = list(pairwise(some))
            async with self._database.report() as tx:
                found = await sums.sum_series(tx, scope, some, dimension)
                called = await find_part_names(tx, scope.workspace_id, by, {key for _, key in found})
            yield [
                ExportRow(
                    since=spans[number][0],
                    until=spans[number][1],
                    key=key,
                    name=called.get(key or ""),
                    figures=show_figures(part),
                )
                for (number, key), part in sorted(found.items(), key=lambda item: (item[0][0], item[0][1] or ""))
            ]
