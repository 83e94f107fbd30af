"""A streamed answer put together again: what a client saw, as the parts of one choice."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from trunkline.core.chat import Citation, Image, Part, Reasoning, Refusal, Text, ToolCall
from trunkline.core.chat_events import (
    ChatEvent,
    CitationDelta,
    ImageDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)


class CollectedAnswer:
    """Gathers the first choice of a stream. Deltas that follow each other with the same kind and part become one."""

    __slots__ = ("_calls", "_parts", "_place")

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._calls: dict[int, int] = {}
        self._place: tuple[type, int] | None = None

    def add(self, events: Iterable[ChatEvent]) -> None:
        """Take in what came."""
        for event in events:
            match event:
                case TextDelta(choice=0):
                    self._add_text(event)
                case ReasoningDelta(choice=0):
                    self._add_thought(event)
                case RefusalDelta(choice=0):
                    last = self._continue(Refusal, 0)
                    said = last.text if isinstance(last, Refusal) else ""
                    self._put(Refusal(said + event.text), last is not None)
                case CitationDelta(choice=0):
                    self._cite(event.citation)
                case ImageDelta(choice=0):
                    self._place = None
                    self._parts.append(Image(event.media, signature=event.signature))
                case ToolCallStart(choice=0):
                    self._place = None
                    self._calls[event.index] = len(self._parts)
                    self._parts.append(ToolCall(event.id, event.name, signature=event.signature))
                case ToolCallDelta(choice=0) if event.index in self._calls:
                    at = self._calls[event.index]
                    call = self._parts[at]
                    assert isinstance(call, ToolCall)
                    self._parts[at] = msgspec.structs.replace(call, arguments=call.arguments + event.arguments)
                case _:
                    pass

    @property
    def parts(self) -> tuple[Part, ...]:
        """What came so far."""
        return tuple(self._parts)

    def _add_text(self, event: TextDelta) -> None:
        last = self._continue(Text, event.part)
        if isinstance(last, Text):
            text = msgspec.structs.replace(
                last, text=last.text + event.text, signature=event.signature or last.signature
            )
            self._put(text, True)
        else:
            self._put(Text(event.text, signature=event.signature), False)

    def _add_thought(self, event: ReasoningDelta) -> None:
        last = self._continue(Reasoning, event.part)
        if not isinstance(last, Reasoning):
            thought = Reasoning(
                text=event.text or None,
                signature=event.signature,
                redacted=event.redacted,
                id=event.id,
                summary=event.summary,
                format=event.format,
            )
            self._put(thought, False)
            return
        changed = msgspec.structs.replace(
            last,
            text=(last.text or "") + event.text or None,
            signature=event.signature or last.signature,
            redacted=event.redacted or last.redacted,
            id=event.id or last.id,
            format=event.format or last.format,
        )
        self._put(changed, True)

    def _cite(self, citation: Citation) -> None:
        for at in range(len(self._parts) - 1, -1, -1):
            part = self._parts[at]
            if isinstance(part, Text):
                self._parts[at] = msgspec.structs.replace(part, citations=(*part.citations, citation))
                return

    def _continue(self, kind: type, part: int) -> Part | None:
        """The part that a delta of ``kind`` goes on with; None when it begins one."""
        goes_on = self._place == (kind, part)
        self._place = (kind, part)
        return self._parts[-1] if goes_on else None

    def _put(self, part: Part, goes_on: bool) -> None:
        if goes_on:
            self._parts[-1] = part
        else:
            self._parts.append(part)
