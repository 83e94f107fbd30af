"""Errors, both ways: ``{"error": "…"}``. https://github.com/ollama/ollama/blob/main/docs/errors.mdx"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import TrunklineError, UpstreamError, UpstreamKind
from trunkline.core.redact import redact
from trunkline.dialects.dialect import Headers
from trunkline.dialects.retry_after import read_retry_after

_DETAIL: Final = 2000
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
_SENTENCES: Final[dict[UpstreamKind, str]] = {
    "bad_request": "The provider says that the request is wrong.",
    "auth": "The provider rejects the API key.",
    "no_credits": "The provider's account has no credits left.",
    "permission": "The provider does not permit this call.",
    "not_found": "The provider does not have this model.",
    "rate_limit": "The provider's rate limit is reached.",
    "too_large": "The request is too large for the provider.",
    "overloaded": "The provider is overloaded.",
    "timeout": "The provider took too long.",
}


def read_error(status: int, body: bytes, headers: Headers) -> UpstreamError:
    """What a failing server says. Never raises."""
    words: JsonValue
    try:
        value: JsonValue = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        words = body[: 8 * _DETAIL].decode("utf-8", "replace").strip()
        if words[:1] == "<":
            words = "The provider answered with an HTML page, not JSON."
    else:
        words = value.get("error") if isinstance(value, dict) else None
    return read_failure(status, words, read_retry_after(headers))


def read_failure(status: int | str | None, words: JsonValue, retry_after: float | None = None) -> UpstreamError:
    """An error whose words are known. No status, or one below 400: the server failed while it answered."""
    if isinstance(words, dict):
        words = words.get("message")  # as its endpoints for other dialects' clients say it, and proxies before it
    message = words if isinstance(words, str) else ""
    code = status if isinstance(status, int) else 200
    kind = _KINDS.get(code, "bad_request" if 400 <= code < 500 else "server")
    return UpstreamError(
        _SENTENCES.get(kind, "The provider failed."),
        kind=kind,
        status=code,
        detail=redact(message[: 8 * _DETAIL])[:_DETAIL] or None,
        retry_after=retry_after,
    )


def error_message(error: TrunklineError) -> str:
    """Our words, and behind them the provider's own where they help whoever asked."""
    return error.words if isinstance(error, UpstreamError) else error.message


def write_error(error: TrunklineError) -> bytes:
    """The one field that this wire has: no code, no request id. The status says the rest."""
    return msgspec.json.encode({"error": error_message(error)})
