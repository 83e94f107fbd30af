"""The error object of this wire, wherever it stands: in a failed answer, in a 200, in the middle of a stream.

OpenAI's shape is ``{"error": {"message", "type", "param", "code"}}``. Servers that speak the same wire also send
``{"error": "text"}``, ``{"message", "code"}``, ``{"detail": …}`` and, at Google, the object within a list.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.chat_events import Failure
from trunkline.core.errors import UpstreamKind
from trunkline.core.redact import redact
from trunkline.dialects.error_fields import keep_fields
from trunkline.dialects.failure import cut, kind_of

WIRE: Final = "openai"
"""What both of the vendor's wires are called in :attr:`trunkline.core.errors.UpstreamError.said_on`."""

_WRAPS: Final = 3
"""How deep an error object may be wrapped: Google's stands in a list, and proxies wrap what they got once more."""

_TOLD: Final = frozenset({"message", "msg", "detail", "error", "code", "status"})
"""Fields that the answer to a client has words of its own for."""

_FLEX_CAPACITY: Final = 498
"""Groq's status for a flex call that finds no room: https://console.groq.com/docs/flex-processing"""

_BY_CODE: Final[dict[str, UpstreamKind]] = {
    "invalid_api_key": "auth",
    "invalid_authentication": "auth",
    "authentication_error": "auth",
    "insufficient_quota": "no_credits",
    "billing_hard_limit_reached": "no_credits",
    "billing_not_active": "no_credits",
    "insufficient_balance": "no_credits",
    "model_not_found": "not_found",
    "deploymentnotfound": "not_found",
    "model_decommissioned": "not_found",
    "context_length_exceeded": "too_large",
    "string_above_max_length": "too_large",
    "request_too_large": "too_large",
    "rate_limit_exceeded": "rate_limit",
    "rate_limit_error": "rate_limit",
    "engine_overloaded": "overloaded",
    "overloaded_error": "overloaded",
    "service_unavailable": "overloaded",
    "content_filter": "moderated",
    "content_policy_violation": "moderated",
    "moderation_blocked": "moderated",
    "responsibleaipolicyviolation": "moderated",
    "server_error": "server",
    "internal_server_error": "server",
    "invalid_request_error": "bad_request",
    "permission_error": "permission",
    "timeout": "timeout",
}

# Google and xAI answer a wrong key with 400 and no code that says so.
_KEY_REFUSED: Final = re.compile(
    r"(?i)(invalid|incorrect) api key|api key (is )?(not valid|invalid|incorrect|not found)"
)

# OpenRouter answers an unknown model with 400 and words alone: https://openrouter.ai/docs/api-reference/errors
_MODEL_UNKNOWN: Final = re.compile(r"(?i)is not a valid model id")

# A status may say less than the code beside it; these statuses give way to these kinds.
_REFINES: Final[dict[int, frozenset[UpstreamKind]]] = {
    400: frozenset({"auth", "no_credits", "not_found", "too_large", "moderated"}),
    403: frozenset({"moderated", "no_credits", "auth"}),
    422: frozenset({"too_large", "not_found", "moderated"}),
    429: frozenset({"no_credits", "overloaded"}),
    500: frozenset({"overloaded"}),
}


class ErrorObject(msgspec.Struct, frozen=True):
    """What an error says of itself: words (redacted and cut), code, type and field, each None when not said."""

    message: str | None = None
    code: str | None = None
    type: str | None = None
    param: str | None = None
    rest: dict[str, JsonValue] = {}
    """What it says besides message and code, by its own names, without credentials."""
    flagged: bool = False
    """Whether OpenRouter's metadata says that moderation blocked the input."""

    @property
    def status(self) -> int | None:
        """The HTTP status that some servers put into ``code``."""
        code = self.code or ""
        return int(code) if len(code) == 3 and code.isascii() and code.isdigit() else None


def read_error_object(value: JsonValue) -> ErrorObject:
    """What ``value`` (a whole body, or what stood under ``error``) says. Never raises."""
    for _ in range(_WRAPS):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict) and isinstance(inner := value.get("error"), dict | list):
            value = inner
    if isinstance(value, str):
        return ErrorObject(message=cut(value))
    if not isinstance(value, dict):
        return ErrorObject()
    metadata = value.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    words = next((value[key] for key in ("message", "detail", "msg", "error") if value.get(key)), None)
    # OpenRouter: what the provider behind it said
    said = " ".join(_plain(part) for part in (words, metadata.get("raw")) if part)
    return ErrorObject(
        message=cut(said),
        code=_text(value.get("code")),
        type=_text(value.get("type")) or _text(value.get("status")),
        param=_text(value.get("param")),
        rest=keep_fields(value, _TOLD),
        flagged="flagged_input" in metadata or "reasons" in metadata,
    )


def classify(status: int | None, error: ErrorObject) -> UpstreamKind:
    """The kind by HTTP status first (or the one in ``code``), refined by what the body's code or type says."""
    status = status or error.status
    said = _BY_CODE.get((error.code or "").lower()) or _BY_CODE.get((error.type or "").lower())
    if error.flagged:
        said = "moderated"
    elif status == 400 and said in {None, "bad_request"} and _KEY_REFUSED.search(error.message or ""):
        said = "auth"
    elif status == 400 and said in {None, "bad_request"} and _MODEL_UNKNOWN.search(error.message or ""):
        said = "not_found"
    if status is None or status < 400:
        return said or "server"
    if said in _REFINES.get(status, ()) and said is not None:
        return said
    return "overloaded" if status == _FLEX_CAPACITY else kind_of(status)


def read_failure(value: JsonValue) -> Failure:
    """An error in the middle of a stream, as its last event."""
    error = read_error_object(value)
    said = error.message or "it gave no reason."
    return Failure(f"The provider broke off: {said}", classify(None, error), error.code or error.type)


def _plain(value: JsonValue) -> str:
    if isinstance(value, str):
        return value
    try:
        return msgspec.json.encode(value).decode()
    except RecursionError:
        return ""


def _text(value: JsonValue) -> str | None:
    if isinstance(value, str) and value:
        return redact(value[:200])
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None
