"""Bedrock's Converse: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html"""

from __future__ import annotations

import itertools
import re
from base64 import b64decode
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.session import get_session

from tests.vendors import claude
from tests.vendors.rule import Json, Rule, Sent, break_rules

_API = "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_"
_TOOLS = "https://docs.aws.amazon.com/bedrock/latest/userguide/tool-use-inference-call.html"
_CACHE = "https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html"
_THOUGHTS = "https://github.com/langchain-ai/langchain-aws/issues/401"
_CHOICE = f"{_API}ToolChoice.html"


@cache
def _shape() -> Any:
    return get_session().get_service_model("bedrock-runtime").operation_model("Converse").input_shape


def _misfits(value: Any, shape: Any, where: str) -> Iterator[str]:
    """botocore's own validator knows neither patterns, enumerations nor greatest lengths: the service does."""
    known = shape.metadata
    match shape.type_name:
        case "structure" if known.get("document"):
            return
        case "structure":
            if not isinstance(value, dict):
                yield f"{where} is no structure"
                return
            yield from (f"{where}.{name} is unknown" for name in value if name not in shape.members)
            yield from (f"{where}.{name} is missing" for name in known.get("required", ()) if name not in value)
            if known.get("union") and len(value) != 1:
                yield f"{where} must set one member, has {sorted(value)}"
            for name, inner in value.items():
                if name in shape.members:
                    yield from _misfits(inner, shape.members[name], f"{where}.{name}")
        case "list":
            if not isinstance(value, list):
                yield f"{where} is no list"
                return
            yield from _length(value, known, where)
            for place, inner in enumerate(value):
                yield from _misfits(inner, shape.member, f"{where}[{place}]")
        case "map":
            for name, inner in value.items():
                yield from _misfits(inner, shape.value, f"{where}.{name}")
        case "string":
            if not isinstance(value, str):
                yield f"{where} is no string"
                return
            yield from _length(value, known, where)
            if "enum" in known and value not in known["enum"]:
                yield f"{where} is {value!r}, none of {known['enum']}"
            if "pattern" in known and not re.fullmatch(known["pattern"], value):
                yield f"{where} is {value!r}, does not match {known['pattern']}"
        case "blob":
            try:
                b64decode(value, validate=True)
            except ValueError:
                yield f"{where} is no base64"
        case kind:
            fits = {"boolean": bool, "integer": int, "long": int, "float": (int, float), "double": (int, float)}
            if not isinstance(value, fits.get(kind, object)):
                yield f"{where} is {value!r}, no {kind}"
            elif "max" in known and not known.get("min", 0) <= value <= known["max"]:
                yield f"{where} is {value}, out of range"


def _length(value: Any, known: dict[str, Any], where: str) -> Iterator[str]:
    if not known.get("min", 0) <= len(value) <= known.get("max", len(value)):
        yield f"{where} has {len(value)} members or letters"


def _blocks(sent: Sent) -> Iterator[tuple[str, Json]]:
    for place, message in enumerate(sent.body["messages"]):
        for at, block in enumerate(message["content"]):
            yield f"messages.{place}.content.{at}", block


def _blank(sent: Sent) -> Iterator[str]:
    for where, block in _blocks(sent):
        if "text" in block and not block["text"].strip():
            yield f"The text field in the ContentBlock object at {where} is blank."
    for place, block in enumerate(sent.body.get("system") or ()):
        if "text" in block and not block["text"].strip():
            yield f"The text field in the SystemContentBlock object at system.{place} is blank."


def _order(sent: Sent) -> Iterator[str]:
    roles = [message["role"] for message in sent.body["messages"]]
    if not roles or roles[0] != "user":
        yield "A conversation must start with a user message."
    if any(first == second for first, second in itertools.pairwise(roles)):
        yield "A conversation must alternate between user and assistant roles."
    yield from (f"messages.{at}: content is empty" for at, m in enumerate(sent.body["messages"]) if not m["content"])
    if roles and roles[-1] == "assistant" and not claude.is_claude(sent.model):
        yield "The model does not support assistant message prefill."
    if roles and roles[-1] == "assistant" and claude.is_claude(sent.model) and not claude.takes_prefill(sent.model):
        yield "The model does not support assistant message prefill."


def _pairs(sent: Sent) -> Iterator[str]:
    called: list[str] = []
    for place, message in enumerate(sent.body["messages"]):
        given = [block["toolResult"]["toolUseId"] for block in message["content"] if "toolResult" in block]
        if sorted(given) != sorted(called):
            yield f"messages.{place}: toolResult blocks {given} for the toolUse blocks {called} of the turn before"
        called = [block["toolUse"]["toolUseId"] for block in message["content"] if "toolUse" in block]
        if len(set(called)) != len(called):
            yield f"messages.{place}: duplicate toolUse ids {called}"
    if called:
        yield f"toolUse blocks {called} without toolResult"


def _configured(sent: Sent) -> Iterator[str]:
    used = any("toolUse" in block or "toolResult" in block for _, block in _blocks(sent))
    if used and not (sent.body.get("toolConfig") or {}).get("tools"):
        yield "The toolConfig field must be defined when using toolUse and toolResult content blocks."
    tools = (sent.body.get("toolConfig") or {}).get("tools") or ()
    names = [tool["toolSpec"]["name"] for tool in tools if "toolSpec" in tool]
    if len(set(names)) < len(names):
        yield f"A tool is already defined at toolConfig.tools: {names}"


def _choice(sent: Sent) -> Iterator[str]:
    choice = (sent.body.get("toolConfig") or {}).get("toolChoice") or {}
    makers = {"any": ("claude", "nova", "mistral"), "tool": ("claude", "nova")}
    for kind in choice:
        if not any(maker in sent.model for maker in makers.get(kind, ("",))):
            yield f"toolChoice.{kind} is not supported by {sent.model}"


def _cache_points(sent: Sent) -> Iterator[str]:
    marked = [block for _, block in _blocks(sent) if "cachePoint" in block]
    marked += [block for block in sent.body.get("system") or () if "cachePoint" in block]
    tools = (sent.body.get("toolConfig") or {}).get("tools") or ()
    marked += [tool for tool in tools if "cachePoint" in tool]
    if marked and not (claude.is_claude(sent.model) or "amazon.nova" in sent.model):
        yield f"cachePoint is not supported by {sent.model}"
    if "amazon.nova" in sent.model and any("cachePoint" in tool for tool in tools):
        yield "cachePoint is not supported among the tools of Nova"
    if len(marked) > 4:
        yield "more than 4 cachePoints"


def _documents(sent: Sent) -> Iterator[str]:
    for place, message in enumerate(sent.body["messages"]):
        named = [block["document"]["name"] for block in message["content"] if "document" in block]
        if named and not any("text" in block for block in message["content"]):
            yield f"messages.{place}: a document needs a text beside it"
        for name in named:
            if not re.fullmatch(r"[A-Za-z0-9\-()\[\] ]+", name) or "  " in name:
                yield f"The document file name can only contain letters, digits, spaces, …: {name!r}"
    every = [block["document"]["name"] for _, block in _blocks(sent) if "document" in block]
    if len(every) != len(set(every)):
        yield f"document names must be unique: {every}"


def _thoughts(sent: Sent) -> Iterator[str]:
    shown = [where for where, block in _blocks(sent) if "reasoningContent" in block]
    if shown and not claude.is_claude(sent.model):
        yield f"User messages cannot contain reasoning content: {shown}. Please remove it and try again."


def _claude(sent: Sent) -> Iterator[str]:
    if not claude.is_claude(sent.model):
        return
    fields, config = sent.body.get("additionalModelRequestFields") or {}, sent.body.get("inferenceConfig") or {}
    thinking = fields.get("thinking")
    yield from claude.break_thinking(sent.model, thinking, config.get("maxTokens"))
    if (thinking or {}).get("type") in ("enabled", "adaptive"):
        if set((sent.body.get("toolConfig") or {}).get("toolChoice") or {}) & {"any", "tool"}:
            yield "Thinking may not be enabled when tool_choice forces tool use"
        if config.get("temperature", 1) != 1 or "top_k" in fields:
            yield "`temperature` may only be set to 1 when thinking is enabled, and no top_k"
    sampled = [name for name in ("temperature", "topP") if name in config] + [k for k in ("top_k",) if k in fields]
    if sampled and not claude.knows_sampling(sent.model):
        yield f"{sent.model} takes no {', '.join(sampled)}"
    if {"temperature", "topP"} <= set(sampled) and claude.takes_one_sampler(sent.model):
        yield "`temperature` and `topP` cannot both be specified for this model"


RULES = (
    Rule("text is not blank", f"{_API}ContentBlock.html", _blank),
    Rule("a user begins, and roles take turns", f"{_API}Converse.html", _order),
    Rule("calls and results come in pairs", _TOOLS, _pairs),
    Rule("tools are configured", _TOOLS, _configured),
    Rule("a choice that the model knows", _CHOICE, _choice),
    Rule("cache points that the model knows", _CACHE, _cache_points),
    Rule("names of documents", f"{_API}DocumentBlock.html", _documents),
    Rule("thoughts for those that sign them", _THOUGHTS, _thoughts),
    Rule("Claude's own rules", claude.MIGRATION, _claude),
)


def check(sent: Sent) -> list[str]:
    """What Bedrock would refuse."""
    return list(_misfits({**sent.body, "modelId": sent.model}, _shape(), "")) or break_rules(RULES, sent)
