"""Who may do what, over every route there is: the table in ``core.access`` against the answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from tests.contract.filled import CANARY, MAKERS, Filled, open_filled
from trunkline.core.access import ACTIONS
from trunkline.core.actor import Role, at_least
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

NOBODY = ("anonymous", "revoked key", "expired key")

ROLES: Mapping[str, Role] = {
    "viewer": "viewer",
    "member": "member",
    "admin": "admin",
    "owner": "owner",
    "call key": "owner",
    "manage key": "owner",
    "application's key": "owner",
}
"""Who is in the workspace, and as what: keys have their maker's role."""

IN_THE_WORKSPACE = tuple(ROLES)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Way:
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


def find_ways(app: FastAPI) -> Iterator[Way]:
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            for method in sorted((context.methods or set()) - {"HEAD"}):
                assert context.path is not None
                yield Way(method, context.path, find_action(context.dependant))


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Filled]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres").make_migrated()
    async with open_filled(tmp_path_factory.mktemp("filled"), url) as opened:
        yield opened


def find_refusal(who: str, way: Way) -> int | None:
    """The status that the table and the rules beyond it refuse ``who`` with; None: they may."""
    assert way.action is not None
    rule = ACTIONS[way.action]
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
        return None
    if rule.instance:
        return None if who == "administrator" else 403
    return 404 if "_id}" in way.path or "{slug}" in way.path else None


def get_example(app: FastAPI, way: Way) -> Any:
    """A body that works, from the description; None where there is none."""
    document = app.openapi()
    path = way.path.replace(":path}", "}")
    content = document["paths"][path][way.method.lower()].get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    for option in (schema, *schema.get("anyOf", ())):
        named = document["components"]["schemas"].get(option.get("$ref", "").rpartition("/")[2], option)
        if "examples" in named:
            return named["examples"][0]
    return None


async def ask(filled: Filled, who: str, way: Way, refusal: int | None) -> httpx2.Response:
    """Send the request.

    Who is to be refused sends what works for others. Who may sends what no route takes, so that nothing changes.
    """
    client, path = filled.clients[who], filled.write_path(way.path)
    if way.method in {"GET", "DELETE"}:
        return await client.request(way.method, path)
    if refusal is None:
        return await client.request(way.method, path, json={"thisIsNoField": True})
    return await client.request(way.method, path, json=filled.put_ids(get_example(filled.whole.pages, way)))


async def test_every_route_has_an_action_or_is_public(filled: Filled) -> None:
    ways = list(find_ways(filled.whole.pages))
    assert len(ways) > 100
    assert {(way.method, way.path) for way in ways if way.action is None} == PUBLIC


@pytest.mark.parametrize("who", [*NOBODY, "stranger", "stranger there", "administrator", *IN_THE_WORKSPACE])
async def test_everybody_may_what_the_table_says(filled: Filled, who: str) -> None:
    wrong: list[str] = []
    for way in find_ways(filled.whole.pages):
        refusal = find_refusal(who, way) if way.action is not None else None
        if way.action is None or (way.method == "DELETE" and refusal is None):
            continue
        answer = await ask(filled, who, way, refusal)
        status = answer.status_code
        fine = status == refusal if refusal is not None else status not in {401, 403, 404, 500}
        if not fine:
            wrong.append(f"{who}: {way.method} {way.path} expected {refusal or 'may'}, is {status} {answer.text[:150]}")
        if who not in ROLES and CANARY in answer.text:
            wrong.append(f"{who}: {way.method} {way.path} leaks")
    assert not wrong, "\n".join(wrong)
