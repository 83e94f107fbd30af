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
from trunkline.dialects.argument_text import ArgumentText, unwrap
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
            (
                self.type == "function"
                and self.custom is None
                and function is not None
                and isinstance(function.arguments, str)
                and function.arguments.startswith("{")
            )
            or (self.type == "custom" and function is None)
        )


class _Call:
    __slots__ = ("arguments", "id", "name", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.id = ""
        self.name = ""
        self.arguments = ArgumentText()

    def pass_arguments(self, sent: dict[str, Any]) -> None:
        """Leaves in a piece what may pass on of its arguments."""
        function: Any = sent.get("function")
        if not function:
            self.arguments.begun = self.arguments.begun or bool(sent.get("custom"))
        elif isinstance(said := function.get("arguments"), str) and (passed := self.arguments.feed(said)) != said:
            sent["function"] = {**function, "arguments": passed}


class _Choice:
    __slots__ = ("by_index", "calls")

    def __init__(self) -> None:
        self.calls: list[_Call] = []
        self.by_index: dict[int, _Call] = {}


class PassingCalls:
    """The calls of one stream. A new id with a name is a new call, also under an index that is taken; what has neither
    index nor id goes on with the last, unless it brings a name when the last has one already."""

    __slots__ = ("_choices", "_ids", "_ids_given", "_moved", "watched")

    def __init__(self) -> None:
        self._choices: dict[int, _Choice] = {}
        self._ids = MadeIds()
        self._ids_given = False
        """Whether the server gives ids: a name that it repeats without one begins nothing then."""
        self._moved = False
        self.watched = False
        """Whether each further piece must be looked at: a call has another index than its server gave it, or arguments
        of which nothing is known yet."""

    def mend(self, index: int, pieces: list[PassingCall], wire: list[dict[str, Any]]) -> None:
        """Changes ``wire``, the pieces of choice ``index`` as they came, where they must be."""
        choice = self._choices.setdefault(index, _Choice())
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
            call.pass_arguments(sent)
        self._watch()

    def is_over(self, index: int) -> bool:
        """Whether nothing is missing in the calls of choice ``index``."""
        choice = self._choices.get(index)
        return choice is None or all(call.arguments.begun or not call.name for call in choice.calls)

    def end(self, index: int) -> list[dict[str, Any]]:
        """What is missing in them, as pieces: arguments that waited, or an empty object for none."""
        rest: list[dict[str, Any]] = []
        for call in self._choices[index].calls if index in self._choices else ():
            if call.name and not call.arguments.begun:
                arguments = call.arguments.end() or "{}"
                rest.append({"index": call.number, "function": {"arguments": arguments}})
        self._watch()
        return rest

    def _watch(self) -> None:
        self.watched = self._moved or not all(map(self.is_over, self._choices))

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
            self._moved = self._moved or piece.index != call.number
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
        if not isinstance(kept.get("arguments", ""), str):
            kept["arguments"] = read_arguments(kept["arguments"])
        sent["function"] = kept
        if not piece.custom or not (piece.custom.name or piece.custom.arguments):
            sent.pop("custom", None)
    return identity


def mend_messages(body: bytes, *, renews: bool = False) -> bytes:
    """A whole answer whose messages have a role, and whose calls have an id, a type, and an object as arguments.

    ``renews`` makes calls of functions, the older way, calls of tools. What is no JSON stays.
    """
    try:
        wire: Any = msgspec.json.decode(body)
    except BROKEN_JSON:
        return body
    ids = MadeIds()
    for choice in wire["choices"]:
        message: Any = choice.get("message")
        if not message:
            continue
        if message.get("role") != "assistant":
            choice["message"] = message = {**message, "role": "assistant"}
        if renews and (older := message.pop("function_call", None)):
            message["tool_calls"] = [*(message.get("tool_calls") or ()), {"function": older}]
            if choice.get("finish_reason") == "function_call":
                choice["finish_reason"] = "tool_calls"
        calls: list[Any] = message.get("tool_calls") or []
        for call in calls:
            called: Any = call.get("function") or call.get("custom") or {}
            _begin(call, call.get("id") or ids.make(called.get("name") or ""))
            function: Any = call.get("function")
            if function:
                function["arguments"] = unwrap(function["arguments"]) or "{}"
    return msgspec.json.encode(wire)
