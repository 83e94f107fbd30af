"""MCP servers on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import UNSET
from pydantic import Field, StrictBool, StringConstraints

from trunkline.control.mcp_servers.probe import ProbeRecord
from trunkline.control.mcp_servers.server import MOST_KEYS, MOST_TOOLS, Auth, KeyGrant, McpServerDraft, McpServerRecord
from trunkline.control.record import Beside
from trunkline.core.secret import Secret
from trunkline.faces.http.wire import EXAMPLE_ID, GivenId, Moment, RequestBody, ResponseBody

GivenUrl = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_096)]
GivenSecret = Annotated[str, StringConstraints(min_length=1, max_length=4_096)]
ServerName = Annotated[str, Field(min_length=1, max_length=64)]
Tools = Annotated[list[Annotated[str, Field(min_length=1, max_length=256)]], Field(max_length=MOST_TOOLS)]


class McpKeyGrantRequest(RequestBody):
    """That an API key may use a server, and which of its tools."""

    example: ClassVar[dict[str, Any]] = {"keyId": EXAMPLE_ID, "tools": ["search"]}

    key_id: GivenId
    tools: Tools | None = None


class _McpServerFields(RequestBody):
    """What making and changing a server have in common."""

    read_only: ClassVar[frozenset[str]] = frozenset(
        {"id", "workspaceId", "secretMask", "revision", "createdBy", "createdAt", "updatedAt"}
    )

    auth: Auth | None = None
    headers: Annotated[
        dict[str, GivenSecret] | None,
        Field(
            description="All header fields that are sent to the server, with `auth` `headers`. Values may be sealed for"
            " the address of `url`. Write-only: responses show masks."
        ),
    ] = None
    token_url: GivenUrl | None = None
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None
    client_secret: Annotated[
        GivenSecret | None,
        Field(
            description="OAuth's client secret, with `auth` `oauth`. It may be sealed for the address of `tokenUrl`."
            " Write-only."
        ),
    ] = None
    scope: Annotated[str, StringConstraints(min_length=1, max_length=1_024)] | None = None
    tools: Tools | None = None
    keys: Annotated[list[McpKeyGrantRequest], Field(max_length=MOST_KEYS)] | None = None
    enabled: StrictBool | None = None

    def read(self) -> McpServerDraft:
        """What was given, for the use case. Null takes ``scope``, ``tools`` and ``keys`` away."""
        given: dict[str, Any] = {
            name: value
            for name in ("name", "url", "auth", "token_url", "client_id")
            if (value := getattr(self, name, None)) is not None
        }
        if self.was_sent("scope"):
            given["scope"] = self.scope
        if self.was_sent("tools"):
            given["tools"] = None if self.tools is None else tuple(self.tools)
        if self.was_sent("keys"):
            grants = None if self.keys is None else tuple(map(_read_grant, self.keys))
            given["keys"] = grants
        return McpServerDraft(
            **given,
            headers=UNSET if self.headers is None else {name: Secret(value) for name, value in self.headers.items()},
            client_secret=UNSET if self.client_secret is None else Secret(self.client_secret),
            is_enabled=UNSET if self.enabled is None else self.enabled,
        )


def _read_grant(given: McpKeyGrantRequest) -> KeyGrant:
    return KeyGrant(key_id=given.key_id, tools=None if given.tools is None else tuple(given.tools))


class McpServerCreateRequest(_McpServerFields):
    """A new MCP server: its name in addresses, and where it is."""

    example: ClassVar[dict[str, Any]] = {"name": "issues", "url": "https://mcp.example.com/mcp"}

    name: ServerName
    url: GivenUrl


class McpServerUpdateRequest(_McpServerFields):
    """What is to change of a server. Where it leads to another origin, its secrets are needed again."""

    example: ClassVar[dict[str, Any]] = {"tools": ["search", "read"]}

    name: ServerName | None = None
    url: GivenUrl | None = None


class McpKeyGrantResponse(ResponseBody):
    """That an API key may use a server, and which of its tools."""

    key_id: str
    tools: list[str] | None


class McpServerResponse(ResponseBody):
    """An MCP server. Clients reach it at ``/mcp/<name>``."""

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
    keys: list[McpKeyGrantResponse] | None
    enabled: bool
    revision: int
    created_by: str
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, record: McpServerRecord) -> McpServerResponse:
        """From the record."""
        return super().of(Beside(record, enabled=record.is_enabled))


class McpToolResponse(ResponseBody):
    """A tool of an MCP server."""

    name: str
    description: str | None


class McpServerTestResponse(ResponseBody):
    """What an MCP server answered when it was asked for its tools."""

    ok: bool
    reason: str | None
    revision: Annotated[str | None, Field(description="The revision of MCP that it speaks; `null` where it failed.")]
    tools: list[McpToolResponse]
    duration_ms: int

    @classmethod
    def of(cls, record: ProbeRecord) -> McpServerTestResponse:
        """From the record."""
        return super().of(record)
