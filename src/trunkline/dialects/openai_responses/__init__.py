"""OpenAI's responses: https://platform.openai.com/docs/api-reference/responses.

What the wire says of state that a server keeps (``previous_response_id``, ``conversation``, ``prompt``) is carried in
``extra["openai_responses"]``; to resolve it is not the dialect's business. :data:`BINDING` lists what stands there and
must not be lost on the way to another dialect.
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import ChatRequest, ChatResponse
from trunkline.core.errors import TrunklineError, UpstreamError
from trunkline.dialects.dialect import Headers, Written
from trunkline.dialects.openai_error import read_error, write_error
from trunkline.dialects.openai_responses.citation import NAME
from trunkline.dialects.openai_responses.echo import echo_request as echo_request
from trunkline.dialects.openai_responses.input_items import write_input_items as write_input_items
from trunkline.dialects.openai_responses.request import BINDING as BINDING
from trunkline.dialects.openai_responses.request import read_request, write_request
from trunkline.dialects.openai_responses.response import read_response, write_response
from trunkline.dialects.openai_responses.stream_reader import ResponsesStreamReader
from trunkline.dialects.openai_responses.stream_writer import ResponsesStreamWriter


class OpenAIResponses:
    """The dialect. What each method promises stands at ``Dialect``."""

    name: str = NAME
    streams_lines = False

    def read_request(self, body: bytes) -> ChatRequest:
        """A client's request."""
        return read_request(body)

    def write_request(self, request: ChatRequest) -> Written:
        """A request for a provider."""
        return write_request(request)

    def read_response(self, body: bytes) -> ChatResponse:
        """A provider's whole answer."""
        return read_response(body)

    def write_response(self, response: ChatResponse) -> bytes:
        """A whole answer for a client. :func:`echo_request` makes the ``extra`` with which it repeats its request."""
        return write_response(response)

    def stream_reader(self) -> ResponsesStreamReader:
        """A reader for one streamed answer."""
        return ResponsesStreamReader()

    def stream_writer(self, request: ChatRequest) -> ResponsesStreamWriter:
        """A writer for one streamed answer to ``request``."""
        return ResponsesStreamWriter(request)

    def read_error(self, status: int, body: bytes, headers: Headers) -> UpstreamError:
        """A provider's failed answer."""
        return read_error(status, body, headers)

    def write_error(self, error: TrunklineError, status: int, request_id: str) -> bytes:
        """An error for a client."""
        return write_error(error, status, request_id)


DIALECT: Final = OpenAIResponses()
