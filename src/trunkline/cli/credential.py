"""What commands sign in with: the key in ``TRUNKLINE_API_KEY``, else a session of the data folder's owner."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from trunkline.app.local import open_local_sessions
from trunkline.control.people.local_session import LocalSession, LocalSessions
from trunkline.core.errors import CannotOpen, Unauthenticated, Unavailable
from trunkline.core.secret import Secret
from trunkline.settings import Settings

_RENEW_BEFORE: Final = timedelta(minutes=2)

_REMEDY: Final = (
    "Run the command where the server was started, as the user who started it, or give it a key: TRUNKLINE_API_KEY=tl-…"
)


class Credential(Protocol):
    """Something to send as a bearer token."""

    async def token(self) -> Secret:
        """One that is good now."""
        ...


class ApiKey:
    """A key from the environment."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    async def token(self) -> Secret:
        """The key."""
        return self._key


class Owner:
    """Sessions of who owns the data folder: one at a time, the next one shortly before the last one expires."""

    def __init__(self, sessions: LocalSessions) -> None:
        self._sessions = sessions
        self._session: LocalSession | None = None

    async def token(self) -> Secret:
        """The session's access token."""
        if self._session is None or self._session.expires_at - datetime.now(UTC) < _RENEW_BEFORE:
            last, self._session = self._session, await self._sessions.begin()
            if last is not None:
                await self._sessions.end(last)
        return self._session.access_token

    async def end(self) -> None:
        """Revoke what is left, so that a token is of no use to anybody once the command is over."""
        if self._session is not None:
            await self._sessions.end(self._session)
            self._session = None


@asynccontextmanager
async def open_credential(settings: Settings, find_server: Callable[[], Awaitable[None]]) -> AsyncGenerator[Credential]:
    """The credential of this command. ``find_server`` raises what to say when the server does not answer.

    The session of an owner is for the server of these settings alone: another one, which ``TRUNKLINE_URL`` names, must
    not be shown a token of this one.
    """
    key = os.environ.get("TRUNKLINE_API_KEY", "").strip()
    if key:
        yield ApiKey(Secret(key))
        return
    await find_server()
    if os.environ.get("TRUNKLINE_URL"):
        raise Unauthenticated("TRUNKLINE_URL names a server, so an API key of it is needed: TRUNKLINE_API_KEY=tl-…")
    async with _open_sessions(settings) as sessions:
        owner = Owner(sessions)
        try:
            yield owner
        finally:
            await owner.end()


@asynccontextmanager
async def _open_sessions(settings: Settings) -> AsyncGenerator[LocalSessions]:
    async with AsyncExitStack() as stack:
        try:
            sessions = await stack.enter_async_context(open_local_sessions(settings))
        except (Unavailable, CannotOpen) as error:
            raise type(error)(f"{error.message} {_REMEDY}") from error
        yield sessions
