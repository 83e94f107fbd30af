"""Applies a quirk to a call in the neutral form."""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec

from trunkline.core.chat import ChatRequest, Effort, JsonValue, Part, ReasoningOptions, Sampling, Tool, ToolResult
from trunkline.core.errors import Unsupported
from trunkline.providers.quirks import Quirk

_TOP_LEVEL: Final = {
    "parallel_tool_calls": "parallel_tools",
    "service_tier": "service_tier",
    "metadata": "metadata",
    "store": "store",
    "user": "user",
    "reasoning_effort": "reasoning",
}
"""Names of the wire, and the request's own fields for them."""

BUDGETS: Final[dict[Effort, int]] = {
    "none": 0,
    "minimal": 1024,
    "low": 2048,
    "medium": 8192,
    "high": 16_384,
    "xhigh": 20_480,
    "max": 24_576,
}
"""Tokens of thinking that stand for an effort at models which know budgets. Gemini 2.5 Flash takes no more."""

_SAMPLING_FIELDS: Final = frozenset(Sampling.__struct_fields__)


def adapt(request: ChatRequest, quirk: Quirk) -> tuple[ChatRequest, tuple[str, ...]]:
    """``request`` as the model accepts it, and the names of what was left out.

    Raises Unsupported for what the model does not know and whose loss would change the answer. The field of the token
    limit is not touched here: the wire's writer is told ``quirk.max_tokens_field``.
    """
    for name in sorted(quirk.refuse):
        if _is_set(request, name):
            raise Unsupported.of(name, f"is not supported by {request.model}: leave it out, or choose another model.")
    dropped: list[str] = []
    sampling: dict[str, object] = {}
    changes: dict[str, object] = {}
    extra = request.extra
    reasoning = request.reasoning
    if reasoning is not None:
        reasoning, lost = _adapt_reasoning(reasoning, quirk)
        dropped += lost
        if reasoning != request.reasoning:
            changes["reasoning"] = reasoning
    thinking = reasoning is not None and _thinks(reasoning)
    for name in sorted(quirk.drop | quirk.drop_when_thinking if thinking else quirk.drop):
        if name in _SAMPLING_FIELDS:
            if getattr(request.sampling, name) is not None:
                sampling[name] = None
                dropped.append(name)
        elif (field := _TOP_LEVEL.get(name)) is not None:
            if getattr(request, field) is not None:
                changes[field] = None
                dropped.append(name)
        elif name in extra.get("openai_chat", {}):
            extra = _with_extra(extra, name, None)
            dropped.append(name)
    left = msgspec.structs.replace(request.sampling, **sampling)
    if quirk.temperature_or_top_p and left.temperature is not None and left.top_p is not None:
        sampling["top_p"] = None
        dropped.append("top_p")
    for old, new in quirk.rename.items():
        value = getattr(request.sampling, old, None)
        if value is not None and old != "max_tokens" and new not in _SAMPLING_FIELDS:
            sampling[old] = None
            extra = _with_extra(extra, new, value)
    if not quirk.cache_hints:
        changes |= _without_cache(request)
        dropped += ["cache"] if {"messages", "tools"} & changes.keys() else []
    if request.stream_usage and not quirk.stream_usage:
        changes["stream_usage"] = False
    if sampling:
        changes["sampling"] = msgspec.structs.replace(request.sampling, **sampling)
    if extra is not request.extra:
        changes["extra"] = extra
    return (msgspec.structs.replace(request, **changes) if changes else request), tuple(dropped)


def _thinks(reasoning: ReasoningOptions) -> bool:
    return bool(reasoning.enabled) or bool(reasoning.budget_tokens)


def _adapt_reasoning(reasoning: ReasoningOptions, quirk: Quirk) -> tuple[ReasoningOptions | None, list[str]]:
    """How much to think, in the form that the model takes."""
    if quirk.thinking == "adaptive" and reasoning.budget_tokens is not None:
        on = reasoning.budget_tokens != 0
        return msgspec.structs.replace(reasoning, budget_tokens=None, enabled=on), ["reasoning.budget_tokens"]
    if quirk.thinking == "none":
        return None, ["reasoning"] if reasoning.effort not in (None, "none") or _thinks(reasoning) else []
    if quirk.thinking == "dynamic" and reasoning.effort is not None and reasoning.budget_tokens is None:
        budget = BUDGETS[reasoning.effort] if reasoning.enabled is not False else 0
        return msgspec.structs.replace(reasoning, effort=None, enabled=None, budget_tokens=budget), []
    # A budget below 0 leaves it to the model (Gemini), which here is no budget.
    if quirk.thinking == "budget" and (reasoning.budget_tokens is None or reasoning.budget_tokens < 0):
        effort = reasoning.effort
        if effort is None and not reasoning.enabled and reasoning.budget_tokens is None:
            return reasoning, []
        budget = BUDGETS[effort or "medium"] if reasoning.enabled is not False else 0
        return msgspec.structs.replace(reasoning, effort=None, enabled=None, budget_tokens=budget), []
    return reasoning, []


def _without_cache(request: ChatRequest) -> dict[str, object]:
    """The fields of ``request`` that hold hints to the cache, without them; nothing where there are none."""
    messages = tuple(
        msgspec.structs.replace(message, parts=tuple(_forget_cache(part) for part in message.parts))
        for message in request.messages
    )
    tools = tuple(_forget_cache(tool) for tool in request.tools)
    changed = {"messages": messages, "tools": tools}
    return {field: value for field, value in changed.items() if value != getattr(request, field)}


_P = TypeVar("_P", bound=Part | Tool)


def _forget_cache(part: _P) -> _P:
    if isinstance(part, ToolResult):
        part = msgspec.structs.replace(part, parts=tuple(_forget_cache(piece) for piece in part.parts))
    return part if getattr(part, "cache", None) is None else msgspec.structs.replace(part, cache=None)


def _is_set(request: ChatRequest, name: str) -> bool:
    if name == "n":
        return (request.sampling.n or 1) > 1
    if name == "stop":
        return bool(request.sampling.stop)
    return getattr(request.sampling, name, None) is not None


def _with_extra(extra: dict[str, dict[str, JsonValue]], name: str, value: JsonValue) -> dict[str, dict[str, JsonValue]]:
    """A copy of ``extra`` in which the OpenAI wire's field ``name`` is ``value``, or gone when it is None."""
    fields = {key: member for key, member in extra.get("openai_chat", {}).items() if key != name}
    if value is not None:
        fields[name] = value
    return {**extra, "openai_chat": fields}
