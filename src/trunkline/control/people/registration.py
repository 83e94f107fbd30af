"""How a person comes to be in the database: a user and the workspace that is theirs alone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from trunkline.control.audit import Audit
from trunkline.control.record import read_record
from trunkline.core.actor import Actor
from trunkline.core.errors import Conflict
from trunkline.storage import users, workspaces
from trunkline.storage.database import Transaction
from trunkline.storage.tables import User, Workspace
from trunkline.vault.password import Passwords

PERSONAL_NAME = "Personal"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRecord:
    """A user, as people see them. ``role`` is that of the installation."""

    id: str
    email: str
    name: str
    role: str
    created_at: datetime
    disabled_at: datetime | None


def show_user(user: User) -> UserRecord:
    """A user's row as a view."""
    return read_record(UserRecord, user)


class Registration:
    """Makes users. What is common to signing up, being invited, being made by an administrator, and the first start."""

    def __init__(self, passwords: Passwords, audit: Audit) -> None:
        self._passwords = passwords
        self._audit = audit

    async def hash(self, password: str, *, field: str = "password") -> str:
        """The hash to store, made in a thread, because it takes 50 ms. To be awaited before a transaction begins."""
        return await asyncio.to_thread(self._passwords.hash, password, field=field)

    async def register(
        self,
        tx: Transaction,
        actor: Actor | None,
        *,
        email: str,
        name: str,
        password_hash: str | None,
        role: str = "user",
    ) -> tuple[User, Workspace]:
        """A new user with a personal workspace. ``email`` is in its kept form; :class:`Conflict` when it is taken."""
        if await users.find_by_email(tx, email) is not None:
            raise Conflict("There is an account with this email address already.", code="email_taken")
        user = await users.insert(tx, User(email=email, name=name, password_hash=password_hash, role=role))
        workspace = await workspaces.insert(tx, Workspace(name=PERSONAL_NAME, personal_of=user.id), owner_id=user.id)
        await self._audit.record(
            tx,
            actor,
            "users.create",
            target=("user", user.id),
            after={"email": email, "name": name, "role": role},
            workspace_id=actor.workspace_id if actor else workspace.id,
        )
        return user, workspace
