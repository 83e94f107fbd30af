"""Errors, both ways: ``{"error": {"code", "message", "status", "details"}}``. https://cloud.google.com/apis/design/errors"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.errors import (
    SILENT,
    BudgetSpent,
    InvalidInput,
    TooMany,
    TrunklineError,
    Unauthenticated,
    UpstreamError,
    UpstreamKind,
)
from trunkline.dialects.dialect import Headers
from trunkline.dialects.error_fields import keep_fields
from trunkline.dialects.failure import SENTENCES, cut, kind_of, read_body
from trunkline.dialects.gemini.retry import read_delay, write_delay
from trunkline.dialects.retry_after import read_retry_after

NAME: Final = "gemini"
_TYPE: Final = "type.googleapis.com/google.rpc."
_WORDS: Final[dict[str, UpstreamKind]] = {
    "INVALID_ARGUMENT": "bad_request",
    "FAILED_PRECONDITION": "bad_request",
    "OUT_OF_RANGE": "bad_request",
    "UNAUTHENTICATED": "auth",
    "PERMISSION_DENIED": "permission",
    "NOT_FOUND": "not_found",
    "RESOURCE_EXHAUSTED": "rate_limit",
    "CANCELLED": "timeout",
    "DEADLINE_EXCEEDED": "timeout",
    "UNAVAILABLE": "overloaded",
}
_STATUSES: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    402: "FAILED_PRECONDITION",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    412: "FAILED_PRECONDITION",
    413: "INVALID_ARGUMENT",
    415: "INVALID_ARGUMENT",
    422: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
    529: "UNAVAILABLE",
}
_CODES: Final[dict[UpstreamKind, int]] = {
    "bad_request": 400,
    "auth": 401,
    "no_credits": 402,
    "permission": 403,
    "not_found": 404,
    "timeout": 408,
    "too_large": 413,
    "rate_limit": 429,
    "overloaded": 503,
}
"""The status that an error in the middle of a stream names; what is missing is 500."""


def read_error(status: int, body: bytes, headers: Headers) -> UpstreamError:
    """What a failing provider says. Never raises."""
    value = read_body(body)
    return read_error_value(status, {"error": value} if isinstance(value, str) else value, read_retry_after(headers))


def read_error_value(status: int, value: JsonValue, retry_after: float | None = None) -> UpstreamError:
    """As :func:`read_error`, of a value that is read already. A status of 200 gives way to what the body says."""
    if isinstance(value, list) and value:
        value = value[0]  # streams without alt=sse are lists, also when they fail
    given = value.get("error") if isinstance(value, dict) else None
    error: JsonObject = given if isinstance(given, dict) else {"message": given} if isinstance(given, str) else {}
    word = error.get("status")
    code = error.get("code")
    if status < 400 and isinstance(code, int) and 400 <= code < 600:
        status = code
    message = error.get("message")
    reason, delay = _read_details(error.get("details"))
    kind = kind_of(status)
    if kind in ("bad_request", "server") and status < 500 and isinstance(word, str):
        kind = _WORDS.get(word, kind)  # the word says more than a status without a meaning of its own
    if reason in ("API_KEY_INVALID", "API_KEY_EXPIRED", "CREDENTIALS_MISSING"):
        kind = "auth"  # Google answers a wrong key with status 400
    return UpstreamError(
        SENTENCES[kind],
        kind=kind,
        status=status,
        detail=cut(message) if isinstance(message, str) else None,
        retry_after=delay if retry_after is None else retry_after,
        upstream_code=reason or (word if isinstance(word, str) else None),
        said=keep_fields(error, ("code", "message")),
        said_on=NAME,
    )


def _read_details(details: JsonValue) -> tuple[str | None, float | None]:
    """The reason of an ErrorInfo and the delay of a RetryInfo (google/rpc/error_details.proto)."""
    reason: str | None = None
    delay: float | None = None
    for detail in details if isinstance(details, list) else ():
        if not isinstance(detail, dict):
            continue
        found = detail.get("reason")
        if isinstance(found, str):
            reason = found
        wait = detail.get("retryDelay")
        if isinstance(wait, str):
            delay = read_delay(wait)
    return reason, delay


def write_error(error: TrunklineError, status: int, request_id: str) -> bytes:
    """An error for a client; ``details`` name the wrong fields, when to come back, and the request.

    What Google said besides goes to its own clients: its details, and its word for a status that stays the same.
    """
    details: list[JsonValue] = []
    word = _STATUSES.get(status, "INTERNAL" if status >= 500 else "INVALID_ARGUMENT")
    if isinstance(error, UpstreamError) and error.said_on == NAME and error.kind not in SILENT:
        given = error.said.get("details")
        details.extend(detail for detail in (given if isinstance(given, list) else ()) if not _is_ours(detail))
        said = error.said.get("status")
        word = said if isinstance(said, str) and error.status == status else word
    if isinstance(error, InvalidInput) and error.fields:
        violations: list[JsonValue] = [{"field": field.field, "description": field.message} for field in error.fields]
        details.append({"@type": f"{_TYPE}BadRequest", "fieldViolations": violations})
    if isinstance(error, Unauthenticated):
        details.append({"@type": f"{_TYPE}ErrorInfo", "reason": "API_KEY_INVALID", "domain": "trunkline"})
    retry_after = error.retry_after if isinstance(error, TooMany | BudgetSpent | UpstreamError) else None
    if retry_after is not None:
        details.append({"@type": f"{_TYPE}RetryInfo", "retryDelay": write_delay(retry_after)})
    if request_id:
        details.append({"@type": f"{_TYPE}RequestInfo", "requestId": request_id})
    fields: dict[str, JsonValue] = {
        "code": status,
        "message": error.words,
        "status": word,
    }
    if details:
        fields["details"] = details
    return msgspec.json.encode({"error": fields})


def _is_ours(detail: JsonValue) -> bool:
    """Whether we have a word of our own for what ``detail`` says: when to come back, and the request."""
    kind = detail.get("@type") if isinstance(detail, dict) else None
    return isinstance(kind, str) and kind.endswith((".RetryInfo", ".RequestInfo", ".DebugInfo"))


def write_failure(kind: UpstreamKind, message: str, code: str | None) -> dict[str, JsonValue]:
    """An error in the middle of a stream, which has no status of its own."""
    status = _CODES.get(kind, 500)
    word = code if code in _WORDS else _STATUSES[status]
    return {"error": {"code": status, "message": message, "status": word}}
