"""What lists of configurations over several workspaces need: who uses each, and what its calls broke."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import msgspec
from sqlalchemy import ColumnElement, and_, case, func, or_, select

from trunkline.storage.database import Transaction
from trunkline.storage.tables import (
    Application,
    ApplicationConfiguration,
    Configuration,
    ConfigurationTotal,
    PolicyViolation,
)

ALERT = 1
BLOCK = 2
"""Types of action of a policy; 0 is only written down."""


class ViolationCounts(msgspec.Struct, frozen=True):
    """How often calls broke a policy, and how often that was an alert or stopped the call."""

    total: int = 0
    alerts: int = 0
    blocks: int = 0


class Use(msgspec.Struct, frozen=True):
    """What a configuration has served."""

    request_count: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


async def hold_names(tx: Transaction, workspace_id: str) -> None:
    """Until the end of ``tx``, let nobody else pass here for the same workspace.

    So a name that was looked for and not found stays free. To be taken after rows of configurations and data keys, and
    before workspaces. SQLite has one writer at a time by itself.
    """
    if tx.get_bind().dialect.name == "postgresql":
        await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"names of {workspace_id}", 0))))


async def is_name_taken(
    tx: Transaction,
    workspace_id: str,
    name: str,
    *,
    user_id: str,
    application_id: str | None,
    besides: str | None = None,
) -> bool:
    """Whether the user sees another configuration of that name, in the workspace or in that application of it."""
    query = select(Configuration.id).where(
        Configuration.workspace_id == workspace_id,
        Configuration.name == name,
        Configuration.application_id.is_not_distinct_from(application_id),
        or_(Configuration.is_shared, Configuration.user_id == user_id),
    )
    return any(found != besides for found in await tx.scalars(query))


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Whose configurations are asked for: what :func:`trunkline.core.access.may_see` allows in some workspaces.

    With ``application_id``: what the key of that application sees; else what the user sees. ``only`` is an id;
    ``ready`` are those that are active and whose last test succeeded.
    """

    workspace_ids: tuple[str, ...]
    user_id: str
    application_id: str | None
    only: str | None = None
    ready: bool = False

    def choose(self) -> list[ColumnElement[bool]]:
        """As conditions."""
        row = Configuration
        if self.application_id is not None:
            visible = or_(row.application_id == self.application_id, and_(row.is_shared, row.application_id.is_(None)))
        else:
            visible = or_(row.is_shared, row.user_id == self.user_id)
        chosen: list[ColumnElement[bool]] = [row.workspace_id.in_(self.workspace_ids), visible]
        if self.only is not None:
            chosen.append(row.id == self.only)
        if self.ready:
            chosen += [row.is_active.expression, row.test_status == "success"]
        return chosen


async def list_visible(tx: Transaction, reach: Reach, *, after: str | None = None, limit: int) -> list[Configuration]:
    """At most ``limit``, the newest first, from behind the id ``after`` on."""
    query = select(Configuration).where(*reach.choose())
    if after is not None:
        query = query.where(Configuration.id < after)
    return list(await tx.scalars(query.order_by(Configuration.id.desc()).limit(limit)))


async def count_use(tx: Transaction, reach: Reach, *, after: str | None = None, limit: int) -> list[tuple[str, Use]]:
    """As :func:`list_visible`, of each its id and what it has served in all."""
    row, total = Configuration, ConfigurationTotal
    same = and_(total.workspace_id == row.workspace_id, total.configuration_id == row.id)
    counts = (func.coalesce(each, 0) for each in (total.request_count, total.input_tokens, total.output_tokens))
    query = select(row.id, *counts).outerjoin(total, same).where(*reach.choose())
    if after is not None:
        query = query.where(row.id < after)
    found = await tx.execute(query.order_by(row.id.desc()).limit(limit))
    return [(each, Use(*map(int, numbers))) for each, *numbers in found]


async def find_users(
    tx: Transaction, workspace_ids: Collection[str], *, only: str | None = None
) -> dict[str, list[Application]]:
    """The applications that use each configuration (are associated with it, own it, or have it as their default).

    By configuration, the oldest first; with ``only`` at most that application.
    """
    query = select(Application).where(Application.workspace_id.in_(workspace_ids))
    if only is not None:
        query = query.where(Application.id == only)
    applications = {row.id: row for row in await tx.scalars(query)}
    used: defaultdict[str, set[str]] = defaultdict(set)
    for application in applications.values():
        if application.default_configuration_id is not None:
            used[application.default_configuration_id].add(application.id)
    associated = (
        select(ApplicationConfiguration.configuration_id, ApplicationConfiguration.application_id)
        .join(Application, Application.id == ApplicationConfiguration.application_id)
        .where(Application.workspace_id.in_(workspace_ids))
    )
    own = select(Configuration.id, Configuration.application_id).where(
        Configuration.workspace_id.in_(workspace_ids), Configuration.application_id.is_not(None)
    )
    for pairs in (associated, own):
        for configuration_id, application_id in await tx.execute(pairs):
            used[configuration_id].add(application_id)
    return {
        configuration_id: [applications[found] for found in sorted(ids) if found in applications]
        for configuration_id, ids in used.items()
    }


async def count_violations(
    tx: Transaction, workspace_ids: Collection[str], *, only: str | None = None
) -> dict[str, ViolationCounts]:
    """By configuration, of those that have any."""
    kind = PolicyViolation.action_type
    query = select(
        PolicyViolation.configuration_id,
        func.count(),
        func.coalesce(func.sum(case((kind == ALERT, 1), else_=0)), 0),
        func.coalesce(func.sum(case((kind == BLOCK, 1), else_=0)), 0),
    ).where(PolicyViolation.workspace_id.in_(workspace_ids), PolicyViolation.configuration_id.is_not(None))
    if only is not None:
        query = query.where(PolicyViolation.configuration_id == only)
    return {
        configuration_id: ViolationCounts(int(total), int(alerts), int(blocks))
        for configuration_id, total, alerts, blocks in await tx.execute(
            query.group_by(PolicyViolation.configuration_id)
        )
        if configuration_id is not None
    }
