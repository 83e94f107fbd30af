"""A session without a password, for who owns the data folder: who can read the root key and the database has all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from trunkline.core.errors import Unavailable
from trunkline.core.secret import Secret
from trunkline.storage import audit, sessions, users, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import AuditEvent, Session, User, now
from trunkline.vault.access_token import LIFETIME_SECONDS, AccessTokens
from trunkline.vault.token import TokenKind, Tokens

ACTOR_KIND: Final = "local"
"""How the audit log names who acts from the server's own machine without a password."""

USER_AGENT: Final = "trunkline command line"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSession:
    """A session of the first administrator. It cannot be refreshed; the token is good until ``expires_at``."""

    id: str
    user_id: str
    email: str
    access_token: Secret
    expires_at: datetime


class LocalSessions:
    """Begins sessions for the command line, and ends them as soon as a command is done.

    A session is a row like any other, so that it can be revoked and is found in the audit log; nobody holds a refresh
    token for it.
    """

    def __init__(self, database: Database, tokens: Tokens, access_tokens: AccessTokens) -> None:
        self._database = database
        self._tokens = tokens
        self._access_tokens = access_tokens

    async def begin(self) -> LocalSession:
        """A session of the administrator who was here first. :class:`Unavailable` when there is none who may act."""
        at = now()
        expires_at = at + timedelta(seconds=LIFETIME_SECONDS)
        async with self._database.write() as tx:
            user = await _find_first_admin(tx)
            session = await sessions.insert(
                tx,
                Session(
                    user_id=user.id,
                    refresh_digest=self._tokens.issue(TokenKind.REFRESH).digest.hex(),
                    user_agent=USER_AGENT,
                    expires_at=expires_at,
                ),
            )
            await _record(tx, "auth.login", user.id, session.id)
        return LocalSession(
            id=session.id,
            user_id=user.id,
            email=user.email,
            access_token=Secret(self._access_tokens.issue(user.id, session.id, at.timestamp())),
            expires_at=expires_at,
        )

    async def end(self, session: LocalSession) -> None:
        """Revoke a session: its token is refused by every process within half a second. A no-op when it has ended."""
        async with self._database.write() as tx:
            row = await sessions.find(tx, session.id)
            if row is None or row.revoked_at is not None:
                return
            row.revoked_at = now()
            personal = await workspaces.find_personal(tx, session.user_id)
            if personal is not None:
                await workspaces.touch(tx, personal.id)
            await _record(tx, "auth.logout", session.user_id, session.id)


async def _find_first_admin(tx: Transaction) -> User:
    ids = set(await users.lock_admins(tx))
    unfinished = await users.find_unfinished_admin(tx)
    if unfinished is not None:
        ids.add(unfinished.id)
    # Ids are in the order of their making.
    user = await users.find(tx, min(ids)) if ids else None
    if user is None:
        raise Unavailable("This installation has no administrator who may sign in.")
    return user


async def _record(tx: Transaction, action: str, user_id: str, session_id: str) -> None:
    personal = await workspaces.find_personal(tx, user_id)
    event = AuditEvent(
        workspace_id=personal.id if personal is not None else None,
        actor_kind=ACTOR_KIND,
        actor_id=user_id,
        action=action,
        target_type="session",
        target_id=session_id,
    )
    await audit.insert(tx, event)
