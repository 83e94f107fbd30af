"""``/model-configs/{id}/experiment``: real calls, split and counted by user, compared, reverted and shipped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.configurations.upstream import Answer, Upstream, UpstreamRequest
from tests.contract.live_server import eventually
from tests.contract.model_configs.experiment import add_version, call_as, count, list_versions, look
from tests.contract.model_configs.program import Program, chat_answer
from trunkline.control.experiments import review as experiment_review


async def test_a_configuration_without_versions_has_nothing_to_compare(program: Program) -> None:
    config = await program.make()
    found = await look(program, config["_id"])
    assert found == {
        "configId": config["_id"],
        "state": "none",
        "controlVersionId": None,
        "phase": None,
        "phases": [],
        "versions": [],
        "sampleRatio": {"eValue": 1.0, "ok": True},
        "guardrails": [{"metric": "errorRate", "maxIncrease": 0.0, "versions": []}],
        "slowMs": 10000,
        "ramp": None,
        "verdict": "No version is active: the configuration serves itself.",
        "recommendation": {"action": "none", "versionId": None},
    }
    said = await program.refuse("PUT", f"/model-configs/{config['_id']}/experiment", {"slowMs": 100}, 409)
    assert "create versions first" in said[""]


async def test_running_experiments_are_listed(program: Program) -> None:
    config = await program.make()
    await add_version(program, config["_id"], "v2", 50)
    await add_version(program, (await program.make(name="idle"))["_id"], "v2", 0)

    async def list_names(query: str) -> list[str]:
        return [each["name"] for each in (await program.client.get(f"/api/experiments{query}")).json()]

    assert await list_names("?state=running") == [config["name"]]
    assert await list_names("?state=idle") == ["idle"]
    assert await list_names("") == ["idle", config["name"]]
    (found,) = (await program.client.get("/api/experiments?state=running")).json()
    assert (found["configId"], found["state"], [each["share"] for each in found["versions"]]) == (
        config["_id"],
        "running",
        [50, 50],
    )
    assert found["verdict"].startswith("Too early to tell")
    await program.client.post(f"/model-configs/{config['_id']}/experiment/revert")
    assert await list_names("?state=reverted") == [config["name"]]


async def test_the_past_of_a_difference_ends_with_what_it_is_now(program: Program) -> None:
    config = await program.make()
    await add_version(program, config["_id"], "v2", 50)
    caller = await program.caller()
    await call_as(program, caller, [f"user {at}" for at in range(120)], config)
    now = await count(program, config["_id"], 120)
    points = (await program.client.get(f"/model-configs/{config['_id']}/experiment/history")).json()
    latest = [each for each in points if each["phase"] == now["phase"]["number"]]
    last = latest[-1]
    assert last["units"] == {each["versionId"]: each["units"] for each in now["versions"]}
    assert last["differences"] == {
        each["versionId"]: each["differences"] for each in now["versions"] if each["differences"]
    }
    assert [each["at"] for each in points] == sorted(each["at"] for each in points)
    grown = [sum(each["units"].values()) for each in latest]
    assert grown == sorted(grown)
    assert grown[0] < grown[-1]


async def test_users_stay_with_their_version_and_are_counted_once_each(program: Program) -> None:
    config = await program.make()
    await add_version(program, config["_id"], "v2", 50)
    caller = await program.caller()
    users = [f"user {at}" for at in range(40)]
    first = await call_as(program, caller, users, config)
    assert await call_as(program, caller, users, config) == first
    versions = await list_versions(program, config["_id"])
    assert set(first.values()) == {versions["v1"]["_id"], versions["v2"]["_id"]}
    found = await count(program, config["_id"], 80)
    assert found["state"] == "running"
    assert found["controlVersionId"] == versions["v1"]["_id"]
    by_name = {version["version"]: version for version in found["versions"]}
    for name, version in by_name.items():
        served = [user for user, version_id in first.items() if version_id == versions[name]["_id"]]
        assert (version["units"], version["requests"], version["share"]) == (len(served), 2 * len(served), 50)
        assert version["metrics"]["errorRate"] == 0
        assert version["metrics"]["avgTokensUsed"] > 0
    assert by_name["v1"]["isControl"]
    assert set(by_name["v1"]["metrics"]) == {
        "errorRate",
        "slowShare",
        "avgLatencyMs",
        "avgTokensUsed",
        "avgCostUSD",
        "costUSD",
        "satisfaction",
    }
    assert found["sampleRatio"]["ok"]
    assert found["phase"]["weights"] == {versions["v1"]["_id"]: 50, versions["v2"]["_id"]: 50}
    metrics = (await list_versions(program, config["_id"]))["v2"]["metrics"]
    assert metrics["requestCount"] == by_name["v2"]["requests"]
    assert metrics["userSatisfactionScore"] is None


async def test_a_change_of_weights_moves_only_who_must_and_begins_anew(local: Program) -> None:
    config = await local.make()
    version = await add_version(local, config["_id"], "v2", 50)
    caller = await local.caller()
    users = [f"user {at}" for at in range(60)]
    before = await call_as(local, caller, users, config)
    await count(local, config["_id"], 60)
    path = f"/model-configs/{config['_id']}/versions/{version['_id']}"
    assert (await local.client.put(path, json={"trafficPercent": 75})).status_code == 200
    after = await call_as(local, caller, users, config)
    assert all(after[user] == version["_id"] for user in users if before[user] == version["_id"])
    assert sum(after[user] != before[user] for user in users) < 30
    found = await count(local, config["_id"], 60)
    assert found["phases"][0] == found["phase"]
    assert sum(each["requests"] for each in found["versions"]) == 60, "phases are never pooled"
    older = await look(local, config["_id"], phase=found["phase"]["number"] - 1)
    assert sum(each["requests"] for each in older["versions"]) == 60
    assert older["phase"]["endedAt"] is not None
    answer = await local.client.get(f"/model-configs/{config['_id']}/experiment", params={"phase": 99})
    assert answer.status_code == 404


async def test_the_newest_phases_are_listed_and_older_ones_found(
    local: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiment_review, "SHOWN_PHASES", 2)
    config = await local.make()
    version = await add_version(local, config["_id"], "v2", 10)
    for percent in (20, 30):
        path = f"/model-configs/{config['_id']}/versions/{version['_id']}"
        assert (await local.client.put(path, json={"trafficPercent": percent})).status_code == 200
    found = await look(local, config["_id"])
    assert [phase["number"] for phase in found["phases"]] == [3, 2]
    older = await look(local, config["_id"], phase=1)
    assert (older["phase"]["number"], older["phase"]["weights"][version["_id"]]) == (1, 10)
    missing = await local.refuse("GET", f"/model-configs/{config['_id']}/experiment?phase=4", status=404)
    assert missing[""] == "There is no phase 4 of this experiment: its last is 3."


async def test_calls_of_nobody_count_too(local: Program) -> None:
    config = await local.make()
    await add_version(local, config["_id"], "v2", 50)
    caller = await local.caller()
    for _ in range(12):
        assert (await local.call(caller, config["_id"])).status_code == 200
    found = await count(local, config["_id"], 12)
    assert sum(version["units"] for version in found["versions"]) == 12


async def test_a_version_that_fails_is_taken_back_by_itself(program: Program, upstream: Upstream) -> None:
    def answer(asked: UpstreamRequest) -> Answer:
        broken = json.loads(asked.body)["model"] == "broken"
        return Answer(400, {"error": {"message": "no such option"}}) if broken else Answer(200, chat_answer())

    upstream.answers["POST /v1/chat/completions"] = answer
    config = await program.make(
        provider="openai", modelId="gpt-4", baseUrl=f"{upstream.url}/v1", apiKey="sk-test-0123456789abcdef"
    )
    broken = await add_version(program, config["_id"], "v2", 50, modelId="broken")
    caller = await program.caller()
    await call_as(program, caller, [f"user {at}" for at in range(80)], config)

    async def reverted() -> dict[str, Any] | None:
        found = await look(program, config["_id"])
        return found if found["state"] == "reverted" else None

    found = await eventually(reverted)
    assert found["verdict"].startswith("Version v2 was taken back automatically: ")
    versions = await list_versions(program, config["_id"])
    assert (versions["v1"]["trafficPercent"], versions["v1"]["isActive"]) == (100, True)
    assert not versions["v2"]["isActive"]

    async def served_by_the_control() -> bool:
        served = await call_as(program, caller, [f"user {at}" for at in range(20)], config)
        return set(served.values()) == {versions["v1"]["_id"]}

    await eventually(served_by_the_control)
    logged = await program.log(config["_id"])
    (event,) = [each for each in logged if each["action"] == "experiments.revert"]
    assert event["actorKind"] == "system"
    assert broken["_id"] in event["after"]["versionIds"]


async def test_a_version_without_a_key_is_seen_to_fail_and_taken_back(local: Program) -> None:
    config = await local.make()
    await add_version(local, config["_id"], "v2", 50, provider="openai", modelId="gpt-4")
    caller = await local.caller()
    for at in range(80):
        answer = await local.call(caller, config["_id"], **{"X-User-Id": f"user {at}"})
        assert answer.status_code == 200 or answer.json()["error"]["code"] == "key_required"

    async def reverted() -> dict[str, Any] | None:
        found = await look(local, config["_id"])
        return found if found["state"] == "reverted" else None

    assert (await eventually(reverted))["verdict"].startswith("Version v2 was taken back automatically: ")
    versions = await list_versions(local, config["_id"])
    assert (versions["v1"]["trafficPercent"], versions["v2"]["isActive"]) == (100, False)
    metrics = versions["v2"]["metrics"]
    assert metrics["requestCount"] > 0
    assert metrics["errorRate"] == 1


async def test_a_version_that_a_route_covers_up_for_is_taken_back_too(local: Program, upstream: Upstream) -> None:
    def answer(asked: UpstreamRequest) -> Answer:
        broken = json.loads(asked.body)["model"] == "broken"
        return Answer(404, {"error": {"message": "no such model"}}) if broken else Answer(200, chat_answer())

    upstream.answers["POST /v1/chat/completions"] = answer
    first = await local.share(f"{upstream.url}/v1", "sk-shared-0123456789abcdef")
    second = await local.share(f"{upstream.url}/v1", "sk-shared-0123456789abcdef")
    # Each failure takes one of the budget of retries, which is ten at first and a fifth of the calls besides.
    await add_version(local, first["id"], "v2", 25, modelId="broken")
    targets = [{"configurationId": first["id"]}, {"configurationId": second["id"]}]
    made = await local.client.post("/api/routes", json={"name": "safe", "targets": targets})
    assert made.status_code == 201, made.text
    key = await local.admin.make_key()
    caller = local.live.client(key["key"])
    statuses = [(await local.call(caller, "safe", **{"X-User-Id": f"user {at}"})).status_code for at in range(160)]
    assert statuses.count(200) > 120, "the route hides nearly all of it"

    async def reverted() -> dict[str, Any] | None:
        found = await look(local, first["id"])
        return found if found["state"] == "reverted" else None

    found = await eventually(reverted)
    assert found["verdict"].startswith("Version v2 was taken back automatically: it has an error rate at least")
    assert found["phases"][0]["reason"] == "guardrail"


async def test_ship_makes_the_version_the_configuration(program: Program) -> None:
    config = await program.make(settings={"temperature": 0.2, "topP": 0.5})
    version = await add_version(program, config["_id"], "v2", 20, settings={"temperature": 0.9})
    path = f"/model-configs/{config['_id']}/experiment/ship"
    assert "versionId" in await program.refuse("POST", path, {})
    await program.refuse("POST", path, {"versionId": config["_id"]}, 404)
    answer = await program.client.post(path, json={"versionId": version["_id"]})
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "shipped"
    assert answer.json()["verdict"] == "Version v2 was shipped: it serves everything."
    versions = await list_versions(program, config["_id"])
    assert (versions["v2"]["trafficPercent"], versions["v2"]["isActive"]) == (100, True)
    assert not versions["v1"]["isActive"]
    now = (await program.client.get(f"/model-configs/{config['_id']}")).json()
    assert now["settings"]["temperature"] == 0.9
    assert now["settings"]["topP"] == 1.0
    revisions = (await program.client.get(f"/api/configurations/{config['_id']}/revisions")).json()
    assert revisions[0]["reason"] == "Version v2 was shipped"
    assert "experiments.ship" in [each["action"] for each in await program.log(config["_id"])]
    said = await program.refuse("POST", path.replace("/ship", "/revert"), None, 409)
    assert "revision before" in said[""]
    caller = await program.caller()
    assert set((await call_as(program, caller, ["ann", "bob"], config)).values()) == {version["_id"]}


async def test_ship_to_another_provider(local: Program, upstream: Upstream) -> None:
    upstream.answer("POST /v1/chat/completions", chat_answer("from openai"))
    await local.share(f"{upstream.url}/v1", "sk-shared-0123456789abcdef")
    config = await local.make()
    version = await add_version(local, config["_id"], "v2", 20, provider="openai", modelId="gpt-4")
    answer = await local.client.post(
        f"/model-configs/{config['_id']}/experiment/ship", json={"versionId": version["_id"]}
    )
    assert answer.status_code == 200, answer.text
    now = (await local.client.get(f"/model-configs/{config['_id']}")).json()
    assert (now["provider"], now["modelId"]) == ("openai", "gpt-4")
    for each in (await list_versions(local, config["_id"])).values():
        await local.client.delete(f"/model-configs/{config['_id']}/versions/{each['_id']}")
    said = await local.call(await local.caller(), config["_id"])
    assert said.json()["choices"][0]["message"]["content"] == "from openai"


async def test_another_control_opens_a_phase(program: Program) -> None:
    config = await program.make()
    path = f"/model-configs/{config['_id']}/experiment"
    await add_version(program, config["_id"], "v2", 50)
    versions = await list_versions(program, config["_id"])
    before = await look(program, config["_id"])
    answer = await program.client.put(path, json={"controlVersionId": versions["v1"]["_id"]})
    assert answer.json()["phase"]["number"] == before["phase"]["number"], "it was the control already"
    found = (await program.client.put(path, json={"controlVersionId": versions["v2"]["_id"]})).json()
    assert found["phase"]["number"] == before["phase"]["number"] + 1
    assert found["controlVersionId"] == versions["v2"]["_id"]
    earlier = await look(program, config["_id"], phase=before["phase"]["number"])
    assert earlier["controlVersionId"] == versions["v1"]["_id"]


async def test_revert_gives_everything_to_the_control(program: Program) -> None:
    config = await program.make()
    path = f"/model-configs/{config['_id']}/experiment"
    await program.refuse("POST", f"{path}/revert", None, 409)
    assert "versionId" in await program.refuse("POST", f"{path}/revert", {"versionId": config["_id"]})
    await add_version(program, config["_id"], "v2", 60)
    await add_version(program, config["_id"], "v3", 30)
    versions = await list_versions(program, config["_id"])
    answer = await program.client.put(path, json={"controlVersionId": versions["v2"]["_id"]})
    assert answer.json()["controlVersionId"] == versions["v2"]["_id"]
    answer = await program.client.post(f"{path}/revert")
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "reverted"
    assert answer.json()["verdict"] == "Reverted: v2 serves everything again."
    found = await list_versions(program, config["_id"])
    assert {name: (each["isActive"]) for name, each in found.items()} == {"v1": False, "v2": True, "v3": False}
    assert found["v2"]["trafficPercent"] == 100
    answer = await program.client.put(
        f"/model-configs/{config['_id']}/versions/{versions['v3']['_id']}",
        json={"isActive": True, "trafficPercent": 10},
    )
    assert answer.status_code == 200, answer.text
    assert (await look(program, config["_id"]))["state"] == "running"


async def test_others_neither_see_nor_touch_it(program: Program) -> None:
    config = await program.make()
    version = await add_version(program, config["_id"], "v2", 50)
    path = f"/model-configs/{config['_id']}/experiment"
    stranger = await program.live.add_user(program.admin, "stranger@example.com")
    for method, at, body in (
        ("GET", path, None),
        ("PUT", path, {"slowMs": 5}),
        ("POST", f"{path}/ship", {"versionId": version["_id"]}),
        ("POST", f"{path}/revert", None),
    ):
        answer = await stranger.client.request(method, at, json=body)
        assert answer.status_code == 404, answer.text
    assert (await list_versions(program, config["_id"]))["v2"]["isActive"]


async def test_a_viewer_reads_and_changes_nothing(local: Program) -> None:
    team = await local.admin.make_workspace()
    local.client = local.admin.at(team)
    config = await local.make()
    await add_version(local, config["_id"], "v2", 50)
    viewer = await local.live.add_user(local.admin, "viewer@example.com")
    await local.live.join(local.admin, team, viewer, "viewer")
    client = viewer.at(team)
    path = f"/model-configs/{config['_id']}/experiment"
    assert (await client.get(path)).status_code == 200
    assert (await client.put(path, json={"slowMs": 5})).status_code == 403
    assert (await client.post(f"{path}/revert")).status_code == 403


async def test_ratings_are_part_of_the_comparison(program: Program) -> None:
    config = await program.make()
    await add_version(program, config["_id"], "v2", 50)
    caller = await program.caller()
    versions = await list_versions(program, config["_id"])
    scores: dict[str, list[int]] = {version["_id"]: [] for version in versions.values()}
    for at in range(16):
        answer = await program.call(caller, config["_id"], **{"X-User-Id": f"user {at}"})
        score = 1 + at % 5
        rating = {"requestId": answer.headers["x-request-id"], "rating": score}
        assert (await caller.post("/api/ratings", json=rating)).status_code == 201
        scores[answer.headers["x-trunkline-version"]].append(score)
    found = await count(program, config["_id"], 16)
    for version in found["versions"]:
        given = scores[version["versionId"]]
        assert version["metrics"]["satisfaction"] == pytest.approx(sum(given) / len(given))
