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
from trunkline.gateway.estimate import OTHER, count_tokens, find_family, text_tokens
from trunkline.gateway.exchanges.kept_response import Pin
from trunkline.gateway.gates.content import read_models
from trunkline.gateway.routing.target import Target
from trunkline.outbound import IncomingResponse, OutgoingRequest
from trunkline.providers.defaults import OPENAI_CHAT
from trunkline.providers.dialect_choice import choose_dialect, choose_embeddings

_PER_CALL: Final = frozenset({"encoding_format", "input", "model", "stream"})
"""What a feature's parameters never say of an embeddings call."""


class Embeddings:
    """One embeddings call. Never streamed."""

    __slots__ = ("_chat", "_dialect", "_dropped", "_family", "_request", "_theirs", "model", "streams")

    def __init__(self, dialect: EmbeddingsDialect, body: bytes, model: str | None = None) -> None:
        """``model`` is given where the URL says it."""
        self._dialect = dialect
        self._request: EmbeddingsRequest = dialect.read_embeddings_request(body)
        self._theirs = dialect
        self._family = OTHER
        self._dropped: tuple[str, ...] = ()
        self.model = self._request.model if model is None else model
        self.streams = False

    @property
    def user(self) -> str | None:
        """Whom the caller serves, in its own words."""
        return self._request.user

    @property
    def pin(self) -> Pin | None:
        """Nothing is kept of such a call."""
        return None

    def write(self, target: Target, model: str) -> OutgoingRequest:
        """The request for ``target``. Raises Unsupported where the provider does not embed."""
        theirs = choose_embeddings(target.provider)
        if theirs is None:
            raise Unsupported.of("model", f"{target.provider.display_name} has no embeddings; choose another model")
        self._theirs = theirs
        self._chat = choose_dialect(target.provider, model)
        self._family = find_family(model, target.provider.id)
        request = _fill(self._request, target.custom)
        written = theirs.write_embeddings_request(msgspec.structs.replace(request, model=model))
        self._dropped = written.dropped
        return OutgoingRequest("POST", target.endpoint.embeddings(model), target.endpoint.headers, written.body)

    async def read(self, call: Call, target: Target, response: IncomingResponse) -> Answer:
        """The answer for the client. Raises UpstreamError."""
        whole = self._theirs.read_embeddings_response(await response.read())
        call.answered = whole.model
        if not whole.model:
            whole = msgspec.structs.replace(whole, model=call.opened.model)
        body = self._dialect.write_embeddings_response(whole, self._request)
        usage = call.believe(whole.usage)
        told = usage is not None and usage.input > 0
        await call.settle("ok", usage=usage if usage is not None and told else self.estimate(), estimated=not told)
        headers = write_headers(call, target, self._dropped)
        headers.append(JSON)
        return Answer(200, headers, body=body)

    def read_error(self, response: IncomingResponse, body: bytes) -> UpstreamError:
        """What an answer with a bad status says."""
        return self._chat.read_error(response.status, body, response.headers)

    def content(self) -> Content:
        """What is sent, for policies. Input that is cut into tokens already cannot be read."""
        request = self._request
        return Content(
            texts=request.inputs,
            whole=not request.tokens,
            input_tokens=self._cut() + sum(text_tokens(len(text)) for text in request.inputs),
            output_limit=0,
            models=tuple(name for fields in request.extra.values() for name in read_models(fields)),
        )

    def estimate(self) -> Usage:
        """The input, by our own count."""
        words = count_tokens(self._family.vocabulary, "\n".join(self._request.inputs)) * self._family.scale
        return Usage(input=self._cut() + math.ceil(words))

    def _cut(self) -> int:
        """What came as tokens already."""
        return sum(len(cut) for cut in self._request.tokens)


def _fill(request: EmbeddingsRequest, custom: Mapping[str, JsonValue]) -> EmbeddingsRequest:
    """``request`` with what it leaves open filled from a feature's parameters; the caller's values win."""
    added = {name: value for name, value in custom.items() if name not in _PER_CALL}
    if not added:
        return request
    own = {**added, **request.extra.get(OPENAI_CHAT, {})}
    said = own.pop("dimensions", None)
    dimensions = said if request.dimensions is None and isinstance(said, int) else request.dimensions
    return msgspec.structs.replace(request, dimensions=dimensions, extra={**request.extra, OPENAI_CHAT: own})
