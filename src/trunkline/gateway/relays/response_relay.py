"""A stream of OpenAI's responses that passes: its id is kept, and its end may come in another call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from trunkline.core.chat import Usage
from trunkline.core.chat_events import Failure
from trunkline.core.usage_event import Outcome
from trunkline.dialects.openai_responses.passthrough import PASSTHROUGH
from trunkline.dialects.openai_responses.tap import StreamTap
from trunkline.gateway.call import Call
from trunkline.gateway.estimate import Estimate
from trunkline.gateway.relays.passthrough_relay import PassthroughRelay
from trunkline.outbound import IncomingResponse


class ResponseRelay(PassthroughRelay):
    """Relays one. ``keep`` is told the answer's id, and is done before its end leaves.

    With ``claim`` the answer is made in the background, and goes on when the client leaves: only who sees its end, and
    is the first to, accounts for what it used. ``name`` is the answer's id where the stream may not tell it, because it
    is resumed. ``finish`` may change the end before it leaves.
    """

    __slots__ = ("_change_end", "_claim", "_claimed", "_heard", "_keep", "_keeping")

    def __init__(
        self,
        call: Call,
        response: IncomingResponse,
        estimate: Estimate,
        *,
        keep: Callable[[str], Awaitable[None]] | None,
        claim: Callable[[str], Awaitable[bool]] | None = None,
        name: str = "",
        finish: Callable[[bytes], bytes] = bytes,
    ) -> None:
        self._heard = StreamTap(background=claim is not None)
        self._heard.id = name
        super().__init__(call, response, estimate, passthrough=PASSTHROUGH, strip_usage=False, tap=self._heard)
        self._keep = keep
        self._claim = claim
        self._claimed = True
        self._change_end = finish
        self._keeping: asyncio.Future[None] | None = None

    async def start(self) -> None:
        """See :class:`PassthroughRelay`. What can be asked for again is kept before its id leaves."""
        await super().start()
        if self._keep is not None and self._heard.id:
            self._keeping = asyncio.ensure_future(self._keep(self._heard.id))
            if self._claim is not None:
                await self._keeping

    async def _finish(self) -> bytes:
        return self._change_end(await super()._finish())

    async def _settle(
        self, outcome: Outcome, *, whole: bool, status: int = 200, error: str | None = None
    ) -> Failure | None:
        heard = self._heard
        if self._keeping is not None and outcome == "ok":
            await self._keeping
        if self._claim is not None:
            self._claimed = heard.ended and await self._claim(heard.id)
            if self._claimed:
                self._call.end()
        return await super()._settle(outcome, whole=whole, status=status, error=error)

    def _used(self, *, whole: bool) -> tuple[Usage, bool]:
        return super()._used(whole=whole) if self._claimed else (Usage(), False)
