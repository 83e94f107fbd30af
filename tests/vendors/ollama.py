"""Ollama's chat: https://docs.ollama.com/api/chat"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from typing import Any

from ollama import Message, Options
from ollama._types import ChatRequest

from tests.vendors.rule import Rule, Sent, break_rules
from tests.vendors.shape import misfits

_API = "https://docs.ollama.com/api/chat"
_TYPES = "https://github.com/ollama/ollama/blob/main/api/types.go"
# https://github.com/ollama/ollama/blob/main/api/types.go: those that the server knows and the Python package does not.
_MORE_OPTIONS = {"min_p", "draft_num_predict"}


def _images(sent: Sent) -> Iterator[str]:
    for place, message in enumerate(sent.body["messages"]):
        for image in message.get("images") or ():
            try:
                b64decode(image, validate=True)
            except ValueError:
                yield f"illegal base64 data in messages[{place}].images: {image[:30]!r}"


def _options(sent: Sent) -> Iterator[str]:
    options = {name: one for name, one in (sent.body.get("options") or {}).items() if name not in _MORE_OPTIONS}
    yield from misfits(options, Options, "options")


def _tools(sent: Sent) -> Iterator[str]:
    for tool in sent.body.get("tools") or ():
        function = tool.get("function") or {}
        parameters = function.get("parameters", {"type": "object"})
        if tool.get("type") != "function" or not function.get("name"):
            yield f"the tool {tool} has no function with a name"
        elif not isinstance(parameters.get("type", "object"), str):
            yield f"{function['name']}.parameters.type is no string"
        else:
            yield from _properties(function["name"], parameters.get("properties") or {})


def _properties(name: str, properties: dict[str, Any]) -> Iterator[str]:
    for key, one in properties.items():
        kind = one.get("type", "") if isinstance(one, dict) else None
        if not isinstance(kind, str) and not (isinstance(kind, list) and all(isinstance(k, str) for k in kind)):
            yield f"{name}.{key}: a property's type is a string or a list of them"


def _calls(sent: Sent) -> Iterator[str]:
    for place, message in enumerate(sent.body["messages"]):
        for call in message.get("tool_calls") or ():
            # The index is the server's own, which the package does not know.
            function = {name: value for name, value in call["function"].items() if name != "index"}
            yield from misfits({"function": function}, Message.ToolCall, f"messages[{place}].tool_calls")


def _think(sent: Sent) -> Iterator[str]:
    think = sent.body.get("think")
    if not (think is None or isinstance(think, bool) or think in ("low", "medium", "high", "max")):
        yield f'invalid think value: {think!r} (must be "high", "medium", "low", true, or false)'


def _form_or_tools(sent: Sent) -> Iterator[str]:
    if sent.body.get("tools") and sent.body.get("format"):
        yield "beside a format no tool is ever called"


def _roles(sent: Sent) -> Iterator[str]:
    for place, message in enumerate(sent.body["messages"]):
        if message.get("role") not in ("system", "user", "assistant", "tool"):
            yield f"messages[{place}]: invalid role {message.get('role')!r}"
        if not isinstance(message.get("content", ""), str):
            yield f"messages[{place}]: content is no string"


RULES = (
    Rule("images are base64", _API, _images),
    Rule("options by their types", "https://docs.ollama.com/modelfile#parameter", _options),
    Rule("tools by their types", _TYPES, _tools),
    Rule("arguments are objects", _TYPES, _calls),
    Rule("think is a switch or an effort", "https://docs.ollama.com/capabilities/thinking", _think),
    Rule("roles and texts", _API, _roles),
    Rule("tools or a form of the answer", "https://github.com/ollama/ollama/issues/8095", _form_or_tools),
)

_KNOWN = frozenset(ChatRequest.model_fields) | {"truncate", "shift"}


def check(sent: Sent) -> list[str]:
    """What Ollama would refuse, or silently not understand."""
    unknown = [f"{name} is not known" for name in sent.body if name not in _KNOWN]
    named = {"role", "content", "thinking", "images", "tool_name", "tool_calls", "tool_call_id"}
    for place, message in enumerate(sent.body["messages"]):
        unknown += [f"messages[{place}].{name} is not known" for name in message if name not in named]
    wanted = sent.body.get("format", "")
    if not (wanted in ("", "json") or isinstance(wanted, dict)):
        unknown.append('format must be "json" or a JSON schema')
    return unknown or break_rules(RULES, sent)
