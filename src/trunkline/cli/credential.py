"""What commands sign in with: the key in ``TRUNKLINE_API_KEY``, else a session of the data folder's owner."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Final, Protocol, TypeVar

from trunkline.cli.output import note
from trunkline.cli.owner_session import OwnerSession, OwnerSessions
from trunkline.core.errors import Forbidden, TrunklineError, Unauthenticated, Unavailable
from trunkline.core.secret import Secret

_E = TypeVar("_E", bound=TrunklineError)

_CALLS: Final = ("/v1/", "/v1beta/", "/ollama/")
_RENEW_BEFORE: Final = 120.0


class Credential(Protocol):
    """Something to send as a bearer token."""

    async def token(self, path: str) -> Secret:
        """One that is good now for ``path``."""
        ...

    async def give_way(self, path: str, refusal: TrunklineError) -> bool:
        """Whether something else is there to ask ``path`` with, after the server has refused this."""
        ...

    def explain(self, path: str, refusal: _E) -> _E:
        """The server's refusal, with what its reader needs to know of the credential."""
        ...


class Owner:
    """Sessions of who owns the data folder: one at a time, the next one shortly before the last one expires."""

    def __init__(self, sessions: OwnerSessions) -> None:
        self._sessions = sessions
        self._session: OwnerSession | None = None
        self._expires_at = 0.0

    async def begin(self) -> None:
        """Sign in now. :class:`Unavailable` says why that cannot be."""
        await self.token("")

    async def token(self, path: str) -> Secret:
        """The session's access token."""
        if self._session is None or self._expires_at - time.monotonic() < _RENEW_BEFORE:
            last, self._session = self._session, await self._sessions.begin()
            self._expires_at = time.monotonic() + self._session.expires_in
            if last is not None:
                await self._sessions.end(last)
        return Secret(self._session.access_token)

    async def give_way(self, path: str, refusal: TrunklineError) -> bool:
        """Nobody may do more."""
        return False

    def explain(self, path: str, refusal: _E) -> _E:
        """As the server said it."""
        return refusal

    async def end(self) -> None:
        """Revoke what is left, so that a token is of no use to anybody once the command is over."""
        last, self._session = self._session, None
        if last is not None:
            # A server that has stopped meanwhile, or has ended the session itself, takes its token no more.
            with suppress(Unavailable, Unauthenticated):
                await self._sessions.end(last)


class ApiKey:
    """A key from the environment. Where it may not do what a command is for, the owner of the folder steps in.

    ``open_owner`` opens the owner's sessions; None where they must not be used, as another server is asked. Calls of
    models are always made with the key: what they cost belongs to it.
    """

    def __init__(self, key: Secret, open_owner: Callable[[], Awaitable[Owner]] | None = None) -> None:
        self._key = key
        self._open_owner = open_owner
        self._owner: Owner | None = None

    async def token(self, path: str) -> Secret:
        """The key, or the token of the owner who stepped in."""
        if self._owner is not None and not path.startswith(_CALLS):
            return await self._owner.token(path)
        return self._key

    async def give_way(self, path: str, refusal: TrunklineError) -> bool:
        """Sign in as the owner of the data folder, and say so."""
        if self._open_owner is None or self._owner is not None or path.startswith(_CALLS):
            return False
        try:
            self._owner = await self._open_owner()
        except Unavailable:
            return False
        why = "is not known to this server" if isinstance(refusal, Unauthenticated) else "may not do this"
        note(f"TRUNKLINE_API_KEY of your environment {why}: signed in as the owner of the data folder instead.")
        return True

    def explain(self, path: str, refusal: _E) -> _E:
        """Says that the key is the environment's, which whoever typed a command may not remember."""
        if isinstance(refusal, Unauthenticated):
            return type(refusal)(
                f"The server does not accept TRUNKLINE_API_KEY, which is set in your environment. {refusal.message}"
                + (" Unset it to use the server of this folder as its owner." if self._open_owner else "")
            )
        if isinstance(refusal, Forbidden) and "API key" in refusal.message and not path.startswith(_CALLS):
            return type(refusal)(f"{refusal.message} The key is that of TRUNKLINE_API_KEY in your environment.")
        return refusal


@asynccontextmanager
async def open_credential(
    find_server: Callable[[], Awaitable[None]],
    open_sessions: Callable[[], OwnerSessions],
    *,
    calls_only: bool = False,
) -> AsyncGenerator[Credential]:
    """The credential of this command. ``find_server`` raises what to say when the server does not answer.

    The session of an owner is for the server of this folder's settings alone: another one, which ``TRUNKLINE_URL``
    names, must not be shown a token of this one.
    """
    key = os.environ.get("TRUNKLINE_API_KEY", "").strip()
    elsewhere = bool(os.environ.get("TRUNKLINE_URL"))
    async with AsyncExitStack() as stack:

        async def open_owner() -> Owner:
            owner = Owner(open_sessions())
            stack.push_async_callback(owner.end)
            await owner.begin()
            return owner

        if key:
            yield ApiKey(Secret(key), None if elsewhere or calls_only else open_owner)
            return
        await find_server()
        if elsewhere:
            raise Unauthenticated("TRUNKLINE_URL names a server, so an API key of it is needed: TRUNKLINE_API_KEY=tl-…")
        yield await open_owner()
