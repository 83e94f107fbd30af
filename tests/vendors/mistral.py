"""Mistral's chat completions: https://docs.mistral.ai/api/#tag/chat/operation/chat_completion_v1_chat_completions_post"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from tests.vendors import openai_chat
from tests.vendors.rule import Rule, Sent, break_rules
from tests.vendors.shape import misfits

_API = "https://docs.mistral.ai/api/#tag/chat/operation/chat_completion_v1_chat_completions_post"
_ID_REPORT = "https://github.com/langchain-ai/langchain/pull/24668"
_ORDER_REPORT = "https://github.com/datapizza-labs/datapizza-ai/issues/98"
_PREFIX = "https://github.com/langchain-ai/langchain/issues/23703"

_REASONING = "https://docs.mistral.ai/inference/conversations/reasoning"

_EFFORTS = {
    "mistral-large-4": ("none", "low", "medium", "high"),
    "mistral-small": ("none", "high"),
    "mistral-medium": ("none", "high"),
}
_BEFORE_EFFORTS = re.compile(r"-2[0-5]\d\d$")
"""What was released before 2026 knows none."""

_ID = re.compile(r"[a-zA-Z0-9]{9}")
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class _Function(TypedDict):
    name: str
    arguments: str | dict[str, Any]


class _Call(TypedDict):
    id: NotRequired[str]
    type: NotRequired[str]
    function: _Function
    index: NotRequired[int]


class _Message(TypedDict):
    role: Literal["system", "user", "assistant", "tool"]
    content: NotRequired[str | list[dict[str, Any]] | None]
    tool_calls: NotRequired[list[_Call] | None]
    tool_call_id: NotRequired[str | None]
    name: NotRequired[str | None]
    prefix: NotRequired[bool]


class _Request(TypedDict):
    """Fields of https://github.com/mistralai/platform-docs-public/blob/main/openapi.yaml"""

    model: str
    messages: list[_Message]
    temperature: NotRequired[float | None]
    top_p: NotRequired[float]
    max_tokens: NotRequired[int | None]
    stream: NotRequired[bool]
    stop: NotRequired[str | list[str]]
    random_seed: NotRequired[int | None]
    metadata: NotRequired[dict[str, Any] | None]
    response_format: NotRequired[dict[str, Any]]
    tools: NotRequired[list[dict[str, Any]] | None]
    tool_choice: NotRequired[Literal["auto", "none", "any", "required"] | dict[str, Any]]
    presence_penalty: NotRequired[float]
    frequency_penalty: NotRequired[float]
    n: NotRequired[int | None]
    prediction: NotRequired[dict[str, Any]]
    parallel_tool_calls: NotRequired[bool]
    prompt_mode: NotRequired[Literal["reasoning"] | None]
    reasoning_effort: NotRequired[str | None]
    safe_prompt: NotRequired[bool]
    guardrails: NotRequired[list[dict[str, Any]] | None]
    prompt_cache_key: NotRequired[str | None]


def _ids(sent: Sent) -> Iterator[str]:
    ids = [call["id"] for call in openai_chat.calls(sent) if "id" in call]
    ids += [message["tool_call_id"] for message in sent.body["messages"] if message.get("tool_call_id")]
    for one in ids:
        if not _ID.fullmatch(one):
            yield f"Tool call id was {one} but must be a-z, A-Z, 0-9, with a length of 9."


def _order(sent: Sent) -> Iterator[str]:
    """Roles that do not follow each other as the template of its models has them."""
    roles = [message["role"] for message in sent.body["messages"]]
    for before, after in itertools.pairwise(roles):
        if (before == "tool" and after in ("user", "system")) or (
            after == "tool" and before not in ("assistant", "tool")
        ):
            yield f"Unexpected role '{after}' after role '{before}'"


def _last(sent: Sent) -> Iterator[str]:
    last = sent.body["messages"][-1] if sent.body["messages"] else {"role": "nobody"}
    if last["role"] not in ("user", "tool") and not (last["role"] == "assistant" and last.get("prefix")):
        yield f"Expected last role User or Tool (or Assistant with prefix True) for serving but got {last['role']}"


def _said(sent: Sent) -> Iterator[str]:
    for message in sent.body["messages"]:
        if message["role"] == "assistant" and not message.get("content") and not message.get("tool_calls"):
            yield "Assistant message must have either content or tool_calls, but not none."


def _names(sent: Sent) -> Iterator[str]:
    names = [tool["function"]["name"] for tool in sent.body.get("tools") or () if "function" in tool]
    names += [call["function"]["name"] for call in openai_chat.calls(sent)]
    for name in names:
        if not _NAME.fullmatch(name):
            yield f"Function name was {name} but must be a-z, A-Z, 0-9, or contain _ and -, of at most 64."


def _effort(sent: Sent) -> Iterator[str]:
    effort = sent.body.get("reasoning_effort")
    known = next((efforts for family, efforts in _EFFORTS.items() if sent.model.startswith(family)), ())
    if effort is not None and (effort not in known or _BEFORE_EFFORTS.search(sent.model)):
        yield f"reasoning_effort {effort} is not enabled for {sent.model}"


ORDER = Rule("roles in order", _ORDER_REPORT, _order)
"""Demanded wherever its models are served: https://github.com/mistralai/mistral-vibe/issues/578"""

RULES = (
    *openai_chat.COMPATIBLE,
    Rule("ids have nine letters", _ID_REPORT, _ids),
    ORDER,
    Rule("somebody is answered", _PREFIX, _last),
    Rule("the assistant has said something", _API, _said),
    Rule("names of functions match", _API, _names),
    Rule("efforts that the model knows", _REASONING, _effort),
)


def check(sent: Sent) -> list[str]:
    """What Mistral would refuse."""
    return misfits(sent.body, _Request) or break_rules(RULES, sent)
