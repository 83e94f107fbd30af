"""Calls of an answer that passes, as OpenAI's SDKs need them, whatever their server wrote.

https://platform.openai.com/docs/api-reference/chat-streaming: the pieces of a call share an index, which is a place in
the list of calls, and the first has the id that a result must name. The SDKs put texts of the same name one behind the
other, so that an id or a name that comes twice is doubled, and keep what they do not know for the next turn
(https://github.com/openai/openai-python/blob/main/src/openai/lib/streaming/_deltas.py).
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.made_id import MadeIds
from trunkline.dialects.openai_chat.answer import read_arguments
from trunkline.dialects.raw_json import BROKEN_JSON

_KINDS: Final = ("function", "custom")


class PassingFunction(msgspec.Struct, frozen=True):
    """What is called."""

    name: str | None = None
    arguments: JsonValue = None


class PassingCall(msgspec.Struct, frozen=True):
    """A call, or a piece of one."""

    index: int | None = None
    id: str | None = None
    type: JsonValue = None
    function: PassingFunction | None = None
    custom: PassingFunction | None = None

    @property
    def name(self) -> str:
        """Of the tool; empty in later pieces."""
        return (self.function and self.function.name) or (self.custom and self.custom.name) or ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing or odd in it as a call of a whole answer."""
        function = self.function
        return bool(self.id) and (
            (self.type == "function" and self.custom is None and isinstance(function and function.arguments, str))
            or (self.type == "custom" and function is None)
        )


class _Call:
    __slots__ = ("id", "name", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.id = ""
        self.name = ""


class _Choice:
    __slots__ = ("by_index", "calls")

    def __init__(self) -> None:
        self.calls: list[_Call] = []
        self.by_index: dict[int, _Call] = {}


class PassingCalls:
    """The calls of one stream. A new id with a name is a new call, also under an index that is taken; what has neither
    index nor id goes on with the last, unless it brings a name when the last has one already."""

    __slots__ = ("_choices", "_ids", "_ids_given", "moved")

    def __init__(self) -> None:
        self._choices: dict[int, _Choice] = {}
        self._ids = MadeIds()
        self._ids_given = False
        """Whether the server gives ids: a name that it repeats without one begins nothing then."""
        self.moved = False
        """Whether a call has another index than its server gave it, so that each further piece must be looked at."""

    def mend(self, index: int, pieces: list[PassingCall], wire: list[dict[str, Any]]) -> bool:
        """Changes ``wire``, the pieces of choice ``index`` as they came, where they must be. Whether any was."""
        choice = self._choices.setdefault(index, _Choice())
        before = [dict(piece) for piece in wire]
        for piece, sent in zip(pieces, wire, strict=True):
            self._ids_given = self._ids_given or bool(piece.id)
            call = self._find(choice, piece)
            sent["index"] = call.number
            if piece.name and not call.name:
                call.name = piece.name
                call.id = call.id or piece.id or self._ids.make(piece.name)
                _begin(sent, call.id)
            else:
                call.id = _go_on(sent, piece, call)
        return wire != before

    def _find(self, choice: _Choice, piece: PassingCall) -> _Call:
        last = choice.calls[-1] if choice.calls else None
        if piece.index is not None:
            call = choice.by_index.get(piece.index)
            if call is not None and piece.id and call.id and piece.id != call.id and piece.name:
                call = None
        elif piece.id:
            call = next((known for known in choice.calls if known.id == piece.id), None)
        else:
            begins = last is not None and piece.name and last.name and not self._ids_given
            call = None if begins else last
        if call is None:
            call = _Call(len(choice.calls))
            choice.calls.append(call)
        if piece.index is not None:
            choice.by_index[piece.index] = call
            self.moved = self.moved or piece.index != call.number
        return call


def _begin(sent: dict[str, Any], identity: str) -> None:
    """Writes the first piece of a call, or a whole one."""
    sent["id"] = identity
    function: Any = sent.get("function")
    if function and (function.get("name") or not sent.get("custom")):
        sent.pop("custom", None)
        sent["type"] = "function"
        if not isinstance(function.get("arguments"), str):
            sent["function"] = {**function, "arguments": read_arguments(function.get("arguments"))}
    elif sent.get("custom"):
        sent.pop("function", None)
        sent["type"] = "custom"


def _go_on(sent: dict[str, Any], piece: PassingCall, call: _Call) -> str:
    """Writes a further piece of ``call``, without what was said of it before. The id of the call from now on."""
    identity = call.id or piece.id or ""
    if call.id and "id" in sent:
        del sent["id"]
    if "type" in sent and sent["type"] not in _KINDS:
        del sent["type"]
    function: Any = sent.get("function")
    if function is not None:
        kept = {name: value for name, value in function.items() if name != "name" or value not in ("", None, call.name)}
        if isinstance(kept.get("arguments"), dict):
            kept["arguments"] = read_arguments(kept["arguments"])
        sent["function"] = kept
        if not piece.custom or not (piece.custom.name or piece.custom.arguments):
            sent.pop("custom", None)
    return identity


def mend_calls(body: bytes) -> bytes:
    """A whole answer whose calls have an id and a type, and arguments that are a text. What is no JSON stays."""
    try:
        wire: Any = msgspec.json.decode(body)
    except BROKEN_JSON:
        return body
    ids = MadeIds()
    for choice in wire["choices"]:
        message: Any = choice.get("message") or {}
        calls: list[Any] = message.get("tool_calls") or []
        for call in calls:
            called: Any = call.get("function") or call.get("custom") or {}
            _begin(call, call.get("id") or ids.make(called.get("name") or ""))
            function: Any = call.get("function")
            if function and not function["arguments"]:
                function["arguments"] = "{}"
    return msgspec.json.encode(wire)
