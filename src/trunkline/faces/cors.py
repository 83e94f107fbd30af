"""Which web pages' scripts may call: https://fetch.spec.whatwg.org/#http-cors-protocol.

Credentials that a browser keeps are never allowed: who calls shows a key or a token of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, TypeAlias

Pairs: TypeAlias = list[tuple[bytes, bytes]]

METHODS: Final = b"GET, HEAD, POST, PUT, PATCH, DELETE"

EXPOSED: Final = (
    b"x-request-id, x-trunkline-configuration, x-trunkline-version, x-trunkline-route, x-trunkline-feature,"
    b" x-trunkline-dropped, x-trunkline-stored, x-trunkline-input-tokens, x-trunkline-output-tokens,"
    b" x-trunkline-cost-usd, mcp-session-id, retry-after, x-should-retry, etag, location, allow,"
    b" accept-encoding, www-authenticate"
)
"""What scripts may read besides the few headers that they always may."""

_REMEMBERED: Final = b"7200"
"""Seconds that a browser may keep the answer to its question; Chromium takes no more."""

_NAMES: Final = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+(?:\s*,\s*[A-Za-z0-9!#$%&'*+.^_`|~-]+)*")
_USUAL: Final = b"authorization, content-type"


class Cors:
    """Rules for one part of the server. ``anyone`` is the word for all origins; no ``origins`` at all let nobody in."""

    __slots__ = ("_anyone", "_origins")

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origin.encode() for origin in origins)
        self._anyone = b"*" in self._origins

    def __bool__(self) -> bool:
        """Whether anybody may."""
        return bool(self._origins)

    def lets_in(self, origin: bytes) -> bool:
        """Whether a script of ``origin`` may, where the browser does not ask: https://websockets.spec.whatwg.org/."""
        return self._anyone or origin in self._origins

    def answer(self, origin: bytes) -> Pairs:
        """The headers of every answer to a script of ``origin``, errors too."""
        if self._anyone:
            return [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", EXPOSED)]
        if origin in self._origins:
            return [
                (b"access-control-allow-origin", origin),
                (b"access-control-expose-headers", EXPOSED),
                (b"vary", b"origin"),
            ]
        return [(b"vary", b"origin")]

    def preflight(self, headers: Iterable[tuple[bytes, bytes]]) -> Pairs | None:
        """The headers that answer a browser's question whether a script may call; None where it may not."""
        given = dict(headers)
        origin = given.get(b"origin", b"")
        if not self._anyone and origin not in self._origins:
            return None
        asked = given.get(b"access-control-request-headers", b"").strip()
        answer = [
            (b"access-control-allow-origin", b"*" if self._anyone else origin),
            (b"access-control-allow-methods", METHODS),
            # An asterisk would leave out Authorization: https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
            (b"access-control-allow-headers", asked if _NAMES.fullmatch(asked) else _USUAL),
            (b"access-control-max-age", _REMEMBERED),
            (b"vary", b"origin, access-control-request-headers"),
        ]
        if given.get(b"access-control-request-private-network") == b"true" and origin in self._origins:
            # Of pages on the internet that call a server at home: https://wicg.github.io/private-network-access/
            answer.append((b"access-control-allow-private-network", b"true"))
        return answer


ANYONE: Final = Cors(("*",))
"""For what nobody can use without a key of their own."""


def is_preflight(method: str, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a request is a browser's question."""
    if method != "OPTIONS":
        return False
    names = {name for name, _ in headers}
    return b"origin" in names and b"access-control-request-method" in names
