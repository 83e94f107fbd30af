"""An embeddings call between a client's dialect and a provider's."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue, Usage
from trunkline.core.embeddings import EmbeddingsRequest
from trunkline.core.errors import Unsupported, UpstreamError
from trunkline.core.policy import Content
from trunkline.dialects.dialect import EmbeddingsDialect
from trunkline.gateway.answer import JSON, Answer, write_headers
from trunkline.gateway.call import Call
from trunkline.gateway.estimate import Family, count_tokens, find_family, text_tokens
from trunkline.gateway.exchanges.content import read_models
from trunkline.gateway.exchanges.kept_response import Pin
from trunkline.gateway.routing.target import Target
from trunkline.outbound import IncomingResponse, OutgoingRequest
from trunkline.providers.defaults import OPENAI_CHAT
from trunkline.providers.dialect_choice import choose_dialect, choose_embeddings

_PER_CALL: Final = frozenset({"encoding_format", "input", "model", "stream"})
"""What a feature's parameters never say of an embeddings call."""


class Embeddings:
    """One embeddings call. Never streamed."""

    __slots__ = ("body", "dialect", "model", "request", "streams")

    def __init__(self, dialect: EmbeddingsDialect, body: bytes, model: str | None = None) -> None:
        """``model`` is given where the URL says it."""
        self.body = body
        self.dialect = dialect
        self.request: EmbeddingsRequest = dialect.read_embeddings_request(body)
        self.model = self.request.model if model is None else model
        self.streams = False

    @property
    def user(self) -> str | None:
        """Whom the caller serves, in its own words."""
        return self.request.user

    @property
    def pin(self) -> Pin | None:
        """Nothing is kept of such a call."""
        return None

    def bounded(self, tokens: int) -> Embeddings:
        """It has no answer that could be longer or shorter."""
        return self

    def prepare(self, target: Target, model: str) -> PreparedEmbeddings:
        """The call for ``target``. Raises Unsupported where the provider does not embed."""
        return PreparedEmbeddings(self, target, model)

    def guess_tokens(self) -> int:
        """See :class:`~trunkline.gateway.exchanges.exchange.Inspectable`."""
        return self._cut() + sum(text_tokens(len(text)) for text in self.request.inputs)

    def content(self) -> Content:
        """What is sent, for policies. Input that is cut into tokens already cannot be read."""
        request = self.request
        return Content(
            texts=request.inputs,
            whole=not request.tokens,
            input_tokens=self.guess_tokens(),
            output_limit=0,
            models=tuple(name for fields in request.extra.values() for name in read_models(fields)),
        )

    def count(self, family: Family) -> int:
        """The tokens of the input, by our own count."""
        words = count_tokens(family.vocabulary, "\n".join(self.request.inputs)) * family.scale
        return self._cut() + math.ceil(words)

    def _cut(self) -> int:
        """What came as tokens already."""
        return sum(len(cut) for cut in self.request.tokens)


class PreparedEmbeddings:
    """Implements :class:`~trunkline.gateway.exchanges.exchange.Prepared`."""

    __slots__ = ("_call", "_chat", "_dropped", "_family", "_target", "_theirs", "request")

    def __init__(self, call: Embeddings, target: Target, model: str) -> None:
        provider = target.provider
        theirs = choose_embeddings(provider)
        if theirs is None:
            raise Unsupported.of("model", f"{provider.display_name} has no embeddings; choose another model")
        filled = msgspec.structs.replace(_fill(call.request, target.custom), model=model)
        written = theirs.write_embeddings_request(filled)
        self._call = call
        self._target = target
        self._theirs = theirs
        self._chat = choose_dialect(provider, model)
        self._family = find_family(model, provider.id)
        self._dropped = written.dropped
        self.request = OutgoingRequest("POST", target.endpoint.embeddings(model), target.endpoint.headers, written.body)

    async def read(self, call: Call, response: IncomingResponse) -> Answer:
        """See :class:`~trunkline.gateway.exchanges.exchange.Prepared`."""
        whole = self._theirs.read_embeddings_response(await response.read())
        call.answered = whole.model
        if not whole.model:
            whole = msgspec.structs.replace(whole, model=call.opened.model)
        body = self._call.dialect.write_embeddings_response(whole, self._call.request)
        usage = call.believe(whole.usage)
        told = usage is not None and usage.input > 0
        await call.settle("ok", usage=usage if usage is not None and told else self.estimate(), estimated=not told)
        headers = write_headers(call, self._target, self._dropped)
        headers.append(JSON)
        return Answer(200, headers, body=body)

    def read_error(self, response: IncomingResponse, body: bytes) -> UpstreamError:
        """What an answer with a bad status says."""
        return self._chat.read_error(response.status, body, response.headers)

    def estimate(self) -> Usage:
        """The input, by our own count."""
        return Usage(input=self._call.count(self._family))


def _fill(request: EmbeddingsRequest, custom: Mapping[str, JsonValue]) -> EmbeddingsRequest:
    """``request`` with what it leaves open filled from a feature's parameters; the caller's values win."""
    added = {name: value for name, value in custom.items() if name not in _PER_CALL}
    if not added:
        return request
    own = {**added, **request.extra.get(OPENAI_CHAT, {})}
    said = own.pop("dimensions", None)
    dimensions = said if request.dimensions is None and isinstance(said, int) else request.dimensions
    return msgspec.structs.replace(request, dimensions=dimensions, extra={**request.extra, OPENAI_CHAT: own})
