"""A way back in for who has forgotten the password: a link by email, where the installation sends any."""

from __future__ import annotations

import base64
import hmac
from datetime import timedelta
from typing import Final

from trunkline.control.audit import Audit
from trunkline.control.people.address import read_email
from trunkline.control.people.invitation_mail import SendEmail
from trunkline.control.people.registration import Registration
from trunkline.control.people.sessions import Sessions, SignIn, SignInLimit, sign_on_only
from trunkline.core.actor import Actor
from trunkline.core.errors import Conflict, InvalidInput
from trunkline.core.secret import Secret
from trunkline.logs import get_logger
from trunkline.storage import users, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import User, now
from trunkline.vault.token import TokenKind, Tokens

LIFETIME: Final = timedelta(hours=1)

_log: Final = get_logger(__name__)


class PasswordResets:
    """Sends links and accepts them.

    A link's token states the user and until when it is good, and is signed together with the password that they have
    now: it works once, because the password is another one then, and nothing has to be stored.
    """

    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        registration: Registration,
        sessions: Sessions,
        audit: Audit,
        limit: SignInLimit,
        send_email: SendEmail | None,
        public_url: str,
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._registration = registration
        self._sessions = sessions
        self._audit = audit
        self._limit = limit
        self._send_email = send_email
        self._public_url = public_url

    @property
    def possible(self) -> bool:
        """Whether this installation sends emails."""
        return self._send_email is not None

    def admit(self, email: str) -> str:
        """The address, as accounts have it. :class:`Conflict` where no email is sent; counts as an attempt."""
        if self._send_email is None:
            raise Conflict(
                "This installation sends no email (TRUNKLINE_SMTP_URL is unset). Its administrator can set a new"
                " password for you: `trunkline users reset-password`.",
                code="no_email",
            )
        address = read_email(email)
        self._limit.take(address)
        return address

    async def send(self, address: str) -> None:
        """Email a link to the account of that address. Where there is none, nothing happens and nothing is told."""
        async with self._database.read() as tx:
            user = await users.find_by_email(tx, address)
        if self._send_email is None or user is None or user.disabled_at is not None or user.password_hash is None:
            return
        if not self._sessions.takes_password_of(user.role):
            return
        token = self._sign(user, int((now() + LIFETIME).timestamp()))
        text = (
            "Somebody, probably you, has asked for a new password for your account.\n\n"
            f"Choose it here within an hour:\n{self._public_url}/console/reset-password#token={token}\n\n"
            "If it was not you, nothing has to be done: your password stays as it is."
        )
        reason = await self._send_email(address, "Choose a new password", text)
        if reason is not None:
            _log.warning("password_reset_not_sent", reason=reason)

    async def finish(self, token: Secret, password: str, *, user_agent: str = "") -> SignIn:
        """Set the password, end all sessions and begin a new one. :class:`InvalidInput` for a bad token."""
        self._limit.take("password-reset")
        user_id, _, rest = token.reveal().removeprefix(TokenKind.ONE_TIME.value).partition(".")
        until = int(rest.partition(".")[0]) if rest.partition(".")[0].isdecimal() else 0
        async with self._database.read() as tx:
            self._check(await users.find(tx, user_id), until, token)
        hashed = await self._registration.hash(password)
        async with self._database.write() as tx:
            user = self._check(await users.find(tx, user_id), until, token)
            if not self._sessions.takes_password_of(user.role):
                raise sign_on_only()
            user.password_hash = hashed
            return await self._renew(tx, user, user_agent)

    async def _renew(self, tx: Transaction, user: User, user_agent: str) -> SignIn:
        personal = await workspaces.find_personal(tx, user.id)
        workspace_id = personal.id if personal else None
        actor = Actor(user_id=user.id, workspace_id=workspace_id or "", role="owner") if workspace_id else None
        if actor is not None:
            await self._sessions.end_all(tx, actor, user.id)
        await self._audit.record(
            tx, actor, "account.password_reset", target=("user", user.id), workspace_id=workspace_id
        )
        return await self._sessions.begin(tx, user, user_agent=user_agent)

    def _check(self, user: User | None, until: int, token: Secret) -> User:
        if user is None or user.disabled_at is not None or until < now().timestamp():
            raise _no_good_token()
        if not hmac.compare_digest(self._sign(user, until).encode(), token.reveal().encode(errors="surrogatepass")):
            raise _no_good_token()
        return user

    def _sign(self, user: User, until: int) -> str:
        stated = f"{user.id}.{until}"
        digest = self._tokens.digest(TokenKind.ONE_TIME, f"password reset {stated} {user.password_hash}")
        return f"{TokenKind.ONE_TIME.value}{stated}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _no_good_token() -> InvalidInput:
    return InvalidInput.of("token", "is wrong, was used, or is older than an hour. Ask for a new link.")
