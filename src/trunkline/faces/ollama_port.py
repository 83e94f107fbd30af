"""The port where Ollama's clients expect an Ollama: the paths of ``/ollama`` without that word, and a key that is lent.

Clients of Ollama send no key. One that is lent to them makes whoever reaches the port its owner, so that only programs
of this machine may use it, and no page in a browser of this machine: neither one whose script calls the port (its
``Origin`` or ``Sec-Fetch-Site`` tells), nor one whose name leads here since it was loaded (its name is in ``Host``).
https://developer.mozilla.org/en-US/docs/Glossary/Sec-Fetch-Site; DNS rebinding: https://crypto.stanford.edu/dns/
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from trunkline.core.secret import Secret

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

BASE: Final = "/ollama"

_KEYS: Final = frozenset({b"authorization", b"x-api-key", b"x-goog-api-key"})
_FOREIGN: Final = b"cross-site"
_JSON: Final = (b"content-type", b"application/json")


class OllamaPort:
    """An ASGI application before ``app``. ``key`` is lent to clients of this machine that send none."""

    def __init__(self, app: Application, key: Secret | None) -> None:
        self._app = app
        self._key = key

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        if self._key is not None and all(name not in _KEYS for name, _ in headers):
            refused = _judge(scope, dict(headers))
            if refused is not None:
                await _refuse(send, refused)
                return
            scope["headers"] = [*headers, (b"authorization", f"Bearer {self._key.reveal()}".encode())]
        scope["path"] = BASE + scope["path"]
        await self._app(scope, receive, send)


def _judge(scope: MutableMapping[str, Any], headers: dict[bytes, bytes]) -> str | None:
    """Why the key is not lent; None where it is."""
    client: tuple[str, int] | None = scope.get("client")
    if client is None or not is_loopback(client[0]):
        return "This port serves programs of its own machine. Send an API key: 'Authorization: Bearer tl-…'."
    host = headers.get(b"host", b"").decode("latin-1")
    if not _is_here(f"//{host}"):
        return f"This port serves programs of its own machine, by its address or as localhost, and not as {host!r}."
    origin = headers.get(b"origin")
    if (origin is not None and not _is_here(origin.decode("latin-1"))) or headers.get(b"sec-fetch-site") == _FOREIGN:
        return "Pages of other sites may not use this port. Send an API key: 'Authorization: Bearer tl-…'."
    return None


def is_loopback(host: str) -> bool:
    """Whether ``host``, an address or ``localhost``, is this machine alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_here(url: str) -> bool:
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


async def _refuse(send: Send, words: str) -> None:
    """As Ollama says it: https://docs.ollama.com/api/errors"""
    body = msgspec.json.encode({"error": words})
    headers = [_JSON, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
