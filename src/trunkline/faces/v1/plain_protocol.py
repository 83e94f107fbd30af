"""Connections whose plain calls are served without a task: what is not plain goes to the server, byte for byte.

The server's own parser sees nothing of a plain call. It stands between two requests then, so whatever comes next can be
given to it, and so can a request that turns out not to be plain after it was sent to its provider.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, cast

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from trunkline.core.errors import TrunklineError
from trunkline.faces.server import GatewayProtocol
from trunkline.faces.v1.application import BEGUN
from trunkline.faces.v1.plain_head import PlainHead, split_head
from trunkline.faces.v1.plain_lane import PlainLane
from trunkline.gateway.answer import render
from trunkline.gateway.plain.plain_call import PlainCall


class PlainProtocol(GatewayProtocol):
    """One connection."""

    _head: PlainHead | None = None
    """The last one that was read."""
    _plain: PlainCall | None = None
    """The call that is under way here."""
    _begun: PlainCall | None = None
    """A call on its way from here to the application."""
    _general = False
    """Whether the server has the connection, until its answers are complete."""
    _in_message = False
    """Whether the server's parser is within a request."""
    _closing = False
    _missing = 0
    """Bytes that are still to come of a request of which the first are in ``_pieces``."""
    _raw = b""
    """The request that is under way here, whose body has so many bytes:"""
    _taken = 0
    _awaited = 0
    """Bytes that the process has room for until the rest of a body has come."""

    def connection_made(self, transport: Any) -> None:
        """A client connected."""
        self._pieces: list[bytes] = []
        self._later: list[bytes] = []
        self._lane = _find_lane(self.config)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Bytes came: of a plain call, of what the server serves, or of what comes after the call under way."""
        if self._plain is not None:
            # Another request before the answer to this one. It waits, and so does the client.
            self._later.append(data)
            self.transport.pause_reading()
            return
        if self._general or self._lane is None:
            super().data_received(data)
            return
        if self._missing:
            self._pieces.append(data)
            self._body_bytes += len(data)
            self._missing -= len(data)
            if self._missing > 0:
                return
            data = b"".join(self._pieces)
            self._forget_pieces()
        if not self._serve(self._lane, data):
            self._pass(data)

    def _serve(self, lane: PlainLane, data: bytes) -> bool:
        """Whether the bytes are those of a plain call, or of the beginning of one."""
        head = self._head
        found = None if head is None else head.raw.find_body(data)
        if head is None or found is None or not lane.readmit(head.admitted):
            raw = split_head(data)
            found = None if raw is None else raw.find_body(data)
            if raw is None or found is None:
                return False
            # Before the body: nobody without a key is waited for.
            head = self._head = lane.read_head(raw)
            if head is None:
                return False
        length, start = found
        missing = start + length - len(data)
        # One that does not fit is refused by who serves all others.
        if missing < 0 or length > lane.limit or not lane.load.try_enter(length):
            return False
        if self._stranger:
            self._recognise()
        self._reading_since = self._idle_since = None
        if missing:
            self._pieces.append(data)
            self._missing = missing
            self._awaited = length
            self._body_since = self.loop.time()
            self._body_bytes = len(data) - start
            return True
        self._raw, self._taken = data, length
        self._plain = lane.begin(head, data[start:], self)
        if self._plain is None:
            lane.load.leave(length)
            return False
        return True

    def _pass(self, data: bytes) -> None:
        self._general = True
        self._reading_since = self._reading_since or self.loop.time()
        super().data_received(data)

    def _forget_pieces(self) -> None:
        self._pieces.clear()
        self._missing = 0
        self._body_since = None
        if self._awaited and self._lane is not None:
            self._lane.load.leave(self._awaited)
            self._awaited = 0

    # What the call tells: :class:`trunkline.gateway.plain.plain_call.Caller`.

    def answer(self, status: int, lines: bytes, body: bytes) -> None:
        """The call is over and settled."""
        plain, head, lane, state, last = self._plain, self._head, self._lane, self.server_state, self._closing
        assert plain is not None and head is not None and lane is not None  # noqa: PT018 - all or none
        self.transport.write(lane.write(status, state.default_headers, lines, body, head, plain.request_id, last))
        self._plain = None
        lane.load.leave(self._taken)
        self._raw = b""
        state.total_requests += 1
        if last:
            self.transport.close()
            return
        self._idle_since = self.loop.time()
        if self._later:
            self._go_on()

    def refuse(self, error: TrunklineError) -> None:
        """The call is over, and could not be written down."""
        assert self._plain is not None
        assert self._lane is not None
        answer = self._lane.refuse(error, self._plain.request_id)
        self.answer(answer.status, render(answer.headers), answer.body)

    def hand_over(self, call: PlainCall) -> None:
        """The call goes on in the application, to which its request is given now."""
        self._plain = None
        assert self._lane is not None
        self._lane.load.leave(self._taken)
        if self.transport.is_closing():
            call.hang_up()
            return
        raw, self._raw = self._raw, b""
        self._begun = call
        self._pass(raw)
        if self._later:
            self._go_on()

    def _go_on(self) -> None:
        """With what came while the call was under way."""
        data = b"".join(self._later)
        self._later.clear()
        self.transport.resume_reading()
        self.data_received(data)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        begun, self._begun = self._begun, None
        if begun is not None:
            cast("MutableMapping[str, Any]", cycle.scope)[BEGUN] = begun
        super()._start_asgi_task(cycle, app)

    # When the server has the connection, and for how long.

    def on_message_begin(self) -> None:
        """The server's parser begins with a request."""
        self._in_message = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """It is through with it."""
        self._in_message = False
        super().on_message_complete()
        self._take_back()

    def on_response_complete(self) -> None:
        """An answer of the server has left."""
        super().on_response_complete()
        self._take_back()

    def _take_back(self) -> None:
        cycle = cast("RequestResponseCycle | None", self.cycle)
        answered = cycle is None or cycle.response_complete
        if answered and not self._in_message and not self.pipeline:
            self._general = False

    def shutdown(self) -> None:
        """The server stops: the call under way goes on where it is waited for."""
        plain = self._plain
        if plain is not None and plain.settled:
            self._closing = True
            return
        if plain is not None:
            plain.hand_over()
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        plain, self._plain = self._plain, None
        self._later.clear()
        self._forget_pieces()
        if plain is not None:
            assert self._lane is not None
            self._lane.load.leave(self._taken)
            plain.hang_up()
        super().connection_lost(exc)


def _find_lane(config: object) -> PlainLane | None:
    """That of the application that ``config`` serves, through what may be wrapped around it."""
    app: object = getattr(config, "loaded_app", None)
    while app is not None:
        lane = getattr(app, "plain_lane", None)
        if isinstance(lane, PlainLane):
            return lane
        app = getattr(app, "app", None)
    return None
