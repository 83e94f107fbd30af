"""What calls add up to, from the sums that the intake keeps: no report reads the calls themselves.

A span is made of whole days (UTC), and of the quarters of an hour at its two ends. The days of another zone are those
of UTC with what lies between the two midnights added or taken away, so that only these quarters are read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, Literal, TypeAlias

import msgspec
from sqlalchemy import ARRAY, CTE, BigInteger, ColumnElement, bindparam, func, or_, select, true
from sqlalchemy.exc import OperationalError

from trunkline.storage.database import Transaction
from trunkline.storage.intake.usage_group import DAY_MINUTES, QUARTER_MINUTES, WHOLE
from trunkline.storage.tables import UsageGroup, UsageSum
from trunkline.storage.usage import COUNTS, Sums, UsageScope, has_tag
from trunkline.storage.wide_sum import halves, join

Dimension = Literal[
    "application_id",
    "configuration_id",
    "feature",
    "key_id",
    "model",
    "operation",
    "outcome",
    "price_missing",
    "provider",
    "purpose",
    "route_id",
    "tags",
    "user_id",
    "version_id",
]

Part: TypeAlias = "tuple[int, str | None]"
"""Which span, by its number, and the value of the dimension; None where a call has none, and without a dimension."""

QUARTERS_OF_A_DAY: Final = DAY_MINUTES // QUARTER_MINUTES
FIRST: Final = 0
LAST: Final = 2**40
"""Quarters that no call is before, and none after."""

_FILTERS: Final = (
    "user_id",
    "key_id",
    "application_id",
    "configuration_id",
    "version_id",
    "route_id",
    "feature",
    "purpose",
    "provider",
    "model",
    "outcome",
    "operation",
)
_NOTHING: Final = Sums()


class _Window(msgspec.Struct, frozen=True):
    """Slots of one grain from ``first`` to before ``last``, which belong to the span of that ``number``."""

    number: int
    first: int
    last: int


async def read_sums(tx: Transaction, scope: UsageScope, first: int = FIRST, last: int = LAST) -> Sums:
    """What the calls in ``scope`` add up to that were opened from quarter ``first`` to before ``last``.

    Quarters of an hour are counted from the epoch. The scope's own times are not looked at.
    """
    parts = await read_parts(tx, scope, None, first, last)
    return parts.get(None, _NOTHING)


async def read_parts(
    tx: Transaction, scope: UsageScope, dimension: Dimension | None, first: int = FIRST, last: int = LAST
) -> dict[str | None, Sums]:
    """The same for each value of ``dimension`` that occurs."""
    days, quarters = _cover(first, last)
    found: dict[str | None, Sums] = {}
    for grain, windows in ((DAY_MINUTES, days), (QUARTER_MINUTES, quarters)):
        for (_, value), sums in (await _read(tx, scope, grain, windows, dimension)).items():
            found[value] = found.get(value, _NOTHING).plus(sums)
    return {value: sums for value, sums in found.items() if _counts(sums)}


async def read_series(
    tx: Transaction,
    scope: UsageScope,
    edges: Sequence[int],
    dimension: Dimension | None = None,
    only: Collection[str | None] | None = None,
) -> dict[Part, Sums]:
    """What the calls add up to between each of ``edges`` (quarters, ascending) and the next one.

    With ``dimension`` apart for each value of it, or for those of ``only``. Spans without calls are left out. Of when
    something was last used this does not tell.
    """
    found: dict[Part, Sums] = {}
    short = all(after - before < QUARTERS_OF_A_DAY // 2 for before, after in pairwise(edges))
    if short:
        windows = [_Window(number, *span) for number, span in enumerate(pairwise(edges))]
        found = await _read(tx, scope, QUARTER_MINUTES, windows, dimension, only)
    else:
        near = [round(edge / QUARTERS_OF_A_DAY) for edge in edges]
        days = [_Window(number, *span) for number, span in enumerate(pairwise(near)) if span[0] < span[1]]
        found = await _read(tx, scope, DAY_MINUTES, days, dimension, only)
        beside = [
            _Window(number, min(edge, day * QUARTERS_OF_A_DAY), max(edge, day * QUARTERS_OF_A_DAY))
            for number, (edge, day) in enumerate(zip(edges, near, strict=True))
            if edge != day * QUARTERS_OF_A_DAY
        ]
        for (number, value), sums in (await _read(tx, scope, QUARTER_MINUTES, beside, dimension, only)).items():
            # What lies before the midnight belongs to the span that begins at the edge, what lies after it to the one
            # that ends there: the days count both the other way.
            early = edges[number] < near[number] * QUARTERS_OF_A_DAY
            for at, sign in ((number, 1 if early else -1), (number - 1, -1 if early else 1)):
                if 0 <= at < len(edges) - 1:
                    found[at, value] = found.get((at, value), _NOTHING).plus(sums, sign)
    return {part: sums for part, sums in found.items() if _counts(sums)}


def _counts(sums: Sums) -> bool:
    """Whether there is anything in it."""
    return any(getattr(sums, name) for name in COUNTS)


async def find_first(tx: Transaction, scope: UsageScope) -> int | None:
    """The quarter of the first call in ``scope``; None when there is none."""
    query = select(UsageSum.slot).where(*_wanted(tx, scope, QUARTER_MINUTES)).order_by(UsageSum.slot).limit(1)
    return await tx.scalar(query)


def _cover(first: int, last: int) -> tuple[list[_Window], list[_Window]]:
    """The days that lie within, and the quarters at both ends."""
    first_day, last_day = -(-first // QUARTERS_OF_A_DAY), last // QUARTERS_OF_A_DAY
    if first_day >= last_day:
        return [], [_Window(0, first, last)] if first < last else []
    days = [_Window(0, first_day, last_day)]
    ends = [_Window(0, first, first_day * QUARTERS_OF_A_DAY), _Window(0, last_day * QUARTERS_OF_A_DAY, last)]
    return days, [window for window in ends if window.first < window.last]


async def _read(
    tx: Transaction,
    scope: UsageScope,
    grain: int,
    windows: Sequence[_Window],
    dimension: Dimension | None,
    only: Collection[str | None] | None = None,
) -> dict[Part, Sums]:
    if not windows:
        return {}
    try:
        return await _sum_up(tx, scope, grain, windows, dimension, only, wide=False)
    except OperationalError as error:
        if "overflow" not in str(error.orig):
            raise
        return await _sum_up(tx, scope, grain, windows, dimension, only, wide=True)


async def _sum_up(
    tx: Transaction,
    scope: UsageScope,
    grain: int,
    windows: Sequence[_Window],
    dimension: Dimension | None,
    only: Collection[str | None] | None,
    *,
    wide: bool,
) -> dict[Part, Sums]:
    """``wide`` sums cannot overflow on SQLite, and take twice as long: nearly none needs them."""
    spans = _write_windows(tx, windows)
    key: ColumnElement[Any] | None = None if dimension is None else getattr(UsageGroup, dimension)
    query = (
        select(spans.c.number, *(() if key is None else (key,)), *_sums(wide=wide))
        .select_from(spans)
        .join(UsageSum, true())
        .where(
            *_wanted(tx, scope, grain, dimension, only), UsageSum.slot >= spans.c.first, UsageSum.slot < spans.c.last
        )
        .group_by(spans.c.number, *(() if key is None else (key,)))
    )
    if key is not None:
        query = query.join(UsageGroup, UsageGroup.id == UsageSum.group_id)
    found: dict[Part, Sums] = {}
    for number, *row in await tx.execute(query):
        value = None if key is None else row.pop(0)
        found[number, value] = _write(row, wide=wide)
    return found


def _write_windows(tx: Transaction, windows: Sequence[_Window]) -> CTE:
    """As a table to join with. In one parameter each, so that the statement is the same however many there are."""
    columns = [[getattr(window, name) for window in windows] for name in _Window.__struct_fields__]
    if tx.get_bind().dialect.name == "sqlite":
        rows = msgspec.json.encode(list(zip(*columns, strict=True))).decode()
        each = func.json_each(rows).table_valued("value")
        parts = [func.json_extract(each.c.value, f"$[{at}]") for at in range(3)]
    else:
        arrays = [bindparam(None, column, ARRAY(BigInteger)) for column in columns]
        each = func.unnest(*arrays).table_valued("a", "b", "c").render_derived()
        parts = list(each.c)
    names = _Window.__struct_fields__
    spans = select(*(part.label(name) for part, name in zip(parts, names, strict=True))).select_from(each)
    # Else SQLite would take them out of the text anew for each row.
    return spans.cte("spans").prefix_with("MATERIALIZED")


def _sums(*, wide: bool) -> Iterable[ColumnElement[Any]]:
    for name in COUNTS:
        counts: ColumnElement[Any] = getattr(UsageSum, name).expression
        yield from halves(counts) if wide else (func.sum(counts),)
    yield func.max(UsageSum.last_used_at)


def _write(row: Sequence[Any], *, wide: bool) -> Sums:
    # PostgreSQL sums bigint to numeric, which the driver gives as Decimal.
    *counts, last = row
    if wide:
        return Sums(*(join(*counts[at : at + 2]) for at in range(0, len(counts), 2)), last_used_at=last)
    return Sums(*map(int, counts), last_used_at=last)


def _wanted(
    tx: Transaction,
    scope: UsageScope,
    grain: int,
    dimension: Dimension | None = None,
    only: Collection[str | None] | None = None,
) -> list[ColumnElement[bool]]:
    if not scope.is_summed:
        raise ValueError("the sums do not know all of this; sum_events does")
    wanted: list[ColumnElement[bool]] = [UsageSum.workspace_id == scope.workspace_id, UsageSum.grain == grain]
    groups = match_groups(tx, scope)
    if dimension is not None and only is not None:
        key: ColumnElement[Any] = getattr(UsageGroup, dimension)
        known = [value for value in only if value is not None]
        groups.append(or_(key.in_(known), key.is_(None)) if None in only else key.in_(known))
    if not groups and dimension is None:
        wanted.append(UsageSum.group_id == WHOLE)
    if groups:
        one = select(UsageGroup.id).where(UsageGroup.workspace_id == scope.workspace_id, *groups)
        wanted.append(UsageSum.group_id.in_(one))
    return wanted


def match_groups(tx: Transaction, scope: UsageScope) -> list[ColumnElement[bool]]:
    """Which of the workspace's groups ``scope`` is about; empty: all."""
    filters: Mapping[str, str | None] = {name: getattr(scope, name) for name in _FILTERS}
    groups: list[ColumnElement[bool]] = [
        getattr(UsageGroup, name) == value for name, value in filters.items() if value is not None
    ]
    if scope.tag is not None:
        groups.append(has_tag(tx, UsageGroup.tags.expression, scope.tag))
    if scope.unpriced is not None:
        missing = UsageGroup.price_missing
        groups.append(missing.is_not(None) if scope.unpriced else missing.is_(None))
    groups += [getattr(UsageGroup, name).is_(None) for name in scope.without]
    if scope.only_user_id is not None:
        groups.append(UsageGroup.user_id == scope.only_user_id)
    return groups
