"""Answers that pass as they come, of calls beside chat: events, plain completions, and sound.

As with chat, the end is held until the call is settled. Events tell of a failure in band; sound has no words for one,
so there the end that is held is that of the HTTP body, and a failure breaks the connection.
"""

from __future__ import annotations

import asyncio

import msgspec

from trunkline.core.chat_events import Failure
from trunkline.core.errors import Unavailable, UpstreamError
from trunkline.core.usage_event import Outcome
from trunkline.dialects.openai_chat.stream_writer import DONE, write_failure
from trunkline.dialects.openai_chat.usage_telling import tell_usage
from trunkline.dialects.passthrough import Tap
from trunkline.gateway.answer import CutOff
from trunkline.gateway.call import Call
from trunkline.gateway.estimate import Estimate
from trunkline.gateway.relays.relay import LINGER_SECONDS, STOPPING, broken, failed, mark
from trunkline.outbound import IncomingResponse


class RawRelay:
    """Implements :class:`~trunkline.gateway.answer.Relay`.

    ``estimate`` counts for an answer that says nothing; ``unmetered`` names what the call is billed by where that is
    not such a count, ``characters`` how many are to be spoken. ``in_band`` is whether the body has words for a failure,
    ``marked`` whether its end has a mark, and ``tells`` whether the client asked to be told of usage.
    """

    def __init__(
        self,
        call: Call,
        response: IncomingResponse,
        tap: Tap,
        estimate: Estimate,
        *,
        unmetered: str | None = None,
        characters: int = 0,
        in_band: bool = True,
        marked: bool = False,
        tells: bool = False,
    ) -> None:
        self._call = call
        self._response = response
        self._tap = tap
        self._estimate = estimate
        self._tells = tells
        self._unmetered = unmetered
        self._characters = characters
        self._in_band = in_band
        self._marked = marked
        self._first = b""
        self._closed = False

    @property
    def over(self) -> bool:
        """See :class:`~trunkline.gateway.answer.Relay`."""
        return self._call.settled

    async def start(self) -> None:
        """Wait for the first bytes. Raises UpstreamError when the answer fails before there are any."""
        tap = self._tap
        while not (self._first or tap.done or self._closed):
            self._first = self._call.disclosure.whole(await self._feed())
            if tap.error is not None and not self._first:
                self._response.abort()
                raise failed(tap.error, self._call.opened.provider)
        self._call.first_token()

    async def next(self) -> bytes:
        """See :class:`~trunkline.gateway.answer.Relay`."""
        if self._first:
            first, self._first = self._first, b""
            return first
        if self._call.settled:
            await self._linger()
            return b""
        tap = self._tap
        while not (tap.done or tap.error is not None or self._closed):
            try:
                ready = await self._feed()
            except UpstreamError as error:
                if not tap.stops:
                    self._call.disclosure.error(error)
                    tap.error = broken(error)
                self._closed = True
                break
            if ready:
                return self._call.disclosure.whole(ready)
        return await self._finish()

    async def abandon(self) -> None:
        """See :class:`~trunkline.gateway.answer.Relay`."""
        self._response.abort()
        if not self._call.settled:
            await self._settle("cancelled", status=499, whole=False)

    async def interrupt(self) -> bytes:
        """See :class:`~trunkline.gateway.answer.Relay`."""
        if self._call.settled:
            return b""
        self._response.abort()
        await self._settle("error", status=503, error=STOPPING.code, whole=False)
        if not self._in_band:
            raise CutOff
        return write_failure(STOPPING)

    async def _feed(self) -> bytes:
        chunk = await self._response.next_chunk()
        if chunk:
            return self._tap.feed(chunk)
        self._closed = True
        self._tap.close()
        return b""

    async def _finish(self) -> bytes:
        tap = self._tap
        held = tap.take_held()
        failure = tap.error
        told = tap.told
        if failure is None:
            failure = await self._settle("ok", whole=True)
            told = False
            if failure is None:
                if self._tells and self._call.estimated:
                    opened = self._call.opened
                    held = tell_usage(held, mark(self._call.usage), opened.id, tap.model or opened.model)
                return held if tap.done or not self._marked else held + DONE
            held = b""
        else:
            self._response.abort()
            failure = self._call.disclosure.failure(failure)
            self._call.broke_off(failure)
            await self._settle("error", status=502, error=failure.kind, whole=False)
        if not self._in_band:
            raise CutOff
        held = self._call.disclosure.last(held)
        return held if told else held + write_failure(failure)

    async def _settle(
        self, outcome: Outcome, *, whole: bool, status: int = 200, error: str | None = None
    ) -> Failure | None:
        """Close the books. A failure when the record is not safe yet: then the answer must not look complete."""
        tap = self._tap
        self._call.answered = tap.model
        told = self._call.believe(tap.usage)
        usage, estimated = self._estimate.complete(told, lambda: tap.heard, whole=whole)
        unmetered = None if told is not None and told.total > 0 else self._unmetered
        if self._characters:
            usage = msgspec.structs.replace(usage, characters=self._characters)
        try:
            await self._call.settle(
                outcome, status=status, error=error, usage=usage, estimated=estimated, unmetered=unmetered
            )
        except Unavailable as fault:
            return Failure(fault.message, "server", fault.code)
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
