"""Who belongs to a workspace, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trunkline.control.audit import Audit
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor, Role
from trunkline.core.errors import Conflict, Forbidden, NotFound
from trunkline.storage import keys, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import now
from trunkline.storage.workspaces import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRecord:
    """A member, as the others see them."""

    user_id: str
    email: str
    name: str
    role: str
    joined_at: datetime


def require_grantable(actor: Actor, role: str) -> None:
    """Raise :class:`Forbidden` unless ``actor`` may give or take ``role``: only owners deal with owners."""
    if role == "owner" and actor.role != "owner":
        raise Forbidden("Only an owner can make, change or remove an owner.")


class Members:
    """The members of the actor's workspace."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    async def list(self, actor: Actor, page: PageRequest) -> Page[MemberRecord]:
        """All members, in the order of their accounts' age."""
        access.check(actor, "members.read")
        require_whole_workspace(actor)
        async with self._database.read() as tx:
            found = await workspaces.find_members(tx, actor.workspace_id, limit=page.limit + 1, after=page.after)
        more = len(found) > page.limit
        kept = [_show(member) for member in found[: page.limit]]
        return Page(kept, encode_cursor(kept[-1].user_id) if more else None)

    async def update_role(self, actor: Actor, user_id: str, role: Role) -> MemberRecord:
        """Give a member another role. :class:`Conflict` for the last owner.

        From then on it is this role, whatever groups of an identity provider gave.
        """
        access.check(actor, "members.change")
        require_whole_workspace(actor)
        async with self._database.write() as tx:
            member = await self._find(tx, actor, user_id)
            old = member.membership.role
            require_grantable(actor, old)
            require_grantable(actor, role)
            if old == "owner" and role != "owner":
                await self._require_another_owner(tx, actor, user_id)
            member.membership.role, member.membership.granted_by = role, None
            await workspaces.touch(tx, actor.workspace_id, "member", user_id)
            await self._audit.record(
                tx, actor, "members.change", target=("user", user_id), before={"role": old}, after={"role": role}
            )
            return _show(member)

    async def remove(self, actor: Actor, user_id: str) -> None:
        """Remove a member, or leave oneself, which needs no role. The keys that they made here are revoked.

        :class:`Conflict` for the last owner.
        """
        access.check(actor, "members.read" if user_id == actor.user_id else "members.change")
        require_whole_workspace(actor)
        async with self._database.write() as tx:
            member = await self._find(tx, actor, user_id)
            role = member.membership.role
            require_grantable(actor, role)
            if role == "owner":
                await self._require_another_owner(tx, actor, user_id)
            await keys.revoke_all_of(tx, actor.workspace_id, user_id, now())
            await workspaces.remove_member(tx, actor.workspace_id, user_id)
            await self._audit.record(tx, actor, "members.remove", target=("user", user_id), before={"role": role})

    async def _find(self, tx: Transaction, actor: Actor, user_id: str) -> Member:
        member = await workspaces.find_member(tx, actor.workspace_id, user_id)
        if member is None:
            raise NotFound("There is no member of that id in this workspace.")
        return member

    async def _require_another_owner(self, tx: Transaction, actor: Actor, user_id: str) -> None:
        if set(await workspaces.lock_owners(tx, actor.workspace_id)) <= {user_id}:
            raise Conflict("This is the last owner. Make somebody else an owner first.", code="last_owner")


def _show(member: Member) -> MemberRecord:
    return MemberRecord(
        user_id=member.user.id,
        email=member.user.email,
        name=member.user.name,
        role=member.membership.role,
        joined_at=member.membership.created_at,
    )
