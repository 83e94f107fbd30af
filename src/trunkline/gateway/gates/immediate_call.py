"""A plain call on its way past gates that decide at once: less of a call than they are shown elsewhere."""

from __future__ import annotations

from typing import Protocol

import msgspec

from trunkline.core.usage_event import UsageEvent
from trunkline.dialects import openai_chat
from trunkline.dialects.openai_chat.passthrough import peek_text
from trunkline.dialects.passthrough import UNCOUNTED, Peek
from trunkline.gateway.answer import HeaderList
from trunkline.gateway.estimate import text_tokens
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.hold import Hold
from trunkline.gateway.journal.template import PlainEnd


class PlainHold(Hold, Protocol):
    """What a gate holds for a plain call."""

    def settle(self, event: UsageEvent | PlainEnd) -> None:
        """See :class:`~trunkline.gateway.hold.Hold`. A call that stayed plain tells no more than its end."""
        ...


class ImmediateCall(msgspec.Struct, gc=False):
    """What gates look at: a ``body`` of OpenAI's chat, and what a look into it has told.

    A struct, as every call that a gate concerns makes one.
    """

    body: bytes
    peek: Peek
    holds: dict[object, PlainHold] = {}
    """What each gate holds, by the gate."""
    lines: bytes = b""
    """Of the response, that gates add."""
    leases: dict[str, str] = {}
    held_nanos: int | None = None
    """See :class:`~trunkline.gateway.gates.pending_call.PendingCall`."""

    @property
    def headers(self) -> HeaderList:
        """``lines`` as pairs of a name and a value."""
        pairs = [line.partition(b": ") for line in self.lines.split(b"\r\n")[:-1]]
        return [(name, value) for name, _, value in pairs]

    def count_characters(self) -> int | None:
        """Of its texts; None where that cannot be told without reading all of it."""
        count = self.peek.characters
        if count == UNCOUNTED:
            self.peek = peek_text(self.body)
            count = self.peek.characters
        return count

    def guess_tokens(self) -> int:
        """See :class:`~trunkline.gateway.exchanges.exchange.Inspectable`."""
        characters = self.count_characters()
        return self.as_chat().guess_tokens() if characters is None else text_tokens(characters)

    def as_chat(self) -> Chat:
        """As other calls have it, for what needs a closer look."""
        return Chat(openai_chat.DIALECT, self.body, peek=self.peek)

    def void(self) -> None:
        """Nothing was sent."""
        holds, self.holds = self.holds, {}
        for hold in holds.values():
            hold.void()
