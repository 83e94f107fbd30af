"""An answer on its way to the client, kept when it turns out to be whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.answer import Answer, HeaderList, Relay
from trunkline.gateway.caching.cached_answer import CachedAnswer

_KEPT: Final = frozenset({b"content-type", b"cache-control", b"x-accel-buffering", b"x-trunkline-dropped"})
"""Fields of an answer that are the same when it is given again."""


class Recording:
    """Implements :class:`~trunkline.gateway.hold.Hold`: it hears how its call ended. One for each call.

    ``put`` keeps the answer, which has at most ``largest`` bytes.
    """

    __slots__ = ("_event", "_largest", "_put")

    def __init__(self, put: Callable[[CachedAnswer], None], largest: int) -> None:
        self._put = put
        self._largest = largest
        self._event: UsageEvent | None = None

    def settle(self, event: UsageEvent) -> None:
        """The call is over."""
        self._event = event

    def void(self) -> None:
        """It was not made."""

    def take(self, answer: Answer) -> Answer:
        """``answer`` for the client, which is kept once all of it is there and its call went well."""
        headers = [field for field in answer.headers if field[0] in _KEPT]
        if answer.relay is None:
            if answer.status == 200:
                self.keep(headers, (answer.body,), streamed=False)
            return answer
        answer.relay = _RecordingRelay(answer.relay, self, headers, self._largest)
        return answer

    def keep(self, headers: HeaderList, pieces: tuple[bytes, ...], *, streamed: bool) -> None:
        """Keep it, if the call went well."""
        event = self._event
        if event is None or event.outcome != "ok" or event.status != 200 or event.part != "call":
            return
        self._put(CachedAnswer(headers, pieces, streamed, event.cost_nanos))


class _RecordingRelay:
    """A relay that passes on what another one gives."""

    __slots__ = ("_headers", "_left", "_pieces", "_recording", "_relay")

    def __init__(self, relay: Relay, recording: Recording, headers: HeaderList, largest: int) -> None:
        self._relay = relay
        self._recording = recording
        self._headers = headers
        self._pieces: list[bytes] | None = []
        self._left = largest

    @property
    def over(self) -> bool:
        """See :class:`trunkline.gateway.answer.Relay`."""
        return self._relay.over

    async def next(self, write: Callable[[bytes], bool] | None = None) -> bytes:
        """See :class:`trunkline.gateway.answer.Relay`."""
        piece = await self._relay.next(None if write is None else self._make_sink(write))
        if piece:
            self._note(piece)
        elif self._pieces is not None:
            pieces, self._pieces = self._pieces, None
            self._recording.keep(self._headers, tuple(pieces), streamed=True)
        return piece

    async def abandon(self) -> None:
        """See :class:`trunkline.gateway.answer.Relay`."""
        self._pieces = None
        await self._relay.abandon()

    async def interrupt(self) -> bytes:
        """See :class:`trunkline.gateway.answer.Relay`."""
        self._pieces = None
        return await self._relay.interrupt()

    def _make_sink(self, write: Callable[[bytes], bool]) -> Callable[[bytes], bool]:
        def sink(piece: bytes) -> bool:
            sent = write(piece)
            if sent:
                self._note(piece)
            return sent

        return sink

    def _note(self, piece: bytes) -> None:
        if self._pieces is not None:
            self._left -= len(piece)
            if self._left < 0:
                self._pieces = None
            else:
                self._pieces.append(piece)


class Replay:
    """A stream that is given again, in the pieces in which it came.

    Implements :class:`~trunkline.gateway.answer.Relay`.
    """

    __slots__ = ("_pieces",)

    def __init__(self, pieces: tuple[bytes, ...]) -> None:
        self._pieces = list(reversed(pieces))

    @property
    def over(self) -> bool:
        """Its call is settled from the start."""
        return len(self._pieces) < 2

    async def next(self, write: Callable[[bytes], bool] | None = None) -> bytes:
        """The next piece."""
        return self._pieces.pop() if self._pieces else b""

    async def abandon(self) -> None:
        """Nothing is under way."""
        self._pieces.clear()

    async def interrupt(self) -> bytes:
        """All that is left: it takes no time."""
        rest = b"".join(reversed(self._pieces))
        self._pieces.clear()
        return rest
