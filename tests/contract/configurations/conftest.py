"""The configuration face over real use cases, on SQLite and on PostgreSQL, with people to ask it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest

from trunkline.control.audit import Audit
from trunkline.control.configurations.configurations import Configurations
from trunkline.control.configurations.connection_tests import ConnectionTests
from trunkline.control.configurations.credentials import Credentials
from trunkline.control.configurations.local_models import LocalModels
from trunkline.control.configurations.provider_models import ProviderModels
from trunkline.control.configurations.pulls import Pulls
from trunkline.control.configurations.reach import Reach
from trunkline.control.configurations.revisions import Revisions
from trunkline.control.configurations.templates import Templates
from trunkline.control.installation.installation import Installation
from trunkline.control.installation.rotation import Rotation
from trunkline.control.jobs import Jobs
from trunkline.control.people.key_use import KeyUse
from trunkline.control.prices.prices import PriceBook
from trunkline.control.rate_limit import RateLimit
from trunkline.control.snapshot.refresher import SnapshotRefresher
from trunkline.control.usage.usage import Usage
from trunkline.core.ids import new_id
from trunkline.faces import configurations as configuration_face
from trunkline.faces import jobs as job_face
from trunkline.faces import providers as provider_face
from trunkline.faces import usage as usage_face
from trunkline.faces.http.application import build
from trunkline.faces.http.services import Services
from trunkline.gateway.identity import Identity
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.outbound import Client, Guard, LocalUpstreams
from trunkline.providers.demo import DemoTransport
from trunkline.settings import Settings
from trunkline.storage import change_marks
from trunkline.storage.database import Database
from trunkline.storage.tables import ApiKey, Application, Membership, User, Workspace
from trunkline.vault.access_token import AccessTokens
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey
from trunkline.vault.sealed_key import SealedKeys
from trunkline.vault.token import TokenKind, Tokens
from trunkline.vault.vault import Vault

from . import upstream as upstreams


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment

    def tick(self) -> float:
        return self.moment.timestamp()

    def pass_by(self, **by: float) -> None:
        self.moment += timedelta(**by)


@dataclass(frozen=True)
class Person:
    """Somebody who may ask."""

    id: str
    workspace_id: str
    headers: dict[str, str]


@dataclass
class World:
    """The application, what it stands on, and how to ask it."""

    database: Database
    services: Services
    http: httpx2.AsyncClient
    vault: Vault
    sealed: SealedKeys
    tokens: Tokens
    access: AccessTokens
    holder: SnapshotHolder
    clock: Clock
    rotation: Rotation
    prices: PriceBook

    async def person(self, name: str = "") -> Person:
        """A new user with a personal workspace."""
        user = User(id=new_id(), email=f"{new_id()}@example.com", name=name or "Ann")
        workspace = Workspace(id=new_id(), name="Personal", personal_of=user.id)
        async with self.database.write() as tx:
            tx.add(user)
            await tx.flush()
            tx.add(workspace)
            await tx.flush()
            tx.add(Membership(workspace_id=workspace.id, user_id=user.id, role="owner"))
            change_marks.note(tx, workspace.id)
        return self._sign_in(user.id, workspace.id)

    async def team(self, *roles: str) -> list[Person]:
        """New users in one shared workspace, with these roles."""
        people = [await self.person(role) for role in roles]
        workspace = Workspace(id=new_id(), name="Team")
        async with self.database.write() as tx:
            tx.add(workspace)
            await tx.flush()
            for person, role in zip(people, roles, strict=True):
                tx.add(Membership(workspace_id=workspace.id, user_id=person.id, role=role))
            change_marks.note(tx, workspace.id)
        return [self._sign_in(person.id, workspace.id) for person in people]

    async def application(self, owner: Person) -> str:
        row = Application(id=new_id(), workspace_id=owner.workspace_id, name="App", created_by=owner.id)
        async with self.database.write() as tx:
            tx.add(row)
            change_marks.note(tx, owner.workspace_id)
        return row.id

    async def key(self, owner: Person, scope: str = "manage", application_id: str | None = None) -> Person:
        """An API key of ``owner``."""
        issued = self.tokens.issue(TokenKind.API_KEY)
        row = ApiKey(
            id=new_id(),
            workspace_id=owner.workspace_id,
            user_id=owner.id,
            application_id=application_id,
            name="key",
            digest=issued.digest.hex(),
            mask=issued.display,
            scope=scope,
            models=[],
        )
        async with self.database.write() as tx:
            tx.add(row)
            change_marks.note(tx, owner.workspace_id)
        return Person(owner.id, owner.workspace_id, {"x-api-key": issued.secret.reveal()})

    def _sign_in(self, user_id: str, workspace_id: str) -> Person:
        token = self.access.issue(user_id, new_id(), time.time())
        headers = {"authorization": f"Bearer {token}", "x-trunkline-workspace": workspace_id}
        return Person(user_id, workspace_id, headers)

    async def ask(
        self, who: Person | None, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx2.Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {**(who.headers if who else {}), **given}
        if body is None:
            return await self.http.request(method, path, headers=sent)
        return await self.http.request(method, path, headers=sent, json=body)

    async def make(self, who: Person, **fields: Any) -> dict[str, Any]:
        """A configuration, made through the face."""
        body = {"name": f"c {new_id()}", "provider": "demo", "model": "demo-chat", **fields}
        answer = await self.ask(who, "POST", "/api/configurations", body)
        assert answer.status_code == 201, answer.text
        return cast("dict[str, Any]", answer.json())


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    database = Database(database_url)
    await database.migrate()
    clock = Clock()
    root = RootKey.generate()
    installation = Installation(database)
    ring = KeyRing.create(root)
    vault = Vault(ring)
    sealed = SealedKeys(ring)
    tokens, access = Tokens(ring), AccessTokens(ring)
    audit = Audit(database)
    holder = SnapshotHolder()
    refresher = SnapshotRefresher(database, holder)
    database.after_change(refresher.refresh_after_change)
    credentials = Credentials(vault)
    rotation = Rotation(database, vault, installation, audit)
    client = Client(Guard(LocalUpstreams.parse("loopback")))
    reach = Reach(credentials, client, {"demo": DemoTransport(delay=0)}, prober=client)
    prices = PriceBook()
    models = ProviderModels(database, reach, prices, clock=clock.tick)
    configurations = Configurations(database, credentials, rotation, audit, sealed, models.output_limit)
    jobs = Jobs(database)
    key_use = KeyUse(database)
    mine: dict[str, Any] = {
        "settings": Settings(data_dir=tmp_path),
        "identity": Identity(holder, tokens, access, used=key_use.note),
        "audit": audit,
        "writes": RateLimit(100_000, "changes"),
        "configurations": configurations,
        "connection_tests": ConnectionTests(
            database,
            reach,
            audit,
            RateLimit(10, "connection tests", clock=clock.tick),
            sealed,
            models.output_limit,
            now=clock.now,
        ),
        "revisions": Revisions(database, configurations),
        "templates": Templates(database, audit),
        "provider_models": models,
        "pulls": Pulls(database, reach, jobs, models, audit),
        "local_models": LocalModels(database, reach, models, audit),
        "jobs": jobs,
        "key_use": key_use,
        "rotation": rotation,
        "usage": Usage(database, now=clock.now, clock=clock.tick),
    }
    # Use cases of other faces are not asked for here.
    services = Services(**{field.name: mine.get(field.name) for field in fields(Services)})
    app = build(services, [face.router for face in (configuration_face, provider_face, usage_face, job_face)])
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://trunkline.test") as http:
        yield World(database, services, http, vault, sealed, tokens, access, holder, clock, rotation, prices)
    await jobs.close()
    await client.close()
    await database.close()


@pytest.fixture
async def upstream() -> AsyncIterator[upstreams.Upstream]:
    async with upstreams.start() as running:
        yield running


@pytest.fixture
async def ann(world: World) -> Person:
    return await world.person("Ann")
