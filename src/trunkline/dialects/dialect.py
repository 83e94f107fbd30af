"""What every dialect offers. A dialect is pure: bytes to neutral values and back, and nothing is waited for."""

from __future__ import annotations

from typing import Protocol

import msgspec

from trunkline.core.chat import ChatRequest, ChatResponse
from trunkline.core.chat_events import ChatEvent
from trunkline.core.embeddings import EmbeddingsRequest, EmbeddingsResponse
from trunkline.core.errors import TrunklineError, UpstreamError


class Written(msgspec.Struct, frozen=True):
    """A body for the wire, and the names of what could not be said in it and was harmless to leave out."""

    body: bytes
    dropped: tuple[str, ...] = ()


class StreamReader(Protocol):
    """Reads one streamed answer. ``feed`` takes bytes cut anywhere; ``close`` is called at the end of the body.

    Both give events in order and never raise for what a provider sends: malformed input becomes a final ``Failure``
    (kind ``malformed``), and a body that ends before its dialect's own end one on ``close``. Memory is
    bounded: a single event over 16 MiB is malformed.
    """

    def feed(self, data: bytes) -> list[ChatEvent]: ...

    def close(self) -> list[ChatEvent]: ...


class StreamWriter(Protocol):
    """Writes one streamed answer. ``write`` gives the bytes for an event, which may be none."""

    def write(self, event: ChatEvent) -> bytes: ...


class Dialect(Protocol):
    """One wire format, both as a client speaks it to us and as we speak it to a provider.

    ``read_request`` raises :class:`~trunkline.core.errors.InvalidInput` with the wire's own field names.
    ``write_request`` raises :class:`~trunkline.core.errors.Unsupported` for what would change the answer if dropped.
    ``read_response`` raises :class:`~trunkline.core.errors.UpstreamError` (kind ``malformed``, or what an error in a
    200 says). ``read_error`` never raises: whatever a failing provider sent becomes an ``UpstreamError``.
    ``streams_lines`` tells that a stream is lines of JSON, and no stream of events.
    """

    name: str
    streams_lines: bool

    def read_request(self, body: bytes) -> ChatRequest: ...

    def write_request(self, request: ChatRequest) -> Written: ...

    def read_response(self, body: bytes) -> ChatResponse: ...

    def write_response(self, response: ChatResponse) -> bytes: ...

    def stream_reader(self) -> StreamReader: ...

    def stream_writer(self, request: ChatRequest) -> StreamWriter: ...

    def read_error(self, status: int, body: bytes, headers: Headers) -> UpstreamError: ...

    def write_error(self, error: TrunklineError, status: int, request_id: str) -> bytes: ...


class Headers(Protocol):
    """The part of an answer's headers that a dialect may look at; names in lower case."""

    def get(self, name: str, /) -> str | None: ...


class EmbeddingsDialect(Protocol):
    """The optional ability to embed."""

    def read_embeddings_request(self, body: bytes) -> EmbeddingsRequest: ...

    def write_embeddings_request(self, request: EmbeddingsRequest) -> Written: ...

    def read_embeddings_response(self, body: bytes) -> EmbeddingsResponse: ...

    def write_embeddings_response(self, response: EmbeddingsResponse, request: EmbeddingsRequest) -> bytes: ...
