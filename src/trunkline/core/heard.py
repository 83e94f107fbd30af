"""What was said in an answer, as far as it was heard: what output is counted by when its provider tells no figure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from trunkline.core.chat import Choice, Image, Reasoning, Refusal, Text, ToolCall
from trunkline.core.chat_events import (
    AudioDelta,
    ChatEvent,
    ImageDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)

MOST: Final = 32_768
"""Characters that are remembered of an answer. What follows is counted by its length alone."""


_PIECES: Final = 128


class Heard(msgspec.Struct, frozen=True):
    """Words of every kind: text, thoughts, refusals, names and arguments of calls, what was spoken."""

    text: str = ""
    """All of it, or its beginning."""
    calls: int = 0
    """How many tools are called in ``text``."""
    pictures: int = 0
    scale: float = 1.0
    """How many times as much as ``text`` and ``calls`` there was."""


class Listener:
    """Hears a stream of events."""

    __slots__ = ("_calls", "_characters", "_pictures", "_pieces", "_remembered")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._remembered = 0
        self._characters = 0
        self._calls = 0
        self._pictures = 0

    def hear(self, event: ChatEvent) -> None:
        """Take in one event."""
        kind = type(event)
        # Told by `kind`, which is cheaper than by matching.
        if kind is TextDelta or kind is ReasoningDelta or kind is RefusalDelta:
            self.add(event.text)  # type: ignore[union-attr]
        elif kind is ToolCallDelta:
            self.add(event.arguments)  # type: ignore[union-attr]
        elif kind is ToolCallStart:
            self.call(event.name)  # type: ignore[union-attr]
        elif kind is AudioDelta:
            self.add(event.transcript)  # type: ignore[union-attr]
        elif kind is ImageDelta:
            self.picture()

    def add(self, text: str) -> None:
        """Take in some words."""
        self._characters += len(text)
        if self._remembered < MOST:
            self._remembered += len(text)
            self._pieces.append(text)
            if len(self._pieces) > _PIECES:
                # A short text costs ten times its length.
                self._pieces[:] = ("".join(self._pieces),)

    def call(self, name: str) -> None:
        """A call of a tool begins."""
        self._calls += 1
        self.add(name)

    def picture(self) -> None:
        """A whole picture."""
        self._pictures += 1

    @property
    def heard(self) -> Heard:
        """What was heard so far."""
        scale = self._characters / self._remembered if self._remembered else 1.0
        # Calls are few and counted to the end: only their words are scaled.
        return Heard("".join(self._pieces), round(self._calls / scale), self._pictures, scale)


def hear_choices(choices: Iterable[Choice]) -> Heard:
    """What a whole answer says."""
    said: list[str] = []
    calls = pictures = 0
    for choice in choices:
        for part in choice.parts:
            match part:
                case Text(text=text) | Refusal(text=text):
                    said.append(text)
                case Reasoning(text=text):
                    said.append(text or "")
                case ToolCall(name=name, arguments=arguments):
                    calls += 1
                    said += (name, arguments)
                case Image():
                    pictures += 1
                case _:
                    pass
    return Heard("".join(said), calls, pictures)
