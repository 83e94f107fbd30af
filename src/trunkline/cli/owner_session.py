"""Sessions of who owns the data folder, at the server of this machine that runs on it."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.cli.refusal import explain_silence, read_refusal
from trunkline.control.installation.running import is_running
from trunkline.control.people.local_proof import make_proof
from trunkline.core.errors import Unauthenticated, Unavailable
from trunkline.core.secret import Secret
from trunkline.outbound import Client, OutboundError, OutgoingRequest, Timeouts, Url
from trunkline.settings import Settings

_PATH: Final = "/api/auth/local"

_TIMEOUTS: Final = Timeouts(connect=5, first_byte=30, between=30, total=60)

_REMEDY: Final = (
    "Run the command where the server was started, as the user who started it, or give it a key: TRUNKLINE_API_KEY=tl-…"
)


class OwnerSession(msgspec.Struct, rename="camel", frozen=True):
    """The first administrator's, for ``expires_in`` seconds."""

    access_token: str
    expires_in: int

    def __repr__(self) -> str:
        return "OwnerSession(…)"


class OwnerSessions:
    """Begins and ends them."""

    def __init__(self, url: Url, client: Client, settings: Settings) -> None:
        self._url = url
        self._client = client
        self._data_dir = settings.data_dir
        self._port = settings.port

    async def begin(self) -> OwnerSession:
        """The next one. :class:`Unavailable` when the server has another data folder, or this user does not own it."""
        try:
            if not is_running(self._data_dir / "journal"):
                raise Unavailable(f"No server of this machine runs on the data folder {self._data_dir.absolute()}.")
            with make_proof(self._data_dir, self._port) as proof:
                answer = await self._send("POST", msgspec.json.encode({"proof": proof.reveal()}))
        except Unauthenticated:
            raise Unavailable(
                f"The server at {self._url.origin} has another data folder than {self._data_dir.absolute()}. {_REMEDY}"
            ) from None
        except Unavailable as error:
            raise Unavailable(f"{error.message} {_REMEDY}") from error
        return msgspec.json.decode(answer, type=OwnerSession)

    async def end(self, session: OwnerSession) -> None:
        """Revoke it, so that its token is of no use to anybody. A no-op when it has ended."""
        await self._send("DELETE", token=Secret(session.access_token))

    async def _send(self, method: str, body: bytes = b"", *, token: Secret | None = None) -> bytes:
        headers = [("User-Agent", "trunkline"), ("Content-Type", "application/json")]
        if token is not None:
            headers.append(("Authorization", f"Bearer {token.reveal()}"))
        try:
            response = await self._client.send(OutgoingRequest(method, self._url.join(_PATH), headers, body), _TIMEOUTS)
            answer = await response.read()
        except OutboundError as error:
            raise explain_silence(self._url, error) from error
        if response.status >= 400:
            raise read_refusal(response.status, answer)
        return answer
