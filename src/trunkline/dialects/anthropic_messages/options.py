"""The options of a request that passes: sampling and thinking, looked at while everything else stays bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from trunkline.core.chat import ChatRequest, JsonObject, JsonValue, ReasoningOptions, Sampling, ToolChoice
from trunkline.core.errors import InvalidInput
from trunkline.dialects.anthropic_messages.passing_round import read_round
from trunkline.dialects.anthropic_messages.reasoning import read_thinking, write_effort, write_thinking
from trunkline.dialects.anthropic_messages.request import DEFAULT_MAX_TOKENS, THINKING_TOP_P
from trunkline.dialects.anthropic_messages.tool import read_choice
from trunkline.dialects.passthrough import PLAIN, Adapt, Form
from trunkline.dialects.raw_json import ABSENT, decode, is_said

_SAMPLED: Final = ("temperature", "top_p", "top_k")
_THOUGHT: Final = frozenset({"thinking", "output_config"})

_NOTHING: Final = Sampling()

Fields: TypeAlias = dict[str, msgspec.Raw]


def fill(fields: Fields, defaults: Mapping[str, JsonValue]) -> bool:
    """Sets what the caller left open. Whether that was anything of thinking: who says a part of it has said all."""
    said = is_said(fields.get("thinking", ABSENT)) or _config(fields).get("effort") is not None
    for name, value in defaults.items():
        if name in _THOUGHT:
            if said:
                continue
            if name == "output_config" and isinstance(value, dict):
                value = {**value, **_config(fields)}  # noqa: PLW2901 - the same field, with the caller's part
            fields[name] = raw(value)
        elif not is_said(fields.get(name, ABSENT)):
            fields[name] = raw(value)
    return not said and not _THOUGHT.isdisjoint(defaults)


def fit(
    fields: Fields,
    *,
    model: str,
    filled: bool,
    output_limit: int | None,
    adapt: Adapt | None,
    form: Form = PLAIN,
) -> set[str]:
    """Fits the options to the model and to each other; the names of what was left out.

    There is always a limit of tokens, which the wire demands: 4096, plus the thinking budget. A budget stays below the
    limit where one of the two is not the caller's own (``filled``, or cut). Options that are not of the wire's form are
    left as they are, for the vendor to judge. Where the model refuses to think beside a forced tool, or about a round
    of calls without its thoughts (``form``), one of the two gives way. Raises InvalidInput for what the model cannot
    do.
    """
    dropped: set[str] = set()
    before = _read(fields, model, filled=filled, form=form)
    after = before
    if before is not None and adapt is not None:
        after, lost = adapt(before)
        dropped.update(lost)
        for name in _SAMPLED:
            if getattr(after.sampling, name) is None:
                fields.pop(name, None)
        if before.tool_choice != after.tool_choice:
            _free_choice(fields)
    reasoning = None if after is None else after.reasoning
    budget = max((reasoning.budget_tokens if reasoning is not None else None) or 0, 0)
    if not is_said(fields.get("max_tokens", ABSENT)):
        fields["max_tokens"] = raw(DEFAULT_MAX_TOKENS + budget)
    limit = decode(fields["max_tokens"])
    cut = output_limit is not None and isinstance(limit, int | float) and limit > output_limit
    if cut:
        limit = output_limit
        fields["max_tokens"] = raw(limit)
    whole = limit if isinstance(limit, int) else None
    crowded = (filled or cut) and whole is not None and budget >= whole
    if before is not None and (reasoning != before.reasoning or crowded):
        _write(fields, reasoning, whole, dropped)
    if adapt is not None and reasoning is not None and (budget or reasoning.enabled):
        top_p = decode(fields.get("top_p", ABSENT))
        if isinstance(top_p, int | float) and top_p < THINKING_TOP_P:
            del fields["top_p"]
            dropped.add("top_p")
    return dropped


def _read(fields: Fields, model: str, *, filled: bool, form: Form) -> ChatRequest | None:
    """The options in the neutral form; None where there are none, or of a kind unknown here.

    An effort that a configuration sets (``filled``) asks for thinking, whoever its clients are.
    """
    thinking = decode(fields.get("thinking", ABSENT))
    numbers = {name: decode(fields[name]) for name in _SAMPLED if name in fields}
    try:
        reasoning, unknown = read_thinking(thinking if isinstance(thinking, dict) else None, _config(fields))
        sampling = msgspec.convert(numbers, Sampling)
        choice = _read_forced(fields) if form.bound else None
    except (InvalidInput, msgspec.ValidationError):
        return None
    if filled and reasoning is not None and reasoning.effort_of_answer:
        reasoning = msgspec.structs.replace(reasoning, effort_of_answer=False)
    if unknown is not None or (reasoning is None and choice is None and sampling == _NOTHING):
        return None
    asked = reasoning is not None and reasoning.enabled is not False and not reasoning.effort_of_answer
    messages = read_round(fields.get("messages", ABSENT)) if form.rounds and asked else ()
    return ChatRequest(model=model, messages=messages, tool_choice=choice, sampling=sampling, reasoning=reasoning)


def _read_forced(fields: Fields) -> ToolChoice | None:
    given = fields.get("tool_choice", ABSENT)
    choice = read_choice(decode(given))[0] if is_said(given) else None
    return choice if choice is not None and choice.mode == "required" else None


def _free_choice(fields: Fields) -> None:
    """A choice that is free to call no tool. A tool that was named is the only one that is left."""
    given = decode(fields["tool_choice"])
    choice = given if isinstance(given, dict) else {}
    tools = decode(fields.get("tools", ABSENT))
    if choice.get("type") == "tool" and isinstance(tools, list):
        named = [tool for tool in tools if isinstance(tool, dict) and tool.get("name") == choice.get("name")]
        fields["tools"] = raw(named or tools)
    fields["tool_choice"] = raw({**{name: value for name, value in choice.items() if name != "name"}, "type": "auto"})


def _write(fields: Fields, reasoning: ReasoningOptions | None, limit: int | None, dropped: set[str]) -> None:
    thinking = None if reasoning is None else write_thinking(reasoning, limit, dropped)
    effort = None if reasoning is None else write_effort(reasoning.effort)
    config = {name: value for name, value in _config(fields).items() if name != "effort"}
    if effort is not None:
        config["effort"] = effort
    for name, value in (("thinking", thinking), ("output_config", config)):
        if value:
            fields[name] = raw(value)
        else:
            fields.pop(name, None)


def raw(value: object) -> msgspec.Raw:
    """``value`` as the bytes of its JSON."""
    return msgspec.Raw(msgspec.json.encode(value))


def _config(fields: Fields) -> JsonObject:
    config = decode(fields.get("output_config", ABSENT))
    return config if isinstance(config, dict) else {}
