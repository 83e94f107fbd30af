"""Settled calls and their hourly sums, as reports read them. The intake writes them: see ``storage.intake``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import ColumnElement, and_, case, func, or_, select

from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration, ProviderUsage, UsageEventRow
from trunkline.storage.wide_sum import halves, join

Dimension = Literal["configuration", "model", "hour"]


class Sums(msgspec.Struct, frozen=True):
    """What hourly rows sum up to. ``duration_us`` is the sum of all calls' durations."""

    request_count: int = 0
    error_count: int = 0
    unpriced_count: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_nanos: int = 0
    duration_us: int = 0
    last_used_at: datetime | None = None
    first_used_at: datetime | None = None
    """From hourly rows, the start of the first hour."""


class UsageScope(msgspec.Struct, frozen=True, kw_only=True):
    """Which calls are asked for, always of one workspace; None: any. ``since`` is included, ``until`` is not.

    ``only_user_id`` is whose calls may be seen at all, whoever is asked for.
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
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_summed(self) -> bool:
        """Whether hourly sums know all that is asked for."""
        return all(getattr(self, name) is None for name in _UNSUMMED)


_UNSUMMED: Final = (
    "application_id",
    "key_id",
    "version_id",
    "route_id",
    "feature",
    "conversation_id",
    "request_id",
    "purpose",
    "outcome",
)
"""What only the calls themselves know."""


async def read_sums(tx: Transaction, scope: UsageScope) -> Sums:
    """The sums of whole hours in ``scope``; zeros when there is nothing. Only for what ``is_summed``: see below."""
    row = (await tx.execute(select(*_sums()).where(*_hours(scope)))).one()
    return _read(row)


async def read_sums_by(tx: Transaction, scope: UsageScope, dimension: Dimension) -> dict[str | datetime, Sums]:
    """The sums of whole hours in ``scope``, apart for each configuration (empty text: none), model or hour."""
    column: ColumnElement[Any] = {
        "configuration": ProviderUsage.configuration_id.expression,
        "model": ProviderUsage.model.expression,
        "hour": ProviderUsage.hour.expression,
    }[dimension]
    rows = await tx.execute(select(column, *_sums()).where(*_hours(scope)).group_by(column).order_by(column))
    return {row[0]: _read(row[1:]) for row in rows}


async def sum_events(tx: Transaction, scope: UsageScope) -> Sums:
    """As :func:`read_sums`, from the events themselves: to the microsecond, and also for one application."""
    failed = case((UsageEventRow.outcome == "error", 1), else_=0)
    unpriced = case(
        (
            or_(
                UsageEventRow.price_missing.is_not(None),
                and_(UsageEventRow.cost_nanos.is_(None), _counted_unpriced()),
            ),
            1,
        ),
        else_=0,
    )
    columns = (
        func.count(),
        func.coalesce(func.sum(failed), 0),
        func.coalesce(func.sum(unpriced), 0),
        *halves(UsageEventRow.input_tokens.expression),
        *halves(UsageEventRow.output_tokens.expression),
        *halves(UsageEventRow.cost_nanos.expression),
        *halves(UsageEventRow.duration_us.expression),
        func.max(UsageEventRow.opened_at),
        func.min(UsageEventRow.opened_at),
    )
    return _read((await tx.execute(select(*columns).where(*_moments(scope)))).one())


async def list_events(
    tx: Transaction, scope: UsageScope, *, after: tuple[datetime, str] | None, limit: int
) -> list[UsageEventRow]:
    """The newest first; ``after`` is ``(opened_at, id)`` of the last one of the page before."""
    query = select(UsageEventRow).where(*_moments(scope))
    if after is not None:
        opened_at, event_id = after
        query = query.where(
            or_(
                UsageEventRow.opened_at < opened_at,
                and_(UsageEventRow.opened_at == opened_at, UsageEventRow.id < event_id),
            )
        )
    query = query.order_by(UsageEventRow.opened_at.desc(), UsageEventRow.id.desc()).limit(limit)
    return list(await tx.scalars(query))


async def count_missing(tx: Transaction, scope: UsageScope) -> tuple[dict[str, int], int]:
    """How many calls lack each part of their price, the most frequent first; and how many lack any."""
    column = UsageEventRow.price_missing
    query = select(column, func.count()).where(*_moments(scope), column.is_not(None)).group_by(column)
    counts: Counter[str] = Counter()
    calls = 0
    for missing, count in await tx.execute(query):
        counts.update(dict.fromkeys(str(missing).split(","), int(count)))
        calls += int(count)
    return dict(counts.most_common()), calls


async def find_names(tx: Transaction, workspace_id: str, configuration_ids: Collection[str]) -> dict[str, str]:
    """The names of those configurations that are still there, by id."""
    rows = await tx.execute(
        select(Configuration.id, Configuration.name).where(
            Configuration.id.in_(configuration_ids), Configuration.workspace_id == workspace_id
        )
    )
    return dict(rows.all())


def _counted_unpriced() -> ColumnElement[bool]:
    return or_(UsageEventRow.input_tokens + UsageEventRow.output_tokens > 0, UsageEventRow.outcome == "estimated")


def _sums() -> tuple[ColumnElement[Any], ...]:
    return (
        func.coalesce(func.sum(ProviderUsage.request_count), 0),
        func.coalesce(func.sum(ProviderUsage.error_count), 0),
        func.coalesce(func.sum(ProviderUsage.unpriced_count), 0),
        *halves(ProviderUsage.input_tokens.expression),
        *halves(ProviderUsage.output_tokens.expression),
        *halves(ProviderUsage.cost_nanos.expression),
        *halves(ProviderUsage.duration_us.expression),
        func.max(ProviderUsage.last_used_at),
        func.min(ProviderUsage.hour),
    )


def _read(row: Sequence[Any]) -> Sums:
    # PostgreSQL sums bigint to numeric, which the driver gives as Decimal.
    requests, errors, unpriced = (int(count) for count in row[:3])
    inputs, outputs, cost, duration = (join(row[at], row[at + 1]) for at in range(3, 11, 2))
    return Sums(requests, errors, unpriced, inputs, outputs, cost, duration, row[11], row[12])


def _hours(scope: UsageScope) -> list[ColumnElement[bool]]:
    if not scope.is_summed:
        raise ValueError("hourly sums do not know all of this; sum_events does")
    wanted: list[ColumnElement[bool]] = [ProviderUsage.workspace_id == scope.workspace_id]
    wanted += [ProviderUsage.user_id == user for user in (scope.user_id, scope.only_user_id) if user is not None]
    if scope.configuration_id is not None:
        wanted.append(ProviderUsage.configuration_id == scope.configuration_id)
    if scope.provider is not None:
        wanted.append(ProviderUsage.provider == scope.provider)
    if scope.model is not None:
        wanted.append(ProviderUsage.model == scope.model)
    if scope.since is not None:
        wanted.append(ProviderUsage.hour >= scope.since)
    if scope.until is not None:
        wanted.append(ProviderUsage.hour < scope.until)
    return wanted


def _moments(scope: UsageScope) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [UsageEventRow.workspace_id == scope.workspace_id]
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
    ):
        if value is not None:
            wanted.append(column == value)
    if scope.since is not None:
        wanted.append(UsageEventRow.opened_at >= scope.since)
    if scope.until is not None:
        wanted.append(UsageEventRow.opened_at < scope.until)
    return wanted
