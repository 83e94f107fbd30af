"""A stream on its way through: one machine for bytes that pass, events that are translated, and sound.

What lies between provider and client is a :class:`~trunkline.dialects.passthrough.Tap`: it lets through what may go at
once. Everything from the stop reason on is held until the call is settled, so that whatever a client saw complete is
accounted for. A broken stream ends in band: after the first byte nothing else is possible.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.chat_events import Failure
from trunkline.core.errors import Unavailable, UpstreamError
from trunkline.core.usage_event import Outcome
from trunkline.dialects.passthrough import Tap
from trunkline.gateway.call import Call
from trunkline.gateway.estimate import Estimate
from trunkline.gateway.relays.split_keys import SplitKeys
from trunkline.outbound import IncomingResponse

STOPPING: Final = Failure("The gateway is being restarted; send the request again.", "overloaded", "restarting")

LINGER_SECONDS: Final = 1.0
"""How long a finished answer may take to end its body, before its connection is given up instead of kept."""


def failed(failure: Failure, provider: str) -> UpstreamError:
    """The error for a failure that came before anything was sent to the client."""
    return UpstreamError(failure.message, kind=failure.kind, provider=provider, upstream_code=failure.code)


def mark(usage: Usage) -> Usage:
    """``usage`` as the client is told it: our own count."""
    return msgspec.structs.replace(usage, estimated=True)


class StreamRelay(ABC):
    """Implements :class:`~trunkline.gateway.answer.Relay` but for the words in which a stream ends.

    ``estimate`` counts what the provider does not tell.
    """

    __slots__ = ("_call", "_closed", "_estimate", "_first", "_keys", "_response", "_tap")

    def __init__(self, call: Call, response: IncomingResponse, estimate: Estimate, tap: Tap) -> None:
        self._call = call
        self._response = response
        self._estimate = estimate
        self._tap = tap
        self._keys = SplitKeys(call.disclosure)
        self._first = b""
        """What is ready and was not sent yet."""
        self._closed = False

    @property
    def over(self) -> bool:
        """See :class:`trunkline.gateway.answer.Relay`."""
        return self._call.settled

    async def start(self) -> None:
        """Wait for the first bytes of an answer. Raises UpstreamError when the stream fails before there are any."""
        tap = self._tap
        ready: list[bytes] = []
        while not (tap.begun or tap.done or self._closed):
            ready.append(await self._read())
            if tap.error is not None:
                self._response.abort()
                raise failed(tap.error, self._call.opened.provider)
        self._first = self._keys.feed(b"".join(ready))
        self._call.first_token()

    async def next(self, write: Callable[[bytes], bool] | None = None) -> bytes:
        """See :class:`trunkline.gateway.answer.Relay`."""
        if self._first:
            return self._take_first()
        if self._call.settled:
            await self._linger()
            return b""
        tap = self._tap
        while not (tap.done or tap.error is not None or self._closed):
            if write is not None:
                await self._response.flow(self._make_sink(write))
                if self._first:
                    return self._take_first()
                if tap.done or tap.error is not None:
                    break
            try:
                ready = await self._read()
            except UpstreamError as error:
                if not tap.complete:
                    self._call.disclosure.error(error)
                    tap.error = Failure(error.message, error.kind, error.upstream_code)
                break
            if ready and (clean := self._keys.feed(ready)):
                return clean
        return await self._finish()

    async def abandon(self) -> None:
        """See :class:`trunkline.gateway.answer.Relay`."""
        self._response.abort()
        if not self._call.settled:
            await self._settle("cancelled", whole=False, status=499)

    async def interrupt(self) -> bytes:
        """See :class:`trunkline.gateway.answer.Relay`."""
        if self._call.settled:
            return b""
        self._response.abort()
        await self._settle("error", whole=False, status=503, error=STOPPING.code)
        return self._keys.flush() + self._write_failure(STOPPING)

    @abstractmethod
    def _write_failure(self, failure: Failure) -> bytes:
        """The end of a stream that broke off. Raises CutOff where its body has no words for that."""

    @abstractmethod
    async def _end(self, held: bytes) -> bytes:
        """The end of a stream that is whole, of which ``held`` was kept back; the call is settled."""

    def _clean_end(self, held: bytes) -> bytes:
        """``held``, with which the answer ends, and what still waited before it, without keys."""
        return self._keys.feed(held) + self._keys.flush()

    def _take_first(self) -> bytes:
        first, self._first = self._first, b""
        return first

    def _make_sink(self, write: Callable[[bytes], bool]) -> Callable[[bytes], bool]:
        """Sends what a chunk lets go, and says whether more may go this way."""
        tap, feed, clean = self._tap, self._tap.feed, self._keys.feed

        def sink(chunk: bytes) -> bool:
            ready = feed(chunk)
            if ready and (ready := clean(ready)) and not write(ready):
                self._first = ready
                return False
            return not tap.done and tap.error is None

        return sink

    async def _read(self) -> bytes:
        """What the next bytes let go, or their end."""
        chunk = await self._response.next_chunk()
        if chunk:
            return self._tap.feed(chunk)
        self._closed = True
        self._tap.close()
        return b""

    async def _finish(self) -> bytes:
        tap = self._tap
        held = tap.take_held()
        if tap.error is None:
            fault = await self._settle("ok", whole=True)
            return await self._end(held) if fault is None else self._keys.flush() + self._write_failure(fault)
        self._response.abort()
        failure = self._call.disclosure.failure(tap.error)
        self._call.broke_off(failure)
        await self._settle("error", whole=False, status=502, error=failure.kind)
        held = self._keys.flush() + self._call.disclosure.last(held)
        return held if tap.told else held + self._write_failure(failure)

    async def _settle(
        self, outcome: Outcome, *, whole: bool, status: int = 200, error: str | None = None
    ) -> Failure | None:
        """Close the books. A failure when the record is not safe yet: then the answer must not look complete."""
        call = self._call
        call.answered = self._tap.model
        usage, estimated = self._used(whole=whole)
        try:
            await call.settle(
                outcome, status=status, error=error, usage=usage, estimated=estimated, unmetered=self._unmetered()
            )
        except Unavailable as fault:
            return Failure(fault.message, "server", fault.code)
        return None

    def _used(self, *, whole: bool) -> tuple[Usage, bool]:
        """What the call used, and whether that is a count of ours."""
        tap = self._tap
        return self._estimate.complete(self._call.believe(tap.usage), lambda: tap.heard, whole=whole)

    def _unmetered(self) -> str | None:
        """See :meth:`trunkline.gateway.call.Call.settle`."""
        return None

    async def _linger(self) -> None:
        """Read to the body's end, so that the connection can serve again."""
        if self._closed:
            return
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while await self._response.next_chunk():
                    pass
        except (UpstreamError, TimeoutError):
            self._response.abort()
