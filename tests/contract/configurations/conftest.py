"""The configuration face over real use cases, on SQLite and on PostgreSQL, with people to ask it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest

from tests.contract.local_installation import make_cheap_passwords
from tests.prepared import prepare_by_copy
from trunkline.app.parts import Parts, Wiring
from trunkline.app.server import open_server
from trunkline.app.substitutes import Substitutes
from trunkline.core.ids import new_id
from trunkline.core.secret import Secret
from trunkline.faces.http.services import Services
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.providers.demo import DemoTransport
from trunkline.settings import Settings
from trunkline.storage import change_marks
from trunkline.storage.database import Database
from trunkline.storage.tables import ApiKey, Application, Membership, User, Workspace
from trunkline.vault.token import TokenKind
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
class LocalInstallation:
    """The application, what it stands on, and how to ask it."""

    wiring: Wiring
    http: httpx2.AsyncClient
    clock: Clock

    @property
    def database(self) -> Database:
        return self.wiring.database

    @property
    def services(self) -> Services:
        return self.wiring.services

    @property
    def vault(self) -> Vault:
        return self.wiring.vault

    @property
    def holder(self) -> SnapshotHolder:
        return self.wiring.holder

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
        issued = self.wiring.people.tokens.issue(TokenKind.API_KEY)
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
        token = self.wiring.people.access_tokens.issue(user_id, new_id(), time.time())
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
async def installed(database_url: str, tmp_path: Path) -> AsyncIterator[LocalInstallation]:
    clock = Clock()
    settings = Settings(
        data_dir=tmp_path / "data",
        database_url=Secret(database_url),
        local_upstreams="loopback",
        writes_per_minute=100_000,
    )
    parts = Parts(
        passwords=make_cheap_passwords,
        calls=Substitutes(demo=lambda: DemoTransport(delay=0)),
        clock=clock.tick,
        now=clock.now,
    )
    await prepare_by_copy(settings, parts)
    async with open_server(settings, parts=parts) as server:
        transport = httpx2.ASGITransport(app=server.pages, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://trunkline.test") as http:
            yield LocalInstallation(server.wiring, http, clock)


@pytest.fixture
async def upstream() -> AsyncIterator[upstreams.Upstream]:
    async with upstreams.start() as running:
        yield running


@pytest.fixture
async def ann(installed: LocalInstallation) -> Person:
    return await installed.person("Ann")
