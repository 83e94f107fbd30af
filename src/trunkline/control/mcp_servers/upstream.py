"""Sending messages to MCP servers: with the credential that is stored for them, and nothing of the caller's."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from urllib.parse import quote_plus, urlencode

import msgspec

from trunkline.control.configurations.credentials import HEADER_PREFIX, Credentials
from trunkline.core.errors import CannotOpen, Forbidden, NotFound, UpstreamError
from trunkline.core.secret import Secret
from trunkline.outbound import IncomingResponse, OutboundError, OutgoingRequest, TimedOut, Timeouts, Transport, Url
from trunkline.storage.database import Database
from trunkline.storage.tables import McpServerRow

CLIENT_SECRET: Final = "clientSecret"  # noqa: S105 - the name of a field
"""The field of a credential that OAuth's secret is in."""

LARGEST_ANSWER: Final = 16 << 20
"""Bytes of an answer, or of one event of a stream."""

_LARGEST_TOKEN: Final = 65_536
_EARLY_SECONDS: Final = 30.0
"""How long before its end a token is no longer used."""

_USUAL_SECONDS: Final = 300.0
"""How long a token is used whose end is not told."""

_KEPT: Final = 1_000
_TOKEN_TIMEOUTS: Final = Timeouts(connect=5, first_byte=10, between=10, total=15)


class _Token(msgspec.Struct):
    access_token: str
    expires_in: float = _USUAL_SECONDS


class Upstreams:
    """Opens credentials for each request; tokens of OAuth are kept in memory until they end. ``clock`` is monotonic
    seconds."""

    def __init__(
        self,
        database: Database,
        credentials: Credentials,
        transport: Transport,
        timeouts: Timeouts,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._transport = transport
        self._timeouts = timeouts
        self._clock = clock
        self._tokens: dict[tuple[str, int], tuple[Secret, float]] = {}

    async def send(
        self, server: McpServerRow, method: str, headers: Sequence[tuple[str, str]], body: bytes = b""
    ) -> IncomingResponse:
        """The answer's head, whatever its status. Raises UpstreamError, which names the server and what failed."""
        response = await self._send(server, method, headers, body)
        if response.status == 401 and server.auth == "oauth":
            # The token may have been revoked before its time.
            response.abort()
            self._tokens.pop((server.id, server.revision), None)
            response = await self._send(server, method, headers, body)
        if response.status in {401, 403}:
            response.abort()
            raise fail(server, "auth", f"does not let us in ({response.status}): check what is stored for it")
        if 300 <= response.status < 400:
            response.abort()
            raise fail(server, "malformed", f"redirects ({response.status}), which is not followed")
        return response

    async def _send(
        self, server: McpServerRow, method: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> IncomingResponse:
        sent = [*headers, ("user-agent", "Trunkline"), *await self._sign_in(server)]
        try:
            return await self._transport.send(
                OutgoingRequest(method, Url.parse(server.url), sent, body), self._timeouts
            )
        except OutboundError as error:
            raise explain(server, error) from error

    async def _sign_in(self, server: McpServerRow) -> list[tuple[str, str]]:
        if server.auth == "none" or server.credential_id is None:
            return []
        if server.auth == "headers":
            opened = await self._open(server, server.url)
            return [(name.removeprefix(HEADER_PREFIX), value.reveal().strip()) for name, value in opened.items()]
        place = server.id, server.revision
        token, end = self._tokens.get(place, (None, 0.0))
        if token is None or end <= self._clock():
            token, seconds = await self._fetch_token(server)
            if len(self._tokens) >= _KEPT:
                self._tokens.clear()
            self._tokens[place] = token, self._clock() + max(seconds - _EARLY_SECONDS, 0.0)
        return [("authorization", f"Bearer {token.reveal()}")]

    async def _fetch_token(self, server: McpServerRow) -> tuple[Secret, float]:
        """https://www.rfc-editor.org/rfc/rfc6749#section-4.4, for one resource as
        https://www.rfc-editor.org/rfc/rfc8707 has it."""
        assert server.token_url is not None
        assert server.client_id is not None
        secret = (await self._open(server, server.token_url))[CLIENT_SECRET].reveal()
        form = {"grant_type": "client_credentials", "resource": server.url}
        if server.scope:
            form["scope"] = server.scope
        pair = f"{quote_plus(server.client_id)}:{quote_plus(secret)}".encode()
        headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "application/json"),
            ("authorization", f"Basic {base64.b64encode(pair).decode()}"),
        ]
        asked = OutgoingRequest("POST", Url.parse(server.token_url), headers, urlencode(form).encode())
        try:
            response = await self._transport.send(asked, _TOKEN_TIMEOUTS)
            body = await response.read(_LARGEST_TOKEN)
        except OutboundError as error:
            raise explain(server, error, "The token endpoint of the MCP server") from error
        if response.status != 200:
            raise fail(server, "auth", f"gets no token: its token endpoint answered {response.status}")
        try:
            token = msgspec.json.decode(body, type=_Token, strict=False)
        except msgspec.MsgspecError:
            raise fail(server, "auth", "gets no token: its token endpoint sent none") from None
        if not token.access_token.isascii() or not token.access_token.isprintable():
            raise fail(server, "auth", "gets no token: what its token endpoint sent is none")
        return Secret(token.access_token), token.expires_in

    async def _open(self, server: McpServerRow, url: str) -> Mapping[str, Secret]:
        assert server.credential_id is not None
        origin = str(Url.parse(url).origin)
        try:
            async with self._database.read() as tx:
                return await self._credentials.open(tx, server.workspace_id, server.credential_id, origin=origin)
        except (CannotOpen, Forbidden, NotFound) as error:
            raise fail(server, "auth", f"has a credential that cannot be used: {error.message}") from error


def explain(server: McpServerRow, error: OutboundError, who: str = "The MCP server") -> UpstreamError:
    """What went wrong on the way to it."""
    kind = "timeout" if isinstance(error, TimedOut) else "unreachable"
    return UpstreamError(f"{who} {server.name!r} failed: {error.message}", kind=kind, provider=server.name)


def fail(server: McpServerRow, kind: str, words: str) -> UpstreamError:
    """What it did wrong itself."""
    message = f"The MCP server {server.name!r} {words}."
    return UpstreamError(message, kind="auth" if kind == "auth" else "malformed", provider=server.name)
