"""What keeps a stream open while its provider is silent, which proxies between take for a dead connection.

nginx waits 60 s for the next byte (https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout), as do
load balancers of clouds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from trunkline.gateway.answer import Relay


class Pulse(msgspec.Struct, frozen=True):
    """What is said in silence on one wire: ``first``, then ``more`` each time. ``opening`` is what of the next piece
    has been said with it.
    """

    first: bytes
    more: bytes
    opening: bytes = b""

    def resume(self, piece: bytes) -> bytes:
        """What follows where ``piece`` would have come, had there been no silence."""
        if not self.opening:
            return piece
        rest = piece.removeprefix(self.opening)
        return rest if len(rest) < len(piece) else b"{}\n\n" + piece


COMMENT: Final = Pulse(b": ping\n\n", b": ping\n\n")
"""A comment "every 15 seconds or so": https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes."""

PING: Final = Pulse(b'event: ping\ndata: {"type": "ping"}\n\n', b'event: ping\ndata: {"type": "ping"}\n\n')
"""https://docs.anthropic.com/en/docs/build-with-claude/streaming#ping-events"""

BEGINNING: Final = Pulse(b"data: ", b" ", b"data:")
"""Google's SDKs know no comments (``_iter_response_stream`` of https://github.com/googleapis/python-genai), and some
look for ``data:`` at the very place where an event has ended (``responseLineRE`` in those for JavaScript): so the next
event is begun, and white space in front of its JSON goes on."""

SPACE: Final = Pulse(b"\n", b"\n")
"""Within a JSON array, between two of its values."""

BLANK: Final = Pulse(b" ", b" ")
"""White space in front of a line of JSON: Ollama's clients take each line for JSON, so that none may be empty."""


class Heartbeat:
    """Calls ``send`` with a pulse whenever nothing was sent for ``seconds``. It costs one timer, which is moved lazily.

    ``begin`` is awaited before the first one, if nothing else has begun the answer by then.
    """

    __slots__ = (
        "_begin",
        "_loop",
        "_pulse",
        "_relay",
        "_seconds",
        "_send",
        "_silent",
        "_stopped",
        "_timer",
        "beat",
        "began",
        "last",
    )

    def __init__(
        self,
        pulse: Pulse,
        seconds: float,
        send: Callable[[bytes], Awaitable[None]],
        begin: Callable[[], Awaitable[None]],
    ) -> None:
        self._pulse = pulse
        self._seconds = seconds
        self._send = send
        self._begin = begin
        self._silent = False
        self._stopped = False
        self._relay: Relay | None = None
        self.began = False
        """Whether the answer has begun; set by who begins it otherwise."""
        self.beat: asyncio.Task[None] | None = None
        """The last one, which must be over before anything else is sent."""
        self._loop = asyncio.get_running_loop()
        self.last = self._loop.time()
        """When something was sent, on the loop's clock; set by who sends."""
        self._timer = self._loop.call_at(self.last + seconds, self._look)

    def stop(self) -> None:
        """There will be no other."""
        self._stopped = True
        self._timer.cancel()

    def close(self) -> None:
        """Nobody listens any more."""
        self.stop()
        if self.beat is not None:
            self.beat.cancel()

    def watch(self, relay: Relay) -> None:
        """Say nothing any more when ``relay`` is over: its last piece must be the last."""
        self._relay = relay

    async def resume(self, piece: bytes) -> bytes:
        """``piece``, which is to be sent after a silence, as it must be sent now."""
        if self.beat is not None:
            await self.beat
            self.beat = None
        if self._silent:
            self._silent = False
            return self._pulse.resume(piece)
        return piece

    def _look(self) -> None:
        if self._relay is not None and self._relay.over:
            return
        due = self.last + self._seconds
        if self._loop.time() < due:
            self._timer = self._loop.call_at(due, self._look)
        else:
            self.beat = self._loop.create_task(self._say())

    async def _say(self) -> None:
        if not self.began:
            self.began = True
            await self._begin()
        await self._send(self._pulse.more if self._silent else self._pulse.first)
        self._silent = True
        self.last = self._loop.time()
        if not self._stopped:
            self._timer = self._loop.call_at(self.last + self._seconds, self._look)
