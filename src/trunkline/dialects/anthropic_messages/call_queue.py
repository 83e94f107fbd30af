"""Puts tool calls that arrive interleaved into the order that this wire needs: one block after the other.

Other wires may send pieces of several calls in turn. Here a block that ended cannot be continued. So a call is passed
on as it comes; the next one too, once the arguments of the one before are whole JSON; else it is held until they are,
or until the answer goes on with something else.
"""

from __future__ import annotations

import msgspec

from trunkline.core.chat_events import ToolCallDelta, ToolCallStart
from trunkline.dialects.anthropic_messages.field import BROKEN_JSON


class _Call:
    __slots__ = ("pieces", "start")

    def __init__(self, start: ToolCallStart) -> None:
        self.start = start
        self.pieces: list[str] = []

    def whole(self) -> bool:
        try:
            msgspec.json.decode("".join(self.pieces))
        except BROKEN_JSON:
            return False
        return True


class CallQueue:
    """The calls of one answer. Every method gives the events that may be written now."""

    __slots__ = ("_calls",)

    def __init__(self) -> None:
        self._calls: dict[int, _Call] = {}  # in order of arrival; the first is the one being written

    def begin(self, start: ToolCallStart) -> list[ToolCallStart | ToolCallDelta]:
        """A call begins."""
        out: list[ToolCallStart | ToolCallDelta] = []
        while self._calls:
            index, first = next(iter(self._calls.items()))
            if not first.whole():
                break
            del self._calls[index]
            out.extend(self._next())
        self._calls[start.index] = _Call(start)
        if len(self._calls) == 1:
            out.append(start)
        return out

    def add(self, delta: ToolCallDelta) -> list[ToolCallStart | ToolCallDelta]:
        """A piece of arguments. One for a call that is already whole, or was never begun, is nothing."""
        call = self._calls.get(delta.index)
        if call is None:
            return []
        call.pieces.append(delta.arguments)
        return [delta] if call is next(iter(self._calls.values())) else []

    def flush(self) -> list[ToolCallStart | ToolCallDelta]:
        """All that was held; the answer goes on with something else."""
        out: list[ToolCallStart | ToolCallDelta] = []
        while self._calls:
            del self._calls[next(iter(self._calls))]
            out.extend(self._next())
        return out

    def _next(self) -> list[ToolCallStart | ToolCallDelta]:
        """What was held of the call that is now the first."""
        if not self._calls:
            return []
        call = next(iter(self._calls.values()))
        held = "".join(call.pieces)
        return [call.start, ToolCallDelta(call.start.index, held)] if held else [call.start]
