"""The head of a request that may be served without a task: of a chat, by a client with an API key, and nothing special.

The same client sends the same head with each of its requests but for the length of the body, so a connection reads it
once and then compares the bytes before and after the length.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from trunkline.core.errors import TrunklineError
from trunkline.faces.packing import choose_coding
from trunkline.faces.request_head import judge_head
from trunkline.faces.v1.request import RequestHeaders
from trunkline.gateway.identity import Admitted, Identity
from trunkline.vault.token import TokenKind

REQUEST_LINE: Final = b"POST /v1/chat/completions HTTP/1.1\r\n"

_LENGTH: Final = re.compile(rb"\r\n[cC]ontent-[lL]ength:[ \t]*(\d{1,9})(?=\r\n)")
_MOST_DIGITS: Final = 10
"""Of the length, with what ends them."""
_SPECIAL: Final = frozenset(
    {b"content-length", b"transfer-encoding", b"connection", b"expect", b"upgrade", b"cache-control"}
)
_OURS: Final = b"x-trunkline-"


class HeadBytes(NamedTuple):
    """A head as it came, less the digits that tell the length of its body: what stands ``before`` and ``after`` them.

    ``start`` is where they stand. The last bytes of ``after`` are the empty line.
    """

    before: bytes
    after: bytes
    start: int

    def find_body(self, data: bytes) -> tuple[int, int] | None:
        """The length of a body and where in ``data`` it begins, where just this head stands before it."""
        start = self.start
        if not data.startswith(self.before):
            return None
        end = data.find(b"\r", start, start + _MOST_DIGITS)
        digits = data[start:end]
        if end < 0 or not digits.isdigit() or not data.startswith(self.after, end):
            return None
        return int(digits), end + len(self.after)

    @property
    def without_length(self) -> bytes:
        """The head without the line of the length, and without the line breaks at its end."""
        line = self.before.rindex(b"\r\n")
        return self.before[:line] + self.after[:-4]


def split_head(data: bytes) -> HeadBytes | None:
    """The head at the start of ``data``; None where there is no whole one of this kind."""
    if not data.startswith(REQUEST_LINE):
        return None
    end = data.find(b"\r\n\r\n")
    length = _LENGTH.search(data, 0, end + 2) if end > 0 else None
    if length is None:
        return None
    start, last = length.span(1)
    return HeadBytes(data[:start], data[last : end + 4], start)


class PlainHead:
    """``raw`` are its bytes. ``coding`` is how the client likes large answers packed."""

    __slots__ = ("admitted", "coding", "raw", "request_id", "trace")

    def __init__(
        self, raw: HeadBytes, admitted: Admitted, coding: str | None, request_id: str | None, trace: str | None
    ) -> None:
        self.raw = raw
        self.admitted = admitted
        self.coding = coding
        self.request_id = request_id
        """What the client calls its request, if it does."""
        self.trace = trace
        """Of which trace it is part, in the client's words."""


class _Fields:
    """What the parser tells of."""

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """One field."""
        self.headers.append((name.lower(), value))


def read_plain_head(raw: HeadBytes, identity: Identity) -> PlainHead | None:
    """What ``raw`` says, when it is of this kind and the key is good; None for whoever serves all other requests."""
    fields = _Fields()
    parser = HttpRequestParser(fields)
    try:
        parser.feed_data(raw.without_length + b"\r\n\r\n")
    except (HttpParserError, HttpParserUpgrade):
        return None
    headers = fields.headers
    if judge_head("1.1", headers) is not None:
        return None
    given = None
    for name, value in headers:
        if name in _SPECIAL or (name.startswith(_OURS) and name != b"x-trunkline-workspace"):
            return None
        if name == b"x-request-id":
            given = value
    read = RequestHeaders(headers)
    if read.conflicting or read.codings or read.google or read.anthropic or read.unit is not None or read.origin:
        return None
    if read.credential is None or not read.credential.startswith(TokenKind.API_KEY.value):
        return None
    try:
        admitted = identity.admit(read.credential, read.workspace_id)
    except TrunklineError:
        return None
    coding = None if read.accepts is None else choose_coding(read.accepts)
    known = read.request_id if given is not None and given == read.request_id.encode() else None
    return PlainHead(raw, admitted, coding, known, read.trace)
