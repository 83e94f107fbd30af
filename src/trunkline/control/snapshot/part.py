"""One workspace's rows, compiled into what calls read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import cast

import msgspec

from trunkline.control.caching.rules import read_caching
from trunkline.control.record import read_record
from trunkline.control.snapshot.configurations import compile_configurations
from trunkline.control.snapshot.features import compile_features
from trunkline.control.snapshot.lending import Lending
from trunkline.core.actor import Role, Scope
from trunkline.core.capture import CaptureRule
from trunkline.core.hedging import Hedging
from trunkline.core.price_override import PriceOverride
from trunkline.core.route_conditions import RouteConditions
from trunkline.core.strategy import Cause, Strategy
from trunkline.gateway.snapshot import (
    ApplicationEntry,
    KeyEntry,
    LimitEntry,
    PolicyEntry,
    RouteEntry,
    RouteTargetEntry,
    UserEntry,
    WorkspacePart,
)
from trunkline.storage.budgets import read_budget
from trunkline.storage.snapshot_rows import (
    ApplicationRow,
    KeyRow,
    LimitRow,
    PersonRow,
    PolicyRow,
    PriceRow,
    RouteRow,
    TargetRow,
    WorkspaceRows,
)


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace's part, the user whose personal one it is, and its keys by the hex HMAC of each.

    When ``whole``, ``keys`` are all there are; else those that changed, None for one that is gone.
    """

    part: WorkspacePart
    person: UserEntry | None
    keys: Mapping[str, KeyEntry | None]
    whole: bool = True


def compile_part(found: WorkspaceRows) -> Compiled:
    """A workspace's rows as calls read them. Keys whose maker is no longer a member are left out."""
    workspace = found.workspace
    members: dict[str, Role] = {row.user_id: cast("Role", row.role) for row in found.members}
    lending = Lending(found.sealed, found.configurations)
    part = WorkspacePart(
        id=workspace.id,
        revision=workspace.revision,
        name=workspace.name,
        personal_of=workspace.personal_of,
        members=members,
        configurations=compile_configurations(found.configurations, found.trials, lending),
        applications=compile_applications(found.applications),
        data_keys=found.sealed.data_keys,
        default_configuration_id=workspace.default_configuration_id,
        routes=compile_routes(found.routes, found.targets),
        features=compile_features(workspace.id, found.features, lending),
        policies=tuple(map(compile_policy, found.policies)),
        limits=tuple(map(compile_limit, found.limits)),
        prices=tuple(map(compile_price, found.prices)),
        budgets=tuple(map(read_budget, found.budgets)),
        cache_generation=workspace.cache_generation,
        capture=None if workspace.capture is None else msgspec.convert(workspace.capture, CaptureRule),
    )
    keys = {row.digest: compile_key(row) for row in found.keys if row.user_id in members}
    return Compiled(part=part, person=compile_person(found.person, workspace.id), keys=keys)


def compile_person(person: PersonRow | None, workspace_id: str) -> UserEntry | None:
    """The user whose personal workspace it is; None without one."""
    if person is None:
        return None
    return UserEntry(id=person.id, personal_workspace_id=workspace_id, instance_admin=person.role == "admin")


def compile_applications(rows: Iterable[ApplicationRow]) -> dict[str, ApplicationEntry]:
    """Applications by id."""
    return {
        row.id: ApplicationEntry(id=row.id, name=row.name, default_configuration_id=row.default_configuration_id)
        for row in rows
    }


def compile_key(row: KeyRow) -> KeyEntry:
    """A key as calls read it."""
    return KeyEntry(
        id=row.id,
        workspace_id=row.workspace_id,
        user_id=row.user_id,
        scope=cast("Scope", row.scope),
        application_id=row.application_id,
        models=tuple(row.models),
        expires_at=row.expires_at.timestamp() if row.expires_at else None,
    )


def compile_routes(routes: Iterable[RouteRow], rows: Iterable[TargetRow]) -> dict[str, RouteEntry]:
    """Routes by name; ``rows`` are their targets in order."""
    targets: defaultdict[str, list[RouteTargetEntry]] = defaultdict(list)
    for row in rows:
        targets[row.route_id].append(
            RouteTargetEntry(
                configuration_id=row.configuration_id,
                model=row.model,
                priority=row.priority,
                weight=row.weight,
                conditions=None if row.conditions is None else msgspec.convert(row.conditions, RouteConditions),
                fallback_for=cast("Cause | None", row.fallback_for),
            )
        )
    return {
        row.name: RouteEntry(
            id=row.id,
            name=row.name,
            strategy=cast("Strategy", row.strategy),
            targets=tuple(targets[row.id]),
            conditions=None if row.conditions is None else msgspec.convert(row.conditions, RouteConditions),
            otherwise_id=row.otherwise_id,
            hedging=None if row.hedging is None else msgspec.convert(row.hedging, Hedging),
            caching=read_caching(row.caching),
            revision=row.revision,
            created_at=int(row.created_at.timestamp() * 1_000_000),
        )
        for row in routes
    }


def compile_policy(row: PolicyRow) -> PolicyEntry:
    """A policy as calls read it."""
    return read_record(PolicyEntry, row, action=row.action_type, fail_open=row.fail_mode != "closed")


def compile_price(row: PriceRow) -> PriceOverride:
    """A price as calls read it."""
    ends_at = None if row.ends_at is None else int(row.ends_at.timestamp() * 1_000_000)
    return read_record(PriceOverride, row, starts_at=int(row.starts_at.timestamp() * 1_000_000), ends_at=ends_at)


def compile_limit(row: LimitRow) -> LimitEntry:
    """A limit as calls read it."""
    return read_record(LimitEntry, row, subject_id=row.subject_id or None, window=row.window or None)
