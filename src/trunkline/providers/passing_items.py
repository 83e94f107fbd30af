"""What a request of OpenAI's responses must be read for: see :mod:`trunkline.providers.passing`."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.dialects.raw_json import BROKEN_JSON
from trunkline.providers.quirks import Quirk


class _Item(msgspec.Struct, frozen=True):
    """An item of the input, or a tool."""

    type: str = ""
    call_id: str | None = None
    name: str | None = None


class _Body(msgspec.Struct, frozen=True):
    input: str | list[_Item] = ""
    tools: list[_Item] | None = None
    previous_response_id: str | None = None
    conversation: object = None


_body: Final = msgspec.json.Decoder(_Body)

# Within JSON text a quote is escaped, so this can only be a field.
_ODD_NAME: Final = re.compile(rb'"name"\s*:\s*"(?![a-zA-Z0-9_-]{1,64}")')
_CALLED: Final = (b'"function_call"', b'"function_call_output"')


def are_odd_items(body: bytes, quirk: Quirk) -> bool:
    """Whether ``body`` holds a name that OpenAI refuses, a call without an output, or an output without a call.

    Where OpenAI keeps what went before, it alone knows the calls.
    """
    called = any(mark in body for mark in _CALLED)
    named = quirk.calls.holds_names and _ODD_NAME.search(body) is not None
    if not (called or named):
        return False
    try:
        read = _body.decode(body)
    except BROKEN_JSON:
        return False
    items = [] if isinstance(read.input, str) else read.input
    tools = [one for one in (*items, *(read.tools or ())) if one.type in ("function", "function_call")]
    if named and not all(quirk.calls.takes(one.name or "") for one in tools):
        return True
    kept = read.previous_response_id or read.conversation or any(one.type == "item_reference" for one in items)
    calls = {one.call_id for one in items if one.type == "function_call"}
    outputs = {one.call_id for one in items if one.type == "function_call_output"}
    return not kept and calls != outputs
