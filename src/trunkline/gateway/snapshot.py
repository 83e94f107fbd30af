"""The read model that a call needs: immutable, compiled elsewhere, swapped whole.

``control`` compiles one part per workspace from storage and puts parts together; a change compiles its part alone. All
values are msgspec structs, so that a copy can be kept, encrypted, on local disk.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from trunkline.core.actor import Role, Scope
from trunkline.core.chat import JsonValue
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.stored_secret import StoredSecret


class ConfigurationEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration as a call sees it. ``model`` None: callers name the model themselves (``<name>/<model>``).

    ``parameters`` are as stored, under the provider's own setting names. Secrets stay sealed; they are opened on first
    use. ``created_at`` is microseconds since the epoch: of equals, the oldest wins.
    """

    id: str
    workspace_id: str
    owner_id: str
    name: str
    provider: str
    model: str | None = None
    base_url: str | None = None
    parameters: dict[str, JsonValue] = {}
    shared: bool = False
    application_id: str | None = None
    is_default: bool = False
    is_active: bool = True
    revision: int = 1
    created_at: int = 0
    credential_id: str | None = None
    secrets: tuple[StoredSecret, ...] = ()


class ApplicationEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An application: its default configuration, and those of the workspace that it is associated with."""

    id: str
    name: str
    default_configuration_id: str | None = None


class KeyEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An API key that is not revoked. ``expires_at`` is seconds since the epoch."""

    id: str
    workspace_id: str
    user_id: str
    scope: Scope = "call"
    application_id: str | None = None
    models: tuple[str, ...] = ()
    expires_at: float | None = None


class WorkspacePart(msgspec.Struct, frozen=True, kw_only=True):
    """All of one workspace. ``keys`` are by the hex HMAC of the key; ``members`` by user."""

    id: str
    revision: int
    name: str = ""
    personal_of: str | None = None
    members: dict[str, Role] = {}
    configurations: dict[str, ConfigurationEntry] = {}
    applications: dict[str, ApplicationEntry] = {}
    keys: dict[str, KeyEntry] = {}
    data_keys: dict[str, WrappedDataKey] = {}
    default_configuration_id: str | None = None


class UserEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A user who may sign in."""

    id: str
    personal_workspace_id: str
    instance_admin: bool = False


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Everything. ``keys`` leads from a key's HMAC to its entry; ``revoked_sessions`` are those with a live token."""

    revision: int = 0
    instance_id: str = ""
    parts: Mapping[str, WorkspacePart] = {}
    keys: Mapping[str, KeyEntry] = {}
    users: Mapping[str, UserEntry] = {}
    revoked_sessions: frozenset[str] = frozenset()


class SnapshotHolder:
    """The one place that is written: calls read ``current`` once and keep what they read."""

    __slots__ = ("current",)

    def __init__(self, snapshot: Snapshot | None = None) -> None:
        self.current = snapshot if snapshot is not None else Snapshot()
