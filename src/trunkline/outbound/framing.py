"""What the head of an answer says about how its body ends, how it is coded, and how long the connection is kept.

https://www.rfc-editor.org/rfc/rfc9112#name-message-body-length
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from trunkline.outbound.decoder import Coding

_KEEP_ALIVE: Final = re.compile(rb"timeout=(\d{1,6})", re.ASCII)
_CODINGS: Final[dict[bytes, Coding | None]] = {
    b"": None,
    b"identity": None,
    b"gzip": "gzip",
    b"x-gzip": "gzip",
    b"deflate": "deflate",
}
_LENGTHS: Final = frozenset(
    len(name) for name in ("content-length", "transfer-encoding", "content-encoding", "keep-alive")
)

_OTHERS: Final = frozenset({b"Connection", b"connection"})
"""Of the right length, and none of these."""


class Framing(NamedTuple):
    """``delimited`` is false when only the end of the connection ends the body; ``keep_alive`` is in seconds.

    A ``refusal`` names what makes the answer unreadable, as the object of "The server sent …".
    """

    delimited: bool
    coding: Coding | None = None
    keep_alive: float | None = None
    refusal: str = ""


_BY_LENGTH: Final = Framing(delimited=True)


def read_framing(raw: list[tuple[bytes, bytes]]) -> Framing:
    """Read the fields of a head that the parser has accepted.

    That is, it has refused a length beside a transfer coding, and a length that is doubled or no number.
    """
    delimited = False
    coding = b""
    keep_alive: float | None = None
    for name, value in raw:
        # Lower-casing only names of the right length halves the cost of the whole.
        if len(name) not in _LENGTHS or name in _OTHERS:
            continue
        match name.lower():
            case b"content-length":
                delimited = True
            case b"transfer-encoding":
                delimited = True
                if value.strip().lower() != b"chunked":
                    return Framing(delimited, refusal="a transfer coding other than chunked")
            case b"content-encoding":
                coding = coding + b"," + value if coding else value
            case b"keep-alive":
                keep_alive = _read_keep_alive(value)
            case _:
                pass
    if delimited and not coding and keep_alive is None:
        return _BY_LENGTH
    try:
        return Framing(delimited, _CODINGS[coding.strip().lower()], keep_alive)
    except KeyError:
        return Framing(delimited, refusal="a body in a content coding that was not asked for")


def _read_keep_alive(value: bytes) -> float | None:
    """Seconds that the server says it keeps an idle connection, less one for the way.

    https://datatracker.ietf.org/doc/html/draft-thomson-hybi-http-timeout-03#section-2.1
    """
    match = _KEEP_ALIVE.search(value)
    return None if match is None else max(0.0, int(match[1]) - 1.0)
