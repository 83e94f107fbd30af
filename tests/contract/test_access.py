"""Who may do what, over every route there is: the table in ``core.access`` against the answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from tests.contract.access_rules import (
    AT_HOME,
    BEYOND,
    FILES_AND_BATCHES,
    NAMED_IN_BODIES,
    NAMED_IN_QUERIES,
    NOBODY,
    NOT_HERE,
    OTHERS,
    OWN,
    PUBLIC,
    REACHES_EVERYWHERE,
    ROLES,
    THEIR_MAKERS,
    TOLD,
)
from tests.contract.populated_server import CANARY, PopulatedServer, open_populated_server, replace_names
from trunkline.core.access import ACTIONS
from trunkline.core.actor import at_least
from trunkline.core.ids import new_id
from trunkline.faces.http.auth import Permission
from trunkline.faces.v1.calls import CALLS

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class AccessedRoute:
    """A method at a path, and the action of it."""

    method: str
    path: str
    action: str | None


def find_action(dependant: Dependant) -> str | None:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Permission):
            return inner.call.action
        found = find_action(inner)
        if found is not None:
            return found
    return None


def find_routes(app: FastAPI) -> Iterator[AccessedRoute]:
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            for method in sorted((context.methods or set()) - {"HEAD"}):
                assert context.path is not None
                yield AccessedRoute(method, context.path, find_action(context.dependant))


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def populated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[PopulatedServer]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres").make_migrated()
    async with open_populated_server(tmp_path_factory.mktemp("filled"), url) as opened:
        yield opened


def find_refusal(who: str, route: AccessedRoute) -> int | None:
    """The status that the table and the rules beyond it refuse ``who`` with; None: they may."""
    assert route.action is not None
    rule = ACTIONS[route.action]
    if who in NOBODY:
        return 401
    if who == "stranger there":
        return 404
    if who in ROLES:
        by_key = who.endswith("key")
        scope = "call" if who == "call key" else "manage"
        if (
            (rule.scope == "manage" and scope == "call")
            or (rule.users_only and by_key)
            or rule.instance
            or not at_least(ROLES[who], rule.role)
        ):
            return 403
        return find_exception(who, route)
    if rule.instance:
        return None if who == "administrator" else 403
    if who == AT_HOME and re.match(REACHES_EVERYWHERE, route.path):
        return find_refusal("viewer", route)
    names_a_record = "_id}" in route.path or "{slug}" in route.path
    return 404 if names_a_record else find_exception(who, route)


def find_exception(who: str, route: AccessedRoute) -> int | None:
    """The status that the rules beyond the table refuse ``who`` with."""
    statuses = [
        status
        for whom, routes, status in BEYOND
        if who in whom and re.fullmatch(routes, f"{route.method} {route.path}")
    ]
    assert len(statuses) < 2, (who, route)
    return statuses[0] if statuses else None


def get_example(app: FastAPI, route: AccessedRoute) -> Any:
    """A body that works, from the description; None where there is none."""
    document = app.openapi()
    path = route.path.replace(":path}", "}")
    content = document["paths"][path][route.method.lower()].get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    for option in (schema, *schema.get("anyOf", ())):
        named = document["components"]["schemas"].get(option.get("$ref", "").rpartition("/")[2], option)
        if "examples" in named:
            return named["examples"][0]
    return None


async def ask(populated: PopulatedServer, who: str, route: AccessedRoute, refusal: int | None) -> httpx2.Response:
    """Send the request.

    Who is to be refused sends what works for others. Who may sends what no route takes, so that nothing changes.
    """
    client, path = populated.clients[who], populated.write_path(route.path)
    if route.method in {"GET", "DELETE"}:
        return await client.request(route.method, path)
    if refusal is None:
        return await client.request(route.method, path, json={"thisIsNoField": True})
    return await client.request(route.method, path, json=populated.put_ids(get_example(populated.live.pages, route)))


async def test_every_route_has_an_action_or_is_public(populated: PopulatedServer) -> None:
    routes = list(find_routes(populated.live.pages))
    assert len(routes) > 100
    assert {(route.method, route.path) for route in routes if route.action is None} == PUBLIC


@pytest.mark.parametrize("who", [*NOBODY, *OTHERS, AT_HOME, *ROLES])
async def test_everybody_may_what_the_table_says(populated: PopulatedServer, who: str) -> None:
    wrong: list[str] = []
    for route in find_routes(populated.live.pages):
        refusal = find_refusal(who, route) if route.action is not None else None
        if route.action is None or (route.method == "DELETE" and refusal is None):
            continue
        answer = await ask(populated, who, route, refusal)
        status = answer.status_code
        if status != refusal if refusal is not None else status in {401, 403, 404, 500}:
            wrong.append(f"{route.method} {route.path}: expected {refusal or 'may'}, is {status} {answer.text[:150]}")
        if who in {*NOBODY, *OTHERS} and CANARY in answer.text:
            wrong.append(f"{route.method} {route.path}: leaks")
        if who in {"stranger", "administrator"} and populated.workspace_id in answer.text and route.path not in TOLD:
            wrong.append(f"{route.method} {route.path}: tells of the workspace")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", ["administrator", *ROLES])
async def test_who_may_delete_deletes(populated: PopulatedServer, who: str) -> None:
    """Records of others where no rule forbids it, and else one's own."""
    for route in find_routes(populated.live.pages):
        if route.action is None or route.method != "DELETE" or "{" not in route.path or route.path in NOT_HERE:
            continue
        refusal = find_refusal(who, route)
        own = refusal is not None and refusal == find_exception(who, route) and route.path in OWN
        if refusal is not None and not own:
            continue
        what = re.findall(r"\{(\w+)\}", route.path)[-1]
        made = await populated.make(what, populated.clients[who] if own else None)
        path = populated.write_path(route.path.replace(f"{{{what}}}", made))
        answer = await populated.clients[who].delete(path)
        assert answer.status_code == 200, (route, answer.text)
        again = await populated.clients[who].delete(path)
        assert again.status_code == 200 if route.path.endswith("/sessions") else again.status_code == 404, (
            route,
            again,
        )


@pytest.mark.parametrize("header", ["x-api-key", "x-goog-api-key"])
async def test_every_carrier_is_heard_on_every_route(populated: PopulatedServer, header: str) -> None:
    carriers = {name: populated.live.client(**{header: populated.ids[name]}) for name in ("revoked key", "manage key")}
    for route in find_routes(populated.live.pages):
        if route.action is None:
            continue
        refused = await carriers["revoked key"].request(route.method, populated.write_path(route.path))
        assert refused.status_code == 401, (route, refused.text)
        if route.method == "GET":
            usual = find_refusal("manage key", route)
            answer = await carriers["manage key"].get(populated.write_path(route.path))
            may = 400 if route.path in NOT_HERE else 200
            assert answer.status_code == (usual or may) or route.path == "/model-configs", (route, answer.text)
    both = populated.live.client(populated.ids["call key"], **{header: populated.ids["manage key"]})
    assert (await both.get("/api/auth/me")).status_code == 400


@pytest.mark.parametrize(("path", "status"), NAMED_IN_QUERIES)
async def test_queries_open_nothing_of_another_tenant(populated: PopulatedServer, path: str, status: int) -> None:
    if "{own_conversation}" in path:
        path = path.replace(
            "{own_conversation}", await populated.make("conversation_id", populated.clients["stranger"])
        )
    answer = await populated.clients["stranger"].get(populated.write_path(path))
    assert answer.status_code == status, answer.text
    assert CANARY not in answer.text
    if status == 200:
        found: Any = answer.json()
        lists = [found] if isinstance(found, list) else [value for value in found.values() if isinstance(value, list)]
        assert lists
        assert not any(lists)


@pytest.mark.parametrize(("route", "body", "status"), NAMED_IN_BODIES)
async def test_bodies_reach_nothing_of_another_tenant(
    populated: PopulatedServer, route: str, body: dict[str, Any], status: int
) -> None:
    stranger = populated.clients["stranger"]
    me = (await stranger.get("/api/auth/me")).json()
    ids = {**populated.ids, "home": me["workspaces"][0]["id"]}
    if "{own_conversation}" in route:
        ids["own_conversation"] = await populated.make("conversation_id", stranger)
    method, _, path = replace_names(route, ids).partition(" ")
    answer = await stranger.request(method, path, json=replace_names(body, ids))
    assert answer.status_code == status, answer.text
    assert CANARY not in answer.text


LISTS_OF_MODELS = {
    *("/v1/models", "/v1/models/{name}", "/v1beta/models", "/v1beta/models/{name}"),
    *("/ollama/api/tags", "/ollama/api/show", "/ollama/api/ps", "/ollama/api/version"),
}
"""What who may not call may read."""


@pytest.mark.parametrize("who", [*NOBODY, "stranger there", *ROLES])
async def test_calls_may_what_the_table_says(populated: PopulatedServer, who: str) -> None:
    for method, path, _, example in CALLS:
        stored = "{id}" in path
        if method == "POST" and not example and not stored:
            continue  # a form, which is read before its model is known
        refusal = 401 if who in NOBODY else 404 if who == "stranger there" else None
        if who in ROLES and not at_least(
            ROLES[who], ACTIONS["models.list" if path in LISTS_OF_MODELS else "call"].role
        ):
            refusal = 403
        named = path.format(model=CANARY, name=CANARY, id=CANARY)
        answer = await populated.clients[who].request(method, named, json=example if refusal else {"model": 1})
        if refusal is None:
            # A response that nobody has stored is not there for anybody.
            assert answer.status_code == (404 if stored else 200 if method == "GET" else 400), (path, answer.text)
        else:
            assert answer.status_code == refusal, (path, answer.text)
            assert CANARY not in answer.text


@pytest.mark.parametrize("who", [*NOBODY, *OTHERS, AT_HOME, *ROLES])
async def test_files_and_batches_are_their_makers_alone(populated: PopulatedServer, who: str) -> None:
    known = {(method, re.sub(r"\{\w+\}", "{id}", path)) for method, path in FILES_AND_BATCHES}
    assert known == {(method, path) for method, path, *_ in CALLS if re.search("/(files|batches)/{id}", path)}
    for method, path in FILES_AND_BATCHES:
        if who in THEIR_MAKERS and method != "GET":
            continue  # nothing of it is to be gone for those who come later
        answer = await populated.clients[who].request(method, replace_names(path, populated.ids))
        if who in THEIR_MAKERS:
            # As long as it has not ended a batch has no results.
            assert answer.status_code == 200 or path.endswith("/results"), (path, answer.text)
            continue
        refusal = 401 if who in NOBODY else 403 if who == "viewer" else 404
        assert answer.status_code == refusal, (path, answer.text)
        assert CANARY not in answer.text


async def test_refused_attempts_are_in_the_audit_log(populated: PopulatedServer) -> None:
    # By people who were not refused before: no more than so many attempts of one are noted in a minute.
    root = await populated.live.admin()
    viewer, stranger = [await populated.live.add_user(root, f"{new_id()}@example.com") for _ in range(2)]
    await populated.live.join(populated.owner, populated.workspace_id, viewer, "viewer")
    refused = await viewer.at(populated.workspace_id).post("/api/applications", json={"name": "x"})
    assert refused.status_code == 403
    log = (await populated.clients["owner"].get("/api/audit?outcome=refused&limit=1")).json()
    assert [event["action"] for event in log] == ["applications.change"]
    assert log[0]["requestId"] == refused.headers["x-request-id"]
    # What belongs to another workspace is noted at home, where the caller can be asked about it.
    key_id = populated.ids["key_id"]
    hidden = await stranger.client.get(f"/api/keys/{key_id}")
    assert hidden.status_code == 404
    home = (await stranger.client.get("/api/audit?outcome=refused")).json()
    assert [(event["action"], event["targetId"]) for event in home] == [("keys.read", key_id)]
    assert home[0]["requestId"] == hidden.headers["x-request-id"]
    # An id that nobody has is no attempt at anything.
    await stranger.client.get(f"/api/keys/{new_id()}")
    assert (await stranger.client.get("/api/audit?outcome=refused")).json() == home


async def test_no_field_of_a_body_gives_rights(populated: PopulatedServer) -> None:
    member = populated.clients["member"]
    for name in ("userId", "role", "isAdmin", "scopes", "workspace_id"):
        answer = await member.post("/api/keys", json={"name": "x", name: "admin"})
        assert answer.status_code in {201, 400}
        if answer.status_code == 201:
            assert answer.json()["userId"] != "admin"
    own = await member.get("/api/auth/me")
    path = f"/api/workspaces/{populated.workspace_id}/members/{own.json()['user']['id']}"
    assert (await member.patch(path, json={"role": "owner"})).status_code == 403


async def test_a_hostile_host_changes_nothing(populated: PopulatedServer) -> None:
    answer = await populated.clients["owner"].get("/api/keys?limit=1", headers={"host": "evil.example"})
    assert answer.status_code == 200
    assert "evil.example" not in answer.text + str(answer.headers)
