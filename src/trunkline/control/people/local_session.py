"""A session without a password, for who owns the data folder: who can read the root key and the database has all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from trunkline.control.audit import Audit
from trunkline.control.people.local_proof import accept_proof
from trunkline.core.actor import Actor
from trunkline.core.errors import Unauthenticated, Unavailable
from trunkline.core.secret import Secret
from trunkline.storage import change_marks, sessions, users, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import AuditEvent, Session, User, now
from trunkline.vault.access_token import LIFETIME_SECONDS, AccessTokens
from trunkline.vault.token import TokenKind, Tokens

ACTOR_KIND: Final = "local"
"""How the audit log names who acts from the server's own machine without a password."""

USER_AGENT: Final = "trunkline command line"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSession:
    """A session of the first administrator. It cannot be refreshed; the token is good for ``expires_in`` seconds."""

    id: str
    user_id: str
    access_token: Secret
    expires_in: int


class LocalSessions:
    """Begins sessions for the command line of this machine, and ends them as soon as a command is done.

    A session is a row like any other, so that it can be revoked and is found in the audit log; nobody holds a refresh
    token for it.
    """

    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        access_tokens: AccessTokens,
        audit: Audit,
        *,
        data_dir: Path,
        port: int,
    ) -> None:
        self._database = database
        self._audit = audit
        self._data_dir = data_dir
        self._port = port
        self._tokens = tokens
        self._access_tokens = access_tokens

    async def begin(self, proof: Secret) -> LocalSession:
        """A session of the administrator who was here first, for who proves to own the data folder.

        :class:`Unauthenticated` when ``proof`` is none, :class:`Unavailable` when no administrator may act.
        """
        if not await asyncio.to_thread(accept_proof, self._data_dir, self._port, proof):
            raise Unauthenticated("The proof is wrong, was used before, or is for another server.")
        at = now()
        async with self._database.write() as tx:
            user = await _find_first_admin(tx)
            session = await sessions.insert(
                tx,
                Session(
                    user_id=user.id,
                    refresh_digest=self._tokens.issue(TokenKind.REFRESH).digest.hex(),
                    user_agent=USER_AGENT,
                    expires_at=at + timedelta(seconds=LIFETIME_SECONDS),
                ),
            )
            await self._record(tx, "auth.login", user.id, session.id)
        return LocalSession(
            id=session.id,
            user_id=user.id,
            access_token=Secret(self._access_tokens.issue(user.id, session.id, at.timestamp())),
            expires_in=LIFETIME_SECONDS,
        )

    async def end(self, actor: Actor) -> None:
        """Revoke the session that asks: its token is refused everywhere. A no-op when it has ended, or was no such one.

        Other sessions are ended by :class:`~trunkline.control.people.sessions.Sessions`, which names them otherwise.
        """
        async with self._database.write() as tx:
            row = await sessions.find(tx, actor.session_id) if actor.session_id is not None else None
            if row is None or row.revoked_at is not None or row.user_agent != USER_AGENT:
                return
            row.revoked_at = now()
            change_marks.note_all(tx, "session", row.id)
            await self._record(tx, "auth.logout", row.user_id, row.id)

    async def _record(self, tx: Transaction, action: str, user_id: str, session_id: str) -> None:
        personal = await workspaces.find_personal(tx, user_id)
        event = AuditEvent(
            workspace_id=personal.id if personal is not None else None,
            actor_kind=ACTOR_KIND,
            actor_id=user_id,
            action=action,
            target_type="session",
            target_id=session_id,
        )
        await self._audit.insert(tx, event)


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
