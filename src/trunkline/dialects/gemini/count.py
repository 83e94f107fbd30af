"""Counting tokens: ``countTokens``. https://ai.google.dev/api/tokens"""

from __future__ import annotations

import msgspec

from trunkline.core.chat import ChatRequest, JsonValue
from trunkline.core.errors import UpstreamError
from trunkline.dialects.dialect import Written
from trunkline.dialects.gemini.fields import Fields, decode
from trunkline.dialects.gemini.request import read_fields, write_fields
from trunkline.dialects.raw_json import BROKEN_JSON


class _Count(msgspec.Struct, rename="camel"):
    total_tokens: int


def read_count_request(body: bytes) -> ChatRequest:
    """What shall be counted: a whole ``generateContentRequest``, or bare ``contents``. Raises ``InvalidInput``."""
    fields = Fields(decode(body))
    whole = fields.fields("generateContentRequest")
    return read_fields(fields if whole is None else whole)


def write_count_request(request: ChatRequest) -> Written:
    """Always a whole ``generateContentRequest``, so that the system prompt and the tools are counted too."""
    fields, dropped = write_fields(request)
    named: dict[str, JsonValue] = {"model": f"models/{request.model.removeprefix('models/')}", **fields}
    return Written(msgspec.json.encode({"generateContentRequest": named}), tuple(dropped))


def read_count_response(body: bytes) -> int:
    """The number of tokens. Raises :class:`UpstreamError` (``malformed``)."""
    try:
        return msgspec.json.decode(body, type=_Count).total_tokens
    except BROKEN_JSON as error:
        raise UpstreamError("The provider's count is not Gemini's JSON.", kind="malformed", status=200) from error


def write_count_response(tokens: int) -> bytes:
    """``{"totalTokens": …}``."""
    return msgspec.json.encode({"totalTokens": tokens})
