"""What calls add up to, from the sums that the intake keeps: no report reads the calls themselves.

A span is made of eight days each, of days, and of the quarters of an hour at its two ends. The days of a zone are those
of UTC that begin next to its own, at midnight or a multiple of four hours later, with what lies between the two moments
added or taken away, so that only that is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import msgspec
from sqlalchemy import ARRAY, CTE, BigInteger, ColumnElement, Select, bindparam, func, null, or_, select, true
from sqlalchemy.exc import OperationalError

from trunkline.storage.database import Transaction
from trunkline.storage.intake.usage_group import DAYS, EIGHT_DAYS, QUARTERS, WHOLE, Grain
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

_DAY: Final = 96
"""Quarters."""
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
    tx: Transaction,
    scope: UsageScope,
    dimension: Dimension | None,
    first: int = FIRST,
    last: int = LAST,
    only: Collection[str | None] | None = None,
) -> dict[str | None, Sums]:
    """The same for each value of ``dimension`` that occurs, or for those of ``only``."""
    found: dict[str | None, Sums] = {}
    for grain, windows in _cover(first, last).items():
        for (_, value), sums in (await _read(tx, scope, grain, windows, dimension, only)).items():
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
    if all(after - before < _DAY // 2 for before, after in pairwise(edges)):
        windows = [_Window(number, *span) for number, span in enumerate(pairwise(edges))]
        found = await _read(tx, scope, QUARTERS, windows, dimension, only, latest=False)
    else:
        grain, near = _find_days(edges)
        days = [_Window(number, *span) for number, span in enumerate(pairwise(near)) if span[0] < span[1]]
        found = await _read(tx, scope, grain, days, dimension, only, latest=False)
        begins = [day * _DAY + grain.begin for day in near]
        beside = [
            _Window(number, min(begin, edge), max(begin, edge))
            for number, (begin, edge) in enumerate(zip(begins, edges, strict=True))
            if begin != edge
        ]
        for (number, value), sums in (await _read(tx, scope, QUARTERS, beside, dimension, only, latest=False)).items():
            # What lies before the edge belongs to the span that ends there, what lies after it to the one that begins
            # there: so far they are parted at the day's beginning.
            sign = 1 if begins[number] < edges[number] else -1
            for at, each in ((number - 1, sign), (number, -sign)):
                if 0 <= at < len(edges) - 1:
                    found[at, value] = found.get((at, value), _NOTHING).plus(sums, each)
    return {part: sums for part, sums in found.items() if _counts(sums)}


def _find_days(edges: Sequence[int]) -> tuple[Grain, list[int]]:
    """The days that begin next to ``edges``, and which of them does next to each."""

    def count(grain: Grain) -> list[int]:
        return [round((edge - grain.begin) / _DAY) for edge in edges]

    def measure(grain: Grain) -> int:
        return sum(abs(day * _DAY + grain.begin - edge) for day, edge in zip(count(grain), edges, strict=True))

    grain = min(DAYS, key=measure)
    return grain, count(grain)


def _counts(sums: Sums) -> bool:
    """Whether there is anything in it."""
    return any(getattr(sums, name) for name in COUNTS)


async def read_few(
    tx: Transaction, scope: UsageScope, edges: Sequence[int], dimension: Dimension
) -> tuple[dict[Part, Sums], dict[str | None, Sums]]:
    """:func:`read_series` of all values of ``dimension``, of which there are few, and :func:`read_parts` of all of its
    spans together. Reading each by itself would add up nearly all rows twice."""
    series = await read_series(tx, scope, edges, dimension)
    parts: dict[str | None, Sums] = {}
    for (_, value), sums in series.items():
        parts[value] = parts.get(value, _NOTHING).plus(sums)
    latest = await read_parts(tx, scope, dimension, edges[-2], edges[-1])
    rare = parts.keys() - latest.keys()
    if rare:
        latest |= await read_parts(tx, scope, dimension, edges[0], edges[-1], rare)
    return series, {
        value: msgspec.structs.replace(sums, last_used_at=latest[value].last_used_at)
        for value, sums in parts.items()
        if _counts(sums) and value in latest
    }


async def count_values(tx: Transaction, scope: UsageScope, dimension: Dimension, most: int) -> int:
    """How many values of ``dimension`` the workspace has ever had, up to ``most``."""
    key: ColumnElement[Any] = getattr(UsageGroup, dimension)
    values = select(key).where(UsageGroup.workspace_id == scope.workspace_id).distinct().limit(most).subquery()
    return await tx.scalar(select(func.count()).select_from(values)) or 0


async def find_first(tx: Transaction, scope: UsageScope) -> int | None:
    """The quarter of the first call in ``scope``; None when there is none."""
    query = select(UsageSum.slot).where(*_wanted(tx, scope, QUARTERS)).order_by(UsageSum.slot).limit(1)
    return await tx.scalar(query)


def _cover(first: int, last: int) -> dict[Grain, list[_Window]]:
    """The eight days that lie within, the days at both ends of these, and the quarters at both ends of all."""
    found: dict[Grain, list[_Window]] = {}
    left = [(first, last)]
    for grain in (EIGHT_DAYS, DAYS[0], QUARTERS):
        windows: list[_Window] = []
        rest: list[tuple[int, int]] = []
        for begin, end in left:
            whole, after = -(-begin // grain.length), end // grain.length
            if whole < after:
                windows.append(_Window(0, whole, after))
                rest += [(begin, whole * grain.length), (after * grain.length, end)]
            else:
                rest.append((begin, end))
        found[grain] = windows
        left = [(begin, end) for begin, end in rest if begin < end]
    return found


async def _read(
    tx: Transaction,
    scope: UsageScope,
    grain: Grain,
    windows: Sequence[_Window],
    dimension: Dimension | None,
    only: Collection[str | None] | None = None,
    *,
    latest: bool = True,
) -> dict[Part, Sums]:
    """``latest``: also when something was last used."""
    if not windows:
        return {}
    question = _Question(scope, grain, windows, dimension, only, latest)
    try:
        return await _sum_up(tx, question, wide=False)
    except OperationalError as error:
        if "overflow" not in str(error.orig):
            raise
        return await _sum_up(tx, question, wide=True)


class _Question(NamedTuple):
    """The arguments of :func:`_read`."""

    scope: UsageScope
    grain: Grain
    windows: Sequence[_Window]
    dimension: Dimension | None
    only: Collection[str | None] | None
    latest: bool


async def _sum_up(tx: Transaction, asked: _Question, *, wide: bool) -> dict[Part, Sums]:
    """``wide`` sums cannot overflow on SQLite, and take twice as long: nearly none needs them."""
    spans = _write_windows(tx, asked.windows)
    key: ColumnElement[Any] | None = None if asked.dimension is None else getattr(UsageGroup, asked.dimension)
    figures = [*_sums(wide=wide), *((func.max(UsageSum.last_used_at),) if asked.latest else ())]
    wanted = [
        *_wanted(tx, asked.scope, asked.grain, asked.dimension, asked.only),
        UsageSum.slot >= spans.c.first,
        UsageSum.slot < spans.c.last,
    ]
    found: dict[Part, Sums] = {}
    if tx.get_bind().dialect.name != "sqlite":
        for number, value, *row in await tx.execute(_write_each(spans, key, figures, wanted)):
            sums, before = _write(row, wide=wide, latest=asked.latest), found.get((number, value))
            found[number, value] = sums if before is None else before.plus(sums)
        return found
    if key is not None and not asked.latest:
        query = _write_apart(spans, key, figures, wanted)
        for number, parts in await tx.execute(query):
            for value, *row in msgspec.json.decode(parts):
                found[number, value] = _write(row, wide=wide, latest=False)
        return found
    query = (
        select(spans.c.number, *(() if key is None else (key,)), *figures)
        .select_from(spans)
        .join(UsageSum, true())
        .where(*wanted)
        .group_by(spans.c.number, *(() if key is None else (key,)))
    )
    if key is not None:
        query = query.join(UsageGroup, UsageGroup.id == UsageSum.group_id)
    for number, *row in await tx.execute(query):
        value = None if key is None else row.pop(0)
        found[number, value] = _write(row, wide=wide, latest=asked.latest)
    return found


def _write_each(
    spans: CTE,
    key: ColumnElement[Any] | None,
    figures: Sequence[ColumnElement[Any]],
    wanted: Sequence[ColumnElement[bool]],
) -> Select[*tuple[Any, ...]]:
    """Each window by itself, which PostgreSQL then reads by the primary key. Of a join with windows it takes a ninth of
    all rows to fall into each, and reads the whole table: https://www.postgresql.org/docs/current/row-estimation-examples.html
    """
    named = [figure.label(f"figure_{number}") for number, figure in enumerate(figures)]
    parts = select((null() if key is None else key).label("value"), *named).select_from(UsageSum).where(*wanted)
    if key is None:
        parts = parts.having(func.count() > 0)
    else:
        parts = parts.join(UsageGroup, UsageGroup.id == UsageSum.group_id).group_by(key)
    each = parts.lateral("each")
    return select(spans.c.number, *each.c).select_from(spans.join(each, true()))


def _write_apart(
    spans: CTE, key: ColumnElement[Any], figures: Sequence[ColumnElement[Any]], wanted: Sequence[ColumnElement[bool]]
) -> Select[int, str]:
    """Each window by itself, with its parts as JSON: SQLite, which groups by sorting, sorts a few hundred rows many
    times instead of all of them at once, which takes three quarters of the time."""
    named = [figure.label(f"figure_{number}") for number, figure in enumerate(figures)]
    parts = (
        select(key.label("value"), *named)
        .select_from(UsageSum)
        .join(UsageGroup, UsageGroup.id == UsageSum.group_id)
        .where(*wanted)
        .group_by(key)
        .correlate(spans)
        .subquery()
    )
    return select(spans.c.number, select(func.json_group_array(func.json_array(*parts.c))).scalar_subquery())


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


def _write(row: Sequence[Any], *, wide: bool, latest: bool) -> Sums:
    # PostgreSQL sums bigint to numeric, which the driver gives as Decimal.
    counts, last = (row[:-1], row[-1]) if latest else (row, None)
    if wide:
        return Sums(*(join(*counts[at : at + 2]) for at in range(0, len(counts), 2)), last_used_at=last)
    return Sums(*map(int, counts), last_used_at=last)


def _wanted(
    tx: Transaction,
    scope: UsageScope,
    grain: Grain,
    dimension: Dimension | None = None,
    only: Collection[str | None] | None = None,
) -> list[ColumnElement[bool]]:
    if not scope.is_summed:
        raise ValueError("the sums do not know all of this; sum_events does")
    wanted: list[ColumnElement[bool]] = [UsageSum.workspace_id == scope.workspace_id, UsageSum.grain == grain.number]
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
