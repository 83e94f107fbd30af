"""Streams on their way through: bytes that pass, or events that are translated.

Both hold everything from the stop reason on until the call is settled, so that whatever a client saw complete is
accounted for. Both end a broken stream in band: after the first byte nothing else is possible.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec

from trunkline.core.chat import Message, Usage
from trunkline.core.chat_events import (
    ChatEvent,
    End,
    Failure,
    Start,
    Stop,
    UsageReport,
)
from trunkline.core.collected import Collected
from trunkline.core.errors import Unavailable, UpstreamError
from trunkline.core.heard import Listener
from trunkline.core.terms import note_tier
from trunkline.core.usage_event import Outcome
from trunkline.dialects.dialect import StreamReader, StreamWriter
from trunkline.dialects.passthrough import Passthrough, Tap
from trunkline.dialects.sse import EventReader
from trunkline.gateway.call import Call
from trunkline.gateway.estimate import Estimate
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


def broken(error: UpstreamError) -> Failure:
    """The in-band failure for an error on the way."""
    return Failure(error.message, error.kind, error.upstream_code)


class _Stream:
    """What both kinds share: reading the provider's body, and settling once."""

    __slots__ = ("_call", "_estimate", "_finished", "_first", "_response")

    def __init__(self, call: Call, response: IncomingResponse, estimate: Estimate) -> None:
        self._call = call
        self._response = response
        self._estimate = estimate
        self._finished = False
        self._first = b""

    @property
    def over(self) -> bool:
        """See :class:`trunkline.gateway.answer.Relay`."""
        return self._call.settled

    async def _linger(self) -> None:
        """Read to the body's end, so that the connection can serve again."""
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while await self._response.next_chunk():
                    pass
        except (UpstreamError, TimeoutError):
            self._response.abort()

    async def _settle(
        self, outcome: Outcome, *, usage: Usage, estimated: bool, status: int = 200, error: str | None = None
    ) -> Failure | None:
        """Close the books. A failure when the record is not safe yet: then the answer must not look complete."""
        try:
            await self._call.settle(outcome, status=status, error=error, usage=usage, estimated=estimated)
        except Unavailable as fault:
            return Failure(fault.message, "server", fault.code)
        return None


class PassthroughRelay(_Stream):
    """Relays a stream whose two sides speak the same dialect: bytes, with an ear on them."""

    __slots__ = ("_passthrough", "_tap", "_tells", "refusal")

    def __init__(
        self,
        call: Call,
        response: IncomingResponse,
        estimate: Estimate,
        *,
        passthrough: Passthrough,
        strip_usage: bool,
        tap: Tap | None = None,
    ) -> None:
        super().__init__(call, response, estimate)
        self._passthrough = passthrough
        self._tells = not strip_usage
        self._tap = passthrough.tap(strip_usage=strip_usage) if tap is None else tap
        self.refusal = b""
        """The provider's own words for why there is no stream, where :meth:`start` raised for them."""

    async def start(self) -> None:
        """Wait for the first bytes of an answer. Raises UpstreamError when the stream fails before there are any."""
        tap = self._tap
        ready: list[bytes] = []
        while not tap.begun:
            chunk = await self._response.next_chunk()
            if not chunk:
                tap.close()
                self._finished = True
            elif piece := tap.feed(chunk):
                ready.append(piece)
            if tap.error is not None:
                self._response.abort()
                events = EventReader().feed(tap.take_held())
                self.refusal = events[-1].data if events else b""
                raise failed(tap.error, self._call.opened.provider)
            if tap.done or self._finished:
                break
        self._first = self._call.disclosure.whole(b"".join(ready))
        self._call.first_token()

    async def next(self) -> bytes:
        """See :class:`trunkline.gateway.answer.Relay`."""
        if self._first:
            first, self._first = self._first, b""
            return first
        if self._call.settled:
            await self._linger()
            return b""
        tap = self._tap
        while not (tap.done or tap.error or self._finished):
            try:
                chunk = await self._response.next_chunk()
            except UpstreamError as error:
                if not tap.complete:
                    self._call.disclosure.error(error)
                    tap.error = broken(error)
                break
            if not chunk:
                tap.close()
                break
            ready = tap.feed(chunk)
            if ready:
                return self._call.disclosure.whole(ready)
        return await self._finish()

    async def _finish(self) -> bytes:
        tap = self._tap
        held = tap.take_held()
        usage, estimated = self._used(whole=tap.error is None)
        if tap.error is None:
            fault = await self._settle("ok", usage=usage, estimated=estimated)
            if fault is not None:
                return self._passthrough.write_failure(fault)
            if estimated and self._tells:
                opened = self._call.opened
                held = self._passthrough.tell_usage(held, mark(usage), opened.id, tap.model or opened.model)
            held = self._call.disclosure.whole(held)
            return held if tap.done else held + self._passthrough.done
        self._response.abort()
        failure = self._call.disclosure.failure(tap.error)
        self._call.broke_off(failure)
        await self._settle("error", status=502, error=failure.kind, usage=usage, estimated=estimated)
        held = self._call.disclosure.last(held)
        return held if tap.told else held + self._passthrough.write_failure(failure)

    async def _settle(
        self, outcome: Outcome, *, usage: Usage, estimated: bool, status: int = 200, error: str | None = None
    ) -> Failure | None:
        self._call.answered = self._tap.model
        return await super()._settle(outcome, usage=usage, estimated=estimated, status=status, error=error)

    async def abandon(self) -> None:
        """See :class:`trunkline.gateway.answer.Relay`."""
        self._response.abort()
        if not self._call.settled:
            usage, estimated = self._used(whole=False)
            await self._settle("cancelled", status=499, usage=usage, estimated=estimated)

    async def interrupt(self) -> bytes:
        """See :class:`trunkline.gateway.answer.Relay`."""
        if self._call.settled:
            return b""
        self._response.abort()
        usage, estimated = self._used(whole=False)
        await self._settle("error", status=503, error=STOPPING.code, usage=usage, estimated=estimated)
        return self._passthrough.write_failure(STOPPING)

    def _used(self, *, whole: bool) -> tuple[Usage, bool]:
        tap = self._tap
        return self._estimate.complete(self._call.believe(tap.usage), lambda: tap.heard, whole=whole)


class TranslatedRelay(_Stream):
    """Relays a stream whose sides speak different dialects: reader → neutral events → writer."""

    __slots__ = (
        "_change_end",
        "_collected",
        "_failure",
        "_held",
        "_holding",
        "_keep",
        "_listener",
        "_name",
        "_reader",
        "_tier",
        "_told",
        "_writer",
    )

    def __init__(
        self,
        call: Call,
        response: IncomingResponse,
        estimate: Estimate,
        *,
        reader: StreamReader,
        writer: StreamWriter,
        name: str = "",
        keep: Callable[[Message], Awaitable[None]] | None = None,
        finish: Callable[[bytes], bytes] | None = None,
    ) -> None:
        """``name`` replaces the provider's id of the answer; ``keep`` gets the whole of it before its end leaves.

        ``finish`` may change that end.
        """
        super().__init__(call, response, estimate)
        self._name = name
        self._keep = keep
        self._change_end = finish
        self._collected = Collected() if keep is not None else None
        self._reader = reader
        self._writer = writer
        self._held: list[bytes] = []
        self._holding = False
        self._listener = Listener()
        self._tier: str | None = None
        self._told: Usage | None = None
        self._failure: Failure | None = None

    async def start(self) -> None:
        """Wait for the first bytes that carry an answer. Raises UpstreamError when the stream fails before."""
        ready: list[bytes] = []
        while not self._finished:
            events = await self._events()
            if self._failure is not None:
                self._response.abort()
                raise failed(self._failure, self._call.opened.provider)
            ready.append(self._write(events))
            if any(not isinstance(event, (Start, UsageReport)) for event in events):
                break
        self._first = self._call.disclosure.whole(b"".join(ready))
        self._call.first_token()

    async def next(self) -> bytes:
        """See :class:`trunkline.gateway.answer.Relay`."""
        if self._first:
            first, self._first = self._first, b""
            return first
        if self._call.settled:
            await self._linger()
            return b""
        while not self._finished:
            try:
                events = await self._events()
            except UpstreamError as error:
                self._call.disclosure.error(error)
                self._failure = broken(error)
                self._finished = True
                events = [self._failure]
            ready = self._write(events)
            if ready:
                return self._call.disclosure.whole(ready)
        return await self._finish()

    async def _events(self) -> list[ChatEvent]:
        """The next events, and what they say that matters to the books."""
        chunk = await self._response.next_chunk()
        events = self._reader.feed(chunk) if chunk else self._reader.close()
        for place, event in enumerate(events):
            kind = type(event)
            if kind is Start:
                events[place] = self._hold_to_belief(event)  # type: ignore[arg-type] - told by `kind`
            elif kind is UsageReport:
                told = self._call.believe(event.usage)  # type: ignore[union-attr] - told by `kind`
                self._told = note_tier(told, self._tier)
                if told is not event.usage:  # type: ignore[union-attr] - told by `kind`
                    events[place] = UsageReport(told or Usage())
            elif kind is Failure:
                event = self._call.disclosure.failure(event)  # type: ignore[arg-type] # noqa: PLW2901 - told by `kind`
                events[place] = self._failure = event
                self._finished = True
            elif kind is End:
                self._finished = True
            else:
                self._listener.hear(event)
        if not chunk:
            self._finished = True
        if self._collected is not None:
            self._collected.add(events)
        return events

    def _write(self, events: Sequence[ChatEvent]) -> bytes:
        """The bytes that may go out now; from the first stop or failure on they are held."""
        ready: list[bytes] = []
        for event in events:
            if type(event) is Start:
                event = self._complete(event)  # noqa: PLW2901 - the same event, filled in
            elif isinstance(event, (Stop, Failure)):
                self._holding = True
            elif type(event) is End:
                usage, estimated = self._used(whole=True)
                if estimated:
                    self._held.append(self._writer.write(UsageReport(mark(usage))))
            piece = self._writer.write(event)
            if piece:
                (self._held if self._holding else ready).append(piece)
        return ready[0] if len(ready) == 1 else b"".join(ready)

    def _hold_to_belief(self, start: Start) -> Start:
        """``start`` without figures that cannot be. It names what the bill goes by: the model and the tier."""
        self._call.answered, self._tier = start.model, start.service_tier
        told = self._call.believe(start.usage)
        self._told = note_tier(told, self._tier)
        return start if told is start.usage else msgspec.structs.replace(start, usage=told)

    def _complete(self, start: Start) -> Start:
        opened = self._call.opened
        return msgspec.structs.replace(
            start,
            id=self._name or start.id or opened.id,
            model=start.model or opened.model,
            created=start.created or opened.opened_at // 1_000_000,
        )

    async def _finish(self) -> bytes:
        failure = self._failure
        usage, estimated = self._used(whole=failure is None)
        if failure is None:
            fault = await self._settle("ok", usage=usage, estimated=estimated)
            if fault is not None:
                return self._writer.write(fault)
            if self._keep is not None and self._collected is not None:
                await self._keep(Message("assistant", self._collected.parts))
        else:
            self._response.abort()
            self._call.broke_off(failure)
            await self._settle("error", status=502, error=failure.kind, usage=usage, estimated=estimated)
        held = self._call.disclosure.whole(b"".join(self._held))
        return held if self._change_end is None else self._change_end(held)

    async def abandon(self) -> None:
        """See :class:`trunkline.gateway.answer.Relay`."""
        self._response.abort()
        if not self._call.settled:
            usage, estimated = self._used(whole=False)
            await self._settle("cancelled", status=499, usage=usage, estimated=estimated)

    async def interrupt(self) -> bytes:
        """See :class:`trunkline.gateway.answer.Relay`."""
        if self._call.settled:
            return b""
        self._response.abort()
        usage, estimated = self._used(whole=False)
        await self._settle("error", status=503, error=STOPPING.code, usage=usage, estimated=estimated)
        return self._writer.write(STOPPING)

    def _used(self, *, whole: bool) -> tuple[Usage, bool]:
        return self._estimate.complete(self._told, lambda: self._listener.heard, whole=whole)
