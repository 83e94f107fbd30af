"""Anthropic Messages: https://docs.anthropic.com/en/api/messages"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import ChatRequest, ChatResponse
from trunkline.core.errors import TrunklineError, UpstreamError
from trunkline.dialects.anthropic_messages.block_reading import NAME
from trunkline.dialects.anthropic_messages.error import read_error, write_error
from trunkline.dialects.anthropic_messages.request import read_request, write_request
from trunkline.dialects.anthropic_messages.response import read_response, write_response
from trunkline.dialects.anthropic_messages.stream_reader import Reader
from trunkline.dialects.anthropic_messages.stream_writer import Writer
from trunkline.dialects.dialect import Dialect, Headers, StreamReader, StreamWriter, Written


class AnthropicMessages:
    """The dialect, both sides; see :class:`~trunkline.dialects.dialect.Dialect`."""

    name = NAME
    streams_lines = False

    def read_request(self, body: bytes) -> ChatRequest:
        return read_request(body)

    def write_request(self, request: ChatRequest) -> Written:
        return write_request(request)

    def read_response(self, body: bytes) -> ChatResponse:
        return read_response(body)

    def write_response(self, response: ChatResponse) -> bytes:
        return write_response(response)

    def stream_reader(self) -> StreamReader:
        return Reader()

    def stream_writer(self, request: ChatRequest) -> StreamWriter:
        return Writer(request.model)

    def read_error(self, status: int, body: bytes, headers: Headers) -> UpstreamError:
        return read_error(status, body, headers)

    def write_error(self, error: TrunklineError, status: int, request_id: str) -> bytes:
        return write_error(error, status, request_id)


DIALECT: Final[Dialect] = AnthropicMessages()
