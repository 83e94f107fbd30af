"""Why an answer ended: ``finish_reason`` and :data:`~trunkline.core.chat.StopReason`."""

from __future__ import annotations

import re
from typing import Final

from trunkline.core.chat import StopReason

_READ: Final[dict[str, StopReason]] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "error": "error",
    # What servers that speak this wire let through of their models' own words.
    "model_length": "length",
    "max_tokens": "length",
    "tool_use": "tool_calls",
    "safety": "content_filter",
    "refusal": "refusal",
    "abort": "error",
    "insufficient_system_resource": "error",
}


def read_finish(word: str, *, tools: bool, refused: bool) -> StopReason:
    """The reason behind ``word``; an unknown word is an ordinary end.

    A choice that asked for ``tools`` stopped for them whatever the word: OpenAI itself says ``stop`` when the caller
    forced one tool, and some servers always do. A stop with a refusal is a ``refusal``.
    """
    reason = _READ.get(word.lower(), "stop")
    if reason == "stop":
        if tools:
            return "tool_calls"
        if refused:
            return "refusal"
    return reason


def write_finish(reason: StopReason, *, refused: bool) -> str:
    """The word for ``reason``, one of OpenAI's five: clients that check it take no other.

    A refusal without the words of it can only be told as ``content_filter``, and so can an end by a fault.
    """
    if reason == "refusal":
        return "stop" if refused else "content_filter"
    if reason == "error":
        return "content_filter"
    return "stop" if reason in {"stop_sequence", "pause"} else reason


WORDS: Final = frozenset({"stop", "length", "tool_calls", "content_filter", "function_call", "error"})
"""What passes as it is: OpenAI's own words, and OpenRouter's for a fault."""

_FIELD: Final = re.compile(rb'("finish_reason"\s*:\s*)"([^"\\]*)"')


def rename_finish(body: bytes) -> bytes:
    """``body`` with OpenAI's words in the place of foreign ones (``eos``, ``max_tokens``)."""

    def rename(found: re.Match[bytes]) -> bytes:
        word = found[2].decode("utf-8", "replace")
        if not word or word in WORDS:
            return found[0]
        reason = read_finish(word, tools=False, refused=False)
        return found[1] + b'"%b"' % write_finish(reason, refused=False).encode()

    return _FIELD.sub(rename, body)
