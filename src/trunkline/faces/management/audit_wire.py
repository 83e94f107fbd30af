"""The audit log on the wire."""

from __future__ import annotations

from pydantic import Field

from trunkline.core.chat import JsonValue
from trunkline.faces.http.wire import Moment, ResponseBody


class AuditEventResponse(ResponseBody):
    """An event of the audit log."""

    id: str
    at: Moment
    workspace_id: str | None
    actor_kind: str
    actor_id: str | None
    key_id: str | None
    action: str
    target_type: str
    target_id: str | None
    outcome: str
    before: dict[str, JsonValue] | None
    after: dict[str, JsonValue] | None
    address: str | None
    request_id: str | None
    actor_name: str | None = Field(description="The actor's email address.")
    key_name: str | None
    target_name: str | None = Field(description="What the target is called, or was when it was deleted.")
