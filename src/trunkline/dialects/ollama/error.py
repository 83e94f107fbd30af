"""Errors, both ways: ``{"error": "…"}``. https://github.com/ollama/ollama/blob/main/docs/errors.mdx"""

from __future__ import annotations

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import TrunklineError, UpstreamError
from trunkline.dialects.dialect import Headers
from trunkline.dialects.failure import SENTENCES, cut, kind_of, read_body
from trunkline.dialects.retry_after import read_retry_after


def read_error(status: int, body: bytes, headers: Headers) -> UpstreamError:
    """What a failing server says. Never raises."""
    value = read_body(body)
    words = value if isinstance(value, str) else value.get("error") if isinstance(value, dict) else None
    return read_failure(status, words, read_retry_after(headers))


def read_failure(status: int | str | None, words: JsonValue, retry_after: float | None = None) -> UpstreamError:
    """An error whose words are known. No status, or one below 400: the server failed while it answered."""
    if isinstance(words, dict):
        words = words.get("message")  # as its endpoints for other dialects' clients say it, and proxies before it
    message = words if isinstance(words, str) else ""
    code = status if isinstance(status, int) else 200
    kind = kind_of(code)
    return UpstreamError(
        SENTENCES[kind],
        kind=kind,
        status=code,
        detail=cut(message),
        retry_after=retry_after,
    )


def write_error(error: TrunklineError) -> bytes:
    """The one field that this wire has: no code, no request id. The status says the rest."""
    return msgspec.json.encode({"error": error.words})
