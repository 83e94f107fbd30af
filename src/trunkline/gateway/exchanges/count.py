"""Counting the tokens of a request without answering it, for Anthropic's and Gemini's clients."""

from __future__ import annotations

import msgspec

from trunkline.core.chat import ChatRequest
from trunkline.core.policy import Content
from trunkline.dialects import anthropic_messages, gemini, openai_responses
from trunkline.dialects.anthropic_messages import count as anthropic_count
from trunkline.gateway.answer import ESTIMATED, JSON, Answer
from trunkline.gateway.estimate import find_family, quick_tokens, request_tokens
from trunkline.gateway.exchanges.content import read_chat
from trunkline.gateway.exchanges.kept_response import Pin
from trunkline.gateway.routing.target import Target
from trunkline.outbound import IncomingResponse, OutgoingRequest
from trunkline.providers.adaptation import adapt
from trunkline.providers.defaults import apply_defaults
from trunkline.providers.mending import mend
from trunkline.providers.quirks import quirk


class Count:
    """One request to count. ``dialect`` is the client's: ``anthropic_messages``, ``gemini``, ``openai_responses``."""

    __slots__ = ("_dialect", "_request", "model")

    def __init__(self, dialect: str, body: bytes, model: str | None = None) -> None:
        """``model`` is given where the URL says it. Raises InvalidInput."""
        self._dialect = dialect
        self._request: ChatRequest = (
            gemini.DIALECT.read_count_request(body)
            if dialect == gemini.DIALECT.name
            else openai_responses.DIALECT.read_request(body)
            if dialect == openai_responses.DIALECT.name
            else anthropic_count.read_count_tokens_request(body)
        )
        self.model = self._request.model if model is None else model

    @property
    def pin(self) -> Pin | None:
        """The one configuration that can count it, when it goes on from what its provider keeps."""
        return None

    def prepare(self, target: Target, model: str) -> PreparedCount | Answer:
        """The request to a provider that counts; the answer by our own rule for one that does not."""
        provider = target.provider
        if provider.paths.count is None:
            answer = self.answer(request_tokens(self._request, find_family(model, provider.id)))
            answer.headers.append(ESTIMATED)
            return answer
        request = msgspec.structs.replace(apply_defaults(self._request, target.defaults), model=model)
        twist = quirk(provider.id, model)
        request, _ = adapt(mend(request, twist)[0], twist)
        if provider.dialect == anthropic_messages.DIALECT.name:
            written = anthropic_count.write_count_tokens_request(request)
        else:
            written = gemini.DIALECT.write_count_request(request)
        outgoing = OutgoingRequest("POST", target.endpoint.count(model), target.endpoint.headers, written.body)
        return PreparedCount(self, provider.dialect, outgoing)

    def content(self) -> Content:
        """What is sent, for policies. Nothing is written by the model."""
        return msgspec.structs.replace(read_chat(self._request, self.guess_tokens()), output_limit=0)

    def guess_tokens(self) -> int:
        """See :class:`~trunkline.gateway.exchanges.exchange.Inspectable`."""
        return quick_tokens(self._request)

    def answer(self, tokens: int) -> Answer:
        """The answer for the client."""
        body = (
            gemini.DIALECT.write_count_response(tokens)
            if self._dialect == gemini.DIALECT.name
            else anthropic_count.write_count_tokens_response(tokens)
        )
        return Answer(200, [JSON], body=body)


class PreparedCount:
    """A request to count, as it is sent to a provider whose wire is ``dialect``, and how the answer is read."""

    __slots__ = ("_count", "_dialect", "request")

    def __init__(self, count: Count, dialect: str, request: OutgoingRequest) -> None:
        self._count = count
        self._dialect = dialect
        self.request = request

    def read(self, response: IncomingResponse, body: bytes) -> Answer:
        """The answer for the client. Raises UpstreamError."""
        anthropic = self._dialect == anthropic_messages.DIALECT.name
        if response.status >= 300:
            theirs = anthropic_messages.DIALECT if anthropic else gemini.DIALECT
            raise theirs.read_error(response.status, body, response.headers)
        if anthropic:
            return self._count.answer(anthropic_count.read_count_tokens_response(body))
        return self._count.answer(gemini.DIALECT.read_count_response(body))
