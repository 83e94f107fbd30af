"""Why a candidate ended. https://ai.google.dev/api/generate-content#FinishReason"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import StopReason

_REASONS: Final[dict[str, StopReason]] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "LANGUAGE": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
    "IMAGE_SAFETY": "content_filter",
    "IMAGE_PROHIBITED_CONTENT": "content_filter",
    "IMAGE_RECITATION": "content_filter",
    "MODEL_ARMOR": "content_filter",
    "ESCALATION": "content_filter",
    "PUP_LIMITED_DISABLED": "content_filter",
    "CONTINUATION": "pause",
}
_CALLED: Final = frozenset({"UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"})
"""Of calls that came all the same: of a tool that was not declared, or too many. The caller answers them."""
_WORDS: Final[dict[StopReason, str]] = {
    "stop": "STOP",
    "stop_sequence": "STOP",
    "tool_calls": "STOP",
    "length": "MAX_TOKENS",
    "content_filter": "SAFETY",
    "refusal": "SAFETY",
    "pause": "CONTINUATION",
    "error": "OTHER",
}


def read_finish(reason: str, called: bool) -> StopReason:
    """A natural end with calls of tools is ``tool_calls``, which has no word of its own. Failures of the model
    (``MALFORMED_FUNCTION_CALL``, ``OTHER``) and reasons yet unknown are ``error``: they are no natural end."""
    # Some servers that imitate Gemini have a word of their own for it.
    if reason in ("STOP", "FUNCTION_CALL"):
        return "tool_calls" if called else "stop"
    if called and reason in _CALLED:
        return "tool_calls"
    return _REASONS.get(reason, "error")


def write_finish(reason: StopReason) -> str:
    """The wire's word."""
    return _WORDS[reason]
