"""Puts together tool calls that come in pieces, as differently as servers number them."""

from __future__ import annotations

from typing import Final

from trunkline.core.chat_events import ChatEvent, ToolCallDelta, ToolCallStart
from trunkline.dialects.argument_text import ArgumentText
from trunkline.dialects.made_id import MadeIds
from trunkline.dialects.openai_chat.answer import read_arguments, read_signature
from trunkline.dialects.openai_chat.chunk import Delta, FunctionDelta, ToolCallPiece

MAX_CALLS: Final = 1_024
MAX_WAITING: Final = 1024 * 1024
"""The most calls of a choice, and characters of arguments kept for calls whose name has not come yet."""


class _Call:
    __slots__ = ("arguments", "id", "number", "signature", "waiting")

    def __init__(self) -> None:
        self.id: str | None = None
        self.signature: str | None = None
        self.number: int | None = None
        """Its place among the calls that have begun; None until its name is known."""
        self.waiting = ""
        self.arguments = ArgumentText()


class ToolCallReader:
    """The calls of one choice.

    A piece belongs to the call with its ``index``; without one to the call with its ``id``; without either to the last,
    unless it brings a name, which begins another. A new ``id`` together with a name under an index that is taken begins
    a new call too: Google numbers all calls 0. A call without an id gets one.
    """

    __slots__ = ("_by_index", "_calls", "_choice", "_ids", "_waiting", "overflown")

    def __init__(self, choice: int) -> None:
        self._choice = choice
        self._ids = MadeIds()
        self._calls: list[_Call] = []
        self._by_index: dict[int, _Call] = {}
        self._waiting = 0
        self.overflown = False
        """Whether there is more than memory may hold; the stream is then malformed."""

    def feed(self, delta: Delta, events: list[ChatEvent]) -> None:
        """Takes the pieces of a delta."""
        for piece in delta.tool_calls or ():
            self._take(piece, events)
        if delta.function_call is not None:
            self._take(ToolCallPiece(index=0, function=delta.function_call), events)

    def end(self, events: list[ChatEvent]) -> None:
        """The choice is over: gives what waited for that."""
        events += [
            ToolCallDelta(call.number, rest, self._choice)
            for call in self._calls
            if call.number is not None and (rest := call.arguments.end())
        ]

    @property
    def asked(self) -> bool:
        """Whether the choice asked for tools. A call that never got a name is none."""
        return any(call.number is not None for call in self._calls)

    def _take(self, piece: ToolCallPiece, events: list[ChatEvent]) -> None:
        function, free = piece.function or FunctionDelta(), False
        if piece.custom is not None and not (function.name or function.arguments):
            function = FunctionDelta(piece.custom.name, piece.custom.input)
            free = bool(function.name or function.arguments)
        call = self._find(piece, function)
        if call is None:
            if len(self._calls) >= MAX_CALLS:
                self.overflown = True
                return
            call = _Call()
            self._calls.append(call)
            if piece.index is not None:
                self._by_index[piece.index] = call
        call.id = call.id or piece.id
        call.arguments.begun = call.arguments.begun or free
        call.signature = call.signature or read_signature(piece.extra_content)
        arguments = read_arguments(function.arguments)
        if call.number is None:
            if not function.name:
                call.waiting += arguments
                self._waiting += len(arguments)
                self.overflown = self._waiting > MAX_WAITING
                return
            call.number = sum(1 for other in self._calls if other.number is not None)
            events.append(
                ToolCallStart(
                    call.number,
                    call.id or self._ids.make(function.name),
                    function.name,
                    self._choice,
                    call.signature,
                )
            )
            arguments, call.waiting = call.waiting + arguments, ""
        if not call.arguments.begun:
            # White space before them is nothing, and for some servers all there is.
            arguments = call.arguments.feed(arguments).lstrip()
        if arguments:
            events.append(ToolCallDelta(call.number, arguments, self._choice))

    def _find(self, piece: ToolCallPiece, function: FunctionDelta) -> _Call | None:
        if piece.index is not None:
            call = self._by_index.get(piece.index)
            if call is not None and piece.id and call.id and piece.id != call.id and function.name:
                return None
            return call
        if piece.id:
            return next((call for call in self._calls if call.id == piece.id), None)
        last = self._calls[-1] if self._calls else None
        return None if last is not None and last.number is not None and function.name else last
