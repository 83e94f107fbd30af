"""Workspaces and who belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from trunkline.storage import change_marks, limits
from trunkline.storage.change_marks import Touched
from trunkline.storage.database import Transaction
from trunkline.storage.tables import (
    AlertChannelRow,
    Configuration,
    Credential,
    DataKey,
    Feature,
    McpServerRow,
    Membership,
    Route,
    User,
    Workspace,
)


@dataclass(frozen=True, slots=True)
class WorkspaceRole:
    """A workspace, and the role that somebody has in it."""

    workspace: Workspace
    role: str


@dataclass(frozen=True, slots=True)
class Member:
    """A user, and what they are in a workspace."""

    user: User
    membership: Membership


async def touch(tx: Transaction, workspace_id: str, kind: Touched | None = None, subject_id: str = "") -> None:
    """Tell calls: something of this workspace changed. To be awaited in the transaction that changes it.

    With ``kind`` it is the one thing of that id; without, the workspace is read again whole.
    """
    change_marks.note(tx, workspace_id, kind, subject_id)


async def find_revision(tx: Transaction, workspace_id: str) -> int:
    """The snapshot's revision that last changed something of the workspace; 0 where there is none."""
    return await tx.scalar(select(Workspace.revision).where(Workspace.id == workspace_id)) or 0


async def touch_all_of(tx: Transaction, user_id: str) -> None:
    """Tell calls: something of this user changed, in every workspace that they belong to."""
    for workspace_id in await tx.scalars(select(Membership.workspace_id).where(Membership.user_id == user_id)):
        change_marks.note(tx, workspace_id, "member", user_id)


async def insert(tx: Transaction, workspace: Workspace, *, owner_id: str) -> Workspace:
    """Add a workspace with its first owner; its id is set afterwards."""
    tx.add(workspace)
    await tx.flush()
    tx.add(Membership(workspace_id=workspace.id, user_id=owner_id, role="owner"))
    await tx.flush()
    change_marks.note(tx, workspace.id)
    return workspace


async def find(tx: Transaction, workspace_id: str) -> Workspace | None:
    """The workspace of that id, whoever asks: for an actor's own workspace."""
    return await tx.get(Workspace, workspace_id)


async def find_existing(tx: Transaction, ids: Sequence[str]) -> set[str]:
    """Those of ``ids`` that are workspaces."""
    return {*(await tx.scalars(select(Workspace.id).where(Workspace.id.in_(ids)))).all()}


async def find_membership(tx: Transaction, workspace_id: str, user_id: str) -> WorkspaceRole | None:
    """The workspace of that id with the user's role; None when they do not belong to it."""
    query = select(Workspace, Membership.role).join(Membership, Membership.workspace_id == Workspace.id)
    row = (await tx.execute(query.where(Workspace.id == workspace_id, Membership.user_id == user_id))).one_or_none()
    return WorkspaceRole(row[0], row[1]) if row else None


async def find_memberships(
    tx: Transaction, user_id: str, *, limit: int | None = None, after: str | None = None
) -> Sequence[WorkspaceRole]:
    """The user's workspaces in the order of their ids."""
    query = select(Workspace, Membership.role).join(Membership, Membership.workspace_id == Workspace.id)
    query = query.where(Membership.user_id == user_id).order_by(Membership.workspace_id).limit(limit)
    if after is not None:
        query = query.where(Membership.workspace_id > after)
    return [WorkspaceRole(workspace, role) for workspace, role in (await tx.execute(query))]


async def find_personal(tx: Transaction, user_id: str) -> Workspace | None:
    """The user's own workspace."""
    return await tx.scalar(select(Workspace).where(Workspace.personal_of == user_id))


async def find_members(tx: Transaction, workspace_id: str, *, limit: int, after: str | None) -> Sequence[Member]:
    """At most ``limit`` members in the order of their ids, from behind ``after`` on."""
    query = select(User, Membership).join(Membership, Membership.user_id == User.id)
    query = query.where(Membership.workspace_id == workspace_id).order_by(Membership.user_id).limit(limit)
    if after is not None:
        query = query.where(Membership.user_id > after)
    return [Member(user, membership) for user, membership in (await tx.execute(query))]


async def find_member(tx: Transaction, workspace_id: str, user_id: str) -> Member | None:
    """The user with their membership; None for who is no member."""
    query = select(User, Membership).join(Membership, Membership.user_id == User.id)
    query = query.where(Membership.workspace_id == workspace_id, Membership.user_id == user_id)
    row = (await tx.execute(query)).one_or_none()
    return Member(row[0], row[1]) if row else None


async def lock_owners(tx: Transaction, workspace_id: str) -> Sequence[str]:
    """The ids of the owners, held until the end of the transaction, so that two cannot leave at once."""
    query = select(Membership.user_id).where(Membership.workspace_id == workspace_id, Membership.role == "owner")
    return (await tx.scalars(query.order_by(Membership.user_id).with_for_update())).all()


async def find_memberships_of(tx: Transaction, user_id: str) -> Sequence[Membership]:
    """All memberships of a user, held until the end of the transaction."""
    query = select(Membership).where(Membership.user_id == user_id).order_by(Membership.workspace_id)
    return (await tx.scalars(query.with_for_update())).all()


async def find_granted(tx: Transaction, provider_id: str) -> Sequence[Membership]:
    """All memberships that the groups of an identity provider gave."""
    return (await tx.scalars(select(Membership).where(Membership.granted_by == provider_id))).all()


async def add_member(
    tx: Transaction, workspace_id: str, user_id: str, role: str, *, granted_by: str | None = None
) -> None:
    """Make a user, who is none yet, a member; ``granted_by`` the groups of an identity provider, or by people."""
    tx.add(Membership(workspace_id=workspace_id, user_id=user_id, role=role, granted_by=granted_by))
    await tx.flush()
    change_marks.note(tx, workspace_id, "member", user_id)


async def remove_member(tx: Transaction, workspace_id: str, user_id: str) -> None:
    """End a membership. If there is none, this is a no-op."""
    await limits.remove_of(tx, workspace_id, "user", user_id)
    await tx.execute(delete(Membership).where(Membership.workspace_id == workspace_id, Membership.user_id == user_id))
    change_marks.note(tx, workspace_id, "member", user_id)


async def remove(tx: Transaction, workspace: Workspace) -> None:
    """Delete a workspace and all that is in it: first what uses credentials, then those, then their keys."""
    change_marks.note(tx, workspace.id)
    await tx.execute(delete(Feature).where(Feature.workspace_id == workspace.id))
    await tx.execute(delete(Route).where(Route.workspace_id == workspace.id))
    await tx.execute(delete(Configuration).where(Configuration.workspace_id == workspace.id))
    await tx.execute(delete(McpServerRow).where(McpServerRow.workspace_id == workspace.id))
    await tx.execute(delete(AlertChannelRow).where(AlertChannelRow.workspace_id == workspace.id))
    await tx.execute(delete(Credential).where(Credential.workspace_id == workspace.id))
    await tx.execute(delete(DataKey).where(DataKey.owner == f"workspace:{workspace.id}"))
    await tx.delete(workspace)
    await tx.flush()
