"""The audit log on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from trunkline.core.chat import JsonValue
from trunkline.faces.http.wire import Moment, RequestBody, ResponseBody


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


class AuditFaultResponse(ResponseBody):
    """Something that is wrong with the audit log."""

    kind: Literal["changed", "missing", "foreign", "ends"] = Field(
        description="`changed`: the event is not what was written, or not where. `missing`: an event is gone. "
        "`foreign`: Trunkline did not write the event. `ends`: the record of where the log begins and ends was changed."
    )
    sequence: int | None = Field(description="The place in the chain. `null` if there is none.")
    event_id: str | None = Field(description="The event's id. `null` if there is no such event.")
    message: str


class AuditRenewalResponse(ResponseBody):
    """That a log was begun anew after a break that somebody acknowledged."""

    sequence: int = Field(description="The place in the chain from which on it holds again.")
    event_id: str = Field(description="The event in the log that says so.")
    at: Moment
    actor_id: str | None = Field(description="Who acknowledged it.")
    comment: str = Field(description="What they knew of it.")
    faults: list[AuditFaultResponse] = Field(description="What was wrong then, at most 100.")


class AuditAcknowledgeRequest(RequestBody):
    """That the breaks of the log are known."""

    example: ClassVar[dict[str, Any]] = {"comment": "Restored from the backup of 31 January."}

    comment: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=500),
        Field(description="What is known of it, for those who read the log."),
    ] = ""


class AuditChainResponse(ResponseBody):
    """What was found about one chain of audit events."""

    workspace_id: str | None = Field(description="Whose log it is. `null`: that of the installation.")
    valid: bool = Field(description="Whether nothing is wrong, but for what was acknowledged.")
    events: int = Field(description="How many events were checked.")
    pending: int = Field(description="Events of the last seconds, which have no place in the chain yet.")
    last_sequence: int = Field(description="The place of the last event.")
    head: str = Field(
        description="The hash of the last event. Keep it elsewhere to notice if an older state of the database is put "
        "in the place of this one."
    )
    faults: list[AuditFaultResponse] = Field(description="What is wrong, at most 100.")
    renewals: list[AuditRenewalResponse] = Field(description="Breaks that were acknowledged, the oldest first.")
