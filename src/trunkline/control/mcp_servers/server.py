"""An MCP server as use cases give and take it, and what is checked of one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.core.actor import Actor
from trunkline.core.chat import JsonValue
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.core.secret import Secret
from trunkline.providers.custom_headers import check_custom_headers
from trunkline.storage.tables import McpServerRow

SERVER: Final = "mcp_server"
"""What audit events call it."""

MOST: Final = 100
MOST_TOOLS: Final = 1_000
MOST_KEYS: Final = 1_000

Auth = Literal["none", "headers", "oauth"]
"""How the server knows us: not at all, by header fields, or by a token of OAuth's client credentials."""

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")

_RESERVED: Final = re.compile(r"mcp-.*|accept|cookie|user-agent|last-event-id", re.IGNORECASE)
"""Header fields of the protocol's own, and a browser's."""


class KeyGrant(msgspec.Struct, frozen=True, kw_only=True):
    """That a key may use a server, and which of its tools; None: all that the server's own list lets in."""

    key_id: str
    tools: tuple[str, ...] | None = None


class McpServerDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be saved; ``UNSET``: as it is. ``headers`` are all of them, with their values."""

    name: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    auth: Auth | UnsetType = UNSET
    headers: dict[str, Secret] | UnsetType = UNSET
    token_url: str | UnsetType = UNSET
    client_id: str | UnsetType = UNSET
    client_secret: Secret | UnsetType = UNSET
    scope: str | UnsetType | None = UNSET
    tools: tuple[str, ...] | UnsetType | None = UNSET
    keys: tuple[KeyGrant, ...] | UnsetType | None = UNSET
    is_enabled: bool | UnsetType = UNSET


class McpServerRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One as people see it. ``headers`` and ``secret_mask`` show stored secrets without giving them away."""

    id: str
    workspace_id: str
    name: str
    url: str
    auth: Auth
    headers: dict[str, str]
    token_url: str | None
    client_id: str | None
    secret_mask: str | None
    scope: str | None
    tools: list[str] | None
    keys: list[KeyGrant] | None
    is_enabled: bool
    revision: int
    created_by: str
    created_at: datetime
    updated_at: datetime


def read_name(text: str) -> str:
    """The name, which stands in addresses. Raises InvalidInput."""
    if _NAME.fullmatch(text) is None:
        raise InvalidInput.of("name", "has 1 to 64 small letters, digits and hyphens, such as issue-tracker.")
    return text


def check_headers(headers: dict[str, Secret]) -> None:
    """Raise InvalidInput that names every wrong field, and shows no value."""
    if not headers:
        raise InvalidInput.of("headers", "needs at least one header, such as Authorization.")
    errors = check_custom_headers({name: value.reveal() for name, value in headers.items()}, "headers")
    errors += [
        FieldError(f"headers.{name}", "is a header of the protocol: leave it out.")
        for name in headers
        if _RESERVED.fullmatch(name)
    ]
    if errors:
        raise InvalidInput.of_all(tuple(errors))


def read_grants(row: McpServerRow) -> list[KeyGrant] | None:
    """Which keys may use it; None: every one that may call models."""
    return None if row.keys is None else msgspec.convert(row.keys, list[KeyGrant])


class Allowance(msgspec.Struct, frozen=True):
    """Which tools of a server somebody may call; None: all of them."""

    tools: frozenset[str] | None

    def allows(self, tool: str) -> bool:
        """Whether that one is among them."""
        return self.tools is None or tool in self.tools


def find_allowance(row: McpServerRow, actor: Actor) -> Allowance | None:
    """What ``actor`` may call of it; None where that is nothing. Where keys are listed, users have no key to be listed
    by."""
    own = None if row.tools is None else frozenset(row.tools)
    grants = read_grants(row)
    if grants is None:
        return Allowance(own)
    grant = next((one for one in grants if one.key_id == actor.key_id), None)
    if grant is None:
        return None
    if grant.tools is None:
        return Allowance(own)
    return Allowance(frozenset(grant.tools) if own is None else own & frozenset(grant.tools))


def write_state(row: McpServerRow) -> dict[str, JsonValue]:
    """What the audit log keeps of it: of URLs not the query, in which there may be a token."""
    return {
        "name": row.name,
        "url": row.url.partition("?")[0],
        "auth": row.auth,
        "tokenUrl": None if row.token_url is None else row.token_url.partition("?")[0],
        "clientId": row.client_id,
        "scope": row.scope,
        "tools": None if row.tools is None else list(row.tools),
        "keys": None if row.keys is None else list[JsonValue](row.keys),
        "enabled": row.is_enabled,
    }


def write_grants(grants: Sequence[KeyGrant]) -> list[dict[str, JsonValue]]:
    """As they are stored."""
    return [{"key_id": one.key_id, "tools": None if one.tools is None else list(one.tools)} for one in grants]
