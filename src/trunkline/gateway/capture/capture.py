"""One call whose content is captured: it listens, and hands on what it heard when the call and its answer are over."""

from __future__ import annotations

from collections.abc import Callable

from trunkline.core.capture import LARGEST_BYTES, CaptureRule
from trunkline.core.key_redaction import KeyRedaction
from trunkline.core.usage_event import UsageEvent
from trunkline.dialects.dialect import Dialect
from trunkline.gateway.answer import Answer, Relay
from trunkline.gateway.capture.capture_queue import CaptureQueue
from trunkline.gateway.capture.captured_call import CapturedCall


class Capture:
    """Implements :class:`~trunkline.gateway.hold.Hold`, and watches the answer as a recording does."""

    __slots__ = (
        "_answer",
        "_dialect",
        "_event",
        "_over",
        "_queue",
        "_request",
        "_rule",
        "_size",
        "_streams",
        "redaction",
    )

    def __init__(self, queue: CaptureQueue, rule: CaptureRule, dialect: Dialect | None, request: bytes) -> None:
        self._queue = queue
        self._rule = rule
        self._dialect = dialect
        self._request = request
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
            answer.relay = _Heard(answer.relay, self)
        return answer

    def end(self, pieces: list[bytes], size: int) -> None:
        """The stream is over; ``pieces`` are the first of ``size`` bytes."""
        self._answer, self._size = b"".join(pieces), size
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
                    dialect=self._dialect,
                    redaction=self.redaction,
                    request=self._request,
                    answer=self._answer,
                    answer_size=self._size,
                    streamed=self._streams,
                )
            )


class _Heard:
    """A relay that passes on what another one gives. Implements :class:`~trunkline.gateway.answer.Relay`."""

    __slots__ = ("_capture", "_left", "_pieces", "_relay", "_size")

    def __init__(self, relay: Relay, capture: Capture) -> None:
        self._relay = relay
        self._capture: Capture | None = capture
        self._pieces: list[bytes] = []
        self._left = LARGEST_BYTES
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
        if self._left > 0:
            self._pieces.append(piece[: self._left])
            self._left -= len(piece)

    def _end(self) -> None:
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.end(self._pieces, self._size)
