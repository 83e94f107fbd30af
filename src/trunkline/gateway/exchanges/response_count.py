"""Counting the input of a call in OpenAI's responses dialect.

https://platform.openai.com/docs/api-reference/responses/input-tokens
"""

from __future__ import annotations

import msgspec

from trunkline.core.actor import Actor
from trunkline.dialects import openai_responses
from trunkline.dialects.openai_responses.passthrough import edit, peek
from trunkline.dialects.passthrough import Changes
from trunkline.gateway.answer import JSON, Answer
from trunkline.gateway.exchanges.count import Count, PreparedCount
from trunkline.gateway.exchanges.kept_response import Pin, ResponseStore, find_kept
from trunkline.gateway.routing.target import Target
from trunkline.outbound import IncomingResponse, OutgoingRequest


class ResponseCount(Count):
    """One request to count: by OpenAI itself, by another vendor that counts, or by our own rule."""

    __slots__ = ("_body", "_ours", "_pin", "_previous")

    def __init__(self, body: bytes) -> None:
        """Raises InvalidInput."""
        self._previous = peek(body).previous
        super().__init__(openai_responses.DIALECT.name, body)
        self._body = body
        self._ours = False
        """Whether it goes on from what is kept here, which no provider knows."""
        self._pin: Pin | None = None

    @property
    def pin(self) -> Pin | None:
        """See :class:`~trunkline.gateway.exchanges.count.Count`."""
        return self._pin

    async def load(self, store: ResponseStore, actor: Actor) -> None:
        """Fetch what the call goes on from. Raises NotFound for what this caller has not stored here."""
        if self._previous is None:
            return
        kept = await find_kept(store, actor, self._previous, code="previous_response_not_found")
        self._pin = kept.pin
        self._ours = kept.pin is None
        self._request = msgspec.structs.replace(self._request, messages=(*kept.messages, *self._request.messages))

    def prepare(self, target: Target, model: str) -> PreparedCount | Answer:
        """See :class:`~trunkline.gateway.exchanges.count.Count`."""
        if not target.endpoint.has_responses or self._ours:
            return super().prepare(target, model)
        body, _ = edit(self._body, Changes(model=model, system_prompt=target.defaults.system_prompt))
        url = target.endpoint.response("/input_tokens")
        return PassingCount(self, self._dialect, OutgoingRequest("POST", url, target.endpoint.headers, body))

    def answer(self, tokens: int) -> Answer:
        """See :class:`~trunkline.gateway.exchanges.count.Count`."""
        return Answer(
            200, [JSON], body=msgspec.json.encode({"object": "response.input_tokens", "input_tokens": tokens})
        )


class PassingCount(PreparedCount):
    """One that passes, as does its answer."""

    __slots__ = ()

    def read(self, response: IncomingResponse, body: bytes) -> Answer:
        """See :class:`~trunkline.gateway.exchanges.count.PreparedCount`."""
        if response.status >= 300:
            raise openai_responses.DIALECT.read_error(response.status, body, response.headers)
        return Answer(200, [JSON], body=body)
