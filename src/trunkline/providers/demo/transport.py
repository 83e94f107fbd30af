"""Answers requests in this process, on OpenAI's wire."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable
from typing import Final

import msgspec

from trunkline.outbound.request import OutgoingRequest
from trunkline.outbound.timeouts import Timeouts
from trunkline.outbound.transport import DEFAULT_TIMEOUTS
from trunkline.providers.demo import tokens, wire
from trunkline.providers.demo.answer import answer
from trunkline.providers.demo.embedding import DIMENSIONS, MAX_DIMENSIONS, embed
from trunkline.providers.demo.request import CHAT, EMBEDDINGS, ChatRequest, EmbeddingsRequest
from trunkline.providers.demo.response import DemoResponse

WORD_DELAY: Final = 0.015
"""Seconds between words: slow enough to be seen, fast enough to be no bother."""

MAX_TEXTS: Final = 256
"""Texts in one request for embeddings."""

_JSON: Final = "application/json"
_EVENTS: Final = "text/event-stream"


class DemoTransport:
    """A :class:`trunkline.outbound.Transport` whose every host is the demo model. Opens nothing.

    ``delay`` is in seconds between words of a streamed answer; ``clock`` gives the time that answers are stamped with.
    """

    def __init__(self, delay: float = WORD_DELAY, clock: Callable[[], float] = time.time) -> None:
        self._delay = delay
        self._clock = clock

    async def send(self, request: OutgoingRequest, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> DemoResponse:
        """Answer ``POST …/chat/completions`` and ``…/embeddings`` and ``GET …/models``; 404 for all else."""
        path = request.url.target.partition("?")[0]
        try:
            if request.method == "POST" and path.endswith("/chat/completions"):
                return self._chat(CHAT.decode(request.body), request.body)
            if request.method == "POST" and path.endswith("/embeddings"):
                return await _embed(EMBEDDINGS.decode(request.body))
        except msgspec.MsgspecError as error:
            return _refuse(400, f"The demo cannot read this request: {error}", None)
        if request.method == "GET" and path.endswith("/models"):
            return DemoResponse(200, _JSON, [wire.write_models()])
        return _refuse(404, f"The demo has no {request.method} {path}.", None)

    def _chat(self, request: ChatRequest, body: bytes) -> DemoResponse:
        if request.model != wire.CHAT_MODEL:
            return _refuse_model(request.model, wire.CHAT_MODEL)
        if not request.messages:
            return _refuse(400, "There must be at least one message.", "messages")
        if request.token_limit is not None and request.token_limit < 1:
            return _refuse(400, "The limit of tokens must be at least 1.", "max_tokens")
        said = answer(request)
        call_id = f"chatcmpl-demo{hashlib.sha256(body).hexdigest()[:16]}"
        created = int(self._clock())
        if not request.stream:
            return DemoResponse(200, _JSON, [wire.write_completion(said, call_id, created)])
        usage = request.stream_options is not None and bool(request.stream_options.include_usage)
        return DemoResponse(200, _EVENTS, wire.write_chunks(said, call_id, created, usage), self._delay)


async def _embed(request: EmbeddingsRequest) -> DemoResponse:
    if request.model != wire.EMBEDDINGS_MODEL:
        return _refuse_model(request.model, wire.EMBEDDINGS_MODEL)
    dimensions = request.dimensions if request.dimensions is not None else DIMENSIONS
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        return _refuse(400, f"The demo has vectors of 1 to {MAX_DIMENSIONS} dimensions.", "dimensions")
    texts = request.texts
    if not texts:
        return _refuse(400, "There must be at least one text.", "input")
    if len(texts) > MAX_TEXTS:
        return _refuse(400, f"The demo takes {MAX_TEXTS} texts at once.", "input")
    vectors: list[list[float]] = []
    for text in texts:
        vectors.append(embed(text, dimensions))
        await asyncio.sleep(0)  # so that many texts do not hold up other calls
    used = sum(tokens.count(text) for text in texts)
    return DemoResponse(200, _JSON, [wire.write_embeddings(vectors, request.encoding_format == "base64", used)])


def _refuse(status: int, message: str, param: str | None) -> DemoResponse:
    return DemoResponse(status, _JSON, [wire.write_error(message, "invalid_request_error", None, param)])


def _refuse_model(model: str, right: str) -> DemoResponse:
    message = f"The demo has no model {model[:100]!r} for this; use {right}."
    return DemoResponse(404, _JSON, [wire.write_error(message, "invalid_request_error", "model_not_found", "model")])
