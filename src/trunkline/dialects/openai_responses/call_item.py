"""A call of a function, while a stream fills it."""

from __future__ import annotations

from trunkline.core.chat import JsonValue, ToolCall
from trunkline.core.chat_events import ToolCallStart
from trunkline.dialects.openai_responses.emission import Emission
from trunkline.dialects.openai_responses.output_writing import write_call


class CallItem:
    """A call of a function. Several may grow at once."""

    __slots__ = ("_emit", "_pieces", "_start", "index", "name")

    def __init__(self, emit: Emission, index: int, name: str, start: ToolCallStart) -> None:
        self._emit = emit
        self.index = index
        self.name = name
        self._start = start
        self._pieces: list[str] = []

    def begin(self) -> bytes:
        """The item is added."""
        return self._emit(
            "response.output_item.added", {"output_index": self.index, "item": self._item("", "in_progress")}
        )

    def add(self, arguments: str) -> bytes:
        """More of the arguments."""
        self._pieces.append(arguments)
        return self._emit(
            "response.function_call_arguments.delta",
            {"item_id": self.name, "output_index": self.index, "delta": arguments},
        )

    def finish(self, status: str) -> tuple[bytes, dict[str, JsonValue]]:
        """The end of the item, and the item. Arguments that stayed empty are told as an empty object."""
        out = b""
        if not any(self._pieces) and status == "completed":
            out = self.add("{}")
        arguments = "".join(self._pieces)
        item = self._item(arguments, status)
        out += self._emit(
            "response.function_call_arguments.done",
            {"item_id": self.name, "output_index": self.index, "name": self._start.name, "arguments": arguments},
        )
        return out + self._emit("response.output_item.done", {"output_index": self.index, "item": item}), item

    def _item(self, arguments: str, status: str) -> dict[str, JsonValue]:
        start = self._start
        return write_call(ToolCall(start.id, start.name, arguments, start.signature), self.name, status)
