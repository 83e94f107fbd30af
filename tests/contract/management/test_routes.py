"""``/api/routes``: making, reading, changing and deleting routes, who may, and what stands in the way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.contract.live_server import LiveServer
from tests.contract.local_installation import Person
from tests.contract.management.routes import NOBODY, ask, fields_of, make_configuration, make_route


async def test_a_route_is_made_read_changed_and_deleted(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    one, two = [await make_configuration(admin.client, name) for name in ("one", "two")]
    body = {
        "name": " fast ",
        "strategy": "weighted",
        "targets": [
            {"configurationId": one["id"], "weight": 3},
            {"configurationId": two["id"], "model": "demo-chat", "priority": 1},
        ],
    }
    made = await admin.client.post("/api/routes", json=body)
    assert made.status_code == 201, made.text
    route = made.json()
    assert made.headers["etag"] == '"1"'
    assert made.headers["location"] == f"/api/routes/{route['id']}"
    assert (route["name"], route["strategy"], route["isActive"], route["revision"]) == ("fast", "weighted", True, 1)
    assert route["targets"] == [
        {"configurationId": one["id"], "configurationName": "one", "provider": "demo", "model": None,
         "servedModel": "demo-chat", "priority": 0, "weight": 3, "conditions": None, "fallbackFor": None,
         "problem": None},
        {"configurationId": two["id"], "configurationName": "two", "provider": "demo", "model": "demo-chat",
         "servedModel": "demo-chat", "priority": 1, "weight": 1, "conditions": None, "fallbackFor": None,
         "problem": None},
    ]  # fmt: skip
    path = f"/api/routes/{route['id']}"
    assert (await admin.client.get(path)).json() == route
    assert [each["id"] for each in (await admin.client.get("/api/routes")).json()] == [route["id"]]
    changed = await admin.client.put(path, json={**route, "strategy": "cheapest"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["strategy"], changed.headers["etag"]) == ("cheapest", '"2"')
    stale = await admin.client.put(path, json={"isActive": False}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412, stale.text
    assert (await admin.client.put(path, json={})).json()["revision"] == 2, "nothing was changed"
    echoed = await admin.client.put(path, json=changed.json())
    assert echoed.json() == changed.json(), "what was read and is sent back changes nothing"
    assert (await admin.client.delete(path, headers={"If-Match": '"1"'})).status_code == 412
    assert (await admin.client.delete(path)).json() == {"success": True}
    assert (await admin.client.get(path)).status_code == 404
    audited = (await admin.client.get("/api/audit")).json()
    assert [each["action"] for each in audited if each["targetType"] == "route"] == [
        "routes.delete", "routes.update", "routes.create",
    ]  # fmt: skip


async def test_a_call_takes_the_route_at_once(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    one = await make_configuration(admin.client, "one")
    route = await make_route(admin.client, "fast", one["id"])
    for name in ("fast", route["id"], "fast/demo-chat"):
        answer = await ask(admin.client, name)
        assert answer.status_code == 200, answer.text
        assert answer.headers["x-trunkline-route"] == route["id"]
        assert answer.headers["x-trunkline-configuration"] == one["id"]
    listed = (await admin.client.get("/v1/models")).json()["data"]
    assert "fast" in [model["id"] for model in listed]
    off = await admin.client.put(f"/api/routes/{route['id']}", json={"isActive": False})
    assert off.json()["isActive"] is False
    assert (await ask(admin.client, "fast")).status_code == 404


async def test_routes_come_in_pages(live: LiveServer) -> None:
    admin = await live.admin()
    one = await make_configuration(admin.client, "one")
    made = [(await make_route(admin.client, f"r{number}", one["id"]))["id"] for number in range(3)]
    first = await admin.client.get("/api/routes?limit=2")
    assert [each["id"] for each in first.json()] == [made[2], made[1]]
    rest = await admin.client.get(first.headers["link"].partition("<")[2].partition(">")[0])
    assert [each["id"] for each in rest.json()] == [made[0]]
    assert "link" not in rest.headers


def given(**conditions: Any) -> dict[str, Any]:
    return {"targets": [{"configurationId": "GOOD", "conditions": conditions}]}


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"name": ""}, ["name"]),
    ({"name": "x" * 256}, ["name"]),
    ({"name": "feature/x"}, ["name"]),
    ({"name": "two\nlines"}, ["name"]),
    ({"strategy": "best"}, ["strategy"]),
    ({"targets": []}, ["targets"]),
    ({"targets": [{"configurationId": NOBODY}]}, ["targets[0].configurationId"]),
    ({"targets": [{"configurationId": "nonsense"}]}, ["targets[0].configurationId"]),
    ({"targets": [{"configurationId": "GOOD"}, {"configurationId": "GOOD"}]}, ["targets[1].configurationId"]),
    ({"targets": [{"configurationId": "GOOD", "weight": 0}]}, ["targets[0].weight"]),
    ({"targets": [{"configurationId": "GOOD", "weight": 1001}]}, ["targets[0].weight"]),
    ({"targets": [{"configurationId": "GOOD", "priority": -1}]}, ["targets[0].priority"]),
    ({"targets": [{"configurationId": "PRIVATE"}]}, ["targets[0].configurationId"]),
    ({"targets": [{"configurationId": "OTHERS"}]}, ["targets[0].configurationId"]),
    ({"targets": [{"configurationId": "OPEN"}]}, ["targets[0].model"]),
    ({"targets": [{"configurationId": "GOOD"}, {"configurationId": NOBODY}], "wrong": 1}, ["wrong"]),
    ({"targets": [{"configurationId": "GOOD", "fallbackFor": "contextWindow"}]}, ["targets"]),
    ({"targets": [{"configurationId": "GOOD", "fallbackFor": "rain"}]}, ["targets[0].fallbackFor"]),
    (given(), ["targets[0].conditions"]),
    (given(maxInputTokens=-1), ["targets[0].conditions.maxInputTokens"]),
    (given(minInputTokens=9, maxInputTokens=8), ["targets[0].conditions.maxInputTokens"]),
    (given(tags=[""]), ["targets[0].conditions.tags[0]"]),
    (given(tags=["x"] * 21), ["targets[0].conditions.tags"]),
    (given(metadata={"a": 1}), ["targets[0].conditions.metadata.a"]),
    (given(modelFamilies=["x" * 256]), ["targets[0].conditions.modelFamilies[0]"]),
    (given(pattern="(a+)+$"), ["targets[0].conditions.pattern"]),
    (given(hours={"start": "08:00", "end": "25:00"}), ["targets[0].conditions.hours.end"]),
    (
        given(hours={"start": "08:00", "end": "09:00", "timeZone": "Mars/Base"}),
        ["targets[0].conditions.hours.timeZone"],
    ),
    (given(hours={"start": "08:00", "end": "09:00", "days": ["someday"]}), ["targets[0].conditions.hours.days[0]"]),
    ({"caching": {"ttlSeconds": 0}}, ["caching.ttlSeconds"]),
    ({"caching": {"ttlSeconds": 86_401}}, ["caching.ttlSeconds"]),
    ({"caching": {"ttlSeconds": 60, "scope": "world"}}, ["caching.scope"]),
    ({"conditions": {}}, ["conditions"]),
    ({"conditions": {"minInputTokens": 5, "maxInputTokens": 4}}, ["conditions.maxInputTokens"]),
    ({"hedging": {"afterMs": 0}}, ["hedging.afterMs"]),
    ({"hedging": {"afterMs": 60001}}, ["hedging.afterMs"]),
]
"""What a route may not be, and the fields that are named."""


async def test_what_is_wrong_is_named_and_nothing_is_made(live: LiveServer) -> None:
    admin = await live.admin()
    opened = {
        "aiType": "OPENAI",
        "name": "open",
        "secret": "sk-0123456789abcdefghij",
        "endpoint": "https://api.openai.com",
    }
    open_model = await admin.client.post("/ai/llm", json={**opened, "workspaceId": await admin.personal()})
    assert open_model.status_code == 200, open_model.text
    there = {
        "GOOD": (await make_configuration(admin.client, "good"))["id"],
        "PRIVATE": (await make_configuration(admin.client, "private", shared=False))["id"],
        "OPEN": open_model.json()["aiLlmId"],
        "OTHERS": (await make_configuration(admin.at(await admin.make_workspace()), "elsewhere"))["id"],
    }

    def put_ids(change: dict[str, Any]) -> dict[str, Any]:
        if "targets" not in change:
            return change
        ids = [{**target, "configurationId": there.get(target["configurationId"], target["configurationId"])}
               for target in change["targets"]]  # fmt: skip
        return {**change, "targets": ids}

    for change, fields in WRONG:
        body = {"name": "fast", "targets": [{"configurationId": there["GOOD"]}], **put_ids(change)}
        assert fields_of(await admin.client.post("/api/routes", json=body)) == fields, change
    assert (await admin.client.get("/api/routes")).json() == []
    kept = await make_route(admin.client, "kept", there["GOOD"])
    for change, fields in WRONG:
        answer = await admin.client.put(f"/api/routes/{kept['id']}", json=put_ids(change))
        assert fields_of(answer) == fields, change
    assert (await admin.client.get(f"/api/routes/{kept['id']}")).json() == kept


async def test_more_than_twenty_targets(live: LiveServer) -> None:
    admin = await live.admin()
    one = await make_configuration(admin.client, "one")
    targets = [{"configurationId": one["id"], "model": f"m{number}"} for number in range(21)]
    assert fields_of(await admin.client.post("/api/routes", json={"name": "x", "targets": targets})) == ["targets"]
    assert (await admin.client.post("/api/routes", json={"name": "x", "targets": targets[1:]})).status_code == 201


async def test_names_are_unique_among_routes_alone(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    one = await make_configuration(admin.client, "same")
    first = await make_route(admin.client, "same", one["id"])
    body = {"name": "same", "targets": [{"configurationId": one["id"]}]}
    assert (await admin.client.post("/api/routes", json=body)).status_code == 409
    second = await make_route(admin.client, "other", one["id"])
    assert (await admin.client.put(f"/api/routes/{second['id']}", json={"name": "same"})).status_code == 409
    assert (await admin.client.put(f"/api/routes/{first['id']}", json={"name": "same"})).status_code == 200
    elsewhere = await admin.make_workspace()
    there = await make_configuration(admin.at(elsewhere), "same")
    await make_route(admin.at(elsewhere), "same", there["id"])


async def test_two_at_once_get_one_route(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    one = await make_configuration(admin.client, "one")
    body = {"name": "race", "targets": [{"configurationId": one["id"]}]}
    answers = await asyncio.gather(*(admin.client.post("/api/routes", json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    route = next(answer.json() for answer in answers if answer.status_code == 201)
    path = f"/api/routes/{route['id']}"
    changes = await asyncio.gather(
        *(admin.client.put(path, json={"strategy": "weighted"}, headers={"If-Match": '"1"'}) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in changes) == [200, 412, 412]


async def test_a_route_and_the_end_of_its_configuration_at_once(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    for number in range(4):
        one = await make_configuration(admin.client, f"c{number}")
        body = {"name": f"r{number}", "targets": [{"configurationId": one["id"]}]}
        made, deleted = await asyncio.gather(
            admin.client.post("/api/routes", json=body), admin.client.delete(f"/api/configurations/{one['id']}")
        )
        assert (made.status_code, deleted.status_code) in {(201, 409), (400, 200)}, made.text + deleted.text


async def test_a_configuration_that_a_route_uses_stays(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    one, two = [await make_configuration(admin.client, name) for name in ("one", "two")]
    route = await make_route(admin.client, "fast", one["id"], two["id"])
    refused = await admin.client.delete(f"/api/configurations/{one['id']}")
    assert refused.status_code == 409
    assert "the route 'fast'" in refused.json()["message"]
    assert (await admin.client.delete(f"/api/routes/{route['id']}")).status_code == 200
    assert (await admin.client.delete(f"/api/configurations/{one['id']}")).status_code == 200


async def test_an_application_whose_configuration_a_route_uses_stays(live: LiveServer) -> None:
    admin = await live.admin()
    application = (await admin.client.post("/api/applications", json={"name": "app"})).json()
    one = await make_configuration(admin.client, "one", applicationId=application["id"])
    route = await make_route(admin.client, "fast", one["id"])
    refused = await admin.client.delete(f"/api/applications/{application['id']}")
    assert refused.status_code == 409
    assert "'fast'" in refused.json()["message"]
    await admin.client.delete(f"/api/routes/{route['id']}")
    assert (await admin.client.delete(f"/api/applications/{application['id']}")).status_code == 200


async def test_a_workspace_goes_with_its_routes(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    workspace_id = await admin.make_workspace()
    one = await make_configuration(admin.at(workspace_id), "one")
    await make_route(admin.at(workspace_id), "fast", one["id"])
    assert (await admin.client.delete(f"/api/workspaces/{workspace_id}")).status_code == 200


async def test_targets_that_cannot_serve_are_passed_by(live: LiveServer) -> None:
    admin = await live.admin()
    one, two = [await make_configuration(admin.client, name) for name in ("one", "two")]
    route = await make_route(admin.client, "fast", one["id"], two["id"])
    await admin.client.put(f"/api/configurations/{one['id']}", json={"isActive": False})
    answer = await ask(admin.client, "fast")
    assert (answer.status_code, answer.headers["x-trunkline-configuration"]) == (200, two["id"])
    await admin.client.put(f"/api/configurations/{two['id']}", json={"shared": False})
    shown = (await admin.client.get(f"/api/routes/{route['id']}")).json()["targets"]
    assert [target["problem"] for target in shown] == [
        "It is not active.", "Its owner does not share it with the workspace any more.",
    ]  # fmt: skip
    assert shown[1]["configurationName"] == "", "it is private again"
    answer = await ask(admin.client, "fast")
    assert answer.status_code == 503
    message = answer.json()["error"]["message"]
    assert "The route 'fast'" in message
    assert "'one' is not active" in message
    assert "two" not in message


@pytest.fixture
async def team(live: LiveServer) -> tuple[Person, Person, Person, str]:
    """An owner, a member, a stranger, and the workspace of the first two."""
    admin = await live.admin()
    owner, member, stranger = [
        await live.add_user(admin, f"{name}@example.com") for name in ("owner", "member", "stranger")
    ]
    workspace_id = await owner.make_workspace()
    await live.join(owner, workspace_id, member, "member")
    return owner, member, stranger, workspace_id


async def test_admins_change_and_members_use(live: LiveServer, team: tuple[Person, Person, Person, str]) -> None:
    owner, member, stranger, workspace_id = team
    there = owner.at(workspace_id)
    one = await make_configuration(there, "one")
    route = await make_route(there, "fast", one["id"])
    path = f"/api/routes/{route['id']}"
    inside = member.at(workspace_id)
    assert (await inside.get(path)).status_code == 200
    assert (await ask(inside, "fast")).status_code == 200
    body = {"name": "own", "targets": [{"configurationId": one["id"]}]}
    assert (await inside.post("/api/routes", json=body)).status_code == 403
    assert (await inside.put(path, json={"name": "own"})).status_code == 403
    assert (await inside.delete(path)).status_code == 403
    assert (await inside.post(f"{path}/revisions/1/revert")).status_code == 403
    for method in ("GET", "PUT", "DELETE"):
        body = {"name": "x"} if method == "PUT" else None
        assert (await stranger.client.request(method, path, json=body)).status_code == 404
    assert (await stranger.client.get(f"{path}/revisions")).status_code == 404
    assert (await stranger.client.post(f"{path}/revisions/1/revert")).status_code == 404
    assert (await ask(stranger.client, route["id"])).status_code == 404
    application = (await there.post("/api/applications", json={"name": "app"})).json()
    key = await owner.make_key(workspace_id, scope="manage", applicationId=application["id"])
    program = live.client(key["key"])
    assert (await ask(program, "fast")).status_code == 200, "routes are for everybody in the workspace"
    assert (await program.put(path, json={"name": "own"})).status_code == 403


async def test_a_narrow_key_names_the_route(live: LiveServer) -> None:
    admin = await live.admin()
    one = await make_configuration(admin.client, "one")
    await make_route(admin.client, "fast", one["id"])
    workspace_id = await admin.personal()
    narrow = live.client((await admin.make_key(workspace_id, models=["fast"]))["key"])
    assert (await ask(narrow, "fast")).status_code == 200
    assert (await ask(narrow, "one")).status_code == 403
    assert [model["id"] for model in (await narrow.get("/v1/models")).json()["data"]] == ["fast"]
    other = live.client((await admin.make_key(workspace_id, models=["one", "demo-chat"]))["key"])
    assert (await ask(other, "fast")).status_code == 403
    assert "fast" not in [model["id"] for model in (await other.get("/v1/models")).json()["data"]]


async def test_history_and_the_way_back(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    one, two = [await make_configuration(admin.client, name) for name in ("one", "two")]
    route = await make_route(admin.client, "fast", one["id"], two["id"], reason="first")
    path = f"/api/routes/{route['id']}"
    await admin.client.put(path, json={"targets": [{"configurationId": two["id"]}], "reason": "one is slow"})
    listed = (await admin.client.get(f"{path}/revisions")).json()
    assert [(each["number"], each["reason"], each["authorId"]) for each in listed] == [
        (2, "one is slow", admin.id), (1, "first", admin.id),
    ]  # fmt: skip
    assert [part["path"] for part in listed[0]["diff"]] == ["targets"]
    back = await admin.client.post(f"{path}/revisions/1/revert", headers={"If-Match": '"2"'})
    assert back.status_code == 200, back.text
    assert [target["configurationId"] for target in back.json()["targets"]] == [one["id"], two["id"]]
    assert back.json()["revision"] == 3
    assert (await admin.client.post(f"{path}/revisions/9/revert")).status_code == 404
    await admin.client.put(path, json={"targets": [{"configurationId": two["id"]}]})
    await admin.client.delete(f"/api/configurations/{one['id']}")
    assert fields_of(await admin.client.post(f"{path}/revisions/1/revert")) == ["targets[0].configurationId"]


async def test_a_feature_goes_along_a_route_to_a_version(live: LiveServer) -> None:
    admin = await live.admin()
    one = await make_configuration(admin.client, "one")
    version = {"version": "v2", "provider": "demo", "modelId": "demo-chat", "trafficPercent": 50}
    made = await admin.client.post(f"/model-configs/{one['id']}/versions", json=version)
    assert made.status_code == 201, made.text
    route = await make_route(admin.client, "fast", one["id"])
    path = f"/api/routes/{route['id']}"
    assert (await admin.client.put("/api/features/summarizer", json={"target": "fast"})).status_code == 200
    body = {"model": "feature/summarizer", "messages": [{"role": "user", "content": "hello"}]}
    served: dict[str, set[str]] = {}
    for number in range(24):
        person = f"person {number % 12}"
        answer = await admin.client.post("/v1/chat/completions", json=body, headers={"X-User-Id": person})
        assert answer.status_code == 200, answer.text
        assert answer.headers["x-trunkline-feature"] == "summarizer"
        assert answer.headers["x-trunkline-route"] == route["id"]
        served.setdefault(person, set()).add(answer.headers["x-trunkline-version"])
    assert all(len(versions) == 1 for versions in served.values()), "everybody stays with theirs"
    assert len(set.union(*served.values())) == 2
    for refused in (await admin.client.delete(path), await admin.client.put(path, json={"name": "other"})):
        assert refused.status_code == 409
        assert "'summarizer'" in refused.json()["message"]
    assert (await admin.client.put(path, json={"strategy": "weighted"})).status_code == 200
    assert (await admin.client.put("/api/features/summarizer", json={"target": None})).status_code == 200
    assert (await admin.client.put(path, json={"name": "other"})).status_code == 200
    assert (await admin.client.delete(path)).status_code == 200


async def test_a_kept_response_says_so_in_the_usage(live: LiveServer) -> None:
    admin = await live.admin()
    one = await make_configuration(admin.client, "one")
    await make_route(admin.client, "r", one["id"], caching={"ttlSeconds": 60})
    first, second = await ask(admin.client, "r"), await ask(admin.client, "r")
    assert second.content == first.content
    found: dict[str, Any] = {}
    async with asyncio.timeout(20):
        while len(found) < 2:
            events = (await admin.client.get("/api/requests")).json()
            found = {event["requestId"]: event for event in events}
    told = [found[answer.headers["x-request-id"]] for answer in (first, second)]
    assert [(event["fromCache"], event["savedUSD"]) for event in told] == [(False, None), (True, 0)]
    assert told[1]["inputTokens"] == told[1]["costUSD"] == 0


async def test_a_route_never_leads_to_a_route(live: LiveServer) -> None:
    admin = await live.admin()
    one = await make_configuration(admin.client, "one")
    route = await make_route(admin.client, "fast", one["id"])
    other = await make_route(admin.client, "other", one["id"])
    path = f"/api/routes/{route['id']}"
    for fields in ({}, {"fallbackFor": "contextWindow"}):
        targets = [{"configurationId": one["id"]}, {"configurationId": route["id"], **fields}]
        answer = await admin.client.put(path, json={"targets": targets})
        assert fields_of(answer) == ["targets[1].configurationId"]
        assert "would lead to itself" in answer.text
    answer = await admin.client.put(path, json={"targets": [{"configurationId": other["id"]}]})
    assert fields_of(answer) == ["targets[0].configurationId"]
    assert "'other' is a route" in answer.text
