"""What the snapshot is compiled from: everything of some workspaces, in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from trunkline.storage import facts
from trunkline.storage.database import Transaction
from trunkline.storage.tables import (
    ApiKey,
    Application,
    Configuration,
    Credential,
    DataKey,
    Membership,
    SealedSecret,
    Session,
    User,
    Workspace,
)
from trunkline.storage.touches import SNAPSHOT_REVISION


@dataclass(slots=True)
class WorkspaceRows:
    """All of one workspace that a call may need. ``person`` is the user whose personal one it is, unless disabled.

    ``memberships`` are those of users who are not disabled; ``keys`` those that are not revoked. ``owners`` says whose
    a credential is (``user:<id>``), by its id.
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
    await _load_secrets(tx, ids, found)
    return list(found.values())


async def _load_secrets(tx: Transaction, ids: Sequence[str], found: dict[str, WorkspaceRows]) -> None:
    places: dict[str, WorkspaceRows] = {}
    owners = select(Credential.id, Credential.workspace_id, Credential.owner).where(Credential.workspace_id.in_(ids))
    for credential_id, workspace_id, owner in await tx.execute(owners):
        places[credential_id] = found[workspace_id]
        found[workspace_id].owners[credential_id] = owner
    needed: defaultdict[str, list[WorkspaceRows]] = defaultdict(list)
    secrets = select(SealedSecret).join(Credential, Credential.id == SealedSecret.credential_id)
    for secret in await tx.scalars(secrets.where(Credential.workspace_id.in_(ids)).order_by(SealedSecret.field)):
        place = places[secret.credential_id]
        place.secrets.append(secret)
        if place not in needed[secret.data_key_id]:
            needed[secret.data_key_id].append(place)
    keys = select(DataKey).join(SealedSecret, SealedSecret.data_key_id == DataKey.id)
    keys = keys.join(Credential, Credential.id == SealedSecret.credential_id)
    for data_key in (await tx.scalars(keys.where(Credential.workspace_id.in_(ids)).distinct())).all():
        for place in needed[data_key.id]:
            place.data_keys.append(data_key)
