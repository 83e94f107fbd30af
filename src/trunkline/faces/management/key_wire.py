"""API keys on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from trunkline.core.actor import Scope
from trunkline.faces.http.wire import GivenId, GivenMoment, GivenName, Moment, RequestBody, ResponseBody


class KeyCreateRequest(RequestBody):
    """A new API key. Without `models` it may use any; without `expiresAt` it does not expire."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "key", "userId", "createdAt", "lastUsedAt"})
    example: ClassVar[dict[str, Any]] = {
        "name": "Help desk, production",
        "scope": "call",
        "expiresAt": "2099-12-31T00:00:00Z",
    }

    name: GivenName
    scope: Scope = "call"
    application_id: GivenId | None = None
    workspace_id: GivenId | None = None
    models: Annotated[tuple[GivenName, ...], Field(max_length=100)] = ()
    expires_at: GivenMoment | None = None


class KeyUpdateRequest(RequestBody):
    """What is to change of an API key.

    With an empty `models` it may use any, and with null as `expiresAt` it never expires.
    """

    read_only: ClassVar[frozenset[str]] = KeyCreateRequest.read_only | {"warnings"}
    example: ClassVar[dict[str, Any]] = {"models": ["demo"], "expiresAt": None}

    name: GivenName | None = None
    models: Annotated[tuple[GivenName, ...], Field(max_length=100)] | None = None
    expires_at: GivenMoment | None = None


class KeyResponse(ResponseBody):
    """An API key. `key` is the key itself in the answer that makes it, and its mask ever after.

    `warnings` say which of `models` cannot be called now, and what was perhaps meant.
    """

    id: str
    name: str
    key: str
    scope: str
    workspace_id: str
    application_id: str | None
    user_id: str
    models: list[str]
    created_at: Moment
    expires_at: Moment | None
    last_used_at: Moment | None
    warnings: list[str]
