"""Calls that broke a policy, as those read them who look after policies. The intake writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, and_, func, literal, or_, select, tuple_, union_all

from trunkline.storage.database import Transaction
from trunkline.storage.planner_statistics import aside
from trunkline.storage.tables import Policy, PolicyViolation

_AT_ONCE: Final = 100
"""Places that one query looks at: SQLite joins at most 500 selects."""


class ViolationScope(msgspec.Struct, frozen=True, kw_only=True):
    """Which violations are asked for; None: any. ``since`` is included, ``until`` is not.

    They are those in ``workspace_ids``, and with ``installation`` those of the installation's policies anywhere.
    ``providers`` are ids; with ``not_providers``, providers that are none of these match too.
    """

    workspace_ids: tuple[str, ...]
    installation: bool = False
    policy_id: str | None = None
    workspace_id: str | None = None
    application_id: str | None = None
    action: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    providers: tuple[str, ...] | None = None
    not_providers: tuple[str, ...] | None = None
    models: tuple[str, ...] | None = None
    hosts: tuple[str, ...] | None = None


async def find(
    tx: Transaction, scope: ViolationScope, *, take: int, skip: int = 0, after: tuple[datetime, str] | None = None
) -> Sequence[PolicyViolation]:
    """``take`` of them, the newest first, after the first ``skip``; only such as are older than ``after``."""
    row = PolicyViolation
    conditions = _conditions(scope)
    if after is not None:
        conditions.append(tuple_(row.created_at, row.id) < tuple_(*after))
    newest = (row.created_at.desc(), row.id.desc())
    found: list[tuple[datetime, str]] = []
    for places in _places(scope):
        # Of each place as many as the page may need, along its index: an OR over all of them would sort everything.
        heads = (
            select(row.created_at, row.id).where(place, *conditions).order_by(*newest).limit(skip + take).subquery()
            for place in places
        )
        first = union_all(*(select(head) for head in heads)).subquery()
        query = select(first.c.created_at, first.c.id).order_by(first.c.created_at.desc(), first.c.id.desc())
        found += [(created_at, identity) for created_at, identity in await tx.execute(query.limit(skip + take))]
    page = [identity for _, identity in sorted(found, reverse=True)[skip : skip + take]]
    return (await tx.scalars(select(row).where(row.id.in_(page)).order_by(*newest))).all()


async def count(tx: Transaction, scope: ViolationScope) -> int:
    """How many there are."""
    conditions = _conditions(scope)
    total = 0
    for places in _places(scope):
        counted = (
            select(func.count()).select_from(PolicyViolation).where(place, *conditions).scalar_subquery()
            for place in places
        )
        total += int(await tx.scalar(select(sum(counted, literal(0)))) or 0)
    return total


async def find_of_request(tx: Transaction, workspace_id: str, request_id: str) -> Sequence[PolicyViolation]:
    """Those of one request."""
    row = PolicyViolation
    query = select(row).where(aside(row.workspace_id) == workspace_id, row.request_id == request_id)
    return (await tx.scalars(query.order_by(row.created_at).limit(100))).all()


def _places(scope: ViolationScope) -> Iterator[list[ColumnElement[bool]]]:
    """Conditions of which each violation that is asked for fulfils exactly one, in groups for one query."""
    row = PolicyViolation
    workspaces = [each for each in scope.workspace_ids if scope.workspace_id in {None, each}]
    outside: list[ColumnElement[bool]] = []
    if scope.installation:
        its = row.policy_id.in_(select(Policy.id).where(Policy.workspace_id.is_(None)))
        outside.append(and_(its, row.workspace_id.not_in(scope.workspace_ids)))
    if scope.policy_id is not None:
        # Those of one policy have an index of their own.
        yield [row.workspace_id.in_(workspaces), *outside]
        return
    every = [*outside, *(row.workspace_id == each for each in workspaces)]
    for start in range(0, len(every), _AT_ONCE):
        yield every[start : start + _AT_ONCE]


def _conditions(scope: ViolationScope) -> list[ColumnElement[bool]]:
    row = PolicyViolation
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (row.policy_id, scope.policy_id),
        (row.workspace_id, scope.workspace_id),
        (row.application_id, scope.application_id),
        (row.action_type, scope.action),
    ):
        if value is not None:
            found.append(column == value)
    if scope.since is not None:
        found.append(row.created_at >= scope.since)
    if scope.until is not None:
        found.append(row.created_at < scope.until)
    if scope.providers is not None:
        named = row.provider.in_(scope.providers)
        found.append(named if scope.not_providers is None else or_(named, row.provider.not_in(scope.not_providers)))
    if scope.models is not None:
        found.append(row.model.in_(scope.models))
    if scope.hosts is not None:
        found.append(row.host.in_(scope.hosts))
    return found
