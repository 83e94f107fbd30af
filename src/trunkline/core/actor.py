"""Who asks."""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["viewer", "member", "admin", "owner"]
"""A member's role in a workspace, weakest first."""

Scope = Literal["call", "manage"]
"""What a key may be used for: to call models, or to change things too (which includes calling)."""

ROLES: tuple[Role, ...] = ("viewer", "member", "admin", "owner")


def at_least(role: Role, minimum: Role) -> bool:
    """Whether ``role`` is as strong as ``minimum``."""
    return ROLES.index(role) >= ROLES.index(minimum)


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A user (by access token) or an API key, in one workspace.

    ``user_id`` is the user, or the maker of the key: rights never exceed the maker's. ``application_id`` is set for
    the key of an application. ``models`` narrows a key to these names (empty: any). ``instance_admin`` is the
    administrator of the whole installation and is never true for a key.
    """

    user_id: str
    workspace_id: str
    role: Role
    scope: Scope = "manage"
    key_id: str | None = None
    session_id: str | None = None
    application_id: str | None = None
    models: tuple[str, ...] = ()
    instance_admin: bool = False

    @property
    def kind(self) -> Literal["user", "key"]:
        """How the actor proved who it is."""
        return "user" if self.key_id is None else "key"
