"""What a realtime session has been sent, and what one response of it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.policy import Content
from trunkline.dialects.openai_operations import realtime_event as wire
from trunkline.dialects.openai_operations.realtime_event import Event, Setting
from trunkline.gateway.estimate import text_tokens

MS_PER_TOKEN_IN: Final = 100
MS_PER_TOKEN_OUT: Final = 50
"""Of sound: https://developers.openai.com/api/docs/guides/realtime-costs"""

_KEPT: Final = 200_000
"""Characters that wait for a response. With more of them a policy about the text cannot be decided."""


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """A response that is to be made. Implements :class:`~trunkline.gateway.exchanges.exchange.Inspectable`.

    ``texts`` are those that no response was made of yet, with the session's instructions; ``whole`` is false where
    there are too many to keep. ``sound_ms`` is how much sound came since then. ``context`` is what the last response
    had of input and output together, which this one has as input again.
    """

    texts: tuple[str, ...] = ()
    whole: bool = True
    sound_ms: int = 0
    context: int = 0
    hears: bool = False
    """Whether any sound was sent in this session."""
    speaks: bool = True
    most_output: int | None = None

    def content(self) -> Content:
        """What is in it, for policies. Sound is none of it."""
        return Content(
            texts=self.texts, whole=self.whole, input_tokens=self.guess_tokens(), output_limit=self.most_output
        )

    def guess_tokens(self) -> int:
        """About how many tokens are new."""
        return text_tokens(sum(map(len, self.texts))) + self.sound_tokens

    @property
    def sound_tokens(self) -> int:
        """Of the sound that is new."""
        return -(-self.sound_ms // MS_PER_TOKEN_IN)

    def estimate(self) -> Usage:
        """The input of its response, by our own count."""
        return Usage(input=self.context + self.guess_tokens(), audio_input=self.sound_tokens)


class TurnMaker:
    """Follows one session. What it keeps is bounded."""

    __slots__ = ("_characters", "_context", "_hears", "_instructions", "_sound", "_texts", "_whole", "setting")

    def __init__(self) -> None:
        self.setting = Setting()
        self._instructions: tuple[str, ...] = ()
        self._texts: list[str] = []
        self._characters = 0
        self._whole = True
        self._sound = 0
        self._hears = False
        self._context = 0

    def hear(self, event: Event) -> None:
        """An event of the client."""
        if event.type == wire.APPEND:
            self._hear_sound(wire.measure(event.audio))
        elif event.type == wire.ITEM_CREATE:
            self._hear_sound(wire.count_sound(event.item))
            self._keep(wire.read_texts(event.item))
        elif event.type == wire.SESSION_UPDATE:
            self._instructions = tuple(wire.read_texts(event.session))

    def make(self, asked: Event | None) -> Turn:
        """What a response would be made of now; ``asked`` is the event that wants it, None where the provider begins
        one by itself."""
        setting = self.setting
        more = tuple(wire.read_texts(asked.response)) if asked is not None else ()
        said = wire.read_most_output(asked.response) if asked is not None else None
        return Turn(
            texts=(*self._instructions, *self._texts, *more),
            whole=self._whole,
            sound_ms=self._sound // setting.in_per_ms,
            context=self._context,
            hears=self._hears,
            speaks=setting.speaks,
            most_output=setting.most_output if said is None else said,
        )

    def begin(self) -> None:
        """A response is made of what has come until now."""
        self._texts.clear()
        self._characters = self._sound = 0
        self._whole = True

    def end(self, usage: Usage) -> None:
        """It is over, and has used that."""
        self._context = usage.total

    def _hear_sound(self, size: int) -> None:
        self._sound += size
        self._hears = self._hears or size > 0

    def _keep(self, texts: Iterator[str]) -> None:
        for text in texts:
            self._characters += len(text)
            if self._characters > _KEPT:
                self._whole = False
                return
            self._texts.append(text)
