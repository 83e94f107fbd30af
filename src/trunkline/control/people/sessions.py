"""Signing in and out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from trunkline.control.audit import Audit
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.people.address import read_email
from trunkline.control.people.registration import UserRecord, show_user
from trunkline.control.rate_limit import RateLimit
from trunkline.control.record import read_record
from trunkline.control.request_context import current_request_context
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from trunkline.core.secret import Secret
from trunkline.storage import change_marks, sessions, users, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Session, User, now
from trunkline.vault.access_token import LIFETIME_SECONDS, AccessTokens
from trunkline.vault.password import Passwords
from trunkline.vault.token import TokenKind, Tokens

SESSION_LIFETIME: Final = timedelta(days=30)
"""From its last refresh on."""

LEEWAY: Final = timedelta(seconds=30)
"""How long a browser may use its last refresh token once more: it may have lost the answer with the next one, because
the page was left meanwhile."""

_ADDRESS_FACTOR: Final = 10
"""How many accounts' worth of attempts one address has: enough for an office, too few to try one password on all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What somebody who signed in gets. ``expires_in`` is the access token's lifetime in seconds."""

    access_token: Secret
    refresh_token: Secret
    expires_in: int
    user: UserRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """Where one is signed in. ``current``: it is the session that asks."""

    id: str
    user_agent: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: bool


class SignInLimit:
    """Attempts with a password: some a minute of one address on one account, and ten times as many of one address."""

    def __init__(self, per_minute: float) -> None:
        self._pairs = RateLimit(per_minute, "attempts for this account")
        self._addresses = RateLimit(per_minute * _ADDRESS_FACTOR, "attempts from your address")

    def take(self, account: str) -> None:
        """Count an attempt from the address of this request on ``account``. :class:`TooMany` over the limit."""
        address = current_request_context().address or ""
        self._addresses.take(address)
        self._pairs.take(f"{address} {account}")

    def forgive(self, account: str) -> None:
        """The attempt was a good one: typing errors before it no longer count."""
        self._pairs.forgive(f"{current_request_context().address or ''} {account}")


class Sessions:
    """Signs in by password, goes on by refresh tokens that work once, signs out."""

    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        access_tokens: AccessTokens,
        passwords: Passwords,
        audit: Audit,
        limit: SignInLimit,
        *,
        passwords_for_admins: bool = False,
    ) -> None:
        self._database = database
        self._passwords_for_admins = passwords_for_admins
        self._tokens = tokens
        self._access_tokens = access_tokens
        self._passwords = passwords
        self._audit = audit
        self._limit = limit

    async def log_in(self, email: str, password: str, *, user_agent: str = "") -> SignIn:
        """A new session. :class:`Unauthenticated` alike for a wrong password, an unknown and a disabled account.

        :class:`Forbidden` for the right password of who has to sign in elsewhere.
        """
        account = _read_account(email)
        self._limit.take(account)
        async with self._database.read() as tx:
            user = await users.find_by_email(tx, account)
        if user is None or not await self.is_password(user, password):
            if user is None:
                await asyncio.to_thread(self._passwords.verify_dummy, password)
            await self._note_failure(user)
            raise Unauthenticated("The email address or the password is wrong.")
        self._limit.forgive(account)
        if not self.takes_password_of(user.role):
            await self._note_failure(user)
            raise sign_on_only()
        fresh = None
        if user.password_hash and self._passwords.needs_rehash(user.password_hash):
            fresh = await asyncio.to_thread(self._passwords.hash, password)
        async with self._database.write() as tx:
            found = await users.find(tx, user.id)
            if found is None or found.disabled_at is not None or found.password_hash != user.password_hash:
                raise Unauthenticated("The email address or the password is wrong.")
            if fresh is not None:
                found.password_hash = fresh
            return await self.begin(tx, found, user_agent=user_agent)

    def takes_password_of(self, role: str) -> bool:
        """Whether users of that role of the installation may sign in by password. Administrators always may."""
        return role == "admin" or not self._passwords_for_admins

    async def is_password(self, user: User, password: str) -> bool:
        """Whether ``password`` is the user's, and the user may sign in. Takes the same time in every case."""
        if user.password_hash is None or user.disabled_at is not None:
            return await asyncio.to_thread(self._passwords.verify_dummy, password)
        return await asyncio.to_thread(self._passwords.verify, user.password_hash, password)

    async def begin(self, tx: Transaction, user: User, *, user_agent: str = "") -> SignIn:
        """A new session of ``user``, in the transaction that found out who it is."""
        at = now()
        await sessions.remove_expired(tx, user.id, at)
        refresh = self._tokens.issue(TokenKind.REFRESH)
        session = await sessions.insert(
            tx,
            Session(
                user_id=user.id,
                refresh_digest=refresh.digest.hex(),
                user_agent=user_agent[:255],
                expires_at=at + SESSION_LIFETIME,
            ),
        )
        personal = await workspaces.find_personal(tx, user.id)
        await self._audit.record(
            tx,
            None,
            "auth.login",
            target=("user", user.id),
            workspace_id=personal.id if personal else None,
            user_id=user.id,
            after={"sessionId": session.id},
        )
        return self._sign_in(user, session, refresh.secret)

    async def refresh(self, token: Secret, *, leeway: timedelta = timedelta()) -> SignIn:
        """The next pair of tokens. Using a refresh token a second time means that it was stolen: the session ends,
        unless that is within ``leeway`` of the first time.
        """
        digest = self._tokens.digest(TokenKind.REFRESH, token.reveal()).hex()
        async with self._database.write() as tx:
            session = await sessions.find_by_refresh(tx, digest)
            at = now()  # now that the session is held: who used it meanwhile did so before
            user = await users.find(tx, session.user_id) if session else None
            if session is not None and user is not None:
                again = session.refresh_digest != digest
                late = at - session.last_used_at >= leeway
                if again and late and session.revoked_at is None:
                    await self._end(tx, session, "auth.refresh_reused", outcome="refused")
                elif session.revoked_at is None and session.expires_at > at and user.disabled_at is None:
                    fresh = self._tokens.issue(TokenKind.REFRESH)
                    # Of two who refresh at once, the browser keeps the token of either.
                    session.previous_digest, session.refresh_digest = session.refresh_digest, fresh.digest.hex()
                    session.last_used_at, session.expires_at = at, at + SESSION_LIFETIME
                    return self._sign_in(user, session, fresh.secret)
        raise Unauthenticated("The refresh token is unknown, was used before, or has expired. Log in again.")

    async def log_out(self, actor: Actor, *, everywhere: bool = False) -> None:
        """End the actor's session, or all of theirs; access tokens of it are refused from now on."""
        access.check(actor, "account.change")
        async with self._database.write() as tx:
            if everywhere:
                await self.end_all(tx, actor, actor.user_id)
            elif actor.session_id is not None:
                session = await sessions.find(tx, actor.session_id)
                if session is not None and session.revoked_at is None:
                    await self._end(tx, session, "auth.logout", actor=actor)

    async def list(self, actor: Actor, page: PageRequest) -> Page[SessionRecord]:
        """The sessions of the user that go on, the newest first."""
        access.check(actor, "account.change")
        async with self._database.read() as tx:
            rows = await sessions.find_open(tx, actor.user_id, now(), limit=page.limit + 1, after=page.after)
        kept = [read_record(SessionRecord, row, current=row.id == actor.session_id) for row in rows[: page.limit]]
        return Page(kept, encode_cursor(kept[-1].id) if len(rows) > page.limit else None)

    async def end(self, actor: Actor, session_id: str) -> None:
        """End one of the user's sessions. :class:`NotFound` for one that is not theirs, or has ended."""
        access.check(actor, "account.change")
        async with self._database.write() as tx:
            session = await sessions.find(tx, session_id)
            if session is None or session.user_id != actor.user_id or session.revoked_at is not None:
                raise NotFound("You have no open session of that id.")
            await self._end(tx, session, "auth.logout", actor=actor)

    async def end_all(self, tx: Transaction, actor: Actor | None, user_id: str, *, keep: str | None = None) -> int:
        """End a user's sessions, but not ``keep``. How many there were. ``actor`` None: their provider wants it."""
        ended = await sessions.revoke_all(tx, user_id, now(), keep=keep)
        if ended:
            change_marks.note_all(tx, "session", user_id)
            await self._audit.record(
                tx, actor, "auth.sessions_revoked", target=("user", user_id), after={"sessions": ended}
            )
        return ended

    async def _end(
        self, tx: Transaction, session: Session, action: str, *, actor: Actor | None = None, outcome: str = "ok"
    ) -> None:
        session.revoked_at = now()
        personal = await workspaces.find_personal(tx, session.user_id)
        change_marks.note_all(tx, "session", session.id)
        await self._audit.record(
            tx,
            actor,
            action,
            target=("session", session.id),
            outcome="refused" if outcome == "refused" else "ok",
            workspace_id=personal.id if personal else None,
        )

    async def _note_failure(self, user: User | None) -> None:
        # Also for an account that there is not: the time that this takes must not tell which there are.
        user_id = user.id if user else None
        async with self._database.write() as tx:
            personal = await workspaces.find_personal(tx, user_id or "")
            await self._audit.record(
                tx,
                None,
                "auth.login",
                target=("user", user_id),
                outcome="refused",
                workspace_id=personal.id if personal else None,
            )

    def _sign_in(self, user: User, session: Session, refresh: Secret) -> SignIn:
        return SignIn(
            access_token=Secret(self._access_tokens.issue(user.id, session.id, now().timestamp())),
            refresh_token=refresh,
            expires_in=LIFETIME_SECONDS,
            user=show_user(user),
        )


def sign_on_only() -> Forbidden:
    """What is told to who has a password, or asks for one, where passwords are not taken."""
    return Forbidden(
        "Passwords are not used here (TRUNKLINE_PASSWORD_SIGN_IN=administrators). Sign in with your organization's"
        " account.",
        code="password_sign_in_off",
    )


def _read_account(email: str) -> str:
    """The form in which addresses are kept. What is no address has no account, and is limited all the same."""
    try:
        return read_email(email)
    except InvalidInput:
        return email.strip().lower()
