"""A provider for the soak: canned answers from a raw protocol, so that it costs next to nothing.

What the first piece of the path says is what it does: ``hang`` never ends its answers, ``fail`` says 500.
"""

from __future__ import annotations

import asyncio
from typing import Final, cast

from bench.nginx import ANTHROPIC, OPENAI, anthropic_stream, openai_stream

_FAILURE: Final = b'{"error":{"message":"The server had an error.","type":"server_error","code":null,"param":null}}'


def _whole(status: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % (status, len(body)) + body


_STREAM_HEAD: Final = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def _chunked(events: list[str]) -> list[bytes]:
    pieces = [f"{event}\n\n".encode() for event in events]
    return [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces]


_OPENAI_EVENTS: Final = _chunked(openai_stream(20))
_ANTHROPIC_EVENTS: Final = _chunked(anthropic_stream(20))


class SoakProvider(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        pending = self._pending
        pending += data
        while (end := pending.find(b"\r\n\r\n")) >= 0:
            head = bytes(pending[:end])
            found = head.lower().find(b"content-length:")
            stop = end + 4 + (int(head[found + 15 :].split(b"\r\n", 1)[0]) if found >= 0 else 0)
            if len(pending) < stop:
                return
            body = bytes(pending[end + 4 : stop])
            del pending[:stop]
            self._answer(head.split(b" ", 2)[1], b'"stream":true' in body.replace(b" ", b""))

    def _answer(self, path: bytes, streams: bool) -> None:
        write = self._transport.write
        theirs = path.endswith(b"/messages")
        if path.startswith(b"/fail/"):
            write(_whole(b"500 Internal Server Error", _FAILURE))
        elif not streams:
            if not path.startswith(b"/hang/"):
                write(_whole(b"200 OK", (ANTHROPIC if theirs else OPENAI).encode()))
        else:
            events = _ANTHROPIC_EVENTS if theirs else _OPENAI_EVENTS
            if path.startswith(b"/hang/"):
                write(_STREAM_HEAD + b"".join(events[:5]))
                return
            half = len(events) // 2
            write(_STREAM_HEAD + b"".join(events[:half]))
            rest = b"".join(events[half:]) + b"0\r\n\r\n"
            asyncio.get_running_loop().call_soon(write, rest)
