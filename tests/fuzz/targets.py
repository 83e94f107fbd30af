"""What is fuzzed: each takes any bytes, and raises where a promise is broken.

Where an input must be cut into pieces, its first byte says in how many, the next bytes where, and the rest is cut.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, Final, cast
from urllib.parse import urlsplit

from httptools import HttpRequestParser

from tests.faults.test_mutated_streams import SUBJECTS, read, relay
from trunkline.core.errors import InvalidInput
from trunkline.faces.v1.plain_head import read_plain_head, split_head
from trunkline.gateway.identity import Identity
from trunkline.outbound import Limits, OutboundError, Timeouts, Url
from trunkline.outbound.connection import Connection
from trunkline.outbound.origin import Origin
from trunkline.outbound.timing import Timing

_MOST_PIECES: Final = 8
_LIMITS: Final = Limits(body_bytes=100_000)
_LOOP: Final = asyncio.new_event_loop()


def cut(data: bytes) -> list[bytes]:
    """The pieces of an input."""
    count = data[0] % _MOST_PIECES if data else 0
    places, body = data[1 : 1 + count], data[1 + count :]
    edges = [0, *sorted(place * len(body) // 256 for place in places), len(body)]
    return [body[start:end] for start, end in pairwise(edges) if start < end] or [b""]


def fuzz_stream(data: bytes) -> None:
    """A stream of each wire, for its reader and its tap: it ends once, and memory aside nothing is raised."""
    subject = list(SUBJECTS.values())[data[0] % len(SUBJECTS) if data else 0]
    pieces = cut(data[1:])
    if subject.reader is not None:
        read(subject.reader(), pieces)
    if subject.tap is not None:
        tap = subject.tap()
        relay(tap, pieces)
        assert tap.complete == (tap.error is None)


def fuzz_url(data: bytes) -> None:
    """A URL that is taken means the same to others, and what is joined to it does not lead elsewhere."""
    text = data.decode("utf-8", "surrogateescape")
    first, _, rest = text.partition("\n")
    try:
        url = Url.parse(first)
    except InvalidInput:
        return
    assert Url.parse(str(url)) == url
    seen = urlsplit(str(url))
    assert (seen.scheme, seen.hostname, seen.username) == (url.origin.scheme, url.origin.host.strip("[]"), None)
    assert (seen.port or {"http": 80, "https": 443}[seen.scheme]) == url.origin.port
    assert str(url).isascii()
    assert " " not in str(url)
    joined = url.join(rest.encode("utf-8", "replace").decode())
    assert urlsplit(str(joined)).netloc == seen.netloc


class _Wire(asyncio.Transport):
    """A connection of which only the pieces that come are real."""

    def __init__(self) -> None:
        super().__init__()
        self.closing = False

    def write(self, data: object) -> None:
        """Sent to nobody."""

    def is_closing(self) -> bool:
        return self.closing

    def abort(self) -> None:
        self.closing = True

    def close(self) -> None:
        self.closing = True

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        """Whatever comes is read."""

    def resume_reading(self) -> None:
        """Likewise."""


def _answer(pieces: list[bytes]) -> tuple[int, bytes, str]:
    """What the client makes of an answer in these pieces: status, body, and the kind of error or nothing."""
    connection = Connection(Origin("http", "a.example", 80), _LIMITS, _LOOP, lambda _: None, lambda _: None)
    wire = _Wire()
    connection.connection_made(wire)
    connection.attach(wire, "192.0.2.1", Timing())
    timeouts = Timeouts(connect=60, first_byte=60, between=60, total=60)
    total_at = _LOOP.time() + 60
    reply = connection.start(
        b"GET / HTTP/1.1\r\n\r\n",
        b"",
        is_head=False,
        timeouts=timeouts,
        total_at=total_at,
        reused=False,
        heard=lambda: None,
    )
    body = b""
    for piece in pieces:
        if wire.closing or reply.ended:
            break
        view = connection.get_buffer(-1)
        for start in range(0, len(piece), len(view)):
            part = piece[start : start + len(view)]
            view[: len(part)] = part
            if not (wire.closing or reply.ended):
                connection.buffer_updated(len(part))
        while more := reply.take():
            body += more
    connection.eof_received()
    connection.connection_lost(None)
    while more := reply.take():
        body += more
    assert reply.ended != (reply.error is not None) or reply.decoder is None
    assert isinstance(reply.error, OutboundError | None)
    if reply.error is not None:
        assert reply.error.message
        return reply.status, b"", type(reply.error).__name__
    return reply.status, body, ""


def fuzz_response(data: bytes) -> None:
    """An HTTP answer is an answer or one of our errors, and the same in whatever pieces it comes."""
    pieces = cut(data)
    seen = _answer(pieces)
    # Bytes behind an answer spoil its connection, whether they come with it or later; the answer is the same.
    assert _answer([b"".join(pieces)]) == seen


class _Anybody:
    """Lets all in: who may call is not what is asked here."""

    def admit(self, credential: str, workspace_id: str | None) -> object:
        return self


class _Seen:
    """What another parser finds."""

    def __init__(self) -> None:
        self.url = b""
        self.body = b""
        self.complete = 0

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.complete += 1


def fuzz_request(data: bytes) -> None:
    """Where the short way of plain calls takes a request, any other parser finds the same end of it."""
    raw = split_head(data)
    if raw is None or read_plain_head(raw, cast("Identity", _Anybody())) is None:
        return
    found = raw.find_body(data)
    if found is None:
        return
    length, start = found
    body = data[start : start + length]
    if len(body) < length or length > 1 << 20:
        return
    seen = _Seen()
    parser: Any = HttpRequestParser(seen)
    parser.feed_data(data[: start + length])
    assert (seen.url, seen.body, seen.complete) == (b"/v1/chat/completions", body, 1)


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "stream": fuzz_stream,
    "url": fuzz_url,
    "response": fuzz_response,
    "request": fuzz_request,
}
