"""The first start: the first administrator, and something to call before anybody has typed a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from trunkline.control.audit import Audit
from trunkline.control.configurations.configurations import KIND
from trunkline.control.configurations.state import read_state
from trunkline.control.people.address import read_email
from trunkline.control.people.keys import KeyRequest, Keys
from trunkline.control.people.registration import Registration
from trunkline.control.people.sessions import Sessions, SignIn, SignInLimit
from trunkline.core.actor import Actor
from trunkline.core.errors import Conflict, InvalidInput
from trunkline.core.ids import new_id
from trunkline.core.secret import Secret
from trunkline.settings import Settings
from trunkline.storage import configurations, facts, revisions, setup_tokens, users, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Configuration, SetupToken, User, Workspace, now
from trunkline.vault.token import TokenKind, Tokens

TOKEN_LIFETIME: Final = timedelta(hours=24)
PLACEHOLDER_EMAIL: Final = "admin@localhost"
"""The first administrator's address until somebody sets theirs."""

DEMO_NAME: Final = "demo"
DEMO_MODEL: Final = "demo-chat"
_STARTED: Final = "first_start"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStart:
    """What to print at start. ``setup_token`` as long as set-up is unfinished; ``api_key`` only the very first time."""

    setup_token: Secret | None
    api_key: Secret | None
    model: str
    """A name to call, which needs no provider's key."""


class Setup:
    """Makes the first administrator with a personal workspace, a key to call with, and a configuration to call."""

    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        registration: Registration,
        sessions: Sessions,
        keys: Keys,
        audit: Audit,
        limit: SignInLimit,
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._registration = registration
        self._sessions = sessions
        self._keys = keys
        self._audit = audit
        self._limit = limit
        self._finished = False

    async def first_start(self, settings: Settings) -> FirstStart:
        """Prepare the installation. To be called at each start, by the one process that starts the others.

        All is made at the first start, once, also when several machines start together. While nobody has set a
        password, each start gives a new one-time token and voids the ones before. With an administrator's address and
        password in the settings there is nothing left to set up.
        """
        hashed, email = None, PLACEHOLDER_EMAIL
        if bool(settings.admin_email) != bool(settings.admin_password):
            missing = "TRUNKLINE_ADMIN_PASSWORD" if settings.admin_email else "TRUNKLINE_ADMIN_EMAIL"
            raise InvalidInput.of(missing, "is unset, and the other of the two is set: set both or neither.")
        if settings.admin_email and settings.admin_password and await self.is_unfinished():
            email = read_email(settings.admin_email, field="TRUNKLINE_ADMIN_EMAIL")
            hashed = await self._registration.hash(settings.admin_password.reveal(), field="TRUNKLINE_ADMIN_PASSWORD")
        async with self._database.write() as tx:
            api_key = None
            mine = new_id()
            if await facts.settle(tx, _STARTED, mine) == mine:
                user, workspace = await self._registration.register(
                    tx, None, email=email, name="Administrator", password_hash=hashed, role="admin"
                )
                api_key = await self._prepare(tx, user, workspace)
            unfinished = await users.find_unfinished_admin(tx)
            if unfinished is not None and hashed is not None:
                await self._settle(tx, unfinished, email, hashed)
                unfinished = None
            token = None
            if unfinished is not None:
                issued = self._tokens.issue(TokenKind.ONE_TIME)
                await setup_tokens.replace(
                    tx, SetupToken(digest=issued.digest.hex(), expires_at=now() + TOKEN_LIFETIME)
                )
                token = issued.secret
        return FirstStart(setup_token=token, api_key=api_key, model=DEMO_NAME)

    async def is_unfinished(self) -> bool:
        """Whether nobody has set the first administrator's password yet. True also before the first start."""
        if self._finished:
            return False
        async with self._database.read() as tx:
            waiting = await users.find_unfinished_admin(tx) is not None or await users.count(tx) == 0
        self._finished = not waiting
        return waiting

    async def finish(self, token: Secret, email: str, password: str, *, user_agent: str = "") -> SignIn:
        """Set the first administrator's address and password, and sign them in.

        :class:`InvalidInput` for a token that is wrong, used or expired; :class:`Conflict` when set-up is finished, or
        the address is another user's.
        """
        self._limit.take("setup")
        address = read_email(email)
        digest = self._tokens.digest(TokenKind.ONE_TIME, token.reveal()).hex()
        if not await self.is_unfinished():
            raise Conflict("This installation is set up already. Log in with POST /api/auth/login.", code="set_up")
        async with self._database.read() as tx:
            if await setup_tokens.find_good(tx, digest, now()) is None:
                raise _no_good_token()
        hashed = await self._registration.hash(password)
        async with self._database.write() as tx:
            good = await setup_tokens.find_good(tx, digest, now())
            user = await users.find_unfinished_admin(tx)
            if good is None or user is None:
                raise _no_good_token()
            good.used_at = now()
            other = await users.find_by_email(tx, address)
            if other is not None and other.id != user.id:
                raise Conflict("There is an account with this email address already.", code="email_taken")
            await self._settle(tx, user, address, hashed)
            return await self._sessions.begin(tx, user, user_agent=user_agent)

    async def _settle(self, tx: Transaction, user: User, email: str, hashed: str) -> None:
        user.email, user.password_hash = email, hashed
        personal = await workspaces.find_personal(tx, user.id)
        await self._audit.record(
            tx,
            None,
            "auth.setup",
            target=("user", user.id),
            after={"email": email},
            workspace_id=personal.id if personal else None,
        )

    async def _prepare(self, tx: Transaction, user: User, workspace: Workspace) -> Secret | None:
        """A configuration that answers without a provider's key, as the workspace's default, and a key to call it."""
        row = Configuration(
            id=new_id(),
            workspace_id=workspace.id,
            user_id=user.id,
            name=DEMO_NAME,
            provider="demo",
            model=DEMO_MODEL,
            parameters={},
            is_active=True,
            is_shared=False,
        )
        await configurations.insert(tx, row)
        await revisions.insert(
            tx,
            kind=KIND,
            subject_id=row.id,
            workspace_id=workspace.id,
            number=1,
            author_id=user.id,
            reason="Made at the first start.",
            state=read_state(row, {}),
        )
        workspace.default_configuration_id = row.id
        maker = Actor(user_id=user.id, workspace_id=workspace.id, role="owner")
        issued = await self._keys.issue(tx, maker, KeyRequest(name="First start", scope="call"))
        return issued.secret


def _no_good_token() -> InvalidInput:
    return InvalidInput.of(
        "token", "is wrong, was used, or is older than 24 hours. Start the server again: it prints a new one."
    )
