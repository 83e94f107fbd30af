"""An answer that comes from this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from trunkline.outbound.headers import Headers
from trunkline.outbound.timing import Timing


class DemoResponse:
    """Gives its pieces one by one, ``delay`` seconds apart, as a model that is thinking would.

    Satisfies :class:`trunkline.outbound.IncomingResponse`. After :meth:`abort` nothing more comes.
    """

    __slots__ = ("_begun", "_delay", "_pieces", "headers", "peer", "status", "timing")

    def __init__(self, status: int, content_type: str, pieces: Iterable[bytes], delay: float = 0.0) -> None:
        self.status = status
        self.headers = Headers.of([("content-type", content_type)])
        self.timing = Timing(first_byte_ms=0.0)
        self.peer = ""
        self._pieces = iter(pieces)
        self._delay = delay
        self._begun = False

    async def next_chunk(self) -> bytes:
        """The next piece; ``b""`` at the end."""
        # Yields to the loop also without a delay, so that an answer never holds up other calls.
        await asyncio.sleep(self._delay if self._begun else 0)
        self._begun = True
        return next(self._pieces, b"")

    async def flow(self, sink: Callable[[bytes], bool]) -> None:
        """See :meth:`trunkline.outbound.IncomingResponse.flow`."""
        while piece := await self.next_chunk():
            if not sink(piece):
                break

    async def read(self, limit: int | None = None) -> bytes:
        """All that is left, at once. Answers are short: ``limit`` is kept by cutting nothing."""
        await asyncio.sleep(0)
        return b"".join(self._pieces)

    async def close(self) -> None:
        """As :meth:`abort`."""
        self.abort()

    def abort(self) -> None:
        """Stop answering."""
        self._pieces = iter(())
