"""What lies between a provider and a client of another dialect: reader → neutral events → writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from trunkline.core.chat import Part, StopReason, Usage
from trunkline.core.chat_events import ChatEvent, End, Failure, Start, Stop, TextDelta, UsageReport
from trunkline.core.collected_answer import CollectedAnswer
from trunkline.core.heard import Heard, Listener
from trunkline.core.terms import note_tier
from trunkline.dialects.dialect import StreamReader, StreamWriter
from trunkline.gateway.call import Call


class Translation:
    """Implements :class:`~trunkline.dialects.passthrough.Tap`: what it gives is in the words of the client.

    ``End`` is not written: that is for after the call is settled, as is a failure. ``name`` replaces the provider's id
    of the answer; with ``collects`` its ``parts`` are gathered.
    """

    __slots__ = (
        "_call",
        "_collected",
        "_held",
        "_holding",
        "_listener",
        "_name",
        "_reader",
        "_tier",
        "_writer",
        "begun",
        "done",
        "error",
        "model",
        "usage",
    )

    told = False

    def __init__(
        self, call: Call, reader: StreamReader, writer: StreamWriter, *, name: str = "", collects: bool = False
    ) -> None:
        self._call = call
        self._reader = reader
        self._writer = writer
        self._name = name
        self._collected = CollectedAnswer() if collects else None
        self._listener = Listener()
        self._held: list[bytes] = []
        self._holding = False
        self._tier: str | None = None
        self.begun = False
        self.done = False
        self.error: Failure | None = None
        self.model = ""
        self.usage: Usage | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing of the answer is missing."""
        return self.done and self.error is None

    @property
    def heard(self) -> Heard:
        """What was said so far."""
        return self._listener.heard

    @property
    def stops(self) -> Mapping[int, StopReason]:
        """None: ``done`` tells whether the answer is complete."""
        return {}

    @property
    def parts(self) -> tuple[Part, ...]:
        """The first choice of the answer so far, where it is collected."""
        return () if self._collected is None else self._collected.parts

    def feed(self, data: bytes) -> bytes:
        """The bytes for the client that may go now; from the first stop or failure on they are held."""
        events = self._reader.feed(data)
        if len(events) == 1 and type(event := events[0]) is TextDelta and not self._holding:
            # Nearly all of a stream is this.
            self.begun = True
            self._listener.add(event.text)
            if self._collected is not None:
                self._collected.add(events)
            return self._writer.write(event)
        return self._write(events)

    def close(self) -> None:
        """The body has ended."""
        self._held.append(self._write(self._reader.close()))

    def take_held(self) -> bytes:
        """What was held, once."""
        held = b"".join(self._held)
        self._held.clear()
        return held

    def _write(self, events: Sequence[ChatEvent]) -> bytes:
        ready: list[bytes] = []
        for event in events:
            match event:
                case Start():
                    told = self._open(event)
                case UsageReport():
                    told = self._report(event)
                case Failure():
                    self.error = event
                    break
                case End():
                    self.begun = self.done = True
                    break
                case _:
                    told = event
                    self.begun = True
                    self._holding = self._holding or type(event) is Stop
                    self._listener.hear(event)
            if self._collected is not None:
                self._collected.add((told,))
            (self._held if self._holding else ready).append(self._writer.write(told))
        return b"".join(ready)

    def _open(self, start: Start) -> Start:
        """``start`` as the client gets it: named, and without figures that cannot be.

        It names what the bill goes by: the model and the tier.
        """
        self.model, self._tier = start.model, start.service_tier
        usage = self._call.believe(start.usage)
        self.usage = note_tier(usage, self._tier)
        opened = self._call.opened
        return msgspec.structs.replace(
            start,
            id=self._name or start.id or opened.id,
            model=start.model or opened.model,
            created=start.created or opened.opened_at // 1_000_000,
            usage=usage,
        )

    def _report(self, report: UsageReport) -> UsageReport:
        usage = self._call.believe(report.usage)
        self.usage = note_tier(usage, self._tier)
        return report if usage is report.usage else UsageReport(usage or Usage())
