"""Calls and tools of a request as its model takes them, and the way back from its answer."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import msgspec

from trunkline.core.chat import ChatRequest, Message, Part, ToolCall, ToolResult
from trunkline.dialects.history_ids import HistoryIds, IdForm
from trunkline.providers.call_forms import CallForms, NameForm


def fit_calls(request: ChatRequest, forms: CallForms) -> ChatRequest:
    """``request`` with ids and names that fit; the same object where all of them do."""
    calls = any(map(_calls, request.messages))
    if calls or request.tools or request.tool_choice is not None:
        request = _fit_names(request, find_names(request, forms.names))
    return _fit_ids(request, forms.ids) if calls else request


def _calls(message: Message) -> bool:
    """Whether it calls a tool, or tells what came of a call."""
    if message.role == "assistant":
        return any(isinstance(part, ToolCall) for part in message.parts)
    return message.role == "tool"


def find_names(request: ChatRequest, form: NameForm | None) -> Mapping[str, str]:
    """What is sent for each name that does not fit. No two names get the same one."""
    if form is None:
        return {}
    names = [tool.name for tool in request.tools]
    for message in request.messages:
        if _calls(message):
            names += [name for part in message.parts if (name := _name(part)) is not None]
    names += () if request.tool_choice is None else request.tool_choice.names
    odd = [name for name in dict.fromkeys(names) if not form.fits(name)]
    if not odd:
        return {}
    taken = set(names)
    found: dict[str, str] = {}
    for name in odd:
        fitted = form.fit(name)
        if fitted in taken or len(name) > form.longest:
            mark = f"_{zlib.crc32(name.encode(errors='surrogatepass')):08x}"
            fitted = fitted[: form.longest - len(mark)] + mark
        taken.add(fitted)
        found[name] = fitted
    return found


def _name(part: Part) -> str | None:
    if isinstance(part, ToolCall):
        return part.name
    return part.name if isinstance(part, ToolResult) else None


def _fit_names(request: ChatRequest, names: Mapping[str, str]) -> ChatRequest:
    if not names:
        return request
    choice = request.tool_choice
    if choice is not None and choice.names:
        choice = msgspec.structs.replace(choice, names=tuple(names.get(name, name) for name in choice.names))
    return msgspec.structs.replace(
        request,
        tools=tuple(
            msgspec.structs.replace(tool, name=names[tool.name]) if tool.name in names else tool
            for tool in request.tools
        ),
        tool_choice=choice,
        messages=tuple(
            msgspec.structs.replace(message, parts=tuple(_rename(part, names) for part in message.parts))
            for message in request.messages
        ),
    )


def _rename(part: Part, names: Mapping[str, str]) -> Part:
    if not isinstance(part, ToolCall | ToolResult) or part.name is None or part.name not in names:
        return part
    return msgspec.structs.replace(part, name=names[part.name])


def _fit_ids(request: ChatRequest, form: IdForm) -> ChatRequest:
    ids = HistoryIds(form)
    messages: list[Message] = []
    changed = speaks = False
    for message in request.messages:
        if message.role == "assistant" and not speaks:
            ids.turn()
        speaks = message.role == "assistant"
        parts: list[Part] = []
        for part in message.parts:
            fitted = part
            if isinstance(part, ToolCall):
                if (found := ids.call(part.id)) != part.id:
                    fitted = msgspec.structs.replace(part, id=found)
            elif isinstance(part, ToolResult) and (found := ids.result(part.call_id)) != part.call_id:
                fitted = msgspec.structs.replace(part, call_id=found)
            changed = changed or fitted is not part
            parts.append(fitted)
        messages.append(msgspec.structs.replace(message, parts=tuple(parts)) if changed else message)
    return msgspec.structs.replace(request, messages=tuple(messages)) if changed else request
