"""OpenAI's chat completions and embeddings, with what the servers that speak the same wire have made of it.

https://platform.openai.com/docs/api-reference/chat. :data:`DIALECT` reads everything and writes what most servers
accept; a provider that differs gets its own :class:`OpenAIChat` with other :class:`WireOptions`. Calls that stay in
this dialect need no translation: see :mod:`trunkline.dialects.openai_chat.passthrough`.
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import ChatRequest, ChatResponse
from trunkline.core.embeddings import EmbeddingsRequest, EmbeddingsResponse
from trunkline.core.errors import TrunklineError, UpstreamError
from trunkline.dialects.dialect import Headers, Written
from trunkline.dialects.openai_chat.embeddings import (
    read_embeddings_request,
    read_embeddings_response,
    write_embeddings_request,
    write_embeddings_response,
)
from trunkline.dialects.openai_chat.options import WireOptions as WireOptions
from trunkline.dialects.openai_chat.request import read_request, write_request
from trunkline.dialects.openai_chat.response import read_response, write_response
from trunkline.dialects.openai_chat.stream_reader import ChatStreamReader
from trunkline.dialects.openai_chat.stream_writer import ChatStreamWriter
from trunkline.dialects.openai_error import read_error, write_error


class OpenAIChat:
    """The dialect. What each method promises stands at ``Dialect`` and ``EmbeddingsDialect``."""

    name: str = "openai_chat"
    streams_lines = False

    def __init__(self, options: WireOptions = WireOptions()) -> None:  # noqa: B008 - frozen
        self.options = options

    def read_request(self, body: bytes) -> ChatRequest:
        """A client's request."""
        return read_request(body)

    def write_request(self, request: ChatRequest) -> Written:
        """A request for a provider, as the options say."""
        return write_request(request, self.options)

    def read_response(self, body: bytes) -> ChatResponse:
        """A provider's whole answer."""
        return read_response(body)

    def write_response(self, response: ChatResponse) -> bytes:
        """A whole answer for a client."""
        return write_response(response)

    def stream_reader(self) -> ChatStreamReader:
        """A reader for one streamed answer."""
        return ChatStreamReader()

    def stream_writer(self, request: ChatRequest) -> ChatStreamWriter:
        """A writer for one streamed answer to ``request``."""
        return ChatStreamWriter(request)

    def read_error(self, status: int, body: bytes, headers: Headers) -> UpstreamError:
        """A provider's failed answer."""
        return read_error(status, body, headers)

    def write_error(self, error: TrunklineError, status: int, request_id: str) -> bytes:
        """An error for a client."""
        return write_error(error, status, request_id)

    def read_embeddings_request(self, body: bytes) -> EmbeddingsRequest:
        """A client's embeddings request."""
        return read_embeddings_request(body)

    def write_embeddings_request(self, request: EmbeddingsRequest) -> Written:
        """An embeddings request for a provider."""
        return write_embeddings_request(request)

    def read_embeddings_response(self, body: bytes) -> EmbeddingsResponse:
        """A provider's vectors."""
        return read_embeddings_response(body)

    def write_embeddings_response(self, response: EmbeddingsResponse, request: EmbeddingsRequest) -> bytes:
        """Vectors for a client, encoded as ``request`` asked."""
        return write_embeddings_response(response, request)


DIALECT: Final = OpenAIChat()
