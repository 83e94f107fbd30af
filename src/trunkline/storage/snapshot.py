"""What the snapshot is compiled from: everything of some workspaces, in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from trunkline.storage import facts
from trunkline.storage.change_marks import SNAPSHOT_REVISION
from trunkline.storage.credentials import CIPHERTEXT
from trunkline.storage.database import Transaction
from trunkline.storage.tables import (
    ApiKey,
    Application,
    Configuration,
    ConfigurationVersion,
    Credential,
    DataKey,
    Experiment,
    ExperimentPhase,
    Feature,
    Membership,
    Policy,
    Route,
    RouteTarget,
    SealedSecret,
    Session,
    User,
    Workspace,
)


@dataclass(slots=True)
class WorkspaceRows:
    """All of one workspace that a call may need. ``person`` is the user whose personal one it is, unless disabled.

    ``memberships`` are those of users who are not disabled; ``keys`` those that are not revoked; ``routes`` and
    ``versions`` the active ones; ``policies`` those that are not deleted. ``owners`` says whose a credential is
    (``user:<id>``), by its id; ``experiments`` and their open ``phases`` are by their configuration's.
    """

    workspace: Workspace
    person: User | None = None
    memberships: list[Membership] = field(default_factory=list[Membership])
    configurations: list[Configuration] = field(default_factory=list[Configuration])
    applications: list[Application] = field(default_factory=list[Application])
    keys: list[ApiKey] = field(default_factory=list[ApiKey])
    owners: dict[str, str] = field(default_factory=dict[str, str])
    secrets: list[SealedSecret] = field(default_factory=list[SealedSecret])
    data_keys: list[DataKey] = field(default_factory=list[DataKey])
    routes: list[Route] = field(default_factory=list[Route])
    targets: list[RouteTarget] = field(default_factory=list[RouteTarget])
    versions: list[ConfigurationVersion] = field(default_factory=list[ConfigurationVersion])
    experiments: dict[str, Experiment] = field(default_factory=dict[str, Experiment])
    phases: dict[str, ExperimentPhase] = field(default_factory=dict[str, ExperimentPhase])
    features: list[Feature] = field(default_factory=list[Feature])
    policies: list[Policy] = field(default_factory=list[Policy])


async def find_revision(tx: Transaction) -> int:
    """The snapshot's revision: it grows with each change that a call could notice. 0 before the first."""
    return int(await facts.find(tx, SNAPSHOT_REVISION) or 0)


async def find_changed(tx: Transaction, since: int) -> Sequence[str]:
    """The ids of the workspaces that changed after revision ``since``."""
    return (await tx.scalars(select(Workspace.id).where(Workspace.revision > since).order_by(Workspace.id))).all()


async def count(tx: Transaction) -> int:
    """How many workspaces there are."""
    return await tx.scalar(select(func.count()).select_from(Workspace)) or 0


async def find_ids(tx: Transaction) -> Sequence[str]:
    """The ids of all workspaces."""
    return (await tx.scalars(select(Workspace.id))).all()


async def find_revoked_sessions(tx: Transaction, since: datetime) -> Sequence[str]:
    """The ids of the sessions that were revoked after ``since``."""
    return (await tx.scalars(select(Session.id).where(Session.revoked_at > since))).all()


async def load(tx: Transaction, workspace_ids: Iterable[str]) -> Sequence[WorkspaceRows]:
    """The rows of these workspaces; those that are gone are left out."""
    ids = list(workspace_ids)
    found = {row.id: WorkspaceRows(row) for row in await tx.scalars(select(Workspace).where(Workspace.id.in_(ids)))}
    people = select(User, Workspace.id).join(Workspace, Workspace.personal_of == User.id)
    people = people.where(Workspace.id.in_(ids), User.disabled_at.is_(None))
    for person, workspace_id in await tx.execute(people):
        found[workspace_id].person = person
    members = select(Membership).join(User, User.id == Membership.user_id)
    for member in await tx.scalars(members.where(Membership.workspace_id.in_(ids), User.disabled_at.is_(None))):
        found[member.workspace_id].memberships.append(member)
    for row in await tx.scalars(select(Configuration).where(Configuration.workspace_id.in_(ids))):
        found[row.workspace_id].configurations.append(row)
    for row in await tx.scalars(select(Application).where(Application.workspace_id.in_(ids))):
        found[row.workspace_id].applications.append(row)
    for row in await tx.scalars(select(ApiKey).where(ApiKey.workspace_id.in_(ids), ApiKey.revoked_at.is_(None))):
        found[row.workspace_id].keys.append(row)
    await _load_routes(tx, ids, found)
    await _load_versions(tx, ids, found)
    for row in await tx.scalars(select(Feature).where(Feature.workspace_id.in_(ids))):
        found[row.workspace_id].features.append(row)
    policies = select(Policy).where(Policy.workspace_id.in_(ids), Policy.deleted_at.is_(None)).order_by(Policy.id)
    for row in await tx.scalars(policies):
        found[row.workspace_id or ""].policies.append(row)
    await _load_secrets(tx, ids, found)
    return list(found.values())


async def find_policies(tx: Transaction) -> Sequence[Policy]:
    """The policies of the whole installation."""
    query = select(Policy).where(Policy.workspace_id.is_(None), Policy.deleted_at.is_(None)).order_by(Policy.id)
    return (await tx.scalars(query)).all()


async def _load_routes(tx: Transaction, ids: Sequence[str], found: dict[str, WorkspaceRows]) -> None:
    for row in await tx.scalars(select(Route).where(Route.workspace_id.in_(ids), Route.is_active)):
        found[row.workspace_id].routes.append(row)
    targets = select(RouteTarget, Route.workspace_id).join(Route, Route.id == RouteTarget.route_id)
    targets = targets.where(Route.workspace_id.in_(ids), Route.is_active)
    for target, workspace_id in await tx.execute(targets.order_by(RouteTarget.route_id, RouteTarget.position)):
        found[workspace_id].targets.append(target)


async def _load_versions(tx: Transaction, ids: Sequence[str], found: dict[str, WorkspaceRows]) -> None:
    versions = select(ConfigurationVersion).where(
        ConfigurationVersion.workspace_id.in_(ids), ConfigurationVersion.is_active
    )
    for row in await tx.scalars(versions.order_by(ConfigurationVersion.id)):
        found[row.workspace_id].versions.append(row)
    for experiment in await tx.scalars(select(Experiment).where(Experiment.workspace_id.in_(ids))):
        found[experiment.workspace_id].experiments[experiment.configuration_id] = experiment
    phases = select(ExperimentPhase, Experiment.workspace_id).join(
        Experiment, Experiment.configuration_id == ExperimentPhase.configuration_id
    )
    phases = phases.where(Experiment.workspace_id.in_(ids), ExperimentPhase.ended_at.is_(None))
    for phase, workspace_id in await tx.execute(phases):
        found[workspace_id].phases[phase.configuration_id] = phase


async def _load_secrets(tx: Transaction, ids: Sequence[str], found: dict[str, WorkspaceRows]) -> None:
    places: dict[str, WorkspaceRows] = {}
    owners = select(Credential.id, Credential.workspace_id, Credential.owner).where(Credential.workspace_id.in_(ids))
    for credential_id, workspace_id, owner in await tx.execute(owners):
        places[credential_id] = found[workspace_id]
        found[workspace_id].owners[credential_id] = owner
    needed: defaultdict[str, list[WorkspaceRows]] = defaultdict(list)
    secrets = select(SealedSecret).join(Credential, Credential.id == SealedSecret.credential_id)
    secrets = secrets.where(Credential.workspace_id.in_(ids), SealedSecret.field != CIPHERTEXT)
    for secret in await tx.scalars(secrets.order_by(SealedSecret.field)):
        place = places[secret.credential_id]
        place.secrets.append(secret)
        if place not in needed[secret.data_key_id]:
            needed[secret.data_key_id].append(place)
    keys = select(DataKey).join(SealedSecret, SealedSecret.data_key_id == DataKey.id)
    keys = keys.join(Credential, Credential.id == SealedSecret.credential_id)
    for data_key in (await tx.scalars(keys.where(Credential.workspace_id.in_(ids)).distinct())).all():
        for place in needed[data_key.id]:
            place.data_keys.append(data_key)
