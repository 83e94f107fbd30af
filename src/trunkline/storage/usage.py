"""Settled calls, as people read them. The intake writes them: see ``storage.intake``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, and_, case, func, literal, not_, or_, select

from trunkline.storage.database import Transaction
from trunkline.storage.planner_statistics import aside
from trunkline.storage.tables import Configuration, UsageEventRow
from trunkline.storage.wide_sum import halves, join


class Sums(msgspec.Struct, frozen=True):
    """What calls add up to. ``duration_us`` is the sum of all their durations."""

    request_count: int = 0
    error_count: int = 0
    unpriced_count: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    cost_nanos: int = 0
    duration_us: int = 0
    cache_hit_count: int = 0
    saved_nanos: int = 0
    last_used_at: datetime | None = None

    def plus(self, other: Sums, sign: int = 1) -> Sums:
        """Both together; with ``sign`` -1 this without ``other``, which says nothing of when it was last used."""
        mine, others = self.last_used_at, other.last_used_at
        latest = (mine if others is None or (mine is not None and mine > others) else others) if sign > 0 else None
        # One by one: reports do this some thousand times.
        return Sums(
            self.request_count + sign * other.request_count,
            self.error_count + sign * other.error_count,
            self.unpriced_count + sign * other.unpriced_count,
            self.input_tokens + sign * other.input_tokens,
            self.output_tokens + sign * other.output_tokens,
            self.cached_tokens + sign * other.cached_tokens,
            self.reasoning_tokens + sign * other.reasoning_tokens,
            self.cost_nanos + sign * other.cost_nanos,
            self.duration_us + sign * other.duration_us,
            self.cache_hit_count + sign * other.cache_hit_count,
            self.saved_nanos + sign * other.saved_nanos,
            latest,
        )


COUNTS: Final = Sums.__struct_fields__[:-1]
"""The names of what is added up."""


class UsageScope(msgspec.Struct, frozen=True, kw_only=True):
    """Which calls are asked for, always of one workspace; None: any. ``since`` is included, ``until`` is not.

    ``only_user_id`` is whose calls may be seen at all, whoever is asked for. ``without`` names columns that
    hold nothing.
    """

    workspace_id: str
    user_id: str | None = None
    only_user_id: str | None = None
    application_id: str | None = None
    configuration_id: str | None = None
    provider: str | None = None
    model: str | None = None
    key_id: str | None = None
    version_id: str | None = None
    route_id: str | None = None
    feature: str | None = None
    conversation_id: str | None = None
    request_id: str | None = None
    purpose: str | None = None
    tag: str | None = None
    outcome: str | None = None
    operation: str | None = None
    unpriced: bool | None = None
    without: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_summed(self) -> bool:
        """Whether the sums of ``storage.usage_sums`` know all that is asked for: else only the calls themselves do."""
        return self.conversation_id is None and self.request_id is None


async def sum_events(tx: Transaction, scope: UsageScope) -> Sums:
    """What the calls in ``scope`` add up to, counted one by one: for few of them, and to check what is kept."""
    failed = case((UsageEventRow.outcome == "error", 1), else_=0)
    unpriced = case((_is_unpriced(), 1), else_=0)
    columns = (
        func.count(),
        func.coalesce(func.sum(failed), 0),
        func.coalesce(func.sum(unpriced), 0),
        *halves(UsageEventRow.input_tokens.expression),
        *halves(UsageEventRow.output_tokens.expression),
        *halves(UsageEventRow.cached_tokens.expression),
        *halves(UsageEventRow.reasoning_tokens.expression),
        *halves(UsageEventRow.cost_nanos.expression),
        *halves(UsageEventRow.duration_us.expression),
        func.coalesce(func.sum(case((UsageEventRow.from_cache.is_(True), 1), else_=0)), 0),
        *halves(UsageEventRow.saved_nanos.expression),
        func.max(UsageEventRow.opened_at),
    )
    return _read((await tx.execute(select(*columns).where(*_moments(tx, scope)))).one())


async def list_events(
    tx: Transaction, scope: UsageScope, *, after: tuple[datetime, str] | None, limit: int
) -> list[UsageEventRow]:
    """The newest first; ``after`` is ``(opened_at, id)`` of the last one of the page before."""
    query = select(UsageEventRow).where(*_moments(tx, scope))
    if after is not None:
        opened_at, event_id = after
        query = query.where(
            # What the rest says too, for the index: else it would be gone through from its beginning.
            UsageEventRow.opened_at <= opened_at,
            or_(
                UsageEventRow.opened_at < opened_at,
                and_(UsageEventRow.opened_at == opened_at, UsageEventRow.id < event_id),
            ),
        )
    query = query.order_by(UsageEventRow.opened_at.desc(), UsageEventRow.id.desc()).limit(limit)
    return list(await tx.scalars(query))


async def find_events(
    tx: Transaction, scope: UsageScope, *, request_id: str | None = None, event_id: str | None = None
) -> list[UsageEventRow]:
    """The calls of one request, or the one with that id, among those of ``scope``; the newest first, at most 50."""
    if request_id is not None:
        scope = msgspec.structs.replace(scope, request_id=request_id)
    query = select(UsageEventRow).where(*_moments(tx, scope))
    if event_id is not None:
        query = query.where(UsageEventRow.id == event_id)
    return list(await tx.scalars(query.order_by(UsageEventRow.opened_at.desc(), UsageEventRow.id.desc()).limit(50)))


async def sample_durations(
    tx: Transaction, scope: UsageScope, column: str, *, limit: int
) -> Sequence[tuple[str | None, int]]:
    """What stands in ``column``, and the microseconds, of the newest calls that went well, at most ``limit``."""
    query = select(getattr(UsageEventRow, column), UsageEventRow.duration_us).where(
        *_moments(tx, scope), UsageEventRow.outcome == "ok"
    )
    return [(row[0], row[1]) for row in await tx.execute(query.order_by(UsageEventRow.opened_at.desc()).limit(limit))]


async def find_names(tx: Transaction, workspace_id: str, configuration_ids: Collection[str]) -> dict[str, str]:
    """The names of those configurations that are still there, by id."""
    rows = await tx.execute(
        select(Configuration.id, Configuration.name).where(
            Configuration.id.in_(configuration_ids), Configuration.workspace_id == workspace_id
        )
    )
    return dict(rows.all())


def _is_unpriced() -> ColumnElement[bool]:
    used = or_(UsageEventRow.input_tokens + UsageEventRow.output_tokens > 0, UsageEventRow.outcome == "estimated")
    return or_(UsageEventRow.price_missing.is_not(None), and_(UsageEventRow.cost_nanos.is_(None), used))


def _read(row: Sequence[Any]) -> Sums:
    # PostgreSQL sums bigint to numeric, which the driver gives as Decimal.
    counts = [int(count) for count in row[:3]]
    wide = [join(row[at], row[at + 1]) for at in range(3, 15, 2)]
    saved = join(row[16], row[17])
    return Sums(*counts, *wide, cache_hit_count=int(row[15]), saved_nanos=saved, last_used_at=row[18])


def has_tag(tx: Transaction, tags: ColumnElement[Any], tag: str) -> ColumnElement[bool]:
    """Whether ``tag`` is among ``tags``, which are separated by commas. Other than with LIKE, small letters are not
    capital ones."""
    find = func.instr if tx.get_bind().dialect.name == "sqlite" else func.strpos
    return find(literal(",") + tags + ",", f",{tag},") > 0


def _moments(tx: Transaction, scope: UsageScope) -> list[ColumnElement[bool]]:
    # The few calls of one request or one conversation are found by it.
    found = scope.request_id is not None or scope.conversation_id is not None
    workspace = aside(UsageEventRow.workspace_id) if found else UsageEventRow.workspace_id
    wanted: list[ColumnElement[bool]] = [workspace == scope.workspace_id]
    for column, value in (
        (UsageEventRow.user_id, scope.user_id),
        (UsageEventRow.user_id, scope.only_user_id),
        (UsageEventRow.application_id, scope.application_id),
        (UsageEventRow.configuration_id, scope.configuration_id),
        (UsageEventRow.provider, scope.provider),
        (UsageEventRow.model, scope.model),
        (UsageEventRow.key_id, scope.key_id),
        (UsageEventRow.version_id, scope.version_id),
        (UsageEventRow.route_id, scope.route_id),
        (UsageEventRow.feature, scope.feature),
        (UsageEventRow.conversation_id, scope.conversation_id),
        (UsageEventRow.request_id, scope.request_id),
        (UsageEventRow.purpose, scope.purpose),
        (UsageEventRow.outcome, scope.outcome),
        (UsageEventRow.operation, scope.operation),
    ):
        if value is not None:
            wanted.append(column == value)
    if scope.tag is not None:
        wanted.append(has_tag(tx, UsageEventRow.tags.expression, scope.tag))
    if scope.unpriced is not None:
        wanted.append(_is_unpriced() if scope.unpriced else not_(_is_unpriced()))
    wanted += [getattr(UsageEventRow, name).is_(None) for name in scope.without]
    if scope.since is not None:
        wanted.append(UsageEventRow.opened_at >= scope.since)
    if scope.until is not None:
        wanted.append(UsageEventRow.opened_at < scope.until)
    return wanted
