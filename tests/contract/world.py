"""An installation for contract tests: everything behind the management faces, wired as the real one is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx2
from argon2 import PasswordHasher
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry

from trunkline.control.audit import Audit
from trunkline.control.installation.installation import Installation
from trunkline.control.people.accounts import Accounts
from trunkline.control.people.invitations import Invitations
from trunkline.control.people.key_models import KeyModels
from trunkline.control.people.key_use import KeyUse
from trunkline.control.people.keys import Keys
from trunkline.control.people.local_session import LocalSessions
from trunkline.control.people.registration import Registration
from trunkline.control.people.sessions import Sessions, SignInLimit
from trunkline.control.people.setup import FirstStart, Setup
from trunkline.control.people.users import Users
from trunkline.control.rate_limit import RateLimit
from trunkline.control.readiness import Readiness
from trunkline.control.snapshot.refresher import SnapshotRefresher
from trunkline.control.workspaces.applications import Applications
from trunkline.control.workspaces.members import Members
from trunkline.control.workspaces.workspaces import Workspaces
from trunkline.faces import console, management, operations
from trunkline.faces.http.application import build
from trunkline.faces.http.services import Services
from trunkline.gateway.identity import Identity
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.settings import Settings
from trunkline.storage.database import Database
from trunkline.vault.access_token import AccessTokens
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.password import Passwords
from trunkline.vault.root_key import RootKeyFile
from trunkline.vault.sealed_key import SealedKeys
from trunkline.vault.token import Tokens

PASSWORD = "correct horse battery staple"


class Ground:
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


@dataclass
class World(Ground):
    """One process of one installation, and clients of it."""

    settings: Settings
    database: Database
    ring: KeyRing
    holder: SnapshotHolder
    refresher: SnapshotRefresher
    tokens: Tokens
    access_tokens: AccessTokens
    audit: Audit
    services: Services
    app: FastAPI
    first: FirstStart
    clients: list[httpx2.AsyncClient] = field(default_factory=list)

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
    world: Ground

    @classmethod
    def read(cls, world: Ground, answer: Mapping[str, Any]) -> Person:
        """From the answer to a sign-in."""
        return cls(
            id=answer["user"]["id"],
            email=answer["user"]["email"],
            access_token=answer["accessToken"],
            refresh_token=answer["refreshToken"],
            client=world.client(answer["accessToken"]),
            world=world,
        )

    def at(self, workspace_id: str) -> httpx2.AsyncClient:
        """The person's client in another workspace than their own."""
        return self.world.client(self.access_token, **{"X-Trunkline-Workspace": workspace_id})

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


class Faces:
    """What a suite adds to the world: services of its own, and the routers of its faces."""

    def services(self, parts: Mapping[str, Any]) -> dict[str, Any]:
        """More fields of :class:`Services`, made of what is there already (by the names of ``World``'s parts)."""
        return {}

    def routers(self, services: Services) -> list[APIRouter]:
        """More routers."""
        return []


@asynccontextmanager
async def open_world(
    url: str, directory: Path, *, faces: Faces | None = None, migrate: bool = True, **settings: Any
) -> AsyncIterator[World]:
    """A running installation on the database at ``url``. Passwords are hashed cheaply, so that tests are fast."""
    faces = faces or Faces()
    chosen = Settings(data_dir=directory, **settings)
    database = Database(url)
    if migrate:
        await database.migrate()
    ring = await Installation(database).open_ring(RootKeyFile(directory / "root.key"))
    holder = SnapshotHolder()
    refresher = SnapshotRefresher(database, holder, instance_id=ring.instance)
    database.after_change(refresher.refresh_after_change)
    tokens, access_tokens = Tokens(ring), AccessTokens(ring)
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    audit = Audit(database)
    limit = SignInLimit(chosen.login_attempts_per_minute)
    registration = Registration(passwords, audit)
    sessions = Sessions(database, tokens, access_tokens, passwords, audit, limit)
    keys = Keys(database, tokens, audit)
    setup = Setup(database, tokens, registration, sessions, keys, audit, limit)

    async def is_database_reachable() -> None:
        async with database.read():
            return

    async def is_snapshot_loaded() -> str | None:
        return None if refresher.loaded else "No snapshot is loaded yet."

    parts: dict[str, Any] = {
        "settings": chosen,
        "database": database,
        "ring": ring,
        "holder": holder,
        "tokens": tokens,
        "audit": audit,
        "passwords": passwords,
    }
    key_use = KeyUse(database)
    everything: dict[str, Any] = dict.fromkeys(Services.__dataclass_fields__)
    everything.update(
        settings=chosen,
        identity=Identity(holder, tokens, access_tokens, used=key_use.note),
        audit=audit,
        writes=RateLimit(chosen.writes_per_minute, "changes"),
        key_use=key_use,
        accounts=Accounts(database, registration, sessions, audit, limit, signup_open=chosen.signup == "open"),
        sessions=sessions,
        local_sessions=LocalSessions(database, tokens, access_tokens, data_dir=directory, port=chosen.port),
        setup=setup,
        users=Users(database, registration, sessions, audit),
        workspaces=Workspaces(database, audit),
        members=Members(database, audit),
        invitations=Invitations(database, tokens, registration, sessions, audit, limit),
        applications=Applications(database, audit),
        keys=keys,
        key_models=KeyModels(holder),
        sealed_keys=SealedKeys(ring),
        health=Readiness({"snapshot": is_snapshot_loaded}, {"database": is_database_reachable}),
    )
    everything.update(faces.services(parts))
    services = Services(**cast("Any", everything))
    first = await setup.first_start(chosen)
    await refresher.refresh()
    routers = [management.router, operations.router, console.router]
    app = build(services, [*routers, *faces.routers(services)])
    app.state.registry = CollectorRegistry()
    world = World(
        settings=chosen,
        database=database,
        ring=ring,
        holder=holder,
        refresher=refresher,
        tokens=tokens,
        access_tokens=access_tokens,
        audit=audit,
        services=services,
        app=app,
        first=first,
    )
    yield world
    for client in world.clients:
        await client.aclose()
    await database.close()
