"""An installation for contract tests, wired by the real composition root and asked without a port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import msgspec
from argon2 import PasswordHasher
from fastapi import FastAPI

from tests.migrated import lay_migrated
from tests.prepared import prepare_by_copy
from trunkline.app.parts import Parts, Wiring
from trunkline.app.preparation import prepare
from trunkline.app.server import open_server
from trunkline.control.people.setup import FirstStart
from trunkline.control.snapshot.refresher import SnapshotRefresher
from trunkline.core.errors import Unavailable
from trunkline.core.secret import Secret
from trunkline.faces.http.services import Services
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.settings import Settings
from trunkline.storage.database import Database
from trunkline.vault.access_token import AccessTokens
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.password import Passwords

PASSWORD = "correct horse battery staple"


class AnyInstallation:
    """An installation, as people meet it."""

    def client(self, credential: str | None = None, **headers: str) -> httpx2.AsyncClient:
        """A client that sends ``credential`` as its bearer token."""
        raise NotImplementedError

    async def add_user(self, admin: Person, email: str) -> Person:
        """Another user, signed in."""
        body = {"email": email, "password": PASSWORD}
        created = await admin.client.post("/api/users", json=body)
        assert created.status_code == 201, created.text
        return await self.log_in(email)

    async def log_in(self, email: str) -> Person:
        """A new session of a user."""
        answer = await self.client().post("/api/auth/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return Person.read(self, answer.json())

    async def join(self, owner: Person, workspace_id: str, person: Person, role: str) -> None:
        """Make ``person`` a member of a workspace."""
        body = {"email": person.email, "role": role}
        invitation = await owner.client.post(f"/api/workspaces/{workspace_id}/invitations", json=body)
        assert invitation.status_code == 201, invitation.text
        accepted = await person.client.post("/api/auth/invitations/accept", json={"token": invitation.json()["token"]})
        assert accepted.status_code == 200, accepted.text


def make_cheap_passwords() -> Passwords:
    """What hashes passwords a thousand times faster than it should: nearly every test signs somebody in."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class LocalInstallation(AnyInstallation):
    """One process of one installation, and clients of it that need no port."""

    settings: Settings
    wiring: Wiring
    app: FastAPI
    first: FirstStart
    clients: list[httpx2.AsyncClient] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.wiring.database

    @property
    def ring(self) -> KeyRing:
        return self.wiring.ring

    @property
    def holder(self) -> SnapshotHolder:
        return self.wiring.holder

    @property
    def refresher(self) -> SnapshotRefresher:
        return self.wiring.refresher

    @property
    def access_tokens(self) -> AccessTokens:
        return self.wiring.people.access_tokens

    @property
    def services(self) -> Services:
        return self.wiring.services

    def client(self, credential: str | None = None, **headers: str) -> httpx2.AsyncClient:
        """A client that sends ``credential`` as its bearer token."""
        if credential is not None:
            headers["Authorization"] = f"Bearer {credential}"
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=False)
        client = httpx2.AsyncClient(transport=transport, base_url="http://trunkline.test", headers=headers)
        self.clients.append(client)
        return client

    async def set_up(self, email: str = "admin@example.com") -> Person:
        """The first administrator, signed in."""
        assert self.first.setup_token is not None
        body = {"token": self.first.setup_token.reveal(), "email": email, "password": PASSWORD}
        return Person.read(self, (await self.client().post("/api/auth/setup", json=body)).json())


@dataclass
class Person:
    """Somebody who is signed in."""

    id: str
    email: str
    access_token: str
    refresh_token: str
    client: httpx2.AsyncClient
    installed: AnyInstallation

    @classmethod
    def read(cls, installed: AnyInstallation, answer: Mapping[str, Any]) -> Person:
        """From the answer to a sign-in."""
        return cls(
            id=answer["user"]["id"],
            email=answer["user"]["email"],
            access_token=answer["accessToken"],
            refresh_token=answer["refreshToken"],
            client=installed.client(answer["accessToken"]),
            installed=installed,
        )

    def at(self, workspace_id: str) -> httpx2.AsyncClient:
        """The person's client in another workspace than their own."""
        return self.installed.client(self.access_token, **{"X-Trunkline-Workspace": workspace_id})

    async def personal(self) -> str:
        """The id of their personal workspace."""
        me = (await self.client.get("/api/auth/me")).json()
        return next(item["id"] for item in me["workspaces"] if item["personal"])

    async def make_workspace(self, name: str = "Team") -> str:
        """The id of a new shared workspace of theirs."""
        answer = await self.client.post("/api/workspaces", json={"name": name})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def make_key(self, workspace_id: str | None = None, **fields: Any) -> dict[str, Any]:
        """A new API key, as the answer has it."""
        body = {"name": "A key", **fields}
        client = self.client if workspace_id is None else self.at(workspace_id)
        answer = await client.post("/api/keys", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()


@asynccontextmanager
async def open_local_installation(
    url: str, directory: Path, *, parts: Parts | None = None, anew: bool = False, **settings: Any
) -> AsyncIterator[LocalInstallation]:
    """A running installation on the database at ``url``. Passwords are hashed cheaply, so that tests are fast.

    ``anew``: not a copy of one that was prepared before, for tests that are about its first start.
    """
    parts = parts or Parts(passwords=make_cheap_passwords)
    chosen = Settings(data_dir=directory, database_url=Secret(url), **settings)
    lay_migrated(url)
    first = await (prepare if anew else prepare_by_copy)(chosen, parts)
    async with open_server(chosen, parts=parts) as server:
        installed = LocalInstallation(settings=chosen, wiring=server.wiring, app=server.pages, first=first)
        try:
            yield installed
            await require_complete_snapshot(installed)
        finally:
            for client in installed.clients:
                await client.aclose()


async def require_complete_snapshot(installed: LocalInstallation) -> None:
    """What was followed change by change is what a process that starts now reads."""
    fresh = SnapshotHolder()
    try:
        await SnapshotRefresher(installed.database, fresh, instance_id=installed.ring.instance).refresh()
        await installed.refresher.refresh()
    except Unavailable:
        return
    followed, read = installed.holder.current, fresh.current
    if followed.revision != read.revision:
        return
    parts = {
        each: msgspec.structs.replace(part, revision=0, data_keys=read.parts[each].data_keys)
        for each, part in followed.parts.items()
        if each in read.parts and part.data_keys.items() >= read.parts[each].data_keys.items()
    }
    assert parts == {each: msgspec.structs.replace(part, revision=0) for each, part in read.parts.items()}
    for name in ("keys", "users", "revoked_sessions", "policies"):
        assert getattr(followed, name) == getattr(read, name), name
