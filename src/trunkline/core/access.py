"""Who may do what: one table, denied by default.

Every use case and every route names an action of this table; a name that is not in it is refused, and a test walks the
routes to see that each has one. What the table cannot say, because it depends on the record (its owner, whether it is
shared), stands in the functions below it.

Where it is in doubt, the question is whose traffic changes:

- one's own alone (a private configuration, its versions, one's templates and models): every member;
- that of others who chose what one has made (a configuration that one shares, with its versions, its experiment and
  what ships; an application): whoever made it, and an admin;
- that of others who did not choose it (routes, features, policies, budgets, the workspace's default, a name that leads
  elsewhere so far): an admin.

A rating moves the traffic of an experiment, so one rates one's own requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trunkline.core.actor import Actor, Role, Scope, at_least
from trunkline.core.errors import Forbidden


class Rule(msgspec.Struct, frozen=True):
    """The weakest role and scope an action needs. ``users_only`` shuts out API keys; ``instance`` needs its admin."""

    role: Role = "viewer"
    scope: Scope = "manage"
    users_only: bool = False
    instance: bool = False


ACTIONS: Final[Mapping[str, Rule]] = {
    "call": Rule("member", "call"),
    "models.list": Rule("viewer", "call"),
    "account.read": Rule(),
    "account.change": Rule(users_only=True),
    "users.manage": Rule(instance=True, users_only=True),
    "identity_providers.manage": Rule(instance=True, users_only=True),
    "workspaces.read": Rule(),
    "workspaces.create": Rule(users_only=True),
    "workspaces.change": Rule("admin"),
    "workspaces.delete": Rule("owner", users_only=True),
    "members.read": Rule(),
    "members.change": Rule("admin"),
    "invitations.manage": Rule("admin"),
    "applications.read": Rule(),
    "applications.change": Rule("member"),
    "keys.read": Rule(),
    "keys.create": Rule("member"),
    "keys.change": Rule("member"),
    "keys.delete": Rule("member"),
    "configurations.read": Rule(),
    "configurations.change": Rule("member"),
    "configurations.share": Rule("member"),
    "configurations.test": Rule("member"),
    "providers.read": Rule(),
    # Keys of the server's own environment.
    "discoveries.use": Rule(instance=True, users_only=True),
    "templates.change": Rule("member"),
    "models.pull": Rule("admin"),
    "jobs.read": Rule(),
    "ai_model_config.read": Rule(),
    # It is the user's own document, in their personal workspace, whatever their role is where they ask.
    "ai_model_config.change": Rule(),
    "prices.read": Rule(),
    "prices.change": Rule("admin"),
    "routes.read": Rule(),
    "routes.change": Rule("admin"),
    "settings.read": Rule(instance=True),
    "retention.read": Rule(),
    "retention.change": Rule("admin"),
    "cache.read": Rule(),
    "cache.change": Rule("admin"),
    "limits.read": Rule(),
    "limits.change": Rule("member"),
    "experiments.read": Rule(),
    "experiments.change": Rule("member"),
    "ratings.create": Rule("member", "call"),
    "budgets.read": Rule(),
    "budgets.change": Rule("admin"),
    "policies.read": Rule(),
    "policies.change": Rule("admin"),
    "policies.change_installation": Rule(instance=True, users_only=True),
    "violations.read": Rule("admin"),
    "catalogue.read": Rule("viewer", "call"),
    # What a tool of the server does needs an action of its own.
    "mcp.use": Rule("viewer", "call"),
    "mcp.call": Rule("member", "call"),
    "mcp_servers.read": Rule(),
    "mcp_servers.change": Rule("admin"),
    "features.read": Rule("viewer", "call"),
    "features.change": Rule("admin"),
    "features.run": Rule("member", "call"),
    "conversations.read": Rule("viewer", "call"),
    "conversations.change": Rule("member", "call"),
    "usage.read": Rule(),
    "usage.correct": Rule("admin"),
    "status.read": Rule(),
    "alerts.read": Rule(),
    "alerts.acknowledge": Rule("member"),
    "alerts.change": Rule("admin"),
    "alerts.change_installation": Rule(instance=True, users_only=True),
    "alert_channels.change": Rule("admin"),
    "capture.read": Rule("admin"),
    "capture.change": Rule("admin"),
    "audit.read": Rule("admin"),
    "audit.acknowledge": Rule("owner"),
    "audit.verify_installation": Rule(instance=True),
    "encryption_key.read": Rule("viewer", "call"),
    "vault.rotate": Rule(instance=True, users_only=True),
}
"""The table. A role that is stronger may do what a weaker one may; ``manage`` includes ``call``."""


def check(actor: Actor, action: str) -> None:
    """Raise :class:`Forbidden` unless ``actor`` may do ``action`` in its workspace."""
    refused = _refuse(actor, action)
    if refused is not None:
        raise Forbidden(refused)


def list_allowed(actor: Actor) -> list[str]:
    """The actions of the table that ``actor`` may do in its workspace, in the table's order."""
    return [action for action in ACTIONS if _refuse(actor, action) is None]


def _refuse(actor: Actor, action: str) -> str | None:
    rule = ACTIONS.get(action)
    if rule is None:
        return f"Nobody may do {action!r}: it is no known action."
    if rule.scope == "manage" and actor.scope != "manage":
        return "This API key may only call models. Make one with the scope 'manage' to change things."
    if rule.users_only and actor.kind != "user":
        return "API keys cannot do this. Sign in as a user."
    if rule.instance:
        return None if actor.instance_admin else "Only the administrator of this installation may do this."
    if not at_least(actor.role, rule.role):
        return f"This needs the role {rule.role!r} in the workspace; yours is {actor.role!r}."
    return None


def may_see(actor: Actor, *, owner_id: str, workspace_id: str, shared: bool, application_id: str | None) -> bool:
    """Whether a record that has an owner (a configuration, a credential) exists for ``actor``.

    A user sees their own records and those shared with the workspace. The key of an application sees that
    application's and the workspace's shared ones; a personal key also its maker's.
    """
    if workspace_id != actor.workspace_id:
        return False
    if actor.application_id is not None:
        return application_id == actor.application_id or (shared and application_id is None)
    return shared or owner_id == actor.user_id


def may_change(actor: Actor, *, owner_id: str, workspace_id: str, shared: bool, application_id: str | None) -> bool:
    """Whether ``actor`` may change or delete a record that it sees: its owner may, and for shared ones an admin."""
    if not may_see(actor, owner_id=owner_id, workspace_id=workspace_id, shared=shared, application_id=application_id):
        return False
    if actor.application_id is not None and application_id != actor.application_id:
        return False
    return owner_id == actor.user_id or (shared and at_least(actor.role, "admin"))


def may_steer(actor: Actor, *, created_by: str) -> bool:
    """Whether ``actor`` may say what serves the calls of an application that ``created_by`` has made.

    Keys act for who made them: the application's own key in the hands of another member may not.
    """
    return created_by == actor.user_id or at_least(actor.role, "admin")


def may_rate(actor: Actor, *, user_id: str, application_id: str | None) -> bool:
    """Whether ``actor`` may rate the answer to a request that ``user_id`` made, by a key of that application or none.

    An application rates all that it has asked, for the people whom it serves.
    """
    if actor.application_id is not None:
        return application_id == actor.application_id
    return user_id == actor.user_id or at_least(actor.role, "admin")
