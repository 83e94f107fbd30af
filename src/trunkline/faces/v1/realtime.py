"""``GET /v1/realtime``: a client asks for a WebSocket, and gets one when its model's provider has given one to us.

https://developers.openai.com/api/docs/guides/realtime-websocket. Whatever is wrong until then is answered in HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl

from websockets.datastructures import Headers
from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, InvalidInput
from trunkline.faces.cors import Cors
from trunkline.faces.v1.request import RequestHeaders, Scope, conflict
from trunkline.faces.v1.route_match import REALTIME as PATH
from trunkline.faces.v1.status import status_of
from trunkline.gateway.context import CallContext
from trunkline.gateway.gateway import Gateway
from trunkline.gateway.realtime.opening import SUBPROTOCOL, SessionRequest
from trunkline.outbound import Patience, WebSocket

TAKE_OVER: Final = "trunkline.take_over"
"""The key of the scope under which our server offers the connection itself."""

MESSAGE_BYTES: Final = 1 << 20
"""Of one message of a client."""

_KEY: Final = "openai-insecure-api-key."
_BETA: Final = "openai-beta."
_FORWARDED: Final = frozenset({b"openai-beta", b"openai-safety-identifier"})
_ASKED: Final = frozenset({"model", "intent"})

TakeOver = Callable[[asyncio.Protocol], asyncio.Transport]


class Upgrade:
    """What one request asks for. Raises InvalidInput for what cannot be served, and for two keys that differ."""

    def __init__(self, scope: Scope, request_headers: RequestHeaders) -> None:
        raw: list[tuple[bytes, bytes]] = scope["headers"]
        fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw]
        offered = _read_subprotocols(fields)
        keys = {name.removeprefix(_KEY) for name in offered if name.startswith(_KEY)}
        keys |= {request_headers.credential} if request_headers.credential else set()
        if len(keys) > 1:
            raise conflict()
        self.credential: str | None = next(iter(keys), None)
        spoken = [Subprotocol(SUBPROTOCOL)] if SUBPROTOCOL in offered else None
        head = Request(PATH, Headers(fields), scope["method"], f"HTTP/{scope['http_version']}")
        self.response = ServerProtocol(subprotocols=spoken).accept(head)
        self.take_over: TakeOver | None = scope.get(TAKE_OVER)
        self.offered = offered
        self._raw = raw
        self._query: bytes = scope["query_string"]

    def read(self) -> SessionRequest:
        """The session that is asked for."""
        if self.response.status_code != 101 or self.take_over is None:
            words = f"GET {PATH} opens a WebSocket: ask with the headers Connection, Upgrade and Sec-WebSocket-*."
            raise InvalidInput(words, code="websocket_required")
        pairs = parse_qsl(self._query.decode("latin-1"), keep_blank_values=True)
        asked = dict(pairs)
        if len(asked) < len(pairs):
            raise InvalidInput.of(next(name for name, _ in pairs), "stands in the query twice; say it once")
        for name in asked.keys() - _ASKED:
            raise InvalidInput.of(name, "is no parameter of a realtime session here; leave it out")
        if not asked.get("model"):
            raise InvalidInput.of("model", "name the model to use in the query: ?model=…", code="missing_model")
        if asked.get("intent", "transcription") != "transcription":
            raise InvalidInput.of("intent", "can only be transcription; leave it out for a conversation")
        headers = [(name.decode(), value.decode("latin-1")) for name, value in self._raw if name in _FORWARDED]
        if not any(name == "openai-beta" for name, _ in headers):
            betas = [name.removeprefix(_BETA) for name in self.offered if name.startswith(_BETA)]
            # https://github.com/openai/openai-realtime-api-beta: the older interface is asked for in this way.
            headers += [("openai-beta", beta.replace("-v", "=v")) for beta in betas]
        return SessionRequest(model=asked["model"], transcribes="intent" in asked, headers=tuple(headers))


async def serve_realtime(
    gateway: Gateway,
    again: Callable[[], Actor],
    upgrade: Upgrade,
    request_headers: RequestHeaders,
    context: CallContext,
    cors: Cors,
    patience: Patience,
) -> None:
    """A session, from its opening to its end. Raises as long as the client can be answered in HTTP.

    ``again`` gives who asks, whenever that is looked at.
    """
    asked = upgrade.read()
    assert upgrade.take_over is not None
    if request_headers.origin is not None and not cors.lets_in(request_headers.origin):
        raise Forbidden("Pages of this origin may not call here. Have it added to TRUNKLINE_CORS_ORIGINS.")

    request_id = request_headers.request_id
    session = await gateway.realtime.open(again, asked, request_id, context, status_of)
    client = WebSocket(ServerProtocol(state=OPEN, max_size=MESSAGE_BYTES), patience)
    transport = upgrade.take_over(client)
    upgrade.response.headers["x-request-id"] = request_id
    transport.write(upgrade.response.serialize())
    client.attach(transport)
    await session.run(client)


def _read_subprotocols(fields: list[tuple[str, str]]) -> list[str]:
    said = [value for name, value in fields if name == "sec-websocket-protocol"]
    return [name.strip() for value in said for name in value.split(",") if name.strip()]
