"""Google's Gemini API: ``generateContent``, ``streamGenerateContent``, ``countTokens``, ``embedContent``.

https://ai.google.dev/api/generate-content. The model and the wish to stream stand in the URL and are the caller's to
read and write.
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import ChatRequest, ChatResponse
from trunkline.core.embeddings import EmbeddingsRequest, EmbeddingsResponse
from trunkline.core.errors import TrunklineError, UpstreamError
from trunkline.dialects.dialect import Headers, Written
from trunkline.dialects.gemini.count import (
    read_count_request,
    read_count_response,
    write_count_request,
    write_count_response,
)
from trunkline.dialects.gemini.embeddings import (
    read_embeddings_request,
    read_embeddings_response,
    write_embeddings_request,
    write_embeddings_response,
)
from trunkline.dialects.gemini.error import read_error, write_error
from trunkline.dialects.gemini.request import read_request, write_request
from trunkline.dialects.gemini.response import read_response, write_response
from trunkline.dialects.gemini.stream_reader import GeminiReader
from trunkline.dialects.gemini.stream_writer import GeminiWriter


class GeminiDialect:
    """Implements :class:`~trunkline.dialects.dialect.Dialect` and ``EmbeddingsDialect``, and counts tokens."""

    name = "gemini"
    streams_lines = False

    def read_request(self, body: bytes) -> ChatRequest:
        """``model`` is empty and ``stream`` false: they stand in the URL."""
        return read_request(body)

    def write_request(self, request: ChatRequest) -> Written:
        """The body, without model and stream."""
        return write_request(request)

    def read_response(self, body: bytes) -> ChatResponse:
        """A whole answer."""
        return read_response(body)

    def write_response(self, response: ChatResponse) -> bytes:
        """A whole answer."""
        return write_response(response)

    def stream_reader(self) -> GeminiReader:
        """Of ``streamGenerateContent?alt=sse``."""
        return GeminiReader()

    def stream_writer(self, request: ChatRequest, *, array: bool = False) -> GeminiWriter:
        """Server-sent events; with ``array`` one JSON array, as clients get that do not ask for ``alt=sse``."""
        return GeminiWriter(array)

    def read_error(self, status: int, body: bytes, headers: Headers) -> UpstreamError:
        """What a failing provider says."""
        return read_error(status, body, headers)

    def write_error(self, error: TrunklineError, status: int, request_id: str) -> bytes:
        """Google's error object."""
        return write_error(error, status, request_id)

    def read_count_request(self, body: bytes) -> ChatRequest:
        """What ``countTokens`` shall count."""
        return read_count_request(body)

    def write_count_request(self, request: ChatRequest) -> Written:
        """A body for ``countTokens``."""
        return write_count_request(request)

    def read_count_response(self, body: bytes) -> int:
        """The number of tokens."""
        return read_count_response(body)

    def write_count_response(self, tokens: int) -> bytes:
        """The number of tokens."""
        return write_count_response(tokens)

    def read_embeddings_request(self, body: bytes) -> EmbeddingsRequest:
        """Of ``embedContent`` or ``batchEmbedContents``."""
        return read_embeddings_request(body)

    def write_embeddings_request(self, request: EmbeddingsRequest) -> Written:
        """Always for ``batchEmbedContents``."""
        return write_embeddings_request(request)

    def read_embeddings_response(self, body: bytes) -> EmbeddingsResponse:
        """Of either method."""
        return read_embeddings_response(body)

    def write_embeddings_response(
        self, response: EmbeddingsResponse, request: EmbeddingsRequest, *, batch: bool = True
    ) -> bytes:
        """For ``batchEmbedContents``; with ``batch`` False for ``embedContent``."""
        return write_embeddings_response(response, batch=batch)


class SingleEmbedding(GeminiDialect):
    """``embedContent``: one text in, one vector out."""

    def write_embeddings_response(
        self, response: EmbeddingsResponse, request: EmbeddingsRequest, *, batch: bool = False
    ) -> bytes:
        """The one vector."""
        return super().write_embeddings_response(response, request, batch=batch)


DIALECT: Final = GeminiDialect()
SINGLE: Final = SingleEmbedding()
