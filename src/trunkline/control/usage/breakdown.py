"""Figures apart: by what calls have in common, over time, and beside those of the span before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Final

import msgspec

from trunkline.control.record import read_record
from trunkline.control.usage import sums
from trunkline.control.usage.interval import check_length, divide, read_interval
from trunkline.control.usage.latencies import find_percentile, read_latencies
from trunkline.control.usage.record import Figures, SpanQuestion, UsagePart, UsageSlice
from trunkline.control.usage.span import Span
from trunkline.core.errors import InvalidInput
from trunkline.storage import names
from trunkline.storage.database import Transaction
from trunkline.storage.usage import Sums, UsageScope
from trunkline.storage.usage_sums import Dimension

_DIMENSIONS: Final[Mapping[str, Dimension]] = {
    "application": "application_id",
    "configuration": "configuration_id",
    "feature": "feature",
    "key": "key_id",
    "model": "model",
    "operation": "operation",
    "outcome": "outcome",
    "provider": "provider",
    "purpose": "purpose",
    "route": "route_id",
    "tag": "tags",
    "user": "user_id",
    "version": "version_id",
}
DRAWN: Final = 20
"""Parts that have a series of their own: no chart shows more."""

_NOTHING: Final = Sums()


class Breakdown(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for beyond the figures in all; empty where it was not."""

    interval: str | None = None
    series: tuple[UsageSlice, ...] = ()
    by: str | None = None
    breakdown: tuple[UsagePart, ...] = ()
    other: Figures | None = None
    previous: UsageSlice | None = None
    total: Sums | None = None
    """All of it, where it is known by now; without when something was last used."""


async def break_down(
    tx: Transaction, scope: UsageScope, span: Span, question: SpanQuestion, now: datetime
) -> Breakdown:
    """The figures of ``scope`` within ``span``, apart as ``question`` wants them.

    Raises InvalidInput on the fields ``interval``, ``by`` and ``compare``.
    """
    interval, dimension = read_interval(question.interval), read_dimension(question.by)
    if question.compare not in {None, "previous"}:
        raise InvalidInput.of("compare", "must be previous, or left out.")
    if not scope.is_summed:
        raise InvalidInput.of(
            "interval" if interval else "by" if dimension else "compare",
            "is not for one conversation or one request: leave out conversationId and requestId.",
        )
    edges: list[datetime] = []
    if interval is not None:
        since = span.since or await sums.find_first(tx, scope) or now
        end = span.until or max(now, since)
        since, end = _closed(Span(since, end))
        check_length(since, end, interval)
        edges = divide(since, end, interval, span.zone)
    before = span.before(now) if question.compare else None
    few = None if dimension is None else await sums.sum_few(tx, scope, span, edges, dimension, DRAWN)
    whole = few[0] if few else await sums.sum_series(tx, scope, edges) if edges else {}
    found = Breakdown(
        interval=interval,
        series=tuple(
            UsageSlice(since=since, until=until, figures=show_figures(whole.get((number, None), _NOTHING)))
            for number, (since, until) in enumerate(pairwise(edges))
        ),
        total=add_up(whole.values()) if edges else None,
        previous=None if before is None else await _look_back(tx, scope, before),
    )
    if dimension is None:
        return found
    parts = few[2] if few else await sums.sum_parts(tx, scope, span, dimension)
    earlier = {} if before is None else await sums.sum_parts(tx, scope, before, dimension)
    ordered = sorted({**earlier, **parts}, key=lambda key: _rank(key, parts.get(key, _NOTHING)))
    shown, rest = ordered[: question.top], ordered[question.top :]
    drawn = shown[:DRAWN]
    over_time = few[1] if few else await sums.sum_series(tx, scope, edges, dimension, drawn) if edges else {}
    called = await find_part_names(tx, scope.workspace_id, question.by or "", shown)
    latencies = await read_latencies(tx, scope, dimension) if question.percentiles else {}
    return msgspec.structs.replace(
        found,
        by=question.by,
        total=found.total or (None if question.by == "tag" else add_up(parts.values())),
        breakdown=tuple(
            UsagePart(
                key=key,
                name=called.get(key or ""),
                figures=show_figures(parts.get(key, _NOTHING)),
                previous=None if before is None else show_figures(earlier.get(key, _NOTHING)),
                series=tuple(show_figures(over_time.get((number, key), _NOTHING)) for number in range(len(edges) - 1))
                if key in drawn
                else (),
                p50_ms=find_percentile(latencies.get(key), 0.5),
                p95_ms=find_percentile(latencies.get(key), 0.95),
            )
            for key in shown
        ),
        other=show_figures(add_up(parts[key] for key in rest if key in parts)) if rest else None,
    )


def show_figures(total: Sums) -> Figures:
    """As people see them."""
    count = total.request_count
    return read_record(
        Figures,
        total,
        average_latency=round(total.duration_us / count / 1000) if count else 0,
        error_rate=round(total.error_count / count, 4) if count else 0.0,
        last_used=total.last_used_at,
    )


def add_up(parts: Iterable[Sums]) -> Sums:
    """All together."""
    total = _NOTHING
    for part in parts:
        total = total.plus(part)
    return total


async def _look_back(tx: Transaction, scope: UsageScope, before: Span) -> UsageSlice:
    since, until = _closed(before)
    return UsageSlice(since=since, until=until, figures=show_figures(await sums.sum_span(tx, scope, before)))


def _closed(span: Span) -> tuple[datetime, datetime]:
    wide = span.widen()
    assert wide.since is not None
    assert wide.until is not None
    return wide.since, wide.until


def read_dimension(word: str | None) -> Dimension | None:
    """What figures are to be told apart by. Raises InvalidInput on the field ``by``."""
    if word is None:
        return None
    if word not in _DIMENSIONS:
        raise InvalidInput.of("by", f"must be one of {', '.join(_DIMENSIONS)}.")
    return _DIMENSIONS[word]


def _rank(key: str | None, total: Sums) -> tuple[int, int, str]:
    """The dearest first, then the busiest."""
    return -total.cost_nanos, -total.request_count, key or ""


async def find_part_names(tx: Transaction, workspace_id: str, by: str, keys: Iterable[str | None]) -> dict[str, str]:
    """What people call the parts, by their keys; of those that have a name and are still there."""
    wanted = [key for key in keys if key is not None]
    if by == "user":
        found = await names.find_people(tx, wanted)
    elif by in {"application", "configuration", "key", "route", "version"}:
        found = await names.find(tx, workspace_id, [(by, key) for key in wanted])
    else:
        return {}
    return {identity: name for (_, identity), name in found.items()}
