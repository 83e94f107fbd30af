"""Counting tokens without answering. https://docs.anthropic.com/en/api/messages-count-tokens"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest
from trunkline.core.errors import UpstreamError
from trunkline.dialects.anthropic_messages.request import document, encode, parse_request, read_document
from trunkline.dialects.dialect import Written
from trunkline.dialects.raw_json import BROKEN_JSON

FIELDS: Final = frozenset(
    {
        "cache_control",
        "context_management",
        "mcp_servers",
        "messages",
        "model",
        "output_config",
        "speed",
        "system",
        "thinking",
        "tool_choice",
        "tools",
    }
)
"""What a request to count may hold: the rest of a chat's fields is refused there."""


class _Count(msgspec.Struct):
    input_tokens: int


_decoder = msgspec.json.Decoder(_Count)


def read_count_tokens_request(body: bytes) -> ChatRequest:
    """As a chat request, but without ``max_tokens``. Raises :class:`~trunkline.core.errors.InvalidInput`."""
    return parse_request(read_document(body), counting=True)


def write_count_tokens_request(request: ChatRequest) -> Written:
    """A request to count what ``request`` would send. Raises as writing it as a chat does."""
    wire, dropped = document(request)
    return Written(encode({key: value for key, value in wire.items() if key in FIELDS}), dropped)


def read_count_tokens_response(body: bytes) -> int:
    """Tokens of input. Raises :class:`~trunkline.core.errors.UpstreamError` of kind ``malformed``."""
    try:
        return _decoder.decode(body).input_tokens
    except BROKEN_JSON as error:
        raise UpstreamError("The provider's answer is no token count.", kind="malformed") from error


def write_count_tokens_response(input_tokens: int) -> bytes:
    """The answer to a request to count."""
    return msgspec.json.encode({"input_tokens": input_tokens})
