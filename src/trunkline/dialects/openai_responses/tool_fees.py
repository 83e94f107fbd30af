"""What the vendor's own tools did for an answer, which is billed beside its tokens.

Searches of files and containers of code are told by the items of the answer, pictures by ``tool_usage``; the tools that
the answer repeats say which kind of search, of container and of picture it was:
https://platform.openai.com/docs/api-reference/responses/object, https://developers.openai.com/api/docs/pricing.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue, Usage
from trunkline.core.terms import note_tier
from trunkline.dialects.openai_responses.usage import read_usage
from trunkline.dialects.openai_responses.wire import Answer
from trunkline.dialects.raw_json import BROKEN_JSON, is_said

_SIGNS: Final = (b'"web_search_call"', b'"file_search_call"', b'"code_interpreter_call"')
_GIGABYTES: Final = re.compile(r"(\d{1,4})g")
_PICTURES: Final = "gpt-image-1"
"""The model of pictures where the tool names none."""


class _Action(msgspec.Struct, frozen=True):
    type: str | None = None


class _Item(msgspec.Struct, frozen=True):
    type: str | None = None
    action: _Action | None = None
    container_id: str | None = None


class _Container(msgspec.Struct, frozen=True):
    memory_limit: str | None = None


class _Tool(msgspec.Struct, frozen=True):
    type: str | None = None
    container: str | _Container | None = None
    model: str | None = None


class _PictureUsage(msgspec.Struct, frozen=True):
    input_tokens: int | None = None
    output_tokens: int | None = None
    input_tokens_details: dict[str, JsonValue] | None = None


class _ToolUsage(msgspec.Struct, frozen=True):
    image_gen: _PictureUsage | None = None


_item: Final = msgspec.json.Decoder(_Item)
_tools: Final = msgspec.json.Decoder(list[_Tool])
_tool_usage: Final = msgspec.json.Decoder(_ToolUsage)


def hear_usage(answer: Answer, body: bytes) -> Usage | None:
    """All that is billed of an answer that passes; None where it tells no usage. Never raises.

    ``body`` holds the answer: what is not found in it by a search is not looked for.
    """
    usage = note_tier(read_usage(answer.usage, answer.tool_usage), answer.service_tier)
    if usage is None:
        return None
    if usage.searches or any(sign in body for sign in _SIGNS):
        items = [item for raw in answer.output or () if (item := _read_item(raw)) is not None]
        usage = _count(usage, items, _read_tools(answer.tools))
    if is_said(answer.tool_usage) and b'"image_gen"' in body:
        usage = _add_pictures(usage, answer.tool_usage, _read_tools(answer.tools))
    return usage


def _count(usage: Usage, items: list[_Item], tools: list[_Tool]) -> Usage:
    searched = sum(
        item.type == "web_search_call" and (item.action is None or item.action.type in {None, "search"})
        for item in items
    )
    searches = usage.searches or searched
    older = any((tool.type or "").startswith("web_search_preview") for tool in tools)
    containers = {item.container_id for item in items if item.type == "code_interpreter_call"}
    return msgspec.structs.replace(
        usage,
        searches=searches,
        preview_searches=searches if older else 0,
        file_searches=sum(item.type == "file_search_call" for item in items),
        code_runs=len(containers) * _gigabytes(tools),
    )


def _gigabytes(tools: list[_Tool]) -> int:
    """The size of a container of code; 0 for one that the caller has started, and so paid for, by itself."""
    container = next((tool.container for tool in tools if tool.type == "code_interpreter"), None)
    if isinstance(container, str):
        return 0
    size = _GIGABYTES.fullmatch(container.memory_limit or "") if container is not None else None
    return 1 if size is None else int(size[1])


def _add_pictures(usage: Usage, raw: msgspec.Raw, tools: list[_Tool]) -> Usage:
    """``usage`` with what a model of pictures, which has a price of its own, used for it."""
    try:
        drawn = _tool_usage.decode(raw).image_gen
    except BROKEN_JSON:
        return usage
    if drawn is None or not (drawn.input_tokens or drawn.output_tokens):
        return usage
    model = next((tool.model for tool in tools if tool.type == "image_generation" and tool.model), _PICTURES)
    seen = (drawn.input_tokens_details or {}).get("image_tokens")
    made = drawn.output_tokens or 0
    pictures = Usage(
        input=max(drawn.input_tokens or 0, 0),
        output=max(made, 0),
        image_input=seen if isinstance(seen, int) and seen > 0 else 0,
        image_output=max(made, 0),
        model=model,
    )
    own = msgspec.structs.replace(usage, searches=0, preview_searches=0, file_searches=0, code_runs=0)
    return msgspec.structs.replace(
        usage,
        input=usage.input + pictures.input,
        output=usage.output + pictures.output,
        rounds=(own, pictures),
    )


def _read_item(raw: msgspec.Raw) -> _Item | None:
    try:
        return _item.decode(raw)
    except BROKEN_JSON:
        return None


def _read_tools(raw: msgspec.Raw) -> list[_Tool]:
    try:
        return _tools.decode(raw) if is_said(raw) else []
    except BROKEN_JSON:
        return []
