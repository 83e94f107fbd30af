"""The calls of an answer as its caller knows them: tools by their own names, and ids that the conversation has not yet.

Some servers number the calls of every answer alike (``call_0``), and callers pair results with calls by id alone, over
all turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from trunkline.core.chat import ChatRequest, ChatResponse, Part, ToolCall
from trunkline.core.chat_events import ChatEvent, ToolCallStart
from trunkline.dialects.dialect import StreamReader
from trunkline.dialects.made_id import MadeIds


class AnswerCalls:
    """Those of the answer to ``request``. ``names`` says what the caller calls a tool that was sent by another name."""

    __slots__ = ("_names", "_taken")

    def __init__(self, request: ChatRequest, names: Mapping[str, str]) -> None:
        self._names = names
        self._taken = frozenset(
            part.id for message in request.messages for part in message.parts if isinstance(part, ToolCall)
        )

    def restore(self, response: ChatResponse) -> ChatResponse:
        """A whole answer."""
        ids = MadeIds()
        choices = tuple(
            msgspec.structs.replace(choice, parts=tuple(self._parts(choice.parts, ids))) for choice in response.choices
        )
        return msgspec.structs.replace(response, choices=choices)

    def start(self, event: ToolCallStart, seen: set[tuple[int, str]], ids: MadeIds) -> ToolCallStart:
        """The beginning of a call in a stream, of which ``seen`` are the choices and ids of those before."""
        name, identity = self._names.get(event.name, event.name), event.id
        if identity in self._taken or (event.choice, identity) in seen:
            identity = ids.make(name)
        seen.add((event.choice, identity))
        return msgspec.structs.replace(event, name=name, id=identity)

    def _parts(self, parts: Iterable[Part], ids: MadeIds) -> Iterable[Part]:
        seen: set[tuple[int, str]] = set()
        for part in parts:
            if isinstance(part, ToolCall):
                told = self.start(ToolCallStart(0, part.id, part.name), seen, ids)
                yield msgspec.structs.replace(part, id=told.id, name=told.name)
            else:
                yield part


class RestoringReader:
    """Reads a stream as another reader does, with the calls as their caller knows them.

    Implements :class:`~trunkline.dialects.dialect.StreamReader`.
    """

    __slots__ = ("_calls", "_ids", "_reader", "_seen")

    def __init__(self, reader: StreamReader, calls: AnswerCalls) -> None:
        self._reader = reader
        self._calls = calls
        self._ids = MadeIds()
        self._seen: set[tuple[int, str]] = set()

    def feed(self, data: bytes) -> list[ChatEvent]:
        """The events of ``data``."""
        return self._restore(self._reader.feed(data))

    def close(self) -> list[ChatEvent]:
        """The last events."""
        return self._restore(self._reader.close())

    def _restore(self, events: list[ChatEvent]) -> list[ChatEvent]:
        for place, event in enumerate(events):
            if type(event) is ToolCallStart:
                events[place] = self._calls.start(event, self._seen, self._ids)
        return events
