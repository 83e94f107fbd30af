"""Roles by groups: which memberships the groups of a provider give to a user, and take away again."""

from __future__ import annotations

from collections.abc import Collection

from trunkline.control.audit import Audit
from trunkline.control.sign_on.provider import GrantableRole, read_default_role, read_group_roles
from trunkline.core.actor import at_least
from trunkline.core.chat import JsonValue
from trunkline.storage import keys, workspaces
from trunkline.storage.database import Transaction
from trunkline.storage.tables import IdentityProvider, Membership, User, now


def find_grants(provider: IdentityProvider, groups: Collection[str]) -> dict[str, GrantableRole]:
    """The role in each workspace: the strongest of all ``groups``; the default role, if no group gives any."""
    found: dict[str, GrantableRole] = {}
    for each in read_group_roles(provider):
        known = found.get(each.workspace_id)
        if each.group in groups and (known is None or at_least(each.role, known)):
            found[each.workspace_id] = each.role
    default = read_default_role(provider)
    if not found and default is not None:
        return {default.workspace_id: default.role}
    return found


async def apply_grants(
    tx: Transaction, audit: Audit, provider: IdentityProvider, user: User, grants: dict[str, GrantableRole]
) -> None:
    """Give the user these roles, and take away those that the provider gave before.

    What people gave by hand stays as it is. Keys that were made in a workspace that is taken away are revoked.
    """
    held = {each.workspace_id: each for each in await workspaces.find_memberships_of(tx, user.id)}
    there = await workspaces.find_existing(tx, list(grants))
    for workspace_id in sorted(there):
        role, membership = grants[workspace_id], held.get(workspace_id)
        if membership is None:
            await workspaces.add_member(tx, workspace_id, user.id, role, granted_by=provider.id)
            await _record(tx, audit, provider, workspace_id, user.id, "members.add", after={"role": role})
        elif membership.granted_by == provider.id and membership.role != role:
            before: dict[str, JsonValue] = {"role": membership.role}
            membership.role = role
            await workspaces.touch(tx, workspace_id, "member", user.id)
            after: dict[str, JsonValue] = {"role": role}
            await _record(tx, audit, provider, workspace_id, user.id, "members.change", before=before, after=after)
    for workspace_id, membership in held.items():
        if membership.granted_by == provider.id and workspace_id not in there:
            await take_away(tx, audit, provider, membership)


async def take_away(tx: Transaction, audit: Audit, provider: IdentityProvider, membership: Membership) -> None:
    """End a membership that the provider gave, and the keys that were made in it."""
    workspace_id, user_id, role = membership.workspace_id, membership.user_id, membership.role
    await keys.revoke_all_of(tx, workspace_id, user_id, now())
    await workspaces.remove_member(tx, workspace_id, user_id)
    await _record(tx, audit, provider, workspace_id, user_id, "members.remove", before={"role": role})


async def _record(
    tx: Transaction,
    audit: Audit,
    provider: IdentityProvider,
    workspace_id: str,
    user_id: str,
    action: str,
    *,
    before: dict[str, JsonValue] | None = None,
    after: dict[str, JsonValue] | None = None,
) -> None:
    told: dict[str, JsonValue] = {**(after or {}), "identityProvider": provider.slug}
    await audit.record(tx, None, action, target=("user", user_id), before=before, after=told, workspace_id=workspace_id)
