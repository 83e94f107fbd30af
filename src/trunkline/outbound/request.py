"""A request on its way out, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import msgspec

from trunkline.core.errors import InvalidInput
from trunkline.outbound.origin import Origin
from trunkline.outbound.url import Url

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", re.ASCII)
_TARGET: Final = re.compile(r"/[!-~]*", re.ASCII)
_METHODS_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_METHODS: Final = _METHODS_WITH_BODY | {"GET", "HEAD", "DELETE", "OPTIONS"}
_RESERVED: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_KNOWN_NAMES: Final = frozenset(
    {
        "Accept",
        "Authorization",
        "Content-Type",
        "User-Agent",
        "accept",
        "anthropic-beta",
        "anthropic-version",
        "api-key",
        "authorization",
        "content-type",
        "traceparent",
        "user-agent",
        "x-api-key",
        "x-goog-api-key",
    }
)
"""Names checked beforehand, so that the usual request pays one look-up per field."""


class OutgoingRequest(msgspec.Struct):
    """What to send. The client itself sets Host, Content-Length and ``Accept-Encoding: gzip``.

    ``headers`` are pairs of name and value in printable ASCII; ``body`` is whole, so that it can be sent again.
    """

    method: str
    url: Url
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""

    def __repr__(self) -> str:
        # Header values are secrets, and queries can be.
        return f"OutgoingRequest({self.method} {self.url.origin})"


def write_head(request: OutgoingRequest) -> bytes:
    """The request line, the header block and its blank line.

    https://www.rfc-editor.org/rfc/rfc9112#name-request-line. Raises InvalidInput for what could change the meaning of
    the message: a name that is no token, a value with control characters (CR and LF above all) or beyond ASCII, and
    the fields that belong to the connection.
    """
    method, url, body = request.method, request.url, request.body
    if _TARGET.fullmatch(url.target) is None:
        raise InvalidInput("The path of the URL holds a character that must be percent-encoded.")
    lines = [f"{method} {url.target} HTTP/1.1\r\nHost: {_authority(url.origin)}\r\nAccept-Encoding: gzip"]
    if method not in _METHODS:
        raise InvalidInput("The method must be GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.")
    if body or method in _METHODS_WITH_BODY:
        lines.append(f"Content-Length: {len(body)}")
    for name, value in request.headers:
        if name not in _KNOWN_NAMES:
            _check_name(name)
        if not (value.isascii() and value.isprintable()):
            raise InvalidInput(f"The value of the header {name} may hold printable ASCII characters only.")
        lines.append(f"{name}: {value}")
    lines.append("\r\n")
    return "\r\n".join(lines).encode("ascii")


@lru_cache(maxsize=1024)
def _authority(origin: Origin) -> str:
    return origin.authority


def _check_name(name: str) -> None:
    if _TOKEN.fullmatch(name) is None:
        raise InvalidInput("A header's name may hold letters, digits and hyphens only.")
    if name.lower() in _RESERVED:
        raise InvalidInput(f"The header {name} is set by Trunkline itself: leave it out.")
