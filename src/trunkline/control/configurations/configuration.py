"""A configuration as use cases give and take it: free of tables, of wires and of secrets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.core.caching import Caching
from trunkline.core.chat import JsonObject
from trunkline.core.secret import Secret
from trunkline.providers.provider import Provider

KIND: Final = "configuration"
"""What revisions and audit events call a configuration."""


TestStatus = Literal["pending", "success", "failed"]


class ConfigurationKeyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What people are shown of a configuration's API key. By ``credential_id`` another configuration borrows it."""

    credential_id: str
    mask: str
    fingerprint: str | None
    added_by: str
    added_at: datetime
    last_used_at: datetime | None


class ConfigurationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration as people see it.

    ``parameters`` are under the provider's own names; values of ``headers`` in it are masks. ``revision`` counts its
    saved states. ``model`` None: callers name the model themselves. One that ``borrows`` uses the credential
    ``lender_id``, or without one the workspace's shared credential of its provider.
    """

    id: str
    workspace_id: str
    user_id: str
    application_id: str | None
    name: str
    provider: str
    model: str | None
    base_url: str | None
    parameters: JsonObject
    key: ConfigurationKeyRecord | None
    access_key: str | None = None
    """The mask of what is kept beside the key."""
    is_active: bool
    shared: bool
    revision: int
    created_at: datetime
    updated_at: datetime
    last_tested_at: datetime | None
    test_status: TestStatus
    last_test: TestRecord | None = None
    """None before the first test, and after a change of what is reached."""
    borrows: bool = False
    lender_id: str | None = None
    caching: Caching | None = None
    """Whether answers are kept and given again."""

    @property
    def mask(self) -> str | None:
        """What people are shown of its own key; None without one."""
        return self.key.mask if self.key is not None else None


class TestRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How the last connection test of a configuration ended, as it is saved now. ``message``: what to do about it."""

    __test__ = False

    tested_at: datetime
    success: bool
    latency_ms: int
    message: str


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller wants a configuration to be; what is UNSET stays as it is, or gets its default.

    ``api_key`` is the key in plain, a sealed one (``tl1.…``), or the mask that was shown, which leaves the key alone;
    None takes it away. ``access_key`` likewise; it is kept beside the key, sent to nobody, and goes when the address
    changes. ``parameters`` are merged member by member, None takes one away; ``headers`` in it replace all
    headers, where the mask of one leaves that one alone. ``borrows`` gives up its own secrets for borrowed ones: the
    credential ``lender_id``, or with None the workspace's shared one; a key that comes beside it wins.
    """

    name: str | UnsetType = UNSET
    provider: str | UnsetType = UNSET
    model: str | UnsetType | None = UNSET
    api_key: Secret | UnsetType | None = UNSET
    access_key: Secret | UnsetType | None = UNSET
    base_url: str | UnsetType | None = UNSET
    parameters: JsonObject | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    application_id: str | UnsetType | None = UNSET
    borrows: bool | UnsetType = UNSET
    lender_id: str | UnsetType | None = UNSET
    caching: Caching | UnsetType | None = UNSET
    reason: str = ""


T = TypeVar("T")


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored now: ``masks`` shows each secret field, ``user_id`` is its owner."""

    name: str
    provider: str
    model: str | None
    base_url: str | None
    parameters: JsonObject
    is_active: bool
    shared: bool
    application_id: str | None
    masks: Mapping[str, str] = {}
    user_id: str = ""
    borrows: bool = False
    lender_id: str | None = None
    caching: Caching | None = None


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A checked state. ``parameters`` are without headers; secrets are what to ``put`` and which to ``drop``."""

    name: str
    provider: Provider
    model: str | None
    base_url: str | None
    parameters: JsonObject
    is_active: bool
    shared: bool
    application_id: str | None
    put: Mapping[str, Secret]
    drop: frozenset[str]
    origins: tuple[str, ...]
    borrows: bool
    lender_id: str | None
    caching: Caching | None


def choose(given: T | UnsetType, otherwise: T) -> T:
    """What was given, if anything was."""
    return otherwise if isinstance(given, UnsetType) else given
