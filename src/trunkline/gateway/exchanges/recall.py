"""What is asked about an answer that its provider keeps: the answer itself, its input, to stop or to forget it.

https://platform.openai.com/docs/api-reference/responses/get
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Literal

from trunkline.core.actor import Actor
from trunkline.core.chat import Usage
from trunkline.core.errors import UpstreamError
from trunkline.core.heard import Heard, hear_choices
from trunkline.core.policy import Content
from trunkline.dialects import openai_responses
from trunkline.dialects.openai_responses.passing_arguments import mend_output
from trunkline.dialects.openai_responses.passthrough import read_tap
from trunkline.gateway.answer import EVENTS, JSON, Answer, HeaderList
from trunkline.gateway.call import Call
from trunkline.gateway.disclosure import Disclosure
from trunkline.gateway.estimate import OTHER, Estimate, find_family
from trunkline.gateway.exchanges.kept_response import KeptResponse, Pin, ResponseStore, claim_end
from trunkline.gateway.relays.response_relay import ResponseRelay
from trunkline.gateway.routing.target import Target
from trunkline.outbound import IncomingResponse, OutgoingRequest

Action = Literal["get", "cancel", "input_items", "delete"]

_METHODS: Final[dict[Action, str]] = {"get": "GET", "cancel": "POST", "input_items": "GET", "delete": "DELETE"}
_BELOW: Final[dict[Action, str]] = {"get": "", "cancel": "/cancel", "input_items": "/input_items", "delete": ""}


class Recall:
    """One such question. ``query`` is encoded; ``streams`` whether it asks for the answer's events."""

    __slots__ = ("_action", "_actor", "_background", "_id", "_query", "_store", "opened", "pin", "streams")

    def __init__(
        self,
        action: Action,
        response_id: str,
        *,
        pin: Pin,
        kept: KeptResponse,
        actor: Actor,
        store: ResponseStore,
        query: str = "",
        streams: bool = False,
    ) -> None:
        self._action: Action = action
        self._id = response_id
        self._background = kept.background
        self._actor = actor
        self._store = store
        self._query = f"?{query}" if query else ""
        self.pin = pin
        self.opened = kept.opened
        """The call that began it, where that has no end yet."""
        self.streams = streams

    def content(self) -> Content:
        """What is sent, for policies: nothing but what is asked."""
        return Content(output_limit=0)

    def guess_tokens(self) -> int:
        """See :class:`~trunkline.gateway.exchanges.exchange.Inspectable`."""
        return 0

    def write(self, target: Target) -> OutgoingRequest:
        """The request. Raises NotFound where the provider keeps no answers."""
        url = target.endpoint.response(f"/{self._id}{_BELOW[self._action]}{self._query}")
        return OutgoingRequest(_METHODS[self._action], url, target.endpoint.headers)

    def read_error(self, response: IncomingResponse, body: bytes) -> UpstreamError:
        """What an answer with a bad status says."""
        return openai_responses.DIALECT.read_error(response.status, body, response.headers)

    async def read(
        self, open_books: Callable[[], Call], target: Target, response: IncomingResponse, disclosure: Disclosure
    ) -> Answer:
        """The provider's words, as ``disclosure`` lets them be seen. ``open_books`` opens a call for what is to be
        accounted for."""
        headers: HeaderList = [(b"x-trunkline-configuration", target.entry.id.encode())]
        if self.streams and not (response.headers.get("content-type") or "").startswith("application/json"):
            return await self._resume(open_books, headers, response)
        raw = disclosure.whole(await response.read())
        if self._action == "delete":
            await self._store.drop(self._actor, self._id)
        elif self._action != "input_items" and self._background:
            await self._settle(open_books, raw)
        return Answer(200, [*headers, JSON], body=mend_output(raw) or raw)

    async def _settle(self, open_books: Callable[[], Call], raw: bytes) -> None:
        """Account for an answer whose end is seen for the first time."""
        told = read_tap(raw)
        if not (told.id and told.ended and await self._claim(told.id)):
            return
        call = open_books()
        call.end()
        call.answered = told.model
        usage = call.believe(told.usage)
        if told.error is None:
            counts = Estimate(find_family(call.opened.model, call.opened.provider), lambda: 0)
            used, estimated = counts.complete(usage, lambda: _hear(raw), whole=True)
            await call.settle("ok", usage=used, estimated=estimated)
        else:
            await call.settle("error", status=502, error=told.error.kind, usage=usage or Usage())

    async def _resume(self, open_books: Callable[[], Call], headers: HeaderList, response: IncomingResponse) -> Answer:
        call = open_books()
        claim: Callable[[str], Awaitable[bool]] = self._claim if self._background else _refuse
        relay = ResponseRelay(call, response, Estimate(OTHER, lambda: 0), keep=None, claim=claim, name=self._id)
        try:
            await relay.start()
        except UpstreamError as error:
            response.abort()
            await call.settle("error", status=error.status or 502, error=error, usage=Usage())
            raise
        except BaseException:
            response.abort()
            if not call.settled:
                await call.settle("cancelled", status=499, usage=Usage())
            raise
        return Answer(200, [*headers, *EVENTS], relay=relay)

    async def _claim(self, response_id: str) -> bool:
        return await claim_end(self._store, self._actor, response_id)


def _hear(raw: bytes) -> Heard:
    try:
        return hear_choices(openai_responses.DIALECT.read_response(raw).choices)
    except UpstreamError:
        return Heard()


async def _refuse(response_id: str) -> bool:
    """The claim on an answer that was accounted for when it was made."""
    del response_id
    return False
