"""Why an answer ended: ``status``, ``incomplete_details`` and :data:`~trunkline.core.chat.StopReason`.

https://platform.openai.com/docs/api-reference/responses/object#responses-object-status
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import JsonValue, StopReason
from trunkline.core.chat_events import Failure
from trunkline.core.errors import UpstreamKind

CALLS: Final = frozenset(
    {
        "function_call", "custom_tool_call", "computer_call", "local_shell_call", "shell_call", "apply_patch_call",
        "mcp_approval_request",
    }
)  # fmt: skip
"""The kinds of items that wait for the caller."""

_INCOMPLETE: Final[dict[str, StopReason]] = {
    "max_output_tokens": "length",
    "max_tokens": "length",
    "content_filter": "content_filter",
}

_CODES: Final[dict[UpstreamKind, str]] = {
    "rate_limit": "rate_limit_exceeded",
    "bad_request": "invalid_prompt",
    "too_large": "invalid_prompt",
    "moderated": "invalid_prompt",
}


def read_status(status: str | None, reason: str | None, *, calls: bool, refused: bool) -> StopReason:
    """The reason. An unknown one of an incomplete answer, and an answer that is still made, may be continued."""
    if status == "incomplete":
        return _INCOMPLETE.get(reason or "", "pause")
    if status in {"in_progress", "queued"}:
        return "pause"
    if calls:
        return "tool_calls"
    return "refusal" if refused else "stop"


def write_status(stop: StopReason, *, refused: bool) -> dict[str, JsonValue]:
    """``status`` and, where the answer is not whole, ``incomplete_details`` or ``error``.

    A refusal without the words of it can only be told as ``content_filter``.
    """
    if stop == "length":
        return {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    if stop == "content_filter" or (stop == "refusal" and not refused):
        return {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}
    if stop == "error":
        return {
            "status": "failed",
            "error": {"code": "server_error", "message": "The provider ended the answer with an error."},
        }
    return {"status": "completed"}


def write_failure(failure: Failure) -> dict[str, JsonValue]:
    """``status`` and ``error`` of an answer that broke off, with a code that the vendor's own type lists."""
    code = _CODES.get(failure.kind, "server_error")
    return {"status": "failed", "error": {"code": code, "message": failure.message}}
