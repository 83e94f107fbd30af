"""Policies: what calls may not do, in an installation, a workspace, an application or with a key."""

from __future__ import annotations

from typing import Final

from trunkline.control.audit import Audit, changes
from trunkline.control.page import Page, PageRequest, read_page
from trunkline.control.policies.policy import PolicyDraft, PolicyRecord, PolicyScope, lay_over, show, state
from trunkline.control.revision import require_revision
from trunkline.control.scope import require_whole_workspace
from trunkline.control.workspaces.memberships import find_actors
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import Conflict, InvalidInput, NotFound
from trunkline.storage import applications, change_marks, keys, policies, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Policy, now

MOST: Final = 200
"""Policies of one workspace, and of the installation: every call is held to all of them."""


class Policies:
    """The policies in all workspaces of a caller, and those of the installation, which everybody may read.

    Reading asks in every workspace at once; to change one, ask first who the caller is where it is
    (:meth:`find_actor_at`, :meth:`find_actor_of`). ``everywhere`` False keeps to the actor's own workspace.
    ``org_id`` is what the installation is called.
    """

    def __init__(self, database: Database, audit: Audit, org_id: str) -> None:
        self._database = database
        self._audit = audit
        self._org_id = org_id

    async def list(
        self, actor: Actor, scope: PolicyScope, *, everywhere: bool = True, page: PageRequest | None = None
    ) -> Page[PolicyRecord]:
        """The policies of that scope, the oldest first; of any that the caller sees where it says nothing.

        Without ``page``, all. A page may hold fewer than it could: of those read, only what the caller sees.
        Raises NotFound for another installation and for a workspace that is not the caller's.
        """
        access.check(actor, "policies.read")
        self._require_org(scope.org_id)
        wanted = scope.workspace_id
        async with self._database.read() as tx:
            places = {each.workspace_id for each in await find_actors(tx, actor, everywhere=everywhere)}
            if wanted is not None and wanted not in places:
                raise await _unknown_workspace(tx, wanted)

            async def read(after: str | None, limit: int) -> list[PolicyRecord]:
                found = await policies.find_all(
                    tx,
                    places if wanted is None else {wanted},
                    installation=wanted is None and scope.application_id is None,
                    application_id=scope.application_id,
                    after=after,
                    limit=limit,
                )
                return [show(row, self._org_id) for row in found]

            found = await read_page(read, page, lambda record: record.id)
        return Page([record for record in found.items if _concerns(record, actor)], found.next_cursor)

    async def get(self, actor: Actor, policy_id: str, *, everywhere: bool = True) -> PolicyRecord:
        """One policy."""
        access.check(actor, "policies.read")
        async with self._database.read() as tx:
            return show((await self._find(tx, actor, policy_id, everywhere))[0], self._org_id)

    async def find_actor_at(self, actor: Actor, workspace_id: str, *, everywhere: bool = True) -> Actor:
        """The caller in that workspace. Raises NotFound for one that is not theirs."""
        async with self._database.read() as tx:
            for each in await find_actors(tx, actor, everywhere=everywhere):
                if each.workspace_id == workspace_id:
                    return each
            raise await _unknown_workspace(tx, workspace_id)

    async def find_actor_of(self, actor: Actor, policy_id: str, *, everywhere: bool = True) -> Actor:
        """The caller in the workspace of a policy that they see; for one of the installation as they are."""
        async with self._database.read() as tx:
            return (await self._find(tx, actor, policy_id, everywhere))[1]

    async def create(self, actor: Actor, scope: PolicyScope, draft: PolicyDraft) -> PolicyRecord:
        """A new policy of the installation, or of the actor's workspace, which is that of ``scope``.

        Raises Forbidden, NotFound for another installation, InvalidInput where the parts of the scope do not belong
        together, and Conflict when there are too many.
        """
        _check(actor, scope.workspace_id)
        self._require_org(scope.org_id)
        async with self._database.write() as tx:
            await _require_scope(tx, scope)
            if await policies.count(tx, scope.workspace_id) >= MOST:
                raise Conflict(f"There are {MOST} policies, which is the most. Delete one, or join two.")
            policy = Policy(
                workspace_id=scope.workspace_id,
                application_id=scope.application_id,
                key_id=scope.key_id,
                content="",
                fail_mode="open",
                is_enabled=True,
                created_by=actor.user_id,
            )
            lay_over(policy, draft)
            await policies.insert(tx, policy)
            await _touch(tx, policy)
            await self._audit.record(tx, actor, "policies.create", target=("policy", policy.id), after=state(policy))
            return show(policy, self._org_id)

    async def update(
        self,
        actor: Actor,
        policy_id: str,
        scope: PolicyScope,
        draft: PolicyDraft,
        *,
        if_revision: int | None = None,
    ) -> PolicyRecord:
        """Lay ``draft`` over it. What ``scope`` says must be what it is: a policy stays where it was made.

        Raises NotFound, Forbidden and InvalidInput.
        """
        if draft.is_empty:
            raise InvalidInput("Send at least one of name, content, riskType, actionType, failMode, enabled and rule.")
        async with self._database.write() as tx:
            policy = await self._hold(tx, actor, policy_id, if_revision)
            self._require_same(policy, scope)
            before = state(policy)
            lay_over(policy, draft)
            was, became = changes(before, state(policy))
            if was or became:
                policy.revision += 1
                policy.updated_at = now()
                await _touch(tx, policy)
                await self._audit.record(
                    tx, actor, "policies.change", target=("policy", policy.id), before=was, after=became
                )
            await tx.flush()
            return show(policy, self._org_id)

    async def delete(self, actor: Actor, policy_id: str, *, if_revision: int | None = None) -> None:
        """It holds no more from now on. What broke it stays written down. Raises NotFound, Forbidden and Stale."""
        async with self._database.write() as tx:
            policy = await self._hold(tx, actor, policy_id, if_revision)
            policy.deleted_at = now()
            await tx.flush()
            await _touch(tx, policy)
            await self._audit.record(tx, actor, "policies.delete", target=("policy", policy.id), before=state(policy))

    async def _find(self, tx: Transaction, actor: Actor, policy_id: str, everywhere: bool) -> tuple[Policy, Actor]:
        reach = {each.workspace_id: each for each in await find_actors(tx, actor, everywhere=everywhere)}
        policy = await policies.find(tx, reach.keys(), policy_id)
        if policy is None or not _concerns(policy, actor):
            raise _unknown()
        return policy, actor if policy.workspace_id is None else reach[policy.workspace_id]

    async def _hold(self, tx: Transaction, actor: Actor, policy_id: str, if_revision: int | None) -> Policy:
        policy = await policies.find(tx, {actor.workspace_id}, policy_id, lock=True)
        if policy is None or not _concerns(policy, actor):
            raise _unknown()
        _check(actor, policy.workspace_id)
        require_revision("policy", policy.revision, if_revision)
        return policy

    def _require_org(self, org_id: str | None) -> None:
        if org_id not in {None, self._org_id}:
            raise NotFound("There is no organisation of that id here. Leave orgId out: there is one.")

    def _require_same(self, policy: Policy, scope: PolicyScope) -> None:
        for name, said, is_so in (
            ("orgId", scope.org_id, self._org_id),
            ("workspaceId", scope.workspace_id, policy.workspace_id),
            ("repoId", scope.application_id, policy.application_id),
            ("keyId", scope.key_id, policy.key_id),
        ):
            if said not in {None, is_so}:
                raise InvalidInput.of(name, "is fixed. Make another policy for another scope, and delete this one.")


def _check(actor: Actor, workspace_id: str | None) -> None:
    if workspace_id is None:
        access.check(actor, "policies.change_installation")
        return
    access.check(actor, "policies.change")
    require_whole_workspace(actor)


def _concerns(policy: Policy | PolicyRecord, actor: Actor) -> bool:
    """Whether a policy is an actor's business: the key of an application knows of no other application's."""
    return actor.application_id is None or policy.application_id in {None, actor.application_id}


async def _require_scope(tx: Transaction, scope: PolicyScope) -> None:
    workspace_id = scope.workspace_id
    if workspace_id is None:
        for field, value in (("repoId", scope.application_id), ("keyId", scope.key_id)):
            if value is not None:
                raise InvalidInput.of("workspaceId", f"is required with {field}: name the workspace that it is in.")
        return
    application_id = scope.application_id
    if application_id is not None and await applications.find(tx, workspace_id, application_id) is None:
        raise InvalidInput.of("repoId", "names no application of this workspace.")
    if scope.key_id is not None:
        key = await keys.find(tx, workspace_id, scope.key_id)
        if key is None:
            raise InvalidInput.of("keyId", "names no API key of this workspace.")
        if application_id is not None and key.application_id != application_id:
            raise InvalidInput.of("keyId", "names a key of another application than repoId.")


async def _touch(tx: Transaction, policy: Policy) -> None:
    if policy.workspace_id is None:
        change_marks.note_all(tx, "policy", policy.id)
    else:
        await workspaces.touch(tx, policy.workspace_id, "policy", policy.id)


def _unknown() -> NotFound:
    return NotFound("There is no policy of that id that you can see.")


async def _unknown_workspace(tx: Transaction, workspace_id: str) -> NotFound:
    hidden = await workspaces.find(tx, workspace_id) is not None
    return NotFound("There is no workspace of that id among yours.", code="hidden" if hidden else None)
