"""Calls that broke a policy, as those read them who look after policies. The intake writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select

from trunkline.storage.database import Transaction
from trunkline.storage.tables import Policy, PolicyViolation


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
    tx: Transaction, scope: ViolationScope, *, skip: int, take: int
) -> tuple[Sequence[PolicyViolation], int]:
    """``take`` of them after the first ``skip``, the newest first, and how many there are."""
    wanted = and_(*_conditions(scope))
    total = await tx.scalar(select(func.count()).select_from(PolicyViolation).where(wanted)) or 0
    query = select(PolicyViolation).where(wanted)
    query = query.order_by(PolicyViolation.created_at.desc(), PolicyViolation.id.desc()).offset(skip).limit(take)
    return (await tx.scalars(query)).all(), total


def _conditions(scope: ViolationScope) -> list[ColumnElement[bool]]:
    row = PolicyViolation
    place: ColumnElement[bool] = row.workspace_id.in_(scope.workspace_ids)
    if scope.installation:
        place = or_(place, row.policy_id.in_(select(Policy.id).where(Policy.workspace_id.is_(None))))
    found = [place]
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
