"""Why an answer ended. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import JsonValue, StopReason

READ: Final[dict[str, StopReason]] = {
    "end_turn": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "stop_sequence": "stop_sequence",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
    "model_context_window_exceeded": "length",
    "malformed_model_output": "error",
    "malformed_tool_use": "error",
}

WRITTEN: Final[dict[StopReason, str]] = {
    "stop": "end_turn",
    "stop_sequence": "stop_sequence",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "content_filtered",
    "refusal": "content_filtered",
    "pause": "end_turn",
    "error": "malformed_model_output",
}


def read_stop(reason: str | None, *, called: bool) -> StopReason:
    """The neutral reason. Where a server says none, ``called`` tells whether the answer asks for tools."""
    if reason is None:
        return "tool_calls" if called else "stop"
    return READ.get(reason, "stop")


def is_exact(reason: str) -> bool:
    """Whether the neutral form brings ``reason`` back as it is; else it travels beside it, in ``extra``."""
    return reason in READ and WRITTEN[READ[reason]] == reason


def write_stop(reason: StopReason, kept: JsonValue = None) -> str:
    """The wire's reason, or its own that was ``kept`` and still means the same."""
    return kept if isinstance(kept, str) and read_stop(kept, called=False) == reason else WRITTEN[reason]
