"""Errors. https://docs.anthropic.com/en/api/errors

``{"type": "error", "error": {"type": …, "message": …}, "request_id": …}``; newer ones name their cause in
``error.details.error_code``. Proxies and compatible servers answer with other shapes, which are read as far as they go.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.errors import (
    SILENT,
    BudgetSpent,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TooLarge,
    TooMany,
    TrunklineError,
    Unauthenticated,
    Unavailable,
    UpstreamError,
    UpstreamKind,
)
from trunkline.dialects.dialect import Headers
from trunkline.dialects.error_fields import keep_fields
from trunkline.dialects.failure import SENTENCES, cut, kind_of, read_body
from trunkline.dialects.retry_after import read_retry_after

WIRE: Final = "anthropic_messages"
"""What this wire is called in :attr:`trunkline.core.errors.UpstreamError.said_on`."""

NO_THREADS: Final = "thread_unsupported_request"
"""The ``error_code`` that tells a client to send the whole conversation instead of going on from a thread. As the
vendor's SDKs have it: https://github.com/anthropics/anthropic-sdk-typescript (``lib/internal/threads``)."""

TYPES: Final[dict[str, UpstreamKind]] = {
    "invalid_request_error": "bad_request",
    "authentication_error": "auth",
    "billing_error": "no_credits",
    "permission_error": "permission",
    "not_found_error": "not_found",
    "request_too_large": "too_large",
    "rate_limit_error": "rate_limit",
    "api_error": "server",
    "timeout_error": "timeout",
    "overloaded_error": "overloaded",
    "conflict_error": "bad_request",
}

# Waiting does not help against these, although they come as 429 or 400.
SPENT: Final = frozenset(
    {
        "billing_error",
        "contract_spend_limit_reached",
        "enforced_spend_limit_reached",
        "linked_organization_spend_limit_reached",
    }
)
NO_CREDIT: Final = "credit balance is too low"

WRITTEN: Final[dict[UpstreamKind, str]] = {
    "bad_request": "invalid_request_error",
    "not_found": "not_found_error",
    "too_large": "request_too_large",
    "rate_limit": "rate_limit_error",
    "overloaded": "overloaded_error",
    "timeout": "timeout_error",
    "moderated": "invalid_request_error",
}
"""How a client is told of a provider's failure; what is missing is none of the client's doing: ``api_error``."""


def read_error(status: int, body: bytes, headers: Headers) -> UpstreamError:
    """What a failing answer of the vendor means. Never raises.

    The status decides first; the body's own words refine it where they know more (an empty account answers 400).
    """
    document = read_body(body)
    message, code = _words(document)
    kind = kind_of(status)
    if status < 400:
        kind = TYPES.get(code or "", "server")
    if code in SPENT or NO_CREDIT in message:
        kind = "no_credits"
    elif status in {400, 500} and code in TYPES:
        kind = TYPES[code]
    return UpstreamError(
        SENTENCES[kind],
        kind=kind,
        status=status,
        detail=cut(message),
        retry_after=read_retry_after(headers),
        upstream_code=code,
        said=_rest(document),
        said_on=WIRE,
    )


def read_failure(document: JsonValue, *, status: int | None = None) -> UpstreamError:
    """The error that stands where an answer was expected, in a body or a stream of status 200."""
    message, code = _words(document)
    kind = "no_credits" if code in SPENT else TYPES.get(code or "", "server")
    return UpstreamError(
        SENTENCES[kind],
        kind=kind,
        status=status,
        detail=cut(message),
        upstream_code=code,
        said=_rest(document),
        said_on=WIRE,
    )


def write_error(error: TrunklineError, status: int, request_id: str) -> bytes:
    """An error for a client. ``status`` is what it is sent with; the type follows the error itself.

    What the vendor said besides goes to its own clients: its cause in ``details``, and its type where both name the
    same kind of error.
    """
    more: JsonObject = {}
    if error.code == NO_THREADS:
        more["details"] = {"error_code": NO_THREADS, "unsupported": ["thread"]}
    kind = error_type(error, status)
    if isinstance(error, UpstreamError) and error.said_on == WIRE and error.kind not in SILENT:
        more = {name: value for name, value in error.said.items() if name != "type"}
        said = error.said.get("type")
        if isinstance(said, str) and TYPES.get(said) == error.kind:
            kind = said
    return encode_error(kind, error.words, request_id, more)


def encode_error(kind: str, message: str, request_id: str | None = None, more: JsonObject | None = None) -> bytes:
    """The error object, with the words as they are, and ``more`` fields beside them."""
    inner: JsonObject = {"type": kind, "message": message, **(more or {})}
    wire: JsonObject = {"type": "error", "error": inner}
    if request_id:
        wire["request_id"] = request_id
    return msgspec.json.encode(wire)


def error_type(error: TrunklineError, status: int) -> str:
    """The vendor's name for an error."""
    match error:
        case InvalidInput():
            return "invalid_request_error"
        case Unauthenticated():
            return "authentication_error"
        case Forbidden():
            return "permission_error"
        case NotFound():
            return "not_found_error"
        case Conflict():
            return "conflict_error"
        case TooLarge():
            return "request_too_large"
        case TooMany() | BudgetSpent():
            return "rate_limit_error"
        case UpstreamError():
            if error.kind == "no_credits" and status == 402:
                return "billing_error"
            if status == 403:
                return "permission_error"
            return WRITTEN.get(error.kind, "api_error")
        case Unavailable():
            return "overloaded_error"
        case _:
            return "api_error"


def _words(document: JsonValue) -> tuple[str, str | None]:
    """The message, and the most telling code, of whatever shape of error this is."""
    if not isinstance(document, dict):
        return (document, None) if isinstance(document, str) else ("", None)
    error = document.get("error")
    if isinstance(error, str):
        return _text(document, "message") or error, None
    inner = error if isinstance(error, dict) else document
    message = _text(inner, "message") or _text(inner, "detail") or ""
    details = inner.get("details")
    code = _text(details, "error_code") if isinstance(details, dict) else None
    kind = _text(inner, "type")
    # An unknown cause says less than the broad type that comes with it.
    return message, code if code in SPENT else kind or code


def _rest(document: JsonValue) -> JsonObject:
    error = document.get("error") if isinstance(document, dict) else None
    return keep_fields(error, ("message",)) if isinstance(error, dict) else {}


def _text(source: JsonObject, key: str) -> str | None:
    value = source.get(key)
    return value if isinstance(value, str) else None
