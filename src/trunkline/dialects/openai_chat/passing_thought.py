"""How much a request that passes shall think, fitted to its model and to the rest of the request."""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from trunkline.core.chat import (
    ChatRequest,
    Effort,
    JsonValue,
    Message,
    Reasoning,
    ReasoningOptions,
    Role,
    ToolCall,
    ToolChoice,
)
from trunkline.dialects.openai_chat.earlier_thoughts import read_text
from trunkline.dialects.passthrough import Adapt, Form
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode, is_said

Fields: TypeAlias = "dict[str, msgspec.Raw]"

EFFORT: Final = "reasoning_effort"
_OBJECT: Final = "reasoning"
_SWITCH: Final = "thinking"
NAMES: Final = frozenset({EFFORT, _OBJECT, _SWITCH})
"""What :func:`fit` looks at where the model asks for nothing else."""
_ROLES: Final[dict[bytes, Role]] = {b'"assistant"': "assistant", b'"tool"': "tool"}

_turns: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])


class _Object(msgspec.Struct, frozen=True):
    effort: Effort | None = None
    enabled: bool | None = None
    max_tokens: int | None = None


_object: Final = msgspec.json.Decoder(_Object)


def fit(fields: Fields, model: str, adapt: Adapt, form: Form) -> list[str]:
    """Fits ``reasoning_effort``, ``reasoning`` and ``thinking`` in place; the names of what changed.

    A word that is not ours is the server's own, and stays.
    """
    if not (form.bound or form.rounds) and NAMES.isdisjoint(fields):
        return []
    before = _read(fields, form)
    choice = _forced(fields) if form.bound else None
    messages = _outline(fields) if form.rounds else ()
    if before is None and choice is None and not messages:
        return []
    fitted, _ = adapt(ChatRequest(model=model, messages=messages, tool_choice=choice, reasoning=before))
    after = fitted.reasoning
    if form.switched:
        return _switch(fields, before, after)
    return [] if after == before or before is None else _write(fields, before, after)


def _read(fields: Fields, form: Form) -> ReasoningOptions | None:
    """What is asked for; None where that is nothing, or in words that are not ours."""
    effort = fields.get(EFFORT, ABSENT)
    try:
        if is_said(effort):
            word, enabled = msgspec.json.decode(effort, type=Effort), None
        elif is_said(inner := fields.get(_OBJECT, ABSENT)):
            asked = _object.decode(inner)
            if asked.effort is None and asked.max_tokens is None and asked.enabled is None:
                return None
            return ReasoningOptions(asked.enabled, asked.effort, asked.max_tokens)
        else:
            word, enabled = None, None
    except BROKEN_JSON:
        return None
    if form.switched:
        switch = decode(fields.get(_SWITCH, ABSENT))
        kind = switch.get("type") if isinstance(switch, dict) else None
        enabled = {"enabled": True, "disabled": False}.get(str(kind))
    return None if word is None and enabled is None else ReasoningOptions(enabled, word)


def _is_off(options: ReasoningOptions) -> bool:
    return options.enabled is False or options.effort == "none"


def _switch(fields: Fields, before: ReasoningOptions | None, after: ReasoningOptions | None) -> list[str]:
    """Sets the switch where it must stand otherwise than it does."""
    if after == before and (after is None or after.effort != "none"):
        return []
    if after is None:
        fields.pop(_SWITCH, None)
        fields.pop(EFFORT, None)
        return [_OBJECT]
    if _is_off(after):
        fields[_SWITCH] = _raw({"type": "disabled"})
        fields.pop(EFFORT, None)
        return [] if before is not None and _is_off(before) else [_OBJECT]
    if after.enabled:
        fields[_SWITCH] = _raw({"type": "enabled"})
    return []


def _write(fields: Fields, before: ReasoningOptions, after: ReasoningOptions | None) -> list[str]:
    level = None if after is None else after.effort
    if is_said(fields.get(EFFORT, ABSENT)):
        if level is None:
            del fields[EFFORT]
        else:
            fields[EFFORT] = _raw(level)
        changed = [EFFORT] if level != before.effort else []
    elif _OBJECT in fields:
        changed = _write_object(fields, before, after)
    else:
        changed = []
    return changed


def _write_object(fields: Fields, before: ReasoningOptions, after: ReasoningOptions | None) -> list[str]:
    if after is None:
        del fields[_OBJECT]
        return [_OBJECT]
    inner = decode(fields[_OBJECT])
    wire: dict[str, JsonValue] = dict(inner) if isinstance(inner, dict) else {}
    now = {"effort": after.effort, "enabled": after.enabled, "max_tokens": after.budget_tokens}
    was = {"effort": before.effort, "enabled": before.enabled, "max_tokens": before.budget_tokens}
    changed = [name for name in now if now[name] != was[name]]
    for name in changed:
        wire.pop(name, None)
        if now[name] is not None:
            wire[name] = now[name]
    fields[_OBJECT] = _raw(wire)
    return [f"{_OBJECT}.{name}" for name in changed if was[name] is not None]


def _forced(fields: Fields) -> ToolChoice | None:
    choice = decode(fields.get("tool_choice", ABSENT))
    return ToolChoice("required") if choice == "required" or isinstance(choice, dict) else None


def _outline(fields: Fields) -> tuple[Message, ...]:
    """The messages as far as their rounds of tool calls go; none where there is no call."""
    messages = fields.get("messages", ABSENT)
    if b'"tool_calls"' not in bytes(messages):
        return ()
    try:
        turns = _turns.decode(messages)
    except BROKEN_JSON:
        return ()
    outline: list[Message] = []
    for turn in turns:
        role = _ROLES.get(bytes(turn.get("role", ABSENT)), "user")
        parts: list[Reasoning | ToolCall] = []
        if role == "assistant" and (text := read_text(turn)):
            parts.append(Reasoning(text))
        if role == "assistant" and isinstance(calls := decode(turn.get("tool_calls", ABSENT)), list) and calls:
            parts.append(ToolCall("", ""))
        outline.append(Message(role, tuple(parts)))
    return tuple(outline)


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
