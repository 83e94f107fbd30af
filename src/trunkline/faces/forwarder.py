"""Hands requests on to another process of this machine, through a Unix socket: bytes both ways, as they come.

The body of a request is asked of the client when the other process asks for it, so that whoever is refused there by
its head alone never sends it; what either side does not take holds the other one up; and a client that goes away ends
the request there too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from trunkline.faces.answer_reader import PIECE_BYTES, AnswerHead, AnswerReader, Broken
from trunkline.faces.forwarded import CLIENT, KNOWN, OURS, SCHEME

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Absent = Callable[[Scope, Receive, Send], Awaitable[None]]

PATIENCE_SECONDS: Final = 30.0
"""How long a request waits for the other process to listen: it may just be starting."""

_AGAIN_SECONDS: Final = 0.05

_AT_ONCE: Final = frozenset({"/healthz", "/readyz"})
"""Who asks for these wants to know how things stand now."""

_HANG_UP: Final = "trunkline.hang_up"
_KNOWN_KEY: Final = "trunkline.known"

_OF_THE_CONNECTION: Final = frozenset(
    {
        b"connection",
        b"expect",
        b"keep-alive",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""What concerns one connection and no further one: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1."""


class Forwarder:
    """Hands requests on to who listens at ``path``; ``absent`` answers where nobody does, or who did has died."""

    def __init__(self, path: Path, absent: Absent, *, patience: float = PATIENCE_SECONDS) -> None:
        self._path = path
        self._absent = absent
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if _HANG_UP in scope:
            scope[_HANG_UP] = "watch"
        try:
            await self._serve(scope, receive, send)
        except asyncio.CancelledError:
            # Nobody is left who would read the rest.
            if scope.get(_HANG_UP) != "gone":
                raise

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False
        try:
            async with self._connect(0 if scope["path"] in _AT_ONCE else self._patience) as (reader, writer):
                writer.write(_write_head(scope))
                async for each in _answer(scope, receive, reader, writer):
                    if isinstance(each, AnswerHead):
                        begun = True
                        await send(_read_head(each, scope))
                    else:
                        await send({"type": "http.response.body", "body": each, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
        except (Broken, OSError):
            # An answer that has begun is cut off by our returning: that it is not whole must be seen.
            if not begun:
                await self._absent(scope, receive, send)
        except asyncio.CancelledError:
            # This process stops, and cannot wait any longer.
            if begun or scope.get(_HANG_UP) == "gone":
                raise
            await self._absent(scope, receive, send)

    @asynccontextmanager
    async def _connect(self, patience: float) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A connection of its own for each request: on this machine that costs less than to keep and watch some."""
        loop = asyncio.get_running_loop()
        end = loop.time() + patience
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(self._path, limit=PIECE_BYTES)
                break
            except (ConnectionRefusedError, FileNotFoundError):
                if loop.time() >= end:
                    raise
                await asyncio.sleep(_AGAIN_SECONDS)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()


async def _answer(
    scope: Scope, receive: Receive, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> AsyncGenerator[AnswerHead | bytes]:
    """The answer. The body of the request leaves meanwhile, when it is wanted."""
    sending: asyncio.Task[None] | None = None
    try:
        async for each in AnswerReader(reader, bare=scope["method"] == "HEAD").read():
            if isinstance(each, AnswerHead) and each.status == 100:
                sending = asyncio.ensure_future(_send_body(receive, writer, chunked=_is_chunked(scope)))
            else:
                yield each
    finally:
        if sending is not None:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)


async def _send_body(receive: Receive, writer: asyncio.StreamWriter, *, chunked: bool) -> None:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            writer.transport.abort()
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if chunked and body:
            writer.writelines((b"%x\r\n" % len(body), body, b"\r\n"))
        elif body:
            writer.write(body)
        if chunked and not more:
            writer.write(b"0\r\n\r\n")
        await writer.drain()


def _write_head(scope: Scope) -> bytes:
    """The request as the other process gets it. Its target is the client's own, letter by letter."""
    target: bytes = scope["raw_path"]
    if query := scope["query_string"]:
        target += b"?" + query
    pieces = [scope["method"].encode(), b" ", target, b" HTTP/1.1\r\nconnection: close\r\n"]
    length = b"0"
    for name, value in scope["headers"]:
        if name not in _OF_THE_CONNECTION and name not in OURS:
            pieces += (name, b": ", value, b"\r\n")
            length = value if name == b"content-length" else length
    if _is_chunked(scope):
        pieces.append(b"transfer-encoding: chunked\r\nexpect: 100-continue\r\n")
    elif length != b"0":
        pieces.append(b"expect: 100-continue\r\n")
    client: tuple[str, int] | None = scope.get("client")
    if client is not None:
        pieces.append(b"%b: %b %d\r\n" % (CLIENT, client[0].encode("latin-1", "replace"), client[1]))
    pieces.append(b"%b: %b\r\n\r\n" % (SCHEME, scope["scheme"].encode()))
    return b"".join(pieces)


def _is_chunked(scope: Scope) -> bool:
    return any(name == b"transfer-encoding" for name, _ in scope["headers"])


def _read_head(head: AnswerHead, scope: Scope) -> Message:
    headers: list[tuple[bytes, bytes]] = []
    for name, value in head.headers:
        if name == KNOWN:
            if (known := scope.get(_KNOWN_KEY)) is not None:
                known()
        elif name not in _OF_THE_CONNECTION:
            headers.append((name, value))
    return {"type": "http.response.start", "status": head.status, "headers": headers}
