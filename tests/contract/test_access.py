"""Who may do what, over every route there is: the table in ``core.access`` against the answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from tests.contract.everything import AllFaces
from tests.contract.world import Person, World, open_world
from trunkline.core.access import ACTIONS, Rule
from trunkline.core.actor import at_least
from trunkline.core.ids import new_id
from trunkline.faces.http.auth import Permission

PUBLIC = {
    ("POST", "/api/auth/login"),
    ("POST", "/api/auth/refresh"),
    ("POST", "/api/auth/setup"),
    ("POST", "/api/auth/signup"),
    ("POST", "/api/auth/invitations/accept"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/"),
    ("GET", "/setup"),
    ("GET", "/setup/setup.css"),
    ("GET", "/setup/setup.js"),
    ("GET", "/setup/icon.svg"),
    ("GET", "/docs"),
    ("GET", "/docs/icon.svg"),
    ("GET", "/docs/reference.css"),
    ("GET", "/docs/reference.js"),
    ("GET", "/docs/schema.js"),
}
"""What strangers may ask. Everything else names an action."""

CANARY = "Canary-7c0e"


@dataclass(frozen=True)
class Way:
    """A method at a path, and the rule for it."""

    method: str
    path: str
    action: str | None

    @property
    def rule(self) -> Rule:
        assert self.action is not None
        return ACTIONS[self.action]


def find_action(dependant: Dependant) -> str | None:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Permission):
            return inner.call.action
        found = find_action(inner)
        if found is not None:
            return found
    return None


def find_ways(app: FastAPI) -> Iterator[Way]:
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            for method in sorted((context.methods or set()) - {"HEAD"}):
                assert context.path is not None
                yield Way(method, context.path, find_action(context.dependant))


@dataclass
class Matrix:
    """A workspace with things in it, and everybody who might want them."""

    world: World
    ids: dict[str, str]
    workspace_id: str
    clients: dict[str, httpx2.AsyncClient]

    def path(self, way: Way) -> str:
        path = way.path
        for name, value in self.ids.items():
            path = path.replace(f"{{{name}}}", value)
        assert "{" not in path, f"no example for {path}"
        return path


@pytest.fixture
async def matrix(database_url: str, tmp_path: Path) -> AsyncIterator[Matrix]:
    limits = {"writes_per_minute": 100_000, "login_attempts_per_minute": 10_000}
    async with open_world(database_url, tmp_path / "data", faces=AllFaces(), **limits) as world:
        root = await world.set_up("root@example.com")
        people = {name: await world.add_user(root, f"{name}@example.com") for name in ("owner", "admin", "member")}
        people["viewer"] = await world.add_user(root, "viewer@example.com")
        people["stranger"] = await world.add_user(root, "stranger@example.com")
        owner = people["owner"]
        workspace_id = await owner.make_workspace(CANARY)
        for role in ("admin", "member", "viewer"):
            await world.join(owner, workspace_id, people[role], role)
        yield await _fill(world, owner, workspace_id, people)


async def _fill(world: World, owner: Person, workspace_id: str, people: dict[str, Person]) -> Matrix:
    there = owner.at(workspace_id)

    async def make(path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await there.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    application = await make("/api/applications", {"name": CANARY})
    configuration = await make(
        "/api/configurations", {"name": CANARY, "provider": "demo", "model": "demo-chat", "shared": True}
    )
    version = await make(f"/model-configs/{configuration['id']}/versions", {"version": CANARY})
    key = await make("/api/keys", {"name": CANARY})
    invitation = await make(f"/api/workspaces/{workspace_id}/invitations", {"email": "new@example.com"})
    template = await make("/api/providers/openai/templates", {"name": CANARY, "configuration": {"temperature": 0.5}})
    conversation = await make("/api/conversations", {"model": CANARY})
    picture = await there.post("/api/pictures", content=b"\x89PNG\r\n\x1a\n" + CANARY.encode())
    assert picture.status_code == 201, picture.text
    ids = {
        "conversation_id": conversation["id"],
        "message_id": new_id(),
        "picture_id": picture.json()["id"],
        "workspace_id": workspace_id,
        "application_id": application["id"],
        "configuration_id": configuration["id"],
        "config_id": configuration["id"],
        "version_id": version["_id"],
        "ai_llm_id": configuration["id"],
        "key_id": key["id"],
        "invitation_id": invitation["id"],
        "template_id": template["id"],
        "user_id": owner.id,
        "job_id": new_id(),
        "number": "1",
        "name": "openai",
    }
    revoked = await owner.make_key(workspace_id, scope="manage")
    assert (await there.delete(f"/api/keys/{revoked['id']}")).status_code == 200
    keys = {
        "call": await owner.make_key(workspace_id, scope="call"),
        "manage": await owner.make_key(workspace_id, scope="manage"),
        "expired": await owner.make_key(workspace_id, scope="manage"),
    }
    held = world.holder.current
    expired = {
        digest: msgspec.structs.replace(entry, expires_at=1.0) if entry.id == keys["expired"]["id"] else entry
        for digest, entry in held.keys.items()
    }
    world.holder.current = msgspec.structs.replace(held, keys=expired)
    clients = {
        "anonymous": world.client(),
        "revoked key": world.client(revoked["key"]),
        "expired key": world.client(keys["expired"]["key"]),
        "call key": world.client(keys["call"]["key"]),
        "manage key": world.client(keys["manage"]["key"]),
        "stranger": people["stranger"].client,
        "stranger there": people["stranger"].at(workspace_id),
        **{role: people[role].at(workspace_id) for role in ("viewer", "member", "admin", "owner")},
    }
    return Matrix(world, ids, workspace_id, clients)


async def ask(matrix: Matrix, who: str, way: Way) -> httpx2.Response:
    # A body that no route takes: who may not is refused before anybody looks at it, and who may changes nothing.
    body = None if way.method in {"GET", "DELETE"} else {"thisIsNoField": True}
    return await matrix.clients[who].request(way.method, matrix.path(way), json=body)


async def test_every_route_has_an_action_or_is_public(matrix: Matrix) -> None:
    ways = list(find_ways(matrix.world.app))
    assert len(ways) > 50
    assert {(way.method, way.path) for way in ways if way.action is None} == PUBLIC


async def test_without_a_good_credential_there_is_nothing(matrix: Matrix) -> None:
    for way in find_ways(matrix.world.app):
        if way.action is None:
            continue
        for who in ("anonymous", "revoked key", "expired key"):
            answer = await ask(matrix, who, way)
            assert answer.status_code == 401, (who, way, answer.text)
            assert CANARY not in answer.text


async def test_another_tenant_finds_nothing(matrix: Matrix) -> None:
    for way in find_ways(matrix.world.app):
        if way.action is None:
            continue
        answer = await ask(matrix, "stranger", way)
        assert CANARY not in answer.text, way
        if way.path != "/api/audit":  # where a caller's own failed attempts are, with what they asked for
            assert matrix.workspace_id not in answer.text, way
        if "_id}" in way.path:
            assert answer.status_code in {400, 403, 404}, (way, answer.text)
            if way.method in {"GET", "DELETE"} and not way.rule.instance:
                assert answer.status_code == 404, (way, answer.text)
        through = await ask(matrix, "stranger there", way)
        assert through.status_code == 404, (way, through.text)
        assert CANARY not in through.text


@pytest.mark.parametrize("who", ["viewer", "member", "admin"])
async def test_roles_may_what_the_table_says(matrix: Matrix, who: Any) -> None:
    for way in find_ways(matrix.world.app):
        if way.action is None or way.method == "DELETE":
            continue
        answer = await ask(matrix, who, way)
        may = at_least(who, way.rule.role) and not way.rule.instance
        assert (answer.status_code != 403) == may, (way, answer.text)
        assert answer.status_code not in {401, 500}, (way, answer.text)


@pytest.mark.parametrize("who", ["viewer", "member"])
async def test_weak_roles_delete_nothing_of_others(matrix: Matrix, who: str) -> None:
    for way in find_ways(matrix.world.app):
        # Applications belong to the workspace, and every member may change and delete them.
        if way.action is not None and way.method == "DELETE" and (who, way.action) != ("member", "applications.change"):
            answer = await ask(matrix, who, way)
            assert answer.status_code in {403, 404}, (way, answer.text)


async def test_keys_may_what_their_scope_says(matrix: Matrix) -> None:
    for way in find_ways(matrix.world.app):
        if way.action is None or way.method == "DELETE":
            continue
        answer = await ask(matrix, "call key", way)
        assert (answer.status_code != 403) == (way.rule.scope == "call"), (way, answer.text)
        answer = await ask(matrix, "manage key", way)
        may = not way.rule.users_only and not way.rule.instance
        assert (answer.status_code != 403) == may, (way, answer.text)


async def test_refused_attempts_are_in_the_audit_log(matrix: Matrix) -> None:
    refused = await matrix.clients["viewer"].post("/api/applications", json={"name": "x"})
    assert refused.status_code == 403
    log = await matrix.clients["owner"].get("/api/audit?outcome=refused")
    events = log.json()
    assert [event["action"] for event in events] == ["applications.change"]
    assert events[0]["requestId"] == refused.headers["x-request-id"]
    # What belongs to another workspace is noted at home, where the caller can be asked about it.
    hidden = await matrix.clients["stranger"].get(f"/api/keys/{matrix.ids['key_id']}")
    assert hidden.status_code == 404
    home = await matrix.clients["stranger"].get("/api/audit?outcome=refused&targetType=key")
    assert [(event["action"], event["targetId"]) for event in home.json()] == [("keys.read", matrix.ids["key_id"])]
    # An id that nobody has is no attempt at anything.
    await matrix.clients["stranger"].get(f"/api/keys/{new_id()}")
    assert len((await matrix.clients["stranger"].get("/api/audit?outcome=refused")).json()) == 1


async def test_no_field_of_a_body_gives_rights(matrix: Matrix) -> None:
    member = matrix.clients["member"]
    for field in ("userId", "role", "isAdmin", "scopes", "workspace_id"):
        answer = await member.post("/api/keys", json={"name": "x", field: "admin"})
        assert answer.status_code in {201, 400}
        if answer.status_code == 201:
            assert answer.json()["userId"] != "admin"
    own = await matrix.clients["member"].get("/api/auth/me")
    grabbed = await member.patch(
        f"/api/workspaces/{matrix.workspace_id}/members/{own.json()['user']['id']}", json={"role": "owner"}
    )
    assert grabbed.status_code == 403


async def test_a_hostile_host_changes_nothing(matrix: Matrix) -> None:
    answer = await matrix.clients["owner"].get("/api/keys?limit=1", headers={"host": "evil.example"})
    assert answer.status_code == 200
    assert "evil.example" not in answer.text + str(answer.headers)
