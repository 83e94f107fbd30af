"""The answer of another process of ours to one request, piece by piece as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final, cast

import msgspec
from httptools import HttpParserError, HttpResponseParser

PIECE_BYTES: Final = 64 * 1024
"""Read at once. What comes faster than it is taken waits in the system's buffers."""

_CONTINUE: Final = 100


class AnswerHead(msgspec.Struct, frozen=True):
    """The status, and the headers in lower case. 100: the body of the request is wanted."""

    status: int
    headers: list[tuple[bytes, bytes]]


class Broken(Exception):
    """The answer ended before it was whole, or is none."""


class AnswerReader:
    """Reads one answer from ``reader``. ``bare``: it has no body, whatever its headers say (``HEAD``)."""

    def __init__(self, reader: asyncio.StreamReader, *, bare: bool) -> None:
        self._reader = reader
        self._bare = bare
        # The library says nothing of its types: https://github.com/MagicStack/httptools.
        self._parser: Any = cast("Any", HttpResponseParser)(self)
        self._headers: list[tuple[bytes, bytes]] = []
        self._read: list[AnswerHead | bytes] = []
        self._complete = False

    async def read(self) -> AsyncIterator[AnswerHead | bytes]:
        """Heads, of which all but the last have the status 100, and pieces of the body. Raises :class:`Broken`."""
        while not self._complete:
            data = await self._reader.read(PIECE_BYTES)
            if not data:
                raise Broken
            try:
                self._parser.feed_data(data)
            except HttpParserError as error:
                raise Broken from error
            read, self._read = self._read, []
            for each in read:
                yield each

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        status: int = self._parser.get_status_code()
        self._read.append(AnswerHead(status, self._headers))
        self._headers = []
        if self._bare and status != _CONTINUE:
            self._complete = True

    def on_body(self, piece: bytes) -> None:
        """Called by the parser."""
        self._read.append(piece)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        if self._parser.get_status_code() != _CONTINUE:
            self._complete = True
