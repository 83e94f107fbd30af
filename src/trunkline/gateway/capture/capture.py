"""One call whose content is captured: it listens, and hands on what it heard when the call and its answer are over."""

from __future__ import annotations

from collections.abc import Callable

from trunkline.core.capture import CaptureRule
from trunkline.core.key_redaction import KeyRedaction
from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.answer import Answer, Relay
from trunkline.gateway.capture.capture_queue import CaptureQueue
from trunkline.gateway.capture.captured_call import CapturedCall
from trunkline.gateway.capture.ear import Ear
from trunkline.gateway.capture.reading import Join, Reading


class Capture:
    """Implements :class:`~trunkline.gateway.hold.Hold`, and watches the answer as a recording does."""

    __slots__ = (
        "_answer",
        "_ear",
        "_event",
        "_join",
        "_over",
        "_queue",
        "_reading",
        "_rule",
        "_size",
        "_streams",
        "redaction",
    )

    def __init__(self, queue: CaptureQueue, rule: CaptureRule, reading: Reading) -> None:
        self._queue = queue
        self._rule = rule
        self._reading = reading
        self._ear: Ear | None = None
        self._join: Join | None = None
        self._answer: bytes | None = None
        self._size = 0
        self._streams = False
        self._event: UsageEvent | None = None
        self._over = False
        """Whether nothing more of the answer comes."""
        self.redaction: KeyRedaction | None = None
        """What knows the provider's key."""

    def settle(self, event: UsageEvent) -> None:
        """The call is over. Of one that went well, or whose stream has begun, the answer comes yet."""
        self._event = event
        self._over |= event.outcome != "ok" and not self._streams
        self._hand_on()

    def void(self) -> None:
        """It was not made: there is nothing in the books that its content would belong to."""

    def take(self, answer: Answer) -> Answer:
        """``answer`` for the client, which is heard on its way."""
        if answer.relay is None:
            self._answer, self._size = answer.body, len(answer.body)
            self._over = True
            self._hand_on()
        else:
            self._streams = True
            self._ear, self._join = self._reading.make_ear(answer.headers)
            answer.relay = _Heard(answer.relay, self, self._ear)
        return answer

    def end(self, kept: bytes, size: int) -> None:
        """The stream is over; ``kept`` is what was heard of its ``size`` bytes."""
        self._answer, self._size = kept, size
        self._over = True
        self._hand_on()

    def _hand_on(self) -> None:
        if self._event is None or not self._over:
            return
        event, self._event = self._event, None
        if event.part == "call":
            self._queue.put(
                CapturedCall(
                    event=event,
                    rule=self._rule,
                    join=self._join,
                    redaction=self.redaction,
                    request=self._reading.request,
                    request_size=self._reading.size,
                    answer=self._answer,
                    answer_size=self._size,
                    streamed=self._streams,
                    leaves_out=self._reading.leaves_out or (self._ear is not None and self._ear.leaves_out),
                )
            )


class _Heard:
    """A relay that passes on what another one gives. Implements :class:`~trunkline.gateway.answer.Relay`."""

    __slots__ = ("_capture", "_ear", "_relay", "_size")

    def __init__(self, relay: Relay, capture: Capture, ear: Ear) -> None:
        self._relay = relay
        self._capture: Capture | None = capture
        self._ear = ear
        self._size = 0

    @property
    def over(self) -> bool:
        """See :class:`trunkline.gateway.answer.Relay`."""
        return self._relay.over

    async def next(self, write: Callable[[bytes], bool] | None = None) -> bytes:
        """See :class:`trunkline.gateway.answer.Relay`."""
        piece = await self._relay.next(None if write is None else self._make_sink(write))
        self._note(piece)
        if not piece:
            self._end()
        return piece

    async def abandon(self) -> None:
        """See :class:`trunkline.gateway.answer.Relay`."""
        await self._relay.abandon()
        self._end()

    async def interrupt(self) -> bytes:
        """See :class:`trunkline.gateway.answer.Relay`."""
        piece = await self._relay.interrupt()
        self._note(piece)
        self._end()
        return piece

    def _make_sink(self, write: Callable[[bytes], bool]) -> Callable[[bytes], bool]:
        def sink(piece: bytes) -> bool:
            sent = write(piece)
            if sent:
                self._note(piece)
            return sent

        return sink

    def _note(self, piece: bytes) -> None:
        self._size += len(piece)
        self._ear.hear(piece)

    def _end(self) -> None:
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.end(self._ear.end(), self._size)
