"""Figures of spans: whole, apart by what calls have in common, and over time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from trunkline.control.usage.span import Span, quarter_after, quarter_of
from trunkline.storage import usage as rows
from trunkline.storage import usage_corrections, usage_sums
from trunkline.storage.database import Transaction
from trunkline.storage.usage import Sums, UsageScope
from trunkline.storage.usage_sums import FIRST, LAST, Dimension
from trunkline.storage.usage_sums import Part as Cell

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_QUARTER: Final = timedelta(minutes=15)


async def sum_span(tx: Transaction, scope: UsageScope, span: Span) -> Sums:
    """What the calls of ``scope`` within ``span`` add up to, exactly.

    Calls themselves are read only of the quarters of an hour in which the span begins and ends, where these are not
    whole, and where the scope is a conversation's or a request's.
    """
    if not scope.is_summed:
        return await rows.sum_events(tx, _within(scope, span.since, span.until))
    since, until = span.since, span.until
    first = FIRST if since is None else quarter_after(since)
    last = LAST if until is None else quarter_of(until)
    if since is not None and until is not None and first > last:
        return await _sum_exactly(tx, scope, since, until)
    sums = await usage_sums.read_sums(tx, scope, first, last) if first < last else Sums()
    ends: list[tuple[datetime, datetime]] = []
    if since is not None:
        ends.append((since, _moment(first)))
    if until is not None:
        ends.append((_moment(last), until))
    for begin, end in ends:
        if begin < end:
            sums = sums.plus(await _sum_exactly(tx, scope, begin, end))
    return sums


async def _sum_exactly(tx: Transaction, scope: UsageScope, since: datetime, until: datetime) -> Sums:
    """Of calls one by one, with what corrects them."""
    corrected = await usage_corrections.total(tx, scope, since, until)
    return (await rows.sum_events(tx, _within(scope, since, until))).plus(Sums(cost_nanos=corrected))


async def sum_parts(tx: Transaction, scope: UsageScope, span: Span, dimension: Dimension) -> dict[str | None, Sums]:
    """The same for each value of ``dimension``, over all quarters of an hour that the span touches."""
    parts = await usage_sums.read_parts(tx, scope, dimension, *quarters(span))
    return _split_tags(parts) if dimension == "tags" else parts


async def find_first(tx: Transaction, scope: UsageScope) -> datetime | None:
    """The quarter of an hour of the first call in ``scope``."""
    first = await usage_sums.find_first(tx, scope)
    return None if first is None else _moment(first)


async def sum_series(
    tx: Transaction,
    scope: UsageScope,
    edges: Sequence[datetime],
    dimension: Dimension | None = None,
    only: Collection[str | None] | None = None,
) -> dict[Cell, Sums]:
    """The same between each of ``edges`` and the next one, which are whole quarters of an hour: by the number of the
    part and the value of ``dimension``, of which those of ``only`` alone are looked for. Of when something was last
    used this does not tell."""
    slots = [quarter_of(edge) for edge in edges]
    if dimension != "tags":
        return await usage_sums.read_series(tx, scope, slots, dimension, only)
    found = _split_series(await usage_sums.read_series(tx, scope, slots, dimension))
    return found if only is None else {cell: sums for cell, sums in found.items() if cell[1] in only}


async def sum_few(
    tx: Transaction, scope: UsageScope, span: Span, edges: Sequence[datetime], dimension: Dimension, most: int
) -> tuple[dict[Cell, Sums], dict[Cell, Sums], dict[str | None, Sums]] | None:
    """:func:`sum_series` of everything and of ``dimension``, and :func:`sum_parts`, at once, where ``dimension`` has at
    most so many values and ``edges`` are those of ``span``; else None."""
    slots = [quarter_of(edge) for edge in edges]
    if len(slots) < 2 or (slots[0], slots[-1]) != quarters(span):
        return None
    if await usage_sums.count_values(tx, scope, dimension, most + 1) > most:
        return None
    series, parts = await usage_sums.read_few(tx, scope, slots, dimension)
    whole: dict[Cell, Sums] = {}
    for (number, _), sums in series.items():
        whole[number, None] = whole.get((number, None), Sums()).plus(sums)
    return (whole, _split_series(series), _split_tags(parts)) if dimension == "tags" else (whole, series, parts)


def quarters(span: Span) -> tuple[int, int]:
    """The quarters of an hour that ``span`` touches: the first one, and the one after the last."""
    return (
        FIRST if span.since is None else quarter_of(span.since),
        LAST if span.until is None else quarter_after(span.until),
    )


def _split_tags(parts: dict[str | None, Sums]) -> dict[str | None, Sums]:
    """By each tag. A call that has several counts for each of them."""
    found: dict[str | None, Sums] = {}
    for tags, sums in parts.items():
        for tag in (None,) if tags is None else tags.split(","):
            found[tag] = found.get(tag, Sums()).plus(sums)
    return found


def _split_series(series: dict[Cell, Sums]) -> dict[Cell, Sums]:
    found: dict[Cell, Sums] = {}
    for (number, tags), sums in series.items():
        for tag in (None,) if tags is None else tags.split(","):
            found[number, tag] = found.get((number, tag), Sums()).plus(sums)
    return found


def _within(scope: UsageScope, since: datetime | None, until: datetime | None) -> UsageScope:
    return msgspec.structs.replace(scope, since=since, until=until)


def _moment(quarter: int) -> datetime:
    return _EPOCH + quarter * _QUARTER
