"""Why an answer ended. https://docs.anthropic.com/en/docs/build-with-claude/handling-stop-reasons"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import JsonValue, StopReason

KNOWN: Final = frozenset({"id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"})
"""The fields of a message and of its end that the neutral form holds; what stands beside them is kept in ``extra``."""

READ: Final[dict[str, StopReason]] = {
    "end_turn": "stop",
    "max_tokens": "length",
    "stop_sequence": "stop_sequence",
    "tool_use": "tool_calls",
    "pause_turn": "pause",
    "compaction": "pause",
    "refusal": "refusal",
    "model_context_window_exceeded": "length",
}

WRITTEN: Final[dict[StopReason, str]] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "stop_sequence": "stop_sequence",
    "tool_calls": "tool_use",
    "pause": "pause_turn",
    "refusal": "refusal",
    "content_filter": "refusal",
    # No client expects null in a whole answer, and of the wire's words this one alone says that it is not complete.
    "error": "refusal",
}


def read_stop(reason: str | None, *, called: bool) -> StopReason:
    """The neutral reason. Where a server says none, ``called`` tells whether the answer asks for tools."""
    if reason is None:
        return "tool_calls" if called else "stop"
    return READ.get(reason, "stop")


def is_exact(reason: str) -> bool:
    """Whether the neutral form brings ``reason`` back as it is; else it travels beside it, in ``extra``."""
    return reason in READ and WRITTEN[READ[reason]] == reason


def restore_stop(reason: StopReason, kept: JsonValue) -> str:
    """As :func:`write_stop`, or the wire's own reason that was ``kept`` and still means the same."""
    return kept if isinstance(kept, str) and read_stop(kept, called=False) == reason else write_stop(reason)


def write_stop(reason: StopReason) -> str:
    """The wire's reason, never null."""
    return WRITTEN[reason]
