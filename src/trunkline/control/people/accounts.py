"""One's own account: signing up, who one is, one's password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trunkline.control.audit import Audit
from trunkline.control.page import Page, PageRequest, read_page
from trunkline.control.people.address import read_email
from trunkline.control.people.registration import Registration, UserRecord, show_user
from trunkline.control.people.sessions import Sessions, SignIn, SignInLimit, sign_on_only
from trunkline.control.workspaces.workspaces import WorkspaceRecord, show_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, InvalidInput, NotFound
from trunkline.storage import users, workspaces
from trunkline.storage.database import Database
from trunkline.storage.workspaces import WorkspaceRole


@dataclass(frozen=True, slots=True)
class Me:
    """Who one is, and where one works. ``workspaces`` of a key is the one it works in."""

    user: UserRecord
    workspaces: Page[WorkspaceRecord]
    actor: Actor


class Accounts:
    """What people do with their own accounts."""

    def __init__(
        self,
        database: Database,
        registration: Registration,
        sessions: Sessions,
        audit: Audit,
        limit: SignInLimit,
        *,
        signup_open: bool,
    ) -> None:
        self._database = database
        self._registration = registration
        self._sessions = sessions
        self._audit = audit
        self._limit = limit
        self._signup_open = signup_open

    async def sign_up(self, email: str, password: str, name: str, *, user_agent: str = "") -> SignIn:
        """An account for a stranger, signed in. :class:`Forbidden` unless the installation's sign-up is open."""
        if not self._signup_open:
            raise Forbidden(
                "Sign-up is closed here. Ask for an invitation; an operator can open it with TRUNKLINE_SIGNUP=open."
            )
        if not self._sessions.takes_password_of("user"):
            raise sign_on_only()
        address = read_email(email)
        self._limit.take(address)
        hashed = await self._registration.hash(password)
        async with self._database.write() as tx:
            user, _ = await self._registration.register(tx, None, email=address, name=name, password_hash=hashed)
            return await self._sessions.begin(tx, user, user_agent=user_agent)

    async def describe(self, actor: Actor, page: PageRequest | None = None) -> Me:
        """Who the actor is, with all of their workspaces or a page of them. A key learns of its own workspace only."""
        access.check(actor, "account.read")
        async with self._database.read() as tx:
            user = await users.find(tx, actor.user_id)
            if actor.kind == "user":

                async def read(after: str | None, limit: int) -> Sequence[WorkspaceRole]:
                    return await workspaces.find_memberships(tx, actor.user_id, limit=limit, after=after)

                found = await read_page(read, page, lambda row: row.workspace.id)
            else:
                own = await workspaces.find_membership(tx, actor.workspace_id, actor.user_id)
                found = Page([own] if own is not None else [])
        if user is None:
            raise NotFound("Your account no longer exists.")
        views = [show_workspace(row) for row in found.items]
        return Me(show_user(user), Page(views, found.next_cursor), actor)

    async def update_password(self, actor: Actor, current: str, new: str) -> None:
        """Replace one's password. All other sessions of the user end."""
        access.check(actor, "account.change")
        async with self._database.read() as tx:
            user = await users.find(tx, actor.user_id)
        if user is None:
            raise NotFound("Your account no longer exists.")
        self._limit.take(user.email)
        if not await self._sessions.is_password(user, current):
            raise InvalidInput.of("currentPassword", "is not your password.")
        self._limit.forgive(user.email)
        hashed = await self._registration.hash(new, field="newPassword")
        async with self._database.write() as tx:
            found = await users.find(tx, actor.user_id)
            if found is None or found.password_hash != user.password_hash:
                raise InvalidInput.of("currentPassword", "was changed meanwhile.")
            found.password_hash = hashed
            await self._sessions.end_all(tx, actor, found.id, keep=actor.session_id)
            await self._audit.record(tx, actor, "account.password", target=("user", found.id))
