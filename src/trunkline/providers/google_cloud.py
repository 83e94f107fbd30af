"""Access tokens for Google Cloud, which a service account signs for.

https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests: a signed assertion is
exchanged for a token, which is good for an hour and shown as a bearer's.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

import msgspec

from trunkline.core.errors import UpstreamError, UpstreamKind
from trunkline.core.redact import redact
from trunkline.core.secret import Secret
from trunkline.outbound.request import OutgoingRequest
from trunkline.outbound.timeouts import Timeouts
from trunkline.outbound.transport import Transport
from trunkline.outbound.url import Url
from trunkline.providers.service_account import TOKEN_URL, ServiceAccount

SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME: Final = 3600
"""Seconds that an assertion asks for; Google grants no more."""
MARGIN: Final = 60.0
"""Seconds before its end from which on a token is not used."""

_TIMEOUTS: Final = Timeouts(connect=5.0, first_byte=10.0, between=10.0, total=15.0)
_ANSWER_LIMIT: Final = 65_536


class _Granted(msgspec.Struct):
    access_token: str
    expires_in: float = LIFETIME


class _Refused(msgspec.Struct):
    error: str = ""
    error_description: str = ""


class GoogleSigner:
    """Shows a token of one service account, kept until a minute before its end. Callers that come while it is asked
    for wait for the same one. ``clock`` gives seconds since the epoch.
    """

    __slots__ = ("_account", "_asking", "_clock", "_expires", "_token")

    def __init__(self, account: ServiceAccount, clock: Callable[[], float] = time.time) -> None:
        self._account = account
        self._clock = clock
        self._token: Secret | None = None
        self._expires = 0.0
        self._asking: asyncio.Task[Secret] | None = None

    async def sign(self, request: OutgoingRequest, transport: Transport) -> OutgoingRequest:
        """See :class:`trunkline.providers.signer.Signer`. A header that the user set to authorize wins."""
        if any(name.lower() == "authorization" for name, _ in request.headers):
            return request
        token = self._token
        if token is None or self._clock() >= self._expires - MARGIN:
            token = await self._ask(transport)
        shown = ("authorization", f"Bearer {token.reveal()}")
        return msgspec.structs.replace(request, headers=(*request.headers, shown))

    async def _ask(self, transport: Transport) -> Secret:
        task = self._asking
        if task is None:
            task = self._asking = asyncio.ensure_future(self._fetch(transport))
            task.add_done_callback(self._forget)
        # A caller that hangs up must not take the token from those who wait with it.
        return await asyncio.shield(task)

    def _forget(self, task: asyncio.Task[Secret]) -> None:
        self._asking = None
        if not task.cancelled():
            task.exception()  # whoever waited has seen it; where all have left, nobody needs to

    async def _fetch(self, transport: Transport) -> Secret:
        asked_at = self._clock()
        body = urlencode({"grant_type": GRANT, "assertion": self._assert(int(asked_at))}).encode()
        headers = (("content-type", "application/x-www-form-urlencoded"),)
        response = await transport.send(OutgoingRequest("POST", Url.parse(TOKEN_URL), headers, body), _TIMEOUTS)
        answer = await response.read(_ANSWER_LIMIT)
        if response.status != 200:
            raise _read_refusal(response.status, answer)
        try:
            granted = msgspec.json.decode(answer, type=_Granted)
        except (msgspec.DecodeError, UnicodeError):
            raise UpstreamError("Google's token endpoint answered without a token.", kind="malformed") from None
        self._token = Secret(granted.access_token)
        self._expires = asked_at + granted.expires_in
        return self._token

    def _assert(self, now: int) -> str:
        from joserfc import jwt  # noqa: PLC0415 - few installations call Google Cloud

        account = self._account
        header: dict[str, object] = {"alg": "RS256", "typ": "JWT"}
        if account.key_id:
            header["kid"] = account.key_id
        claims = {"iss": account.email, "scope": SCOPE, "aud": TOKEN_URL, "iat": now, "exp": now + LIFETIME}
        return jwt.encode(header, claims, account.key, algorithms=["RS256"])

    def __repr__(self) -> str:
        return f"GoogleSigner({self._account!r})"


def _read_refusal(status: int, body: bytes) -> UpstreamError:
    try:
        said = msgspec.json.decode(body, type=_Refused)
    except (msgspec.DecodeError, UnicodeError):
        said = _Refused()
    kind: UpstreamKind = "rate_limit" if status == 429 else "server" if status >= 500 else "auth"
    return UpstreamError(
        "Google gave no token for this service account.",
        kind=kind,
        status=status,
        detail=redact(said.error_description or said.error)[:2000] or None,
        upstream_code=said.error or None,
    )
