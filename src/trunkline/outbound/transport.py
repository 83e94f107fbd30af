"""What sends a request and gives back its answer: the client itself, or a fake in tests and the demo provider."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from trunkline.outbound.request import OutgoingRequest
from trunkline.outbound.timeouts import Timeouts
from trunkline.outbound.timing import Timing

if TYPE_CHECKING:
    from trunkline.outbound.connection import Connection
    from trunkline.outbound.origin import Origin
    from trunkline.outbound.reply import Reply

DEFAULT_TIMEOUTS = Timeouts()


class ResponseHeaders(Protocol):
    """Header fields of an answer; see :class:`trunkline.outbound.Headers`."""

    def get(self, name: str, /) -> str | None:
        """The value of ``name`` (lower case), repeated fields joined by ``", "``; None when there is none."""
        ...

    def __iter__(self) -> Iterator[tuple[str, str]]: ...


class IncomingResponse(Protocol):
    """An answer whose head has come and whose body is coming. Read it to its end or close it."""

    @property
    def status(self) -> int:
        """Never an interim (1xx) one; redirects are given back as they are."""
        ...

    @property
    def headers(self) -> ResponseHeaders:
        """The fields of the head."""
        ...

    @property
    def timing(self) -> Timing:
        """Where the time went until the head was there."""
        ...

    @property
    def peer(self) -> str:
        """The address and port that answered, such as ``203.0.113.7:443``; empty where there is no network."""
        ...

    async def next_chunk(self) -> bytes:
        """All decoded body bytes that are waiting, or the next that come; ``b""`` at the end.

        Raises TimedOut, ClosedEarly, ProtocolViolation or BodyTooLarge; a body is never silently short. Cancelling
        it abandons the answer.
        """
        ...

    async def flow(self, sink: Callable[[bytes], bool]) -> None:
        """Give ``sink`` each piece that :meth:`next_chunk` would give, as it comes, which wakes nobody.

        Done when it wants no more (it returned False) or when no more comes: then :meth:`next_chunk` tells why.
        ``sink`` must not raise. Cancelling it abandons the answer.
        """
        ...

    async def read(self, limit: int | None = None) -> bytes:
        """The rest of the body, whole. Raises BodyTooLarge above ``limit`` (default: the client's) bytes."""
        ...

    async def close(self) -> None:
        """As :meth:`abort`."""
        ...

    def abort(self) -> None:
        """Abandon the answer: closes the connection, unless the body has already come to its end. Idempotent."""
        ...


class Transport(Protocol):
    """Sends requests."""

    async def send(self, request: OutgoingRequest, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> IncomingResponse:
        """Send ``request`` and return when the head of the answer is there, whatever its status.

        Raises a subclass of :class:`trunkline.outbound.OutboundError` where no answer came, InvalidInput where the
        request cannot be written as HTTP.
        """
        ...


@runtime_checkable
class DirectTransport(Transport, Protocol):
    """A transport that also tells by calls what comes: :class:`.Client` says how."""

    def take(self, origin: Origin) -> Connection | None:
        """See :meth:`.Client.take`."""
        ...

    def give_back(self, connection: Connection) -> None:
        """See :meth:`.Client.give_back`."""
        ...

    def begin(
        self, connection: Connection, head: bytes, body: bytes, timeouts: Timeouts, heard: Callable[[], None]
    ) -> Reply:
        """See :meth:`.Client.begin`."""
        ...

    async def resume(self, reply: Reply, request: OutgoingRequest, timeouts: Timeouts) -> IncomingResponse:
        """See :meth:`.Client.resume`."""
        ...
