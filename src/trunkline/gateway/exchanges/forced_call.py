"""The call of a tool made of an answer that fits its parameters, as :mod:`trunkline.providers.forced_tool` asks for.

Models that are not held to the schema (Ollama's in the cloud) may put words around the object, or say something else:
then the object is looked for when the answer is whole, and without one the answer stays a text.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from trunkline.core.chat import ChatResponse, Choice, Part, Text, ToolCall
from trunkline.core.chat_events import ChatEvent, Stop, TextDelta, ToolCallDelta, ToolCallStart
from trunkline.dialects.dialect import StreamReader
from trunkline.dialects.made_id import MadeIds


def call_of(response: ChatResponse, name: str) -> ChatResponse:
    """A whole answer with the call of ``name`` in the place of its text."""
    return msgspec.structs.replace(response, choices=tuple(_choice(choice, name) for choice in response.choices))


def _choice(choice: Choice, name: str) -> Choice:
    if any(isinstance(part, ToolCall) for part in choice.parts):
        return choice
    arguments = _find("".join(part.text for part in choice.parts if isinstance(part, Text)))
    if arguments is None:
        return choice
    others: tuple[Part, ...] = tuple(part for part in choice.parts if not isinstance(part, Text))
    call = ToolCall(MadeIds().make(name), name, arguments)
    stop = "tool_calls" if choice.stop == "stop" else choice.stop
    return msgspec.structs.replace(choice, parts=(*others, call), stop=stop)


def _find(text: str) -> str | None:
    """The object in ``text``, which may have been cut off; None where there is none."""
    plain = text.strip()
    if plain.startswith("{"):
        return plain
    found = plain[plain.find("{") : plain.rfind("}") + 1]
    try:
        value = msgspec.json.decode(found)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return found if isinstance(value, dict) else None


class ForcedReader:
    """Reads a stream as another reader does, with the call of ``name`` in the place of its text.

    Implements :class:`~trunkline.dialects.dialect.StreamReader`.
    """

    __slots__ = ("_called", "_held", "_name", "_own", "_reader")

    def __init__(self, reader: StreamReader, name: str) -> None:
        self._reader = reader
        self._name = name
        self._held = ""
        """Text of which it is not known yet whether it is, or holds, the object."""
        self._called = False
        self._own = False
        """Whether the model called a tool itself."""

    def feed(self, data: bytes) -> list[ChatEvent]:
        """The events of ``data``."""
        return self._turn(self._reader.feed(data))

    def close(self) -> list[ChatEvent]:
        """The last events."""
        return self._turn(self._reader.close())

    def _turn(self, events: Iterable[ChatEvent]) -> list[ChatEvent]:
        out: list[ChatEvent] = []
        for event in events:
            if isinstance(event, TextDelta) and not self._own:
                self._text(event.text, out)
            elif isinstance(event, ToolCallStart | ToolCallDelta):
                self._own = True
                out.append(msgspec.structs.replace(event, index=event.index + 1) if self._called else event)
            elif isinstance(event, Stop):
                self._end(out)
                calls = self._called and event.reason == "stop"
                out.append(msgspec.structs.replace(event, reason="tool_calls") if calls else event)
            else:
                out.append(event)
        return out

    def _text(self, text: str, out: list[ChatEvent]) -> None:
        if self._called:
            out.append(ToolCallDelta(0, text))
            return
        self._held = (self._held + text).lstrip()
        if self._held.startswith("{"):
            self._call(self._held, out)

    def _end(self, out: list[ChatEvent]) -> None:
        if not self._held:
            return
        found = None if self._own else _find(self._held)
        if found is None:
            out.append(TextDelta(self._held))
        else:
            self._call(found, out)
        self._held = ""

    def _call(self, arguments: str, out: list[ChatEvent]) -> None:
        self._called = True
        self._held = ""
        out.append(ToolCallStart(0, MadeIds().make(self._name), self._name))
        out.append(ToolCallDelta(0, arguments))
