"""Versions of configurations: every endpoint, every example, and who gets which traffic."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from uuid import uuid4

from sqlalchemy import insert

from tests.contract.configurations.upstream import Upstream
from tests.contract.live_server import eventually
from tests.contract.model_configs.program import Program, chat_answer
from tests.contract.model_configs.versioned import versioned
from trunkline.storage.database import Database
from trunkline.storage.tables import Rating, UsageEventRow, now

TURBO = {
    "version": "v2",
    "label": "GPT-4 Turbo Test",
    "provider": "openai",
    "modelId": "gpt-4-turbo",
    "settings": {"temperature": 0.5, "maxTokens": 4096},
    "trafficPercent": 30,
    "isActive": True,
}
NOTHING = {"requestCount": 0, "avgLatencyMs": 0, "avgTokensUsed": 0, "errorRate": 0.0, "userSatisfactionScore": None}


async def test_versions_in_pages(program: Program) -> None:
    ours = await versioned(program, name="Default GPT-4", provider="openai", modelId="gpt-4")
    for name in ("v2", "v3"):
        await ours.add(name, trafficPercent=0)
    first = await program.client.get(ours.path, params={"limit": 2})
    rest = await program.client.get(first.links["next"]["url"])
    assert [each["version"] for each in first.json()] == ["v1", "v2"]
    assert [each["version"] for each in rest.json()] == ["v3"]
    assert "Link" not in rest.headers
    assert [each["version"] for each in await ours.list()] == ["v1", "v2", "v3"]


async def test_the_first_version_makes_the_configuration_the_first(program: Program) -> None:
    settings = {"temperature": 0.7, "maxTokens": 2048}
    ours = await versioned(program, name="Default GPT-4", provider="openai", modelId="gpt-4", settings=settings)
    assert await ours.list() == []
    made = await program.client.post(ours.path, json={"applicationId": program.id, **TURBO})
    assert made.status_code == 201, made.text
    second = made.json()
    assert set(second) == {
        *("_id", "configId", "applicationId", "version", "label", "provider", "modelId", "settings"),
        *("trafficPercent", "isActive", "metrics", "createdAt", "updatedAt"),
    }
    ids = {"configId": ours.config["_id"], "applicationId": program.id}
    assert {name: second[name] for name in (*TURBO, *ids)} == {**TURBO, **ids}
    assert second["metrics"] == NOTHING
    first, listed = await ours.list()
    assert listed == second
    assert {name: first[name] for name in (*TURBO, *ids, "metrics")} == {
        **ids,
        "version": "v1",
        "label": "Default GPT-4",
        "provider": "openai",
        "modelId": "gpt-4",
        "settings": settings,
        "trafficPercent": 70,
        "isActive": True,
        "metrics": NOTHING,
    }
    assert made.headers["Location"] == f"{ours.path}/{second['_id']}"
    assert (await program.client.get(made.headers["Location"])).json() == second
    changed = await ours.change(second, trafficPercent=50, settings={"temperature": 0.6})
    assert changed == {
        **second,
        "trafficPercent": 50,
        "settings": {"temperature": 0.6, "maxTokens": 4096},
        "updatedAt": changed["updatedAt"],
    }
    assert await ours.shares() == {"v1": 50, "v2": 50}
    # An answer that is sent back changes nothing.
    echo = await program.client.put(f"{ours.path}/{second['_id']}", json=changed)
    assert echo.json() == changed
    gone = await program.client.delete(f"{ours.path}/{second['_id']}")
    assert (gone.status_code, gone.json()) == (200, {"_id": second["_id"], "deleted": True})
    assert await ours.shares() == {"v1": 100}
    await program.refuse("GET", f"{ours.path}/{second['_id']}", status=404)


async def test_the_others_are_scaled_and_nothing_is_lost(program: Program) -> None:
    ours = await versioned(program)
    first = await ours.add("v1", trafficPercent=25)
    assert [first["version"], first["trafficPercent"]] == ["v1", 100]
    await ours.add("v2", trafficPercent=33.33)
    third = await ours.add("v3", trafficPercent=10)
    assert await ours.shares() == {"v1": 60, "v2": 30, "v3": 10}
    await ours.change(third, trafficPercent=0.01)
    assert await ours.shares() == {"v1": 66.66, "v2": 33.33, "v3": 0.01}
    await ours.change(third, isActive=False)
    assert await ours.shares() == {"v1": 66.67, "v2": 33.33}
    await ours.change(third, trafficPercent=50)
    assert await ours.shares() == {"v1": 66.67, "v2": 33.33}
    await ours.change(third, isActive=True)
    assert sum(round(share * 100) for share in (await ours.shares()).values()) == 10_000
    assert (await ours.shares())["v3"] == 50
    idle = await ours.add("v4", trafficPercent=40, isActive=False)
    assert (idle["trafficPercent"], "v4" in await ours.shares()) == (40, False)
    await ours.add("v5")
    assert (await ours.shares())["v5"] == 0


async def test_all_shares_are_set_at_once(program: Program) -> None:
    ours = await versioned(program)
    await ours.add("v2", trafficPercent=30)
    idle = await ours.add("v3", trafficPercent=5, isActive=False)
    first, second, _ = [each["_id"] for each in await ours.list()]

    def asked(*shares: tuple[str, Any]) -> list[dict[str, Any]]:
        return [{"_id": version_id, "trafficPercent": share} for version_id, share in shares]

    answer = await program.client.put(ours.path, json=asked((second, 12.5), (first, 87.5), (idle["_id"], 40)))
    assert answer.status_code == 200, answer.text
    assert [each["trafficPercent"] for each in answer.json()] == [87.5, 12.5, 40]
    assert answer.json() == await ours.list()
    wrong = {
        "sum up to 100; it is 99.99": asked((first, 50), (second, 49.99)),
        "missing: v2": asked((first, 100)),
        "[1]._id: is there twice": asked((first, 50), (first, 50), (second, 0)),
        "[0]._id: is not the id of a version": asked((str(uuid4()), 50), (first, 50), (second, 0)),
        "[0].trafficPercent: has at most two decimals": asked((first, 33.333), (second, 66.667)),
        "[0].trafficPercent: must be between 0 and 100": asked((first, 101), (second, 0)),
        "[1].trafficPercent: must be a number": asked((first, 100), (second, "0")),
        "must be a list": {"_id": first},
        "[0].label": [{"_id": first, "trafficPercent": 100, "label": "x"}],
        "[0]._id: is required": [{"trafficPercent": 100}],
    }
    for message, body in wrong.items():
        assert message in (await program.refuse("PUT", ours.path, body))[""], body
    assert answer.json() == await ours.list()
    for each in await ours.list():
        await ours.change(each, isActive=False)
    assert "No version is active" in (await program.refuse("PUT", ours.path, []))[""]


async def test_what_is_wrong_is_named(local: Program) -> None:
    ours = await versioned(local, provider="openai", modelId="gpt-4", settings={"temperature": 1.5})
    version = await ours.add("v2")
    assert (version["provider"], version["modelId"], version["settings"]) == ("openai", "gpt-4", {})
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"applicationId": str(uuid4())}, "applicationId"),
        ({"version": " "}, "version"),
        ({"version": "v" * 65}, "version"),
        ({"provider": "openia"}, "provider"),
        ({"modelId": ""}, "modelId"),
        ({"settings": {"temperature": 3}}, "settings.temperature"),
        ({"settings": {"top_p": 1}}, "settings.top_p"),
        ({"provider": "gemini", "settings": {"maxTokens": 128_001}}, "settings.maxTokens"),
        ({"provider": "gemini", "settings": {"temperature": 1.5}}, "settings.temperature"),
        ({"provider": "custom"}, "provider"),
        ({"trafficPercent": -1}, "trafficPercent"),
        ({"trafficPercent": "30"}, "trafficPercent"),
        ({"trafficPercent": 0.001}, "trafficPercent"),
        ({"isActive": 1}, "isActive"),
        ({"share": 1}, "share"),
    ]
    for fields, field in wrong:
        said = await local.refuse("POST", ours.path, {"version": "v3", **fields})
        assert said.keys() == {"", field}, fields
        if fields.keys() != {"version"}:
            assert (await local.refuse("PUT", f"{ours.path}/{version['_id']}", fields)).keys() == {"", field}, fields
    assert "version" in await local.refuse("POST", ours.path, {"label": "x"})
    assert "already has a version" in (await local.refuse("POST", ours.path, {"version": "v1"}, 409))[""]
    await local.refuse("PUT", f"{ours.path}/{version['_id']}", {"version": "v1"}, 409)
    hot = await ours.change(version, settings={"temperature": 1.5})
    said = await local.refuse("PUT", f"{ours.path}/{hot['_id']}", {"provider": "gemini", "modelId": "gemini-pro"})
    assert said["settings.temperature"] == "must be between 0 and 1; got 1.5"
    moved = {"provider": "gemini", "modelId": "gemini-pro", "settings": {"temperature": 1, "maxTokens": 9}}
    assert (await ours.change(version, **moved))["settings"] == {"temperature": 1, "maxTokens": 9}
    assert [each["version"] for each in await ours.list()] == ["v1", "v2"]
    first, _ = await ours.list()
    assert first["settings"] == {"temperature": 1.5}


async def test_changes_are_audited_and_stale_ones_refused(local: Program) -> None:
    ours = await versioned(local)
    second = await ours.add("v2", trafficPercent=30)
    first = (await ours.list())[0]
    assert [event["action"] for event in await local.log(first["_id"])] == ["versions.update", "versions.create"]
    read = await local.client.get(f"{ours.path}/{second['_id']}")
    changed = await ours.change(second, label="Short answers")
    log = (await local.log(second["_id"]))[0]
    assert (log["action"], log["before"], log["after"]) == (
        "versions.update",
        {"label": ""},
        {"label": "Short answers"},
    )
    for method in ("PUT", "DELETE"):
        body = {"label": "x"} if method == "PUT" else None
        stale = {"If-Match": read.headers["ETag"]}
        answer = await local.client.request(method, f"{ours.path}/{second['_id']}", json=body, headers=stale)
        assert answer.status_code == 412
    # What changes nothing leaves no trace.
    before = await local.log(second["_id"])
    assert await ours.change(second, label="Short answers") == changed
    assert await local.log(second["_id"]) == before
    await local.client.delete(f"{ours.path}/{second['_id']}")
    assert (await local.log(second["_id"]))[0]["action"] == "versions.delete"


async def test_versions_get_their_traffic_and_a_user_keeps_theirs(program: Program, upstream: Upstream) -> None:
    upstream.answer("POST /v1/chat/completions", chat_answer())
    await program.share(upstream.url, "sk-old-0123456789abcdef")
    ours = await versioned(program, name="Trial", settings={"systemPrompt": "Be brief."})
    second = await ours.add("v2", provider="openai", modelId="gpt-4-turbo", settings={"topP": 0.5}, trafficPercent=50)
    first = (await ours.list())[0]
    caller = await program.caller()

    async def served(users: range, model: str = "default") -> dict[int, str]:
        answers = [await program.call(caller, model, **{"X-User-Id": f"user-{user}"}) for user in users]
        assert {answer.status_code for answer in answers} == {200}
        return {user: answer.headers["x-trunkline-version"] for user, answer in zip(users, answers, strict=True)}

    once = await served(range(40))
    assert set(once.values()) == {first["_id"], second["_id"]}
    assert await served(range(40), "Trial") == once
    # The other provider's version is called with the workspace's shared key for it, and with its settings alone.
    sent = upstream.asked[-1]
    assert sent.headers["authorization"] == "Bearer sk-old-0123456789abcdef"
    assert b'"top_p":0.5' in sent.body
    assert b"Be brief." not in sent.body
    assert Counter(once.values())[second["_id"]] * 2 == len(upstream.asked)

    async def counted() -> list[int] | None:
        counts = [each["metrics"]["requestCount"] for each in await ours.list()]
        return counts if sum(counts) == 80 else None

    counts = Counter(once.values())
    assert await eventually(counted) == [2 * counts[first["_id"]], 2 * counts[second["_id"]]]
    metrics = (await ours.list())[1]["metrics"]
    assert (metrics["avgTokensUsed"], metrics["errorRate"]) == (6, 0)
    # With none active the configuration serves itself, as it is by then.
    for each in (first, second):
        await ours.change(each, isActive=False)
    asked = len(upstream.asked)
    answer = await program.call(caller, **{"X-User-Id": "user-1"})
    assert (answer.status_code, "x-trunkline-version" in answer.headers) == (200, False)
    assert len(upstream.asked) == asked


async def test_a_configuration_whose_versions_use_its_key_keeps_its_provider(
    local: Program, upstream: Upstream
) -> None:
    own = {"provider": "openai", "modelId": "gpt-4", "apiKey": "sk-own-0123456789abcdef", "baseUrl": upstream.url}
    ours = await versioned(local, **own)
    version = await ours.add("v1")
    upstream.answer("POST /v1/chat/completions", chat_answer())
    assert (await local.call(await local.caller())).status_code == 200
    assert upstream.asked[0].headers["authorization"] == "Bearer sk-own-0123456789abcdef"
    path = f"/model-configs/{ours.config['_id']}"
    moved = {"provider": "demo", "modelId": "demo-chat", "apiKey": None, "baseUrl": None}
    assert "The versions v1 use its key" in (await local.refuse("PUT", path, moved, 409))[""]
    await ours.change(version, isActive=False)
    assert (await local.client.put(path, json=moved)).status_code == 200


async def test_versions_go_with_their_configuration(program: Program) -> None:
    await program.make()
    ours = await versioned(program)
    await ours.add("v2")
    assert (await program.client.delete(f"/model-configs/{ours.config['_id']}")).status_code == 200
    await program.refuse("GET", ours.path, status=404)
    assert (await program.call(await program.caller())).status_code == 200


async def test_ratings_count_for_the_version_that_served(program: Program, database_url: str) -> None:
    ours = await versioned(program)
    version = await ours.add("v1")
    database = Database(database_url)
    workspace = await program.admin.personal()
    event = {
        **{column.name: 0 for column in UsageEventRow.__table__.columns if not column.nullable},
        **dict.fromkeys(("operation", "user_id", "provider", "model", "requested_model", "outcome"), "x"),
        "workspace_id": workspace,
        "version_id": version["_id"],
        "opened_at": now(),
        "usage": {},
        "attempts": [],
        "streamed": False,
        "usage_estimated": False,
    }
    async with database.write() as tx:
        # A request that was called twice under one id, and one that nobody rated.
        for number, request in enumerate(("r1", "r1", "r2", "r3")):
            await tx.execute(insert(UsageEventRow).values({**event, "id": str(number), "request_id": request}))
        for person, request, score in (("a", "r1", 5), ("b", "r1", 3), ("a", "r2", 4), ("a", "elsewhere", 1)):
            tx.add(Rating(workspace_id=workspace, user_id=person, request_id=request, score=score))
    await database.close()
    assert (await ours.list())[0]["metrics"]["userSatisfactionScore"] == 4.0


async def test_a_shipped_version_of_another_provider_takes_the_place_of_the_own_key(local: Program) -> None:
    key = "sk-own-0123456789abcdef"
    parameters = {"organizationId": "org-1", "frequencyPenalty": 1}
    ours = await versioned(local, provider="openai", modelId="gpt-4", apiKey=key, settings={"topP": 0.5})
    path = f"/api/configurations/{ours.config['_id']}"
    assert (await local.client.put(path, json={"configuration": parameters})).status_code == 200
    other = await ours.add("v2", provider="demo", modelId="demo-chat", settings={"temperature": 0.1})
    first = (await ours.list())[0]
    assert first["settings"] == {"topP": 0.5}
    shipped = await local.client.post(
        f"/model-configs/{ours.config['_id']}/experiment/ship", json={"versionId": other["_id"]}
    )
    assert shipped.status_code == 200, shipped.text
    now_is = (await local.client.get(path)).json()
    assert (now_is["provider"], now_is["apiKey"], now_is["configuration"]) == ("demo", None, {"temperature": 0.1})


async def test_what_is_sent_fits_the_model_and_says_who_is_charged(local: Program, upstream: Upstream) -> None:
    upstream.answer("POST /v1/chat/completions", chat_answer())
    own = {"provider": "openai", "modelId": "gpt-4", "apiKey": "sk-own-0123456789abcdef", "baseUrl": upstream.url}
    ours = await versioned(local, **own, settings={"maxTokens": 128_000})
    parameters = {"configuration": {"organizationId": "org-1"}}
    changed = await local.client.put(f"/api/configurations/{ours.config['_id']}", json=parameters)
    assert changed.status_code == 200, changed.text
    caller = await local.caller()

    async def sent() -> tuple[str | None, Any]:
        assert (await local.call(caller)).status_code == 200
        asked = upstream.asked[-1]
        return asked.headers.get("openai-organization"), json.loads(asked.body)["max_completion_tokens"]

    # gpt-4 answers with 8,192 tokens at most, whatever is asked; gpt-4-turbo with 4,096.
    assert await sent() == ("org-1", 8_192)
    version = await ours.add("v1", modelId="gpt-4-turbo", settings={"maxTokens": 128_000})
    assert await sent() == ("org-1", 4_096)
    assert version["settings"] == {"maxTokens": 128_000}
    await ours.change(version, settings={"maxTokens": 9})
    assert await sent() == ("org-1", 9)
