"""Errors, both ways: ``{"error": "…"}``. https://github.com/ollama/ollama/blob/main/docs/errors.mdx"""

from __future__ import annotations

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import TrunklineError, UpstreamError
from trunkline.dialects.dialect import Headers
from trunkline.dialects.failure import explain, kind_of, read_words
from trunkline.dialects.retry_after import read_retry_after


def read_error(status: int, body: bytes, headers: Headers) -> UpstreamError:
    """What a failing server says. Never raises."""
    words: JsonValue
    try:
        value: JsonValue = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        words = read_words(body)
    else:
        words = value.get("error") if isinstance(value, dict) else None
    return read_failure(status, words, read_retry_after(headers))


def read_failure(status: int | str | None, words: JsonValue, retry_after: float | None = None) -> UpstreamError:
    """An error whose words are known. No status, or one below 400: the server failed while it answered."""
    if isinstance(words, dict):
        words = words.get("message")  # as its endpoints for other dialects' clients say it, and proxies before it
    message = words if isinstance(words, str) else ""
    code = status if isinstance(status, int) else 200
    return explain(kind_of(code), message, status=code, retry_after=retry_after)


def write_error(error: TrunklineError) -> bytes:
    """The one field that this wire has: no code, no request id. The status says the rest."""
    return msgspec.json.encode({"error": error.words})
