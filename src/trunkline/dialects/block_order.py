"""Puts what arrives interleaved into the order that a wire of blocks needs: one after the other, each whole.

Chat completions number the calls of an answer, so a server may send text, or pieces of another call, between two pieces
of one call's arguments. On the wires of Anthropic, Bedrock and OpenAI's responses a block that ended cannot be
continued (https://docs.anthropic.com/en/docs/build-with-claude/streaming#event-types). So a call is passed on as it
comes, from the first piece of its arguments on; everything else waits behind it until they are whole JSON. Before that
first piece nothing of the call was told, so text goes ahead of it; calls keep their order among themselves.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from trunkline.core.chat_events import (
    AudioDelta,
    CitationDelta,
    ImageDelta,
    OpaqueDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)
from trunkline.dialects.raw_json import BROKEN_JSON

Block: TypeAlias = (
    TextDelta
    | CitationDelta
    | ReasoningDelta
    | ToolCallStart
    | ToolCallDelta
    | RefusalDelta
    | ImageDelta
    | AudioDelta
    | OpaqueDelta
)
"""What makes up the content of an answer."""

MAX_HELD: Final = 10_000
"""The most events that wait behind one call. Whose arguments are not whole by then has ended as it is."""

_ENDS: Final = {"{": "}", "[": "]", '"': '"'}


class _Call:
    __slots__ = ("_judged", "_whole", "pieces", "start")

    def __init__(self, start: ToolCallStart) -> None:
        self.start = start
        self.pieces: list[str] = []
        self._judged = 0
        self._whole = False

    @property
    def whole(self) -> bool:
        """Whether the arguments are; looked at anew only when some came since."""
        if self._judged == len(self.pieces):
            return self._whole
        arguments = "".join(self.pieces)
        self.pieces = [arguments]
        self._judged = 1
        # What does not end as it began is not worth reading, and a number may grow.
        self._whole = _ENDS.get(arguments[0]) == arguments.rstrip()[-1:] and _is_json(arguments)
        return self._whole


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except BROKEN_JSON:
        return False
    return True


class BlockOrder:
    """The blocks of one choice. Every method gives the events that may be written now."""

    __slots__ = ("_by_index", "_calls", "_held", "_open")

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        """Those that are not over, in order of arrival; the open one is the first."""
        self._by_index: dict[int, _Call] = {}
        self._open: _Call | None = None
        self._held: list[Block] = []

    @property
    def clear(self) -> bool:
        """Whether no call is being written, so that anything but a piece of one may be written at once."""
        return self._open is None

    def put(self, event: Block) -> list[Block]:
        """Something goes on or begins. A piece for a call that is over, or was never begun, is nothing."""
        if isinstance(event, ToolCallDelta):
            return self._add(event)
        out: list[Block] = []
        if self._open is not None and self._open.whole:
            self._advance(out)
        if isinstance(event, ToolCallStart):
            call = _Call(event)
            self._calls.append(call)
            self._by_index[event.index] = call  # an index that is taken begins another call
        elif self._open is None:
            out.append(event)
        else:
            self._held.append(event)
            if len(self._held) > MAX_HELD:
                self._finish(out)
                self._advance(out)
        return out

    def flush(self) -> list[Block]:
        """All that was held: the answer ends."""
        out: list[Block] = []
        while self._calls:
            if self._open is None:
                self._begin(out)
            self._finish(out)
        return out

    def _add(self, event: ToolCallDelta) -> list[Block]:
        call = self._by_index.get(event.index)
        if call is None or not event.arguments:
            return []
        call.pieces.append(event.arguments)
        if call is not self._open:
            out: list[Block] = []
            self._advance(out)
            return out
        out = [event]
        if self._held and call.whole:
            self._advance(out)
        return out

    def _advance(self, out: list[Block]) -> None:
        """Goes on to what waits, as far as the calls are whole."""
        while True:
            if self._open is not None:
                if not self._open.whole:
                    return
                self._finish(out)
            if not self._calls or not self._calls[0].pieces:
                return
            self._begin(out)

    def _begin(self, out: list[Block]) -> None:
        call = self._open = self._calls[0]
        out.append(call.start)
        if call.pieces:
            out.append(ToolCallDelta(call.start.index, "".join(call.pieces)))

    def _finish(self, out: list[Block]) -> None:
        """The open call is over."""
        call = self._calls.pop(0)
        self._open = None
        if self._by_index.get(call.start.index) is call:
            del self._by_index[call.start.index]
        out.extend(self._held)
        self._held.clear()
