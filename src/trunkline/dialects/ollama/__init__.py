"""Ollama's own API: ``/api/chat`` and ``/api/embed``, and of clients ``/api/generate`` and ``/api/embeddings``.

https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import ChatRequest, ChatResponse
from trunkline.core.embeddings import EmbeddingsRequest, EmbeddingsResponse
from trunkline.core.errors import TrunklineError, UpstreamError
from trunkline.dialects.dialect import Headers, Written
from trunkline.dialects.ollama import generate
from trunkline.dialects.ollama.embeddings import (
    read_embeddings_request,
    read_embeddings_response,
    read_prompt_request,
    write_embeddings_request,
    write_embeddings_response,
    write_prompt_response,
)
from trunkline.dialects.ollama.error import read_error, write_error
from trunkline.dialects.ollama.request import read_request, write_request
from trunkline.dialects.ollama.response import read_response, write_response
from trunkline.dialects.ollama.stream_reader import OllamaReader
from trunkline.dialects.ollama.stream_writer import OllamaWriter


class OllamaDialect:
    """Implements :class:`~trunkline.dialects.dialect.Dialect` and ``EmbeddingsDialect``."""

    name = "ollama"
    streams_lines = True

    def read_request(self, body: bytes) -> ChatRequest:
        """A call of ``/api/chat``."""
        return read_request(body)

    def write_request(self, request: ChatRequest) -> Written:
        """A call of ``/api/chat``."""
        return write_request(request)

    def read_response(self, body: bytes) -> ChatResponse:
        """A whole answer; its ``id`` is empty."""
        return read_response(body)

    def write_response(self, response: ChatResponse) -> bytes:
        """A whole answer."""
        return write_response(response)

    def stream_reader(self) -> OllamaReader:
        """Lines of JSON."""
        return OllamaReader()

    def stream_writer(self, request: ChatRequest) -> OllamaWriter:
        """Lines of JSON."""
        return OllamaWriter(request.model)

    def read_error(self, status: int, body: bytes, headers: Headers) -> UpstreamError:
        """What a failing server says."""
        return read_error(status, body, headers)

    def write_error(self, error: TrunklineError, status: int, request_id: str) -> bytes:
        """Ollama's error object, which holds neither ``status`` nor ``request_id``."""
        return write_error(error)

    def read_embeddings_request(self, body: bytes) -> EmbeddingsRequest:
        """A call of ``/api/embed``."""
        return read_embeddings_request(body)

    def write_embeddings_request(self, request: EmbeddingsRequest) -> Written:
        """A call of ``/api/embed``."""
        return write_embeddings_request(request)

    def read_embeddings_response(self, body: bytes) -> EmbeddingsResponse:
        """Vectors."""
        return read_embeddings_response(body)

    def write_embeddings_response(self, response: EmbeddingsResponse, request: EmbeddingsRequest) -> bytes:
        """Vectors."""
        return write_embeddings_response(response)


class OllamaGenerate(OllamaDialect):
    """As clients of ``/api/generate`` speak it; providers are asked in ``/api/chat``."""

    def read_request(self, body: bytes) -> ChatRequest:
        """A call of ``/api/generate``."""
        return generate.read_request(body)

    def read_response(self, body: bytes) -> ChatResponse:
        """A whole answer of it."""
        return generate.read_response(body)

    def write_response(self, response: ChatResponse) -> bytes:
        """A whole answer of it."""
        return generate.write_response(response)

    def stream_reader(self) -> generate.GenerateReader:
        """Lines of JSON."""
        return generate.GenerateReader()

    def stream_writer(self, request: ChatRequest) -> generate.GenerateWriter:
        """Lines of JSON."""
        return generate.GenerateWriter(request.model)


class OllamaEmbeddings(OllamaDialect):
    """As clients of ``/api/embeddings`` speak it: one text, one vector."""

    def read_embeddings_request(self, body: bytes) -> EmbeddingsRequest:
        """A call of ``/api/embeddings``."""
        return read_prompt_request(body)

    def write_embeddings_response(self, response: EmbeddingsResponse, request: EmbeddingsRequest) -> bytes:
        """The vector."""
        return write_prompt_response(response)


DIALECT: Final = OllamaDialect()
GENERATE: Final = OllamaGenerate()
EMBEDDINGS: Final = OllamaEmbeddings()
