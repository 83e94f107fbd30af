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
from trunkline.core.redact import redact
from trunkline.dialects.dialect import Headers
from trunkline.dialects.error_fields import keep_fields
from trunkline.dialects.gemini.retry import read_delay, write_delay
from trunkline.dialects.retry_after import read_retry_after

NAME: Final = "gemini"
_DETAIL: Final = 2000
_TYPE: Final = "type.googleapis.com/google.rpc."
_KINDS: Final[dict[int, UpstreamKind]] = {
    400: "bad_request",
    401: "auth",
    402: "no_credits",
    403: "permission",
    404: "not_found",
    408: "timeout",
    413: "too_large",
    422: "bad_request",
    429: "rate_limit",
    499: "timeout",
    503: "overloaded",
    504: "timeout",
    529: "overloaded",
}
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
_SENTENCES: Final[dict[UpstreamKind, str]] = {
    "bad_request": "The provider says that the request is wrong.",
    "auth": "The provider rejects the API key.",
    "no_credits": "The provider's account has no credits left.",
    "permission": "The provider does not permit this call.",
    "not_found": "The provider does not know this model.",
    "rate_limit": "The provider's rate limit is reached.",
    "too_large": "The request is too large for the provider.",
    "overloaded": "The provider is overloaded.",
    "timeout": "The provider took too long.",
    "malformed": "The provider answered something that is not Gemini's format.",
}


def read_error(status: int, body: bytes, headers: Headers) -> UpstreamError:
    """What a failing provider says. Never raises."""
    try:
        value: JsonValue = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        text = body[: 4 * _DETAIL].decode("utf-8", "replace").strip()
        if text[:1] == "<":
            value = {"error": {"message": "The provider answered with an HTML page, not JSON."}}
        else:
            value = {"error": {"message": text}}
    return read_error_value(status, value, read_retry_after(headers))


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
    kind = _KINDS.get(status)
    if kind is None:
        said = _WORDS.get(word) if isinstance(word, str) and status < 500 else None
        kind = said or ("bad_request" if 400 <= status < 500 else "server")
    if reason in ("API_KEY_INVALID", "API_KEY_EXPIRED", "CREDENTIALS_MISSING"):
        kind = "auth"  # Google answers a wrong key with status 400
    return UpstreamError(
        _SENTENCES.get(kind, "The provider failed."),
        kind=kind,
        status=status,
        detail=redact(message[: 8 * _DETAIL])[:_DETAIL] if isinstance(message, str) and message else None,
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
        "message": _message(error),
        "status": word,
    }
    if details:
        fields["details"] = details
    return msgspec.json.encode({"error": fields})


def _is_ours(detail: JsonValue) -> bool:
    """Whether we have a word of our own for what ``detail`` says: when to come back, and the request."""
    kind = detail.get("@type") if isinstance(detail, dict) else None
    return isinstance(kind, str) and kind.endswith((".RetryInfo", ".RequestInfo", ".DebugInfo"))


def _message(error: TrunklineError) -> str:
    return error.words if isinstance(error, UpstreamError) else error.message


def write_failure(kind: UpstreamKind, message: str, code: str | None) -> dict[str, JsonValue]:
    """An error in the middle of a stream, which has no status of its own."""
    status = next((status for status, named in _KINDS.items() if named == kind), 500)
    word = code if code in _WORDS else _STATUSES[status]
    return {"error": {"code": status, "message": message, "status": word}}
