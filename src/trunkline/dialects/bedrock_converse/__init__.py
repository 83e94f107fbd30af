"""Amazon Bedrock's Converse API: ``Converse`` and ``ConverseStream``.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html. The model and the wish to stream
stand in the URL and are the caller's to read and write; streams are AWS's binary event streams, not server-sent events.
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import ChatRequest, ChatResponse
from trunkline.core.errors import TrunklineError, UpstreamError
from trunkline.dialects.bedrock_converse.error import read_error, write_error
from trunkline.dialects.bedrock_converse.field import NAME
from trunkline.dialects.bedrock_converse.request import read_request, write_request
from trunkline.dialects.bedrock_converse.response import read_response, write_response
from trunkline.dialects.bedrock_converse.stream_reader import Reader
from trunkline.dialects.bedrock_converse.stream_writer import Writer
from trunkline.dialects.dialect import Dialect, Headers, StreamReader, StreamWriter, Written


class BedrockConverse:
    """The dialect, both sides; see :class:`~trunkline.dialects.dialect.Dialect`."""

    name = NAME
    streams_lines = False

    def read_request(self, body: bytes) -> ChatRequest:
        """``model`` is empty and ``stream`` false: they stand in the URL."""
        return read_request(body)

    def write_request(self, request: ChatRequest) -> Written:
        """The body, without model and stream."""
        return write_request(request)

    def read_response(self, body: bytes) -> ChatResponse:
        """A whole answer, without id and model."""
        return read_response(body)

    def write_response(self, response: ChatResponse) -> bytes:
        """A whole answer."""
        return write_response(response)

    def stream_reader(self) -> StreamReader:
        """Of ``application/vnd.amazon.eventstream``."""
        return Reader()

    def stream_writer(self, request: ChatRequest) -> StreamWriter:
        """Of ``application/vnd.amazon.eventstream``."""
        return Writer()

    def read_error(self, status: int, body: bytes, headers: Headers) -> UpstreamError:
        """What a failing answer says."""
        return read_error(status, body, headers)

    def write_error(self, error: TrunklineError, status: int, request_id: str) -> bytes:
        """The service's error object."""
        return write_error(error, status, request_id)


DIALECT: Final[Dialect] = BedrockConverse()
