"""``/api/routes``: conditions of routes and of their targets, and what serves the requests that do not fulfil them."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.contract.live_server import LiveServer, eventually
from tests.contract.management.routes import NOBODY, ask, fields_of, make_configuration, make_route


async def test_conditions_fallbacks_and_hedging_are_kept(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    one, two = [await make_configuration(admin.client, name) for name in ("one", "two")]
    conditions = {
        "minInputTokens": None, "maxInputTokens": 100, "tags": ["batch"], "metadata": {"team": "red"},
        "modelFamilies": ["demo"],
        "hours": {"start": "08:00", "end": "18:00", "timeZone": "Europe/Berlin", "days": ["monday"]},
    }  # fmt: skip
    targets = [
        {"configurationId": one["id"], "conditions": conditions},
        {"configurationId": two["id"]},
        {"configurationId": two["id"], "fallbackFor": "contextWindow"},
        {"configurationId": two["id"], "fallbackFor": "contentFilter"},
    ]
    body = {"name": "r", "strategy": "least-busy", "targets": targets, "hedging": {"afterMs": None},
            "caching": {"ttlSeconds": 60, "scope": "workspace", "withTools": True}}  # fmt: skip
    made = await admin.client.post("/api/routes", json=body)
    assert made.status_code == 201, made.text
    route = made.json()
    assert [each["conditions"] for each in route["targets"]] == [conditions, None, None, None]
    assert [each["fallbackFor"] for each in route["targets"]] == [None, None, "contextWindow", "contentFilter"]
    assert route["hedging"] == {"afterMs": None}
    assert route["caching"] == {"ttlSeconds": 60, "scope": "workspace", "withTools": True, "semantic": None}
    assert (await ask(admin.client, "r")).headers["x-trunkline-configuration"] == two["id"]
    path = f"/api/routes/{route['id']}"
    assert (await admin.client.put(path, json=route)).json()["revision"] == 1, "what was read and is sent back"
    assert (await admin.client.put(path, json={"strategy": "round-robin"})).json()["hedging"] == {"afterMs": None}
    plain = await admin.client.put(path, json={"hedging": None, "caching": None, "targets": targets[1:2]})
    assert (plain.json()["hedging"], plain.json()["caching"]) == (None, None)
    back = await admin.client.post(f"{path}/revisions/1/revert", json={})
    assert {name: back.json()[name] for name in ("targets", "hedging", "caching")} == {
        name: route[name] for name in ("targets", "hedging", "caching")
    }


async def test_a_route_itself_has_conditions(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    one = await make_configuration(admin.client, "one")
    conditions = {
        "minInputTokens": None, "maxInputTokens": None, "tags": ["batch"], "metadata": {}, "modelFamilies": [],
        "hours": None,
    }  # fmt: skip
    made = await make_route(admin.client, "r", one["id"], conditions={"tags": ["batch"]})
    assert made["conditions"] == conditions
    refused = await ask(admin.client, "r")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "route_does_not_fit")
    path = f"/api/routes/{made['id']}"
    assert (await admin.client.put(path, json=made)).json()["revision"] == 1, "what was read and is sent back"
    assert (await admin.client.put(path, json={"strategy": "weighted"})).json()["conditions"] == conditions
    assert (await admin.client.put(path, json={"conditions": None})).json()["conditions"] is None
    assert (await ask(admin.client, "r")).status_code == 200
    assert (await admin.client.post(f"{path}/revisions/1/revert", json={})).json()["conditions"] == conditions
    assert (await ask(admin.client, "r")).status_code == 400


async def find_record(there: httpx2.AsyncClient, request_id: str) -> dict[str, Any]:
    """The record of a request, once it is taken in."""

    async def look() -> dict[str, Any] | None:
        found = await there.get(f"/api/requests/{request_id}")
        assert found.status_code in (200, 404), found.text
        return found.json() if found.status_code == 200 else None

    return await eventually(look)


async def test_a_route_names_what_serves_requests_that_do_not_fulfil_its_conditions(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    there = admin.client
    one, two, private = [await make_configuration(there, name, shared=name != "mine") for name in ("a", "b", "mine")]
    only: dict[str, Any] = {"conditions": {"tags": ["batch"]}}
    second = await make_route(there, "second", two["id"], **only)
    first = await make_route(there, "first", one["id"], **only, otherwiseId=second["id"])
    assert (first["otherwiseId"], first["otherwiseName"], second["otherwiseId"]) == (second["id"], "second", None)
    way = f"/api/routes/{second['id']}"
    for wrong in (second["id"], first["id"], NOBODY, private["id"]):
        assert fields_of(await there.put(way, json={"otherwiseId": wrong})) == ["otherwiseId"], wrong
    plain = {"name": "plain", "targets": [{"configurationId": one["id"]}], "otherwiseId": two["id"]}
    assert fields_of(await there.post("/api/routes", json=plain)) == ["otherwiseId"], "without conditions"
    assert fields_of(await there.put(f"/api/routes/{first['id']}", json={"conditions": None})) == ["otherwiseId"]
    assert (await there.delete(way)).status_code == 409
    third = await make_configuration(there, "c")
    assert (await there.put(way, json={"otherwiseId": third["id"]})).json()["otherwiseName"] == "c"
    assert (await there.delete(f"/api/configurations/{third['id']}")).status_code == 409
    asked = await ask(there, "first")
    assert asked.headers["x-trunkline-configuration"] == third["id"]
    assert asked.headers["x-trunkline-unfit-route"] == first["id"]
    record = await find_record(there, asked.headers["x-request-id"])
    assert (record["routeId"], record["unfitRouteId"]) == (None, first["id"])
    assert record["names"]["unfitRoute"] == "first"
    gone = await there.put(f"/api/routes/{first['id']}", json={"conditions": None, "otherwiseId": None})
    assert (gone.status_code, gone.json()["otherwiseName"]) == (200, None)
    assert (await there.delete(way)).status_code == 200
