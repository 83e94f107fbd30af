"""What an answer repeats of its request: https://platform.openai.com/docs/api-reference/responses/object."""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import ChatRequest, JsonValue
from trunkline.dialects.openai_responses.citation import NAME
from trunkline.dialects.openai_responses.request import read_instructions, write_options

_ECHOED: Final = (
    "background", "max_tool_calls", "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_retention",
    "safety_identifier", "truncation",
)  # fmt: skip


def defaults() -> dict[str, JsonValue]:
    """The fields that every answer has, as they are when the request says nothing of them."""
    return {
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "metadata": {},
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "user": None,
    }


def echo_request(request: ChatRequest) -> dict[str, JsonValue]:
    """The fields for ``ChatResponse.extra["openai_responses"]``, so that the whole answer repeats its request.

    Never raises: what this wire cannot say is not repeated.
    """
    extra = dict(request.extra.get(NAME, {}))
    echo: dict[str, JsonValue] = {}
    instructions = read_instructions(request)
    if instructions is not None:
        echo["instructions"] = instructions
    choice = extra.get("tool_choice")
    if isinstance(choice, dict):
        echo["tool_choice"] = choice
    write_options(request, extra, set(), echo)
    echo.pop("service_tier", None)  # an answer tells which one it got, not which one was asked for
    text = echo.get("text")
    if isinstance(text, dict):
        text.setdefault("format", {"type": "text"})
    if request.store is not None:
        echo["store"] = request.store
    for name in _ECHOED:
        if extra.get(name) is not None:
            echo[name] = extra[name]
    return echo


def wants_summary(echo: dict[str, JsonValue]) -> bool:
    """Whether the request that ``echo`` repeats asks for summaries of thoughts."""
    reasoning = echo.get("reasoning")
    return isinstance(reasoning, dict) and reasoning.get("summary") not in (None, "none")
