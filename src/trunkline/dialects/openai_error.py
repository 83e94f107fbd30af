"""Failed answers: a provider's, read, and our own, written as OpenAI writes its.

https://platform.openai.com/docs/guides/error-codes/api-errors
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.errors import (
    SILENT,
    InvalidInput,
    NotFound,
    TooMany,
    TrunklineError,
    UpstreamError,
    UpstreamKind,
)
from trunkline.dialects.dialect import Headers
from trunkline.dialects.failure import SENTENCES, read_body
from trunkline.dialects.openai_failure import WIRE, classify, read_error_object
from trunkline.dialects.retry_after import read_retry_after

_CODES: Final[dict[UpstreamKind, str]] = {
    "not_found": "model_not_found",
    "rate_limit": "rate_limit_exceeded",
    "no_credits": "insufficient_quota",
    "moderated": "content_filter",
    "too_large": "context_length_exceeded",
}


def read_error(status: int, body: bytes, headers: Headers) -> UpstreamError:
    """What a failed answer says. Never raises; the provider's words are in ``detail``, redacted and cut."""
    error = read_error_object(read_body(body))
    kind = classify(status, error)
    return UpstreamError(
        SENTENCES[kind],
        kind=kind,
        status=status,
        detail=error.message,
        retry_after=read_retry_after(headers),
        upstream_code=error.code or error.type,
        said=error.rest,
        said_on=WIRE,
    )


def write_error(error: TrunklineError, status: int, request_id: str) -> bytes:
    """``{"error": {"message", "type", "param", "code"}}``. The wire has no place for ``request_id``: it is a header."""
    del request_id
    message, code, param = error.message, error.code, None
    kind = _type(status, code)
    if isinstance(error, InvalidInput) and error.fields:
        param = error.fields[0].field or None
    elif isinstance(error, TooMany) and error.tokens:
        kind = "tokens"
    elif isinstance(error, NotFound) and code == NotFound.code:
        code = "model_not_found"
    elif isinstance(error, UpstreamError):
        code = error.upstream_code or _CODES.get(error.kind, f"upstream_{error.kind}")
        if error.kind in {"auth", "permission"}:
            code = f"upstream_{error.kind}"  # invalid_api_key would blame the caller's own key
        message, kind = error.words, _type(status, code)
        if error.kind not in SILENT and error.said and error.said_on == WIRE:
            wire = {"message": message, "type": kind, "param": None, "code": code}
            return msgspec.json.encode({"error": {**wire, **error.said}})
    return msgspec.json.encode({"error": {"message": message, "type": kind, "param": param, "code": code}})


def _type(status: int, code: str) -> str:
    if code == "insufficient_quota":
        return "insufficient_quota"
    if status == 429:
        return "requests"
    if status >= 500:
        return "server_error"
    return "invalid_request_error"
