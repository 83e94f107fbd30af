"""Requests that another process of this machine took from their clients and hands on.

Who the client is stands in headers of our own. They are believed because the socket that they come through is this
user's alone; what a client puts into headers of these names, :mod:`trunkline.faces.forwarder` leaves out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

CLIENT: Final = b"trunkline-client"
"""``<address> <port>``."""

SCHEME: Final = b"trunkline-scheme"

KNOWN: Final = b"trunkline-known"
"""In the answer: its caller is no stranger."""

OURS: Final = frozenset({CLIENT, SCHEME, KNOWN})

_KNOWN_KEY: Final = "trunkline.known"

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class Forwarded:
    """Serves ``app`` with requests as if their clients had come here."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        told = {name: value.decode("latin-1") for name, value in headers if name in OURS}
        address, _, port = told.get(CLIENT, "").rpartition(" ")
        scope["client"] = (address, int(port)) if address else None
        scope["scheme"] = told.get(SCHEME, "http")
        scope["headers"] = [header for header in headers if header[0] not in OURS]
        known = False

        def recognise() -> None:
            nonlocal known
            known = True

        async def answer(message: Message) -> None:
            if known and message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (KNOWN, b"1")]
            await send(message)

        scope[_KNOWN_KEY] = recognise
        await self._app(scope, receive, answer)
