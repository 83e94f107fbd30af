"""Groq's chat completions: https://console.groq.com/docs/api-reference#chat-create"""

from __future__ import annotations

from collections.abc import Iterator

from tests.vendors import openai_chat
from tests.vendors.rule import Rule, Sent, break_rules

_API = "https://console.groq.com/docs/api-reference#chat-create"
_REASONING = "https://console.groq.com/docs/reasoning"
_REPORT = "https://github.com/vercel/ai/pull/8057"

_KNOWN = {"role", "content", "name", "tool_calls", "tool_call_id", "function_call", "reasoning"}
_EFFORTS = {"openai/gpt-oss": ("low", "medium", "high"), "qwen": ("none", "default")}


def _family(sent: Sent) -> str:
    return next((family for family in _EFFORTS if sent.model.startswith(family)), "")


def _fields(sent: Sent) -> Iterator[str]:
    for place, message in enumerate(sent.body["messages"]):
        for name in sorted(message.keys() - _KNOWN):
            yield f"'messages.{place}' : property '{name}' is unsupported"


def _thoughts(sent: Sent) -> Iterator[str]:
    if not _family(sent) and any("reasoning" in message for message in sent.body["messages"]):
        yield "messages.reasoning: reasoning is not supported with this model"


def _effort(sent: Sent) -> Iterator[str]:
    effort = sent.body.get("reasoning_effort")
    if effort is not None and effort not in _EFFORTS.get(_family(sent), ()):
        yield f"reasoning_effort: {effort} is not supported with {sent.model}"


def _chunks(sent: Sent) -> Iterator[str]:
    for message in sent.body["messages"]:
        for piece in message["content"] if isinstance(message.get("content"), list) else ():
            if piece["type"] not in ("text", "image_url"):
                yield f"messages.content: discriminator property 'type' has invalid value '{piece['type']}'"


def _schemas(sent: Sent) -> Iterator[str]:
    known = sent.model.startswith(("openai/gpt-oss", "meta-llama/llama-4", "moonshotai/"))
    if (sent.body.get("response_format") or {}).get("type") == "json_schema" and not known:
        yield "This model does not support response format `json_schema`"


def _form_or_tools(sent: Sent) -> Iterator[str]:
    form = (sent.body.get("response_format") or {}).get("type", "text")
    if form != "text" and sent.body.get("tools") and sent.body.get("tool_choice") != "none":
        yield "json mode cannot be combined with tool/function calling"


RULES = (
    *openai_chat.COMPATIBLE,
    Rule("messages have the fields that it knows", _API, _fields),
    Rule("thoughts go to models that reason", _REPORT, _thoughts),
    Rule("efforts that the model knows", _REASONING, _effort),
    Rule("schemas for models that take them", "https://console.groq.com/docs/structured-outputs", _schemas),
    Rule("JSON mode is named", _API, openai_chat.json_named),
    Rule("content of the kinds that it knows", _API, _chunks),
    Rule("tools or a form of the answer", "https://github.com/vercel/ai/pull/16540", _form_or_tools),
)


def check(sent: Sent) -> list[str]:
    """What Groq would refuse."""
    return break_rules(RULES, sent)
