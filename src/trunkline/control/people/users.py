"""The people of the installation, as its administrator manages them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trunkline.control.audit import Audit, changes
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.people.address import read_email
from trunkline.control.people.registration import Registration, UserRecord, show_user
from trunkline.control.people.sessions import Sessions
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonValue
from trunkline.core.errors import Conflict, NotFound
from trunkline.storage import users, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import User, now

UserRole = Literal["admin", "user"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """What is to change of a user; None: nothing of that."""

    name: str | None = None
    role: UserRole | None = None
    disabled: bool | None = None
    password: str | None = None


class Users:
    """Needs ``users.manage`` for everything."""

    def __init__(self, database: Database, registration: Registration, sessions: Sessions, audit: Audit) -> None:
        self._database = database
        self._registration = registration
        self._sessions = sessions
        self._audit = audit

    async def list(self, actor: Actor, page: PageRequest) -> Page[UserRecord]:
        """All users, the oldest first."""
        access.check(actor, "users.manage")
        async with self._database.read() as tx:
            found = await users.find_page(tx, limit=page.limit + 1, after=page.after)
        more = len(found) > page.limit
        kept = [show_user(user) for user in found[: page.limit]]
        return Page(kept, encode_cursor(kept[-1].id) if more else None)

    async def create(self, actor: Actor, email: str, password: str, name: str, role: UserRole) -> UserRecord:
        """A new user. :class:`Conflict` when the address is taken."""
        access.check(actor, "users.manage")
        address = read_email(email)
        hashed = await self._registration.hash(password)
        async with self._database.write() as tx:
            user, _ = await self._registration.register(
                tx, actor, email=address, name=name, password_hash=hashed, role=role
            )
            return show_user(user)

    async def update(self, actor: Actor, user_id: str, change: UserChange) -> UserRecord:
        """Change a user. Disabling ends every session and stops every key of theirs at once; a new password, sessions.

        :class:`Conflict` for the last administrator, who can be neither disabled nor made an ordinary user.
        """
        access.check(actor, "users.manage")
        hashed = await self._registration.hash(change.password) if change.password is not None else None
        async with self._database.write() as tx:
            user = await self._find(tx, user_id)
            before = _state(user)
            if change.name is not None:
                user.name = change.name
            if change.role is not None and change.role != user.role:
                if user.role == "admin":
                    await require_another_admin(tx, user)
                user.role = change.role
            if change.disabled is not None and change.disabled != (user.disabled_at is not None):
                if change.disabled:
                    await require_another_admin(tx, user)
                user.disabled_at = now() if change.disabled else None
            if hashed is not None:
                user.password_hash = hashed
            if change.disabled or hashed is not None:
                await self._sessions.end_all(tx, actor, user.id)
            was, became = changes(before, _state(user))
            if hashed is not None:
                became["passwordChanged"] = True
            await workspaces.touch_all_of(tx, user.id)
            await self._audit.record(tx, actor, "users.change", target=("user", user.id), before=was, after=became)
            return show_user(user)

    async def end_sessions(self, actor: Actor, user_id: str) -> int:
        """Sign a user out everywhere. How many sessions there were."""
        access.check(actor, "users.manage")
        async with self._database.write() as tx:
            user = await self._find(tx, user_id)
            return await self._sessions.end_all(tx, actor, user.id)

    async def _find(self, tx: Transaction, user_id: str) -> User:
        user = await users.find(tx, user_id)
        if user is None:
            raise NotFound("There is no user of that id.")
        return user


async def require_another_admin(tx: Transaction, user: User) -> None:
    """Raise :class:`Conflict` for the last administrator who can sign in by password."""
    admins = await users.lock_admins(tx)
    if user.id in admins and len(admins) == 1:
        raise Conflict("This is the last administrator. Make somebody else one first.", code="last_admin")


def _state(user: User) -> dict[str, JsonValue]:
    return {"name": user.name, "role": user.role, "disabled": user.disabled_at is not None}
