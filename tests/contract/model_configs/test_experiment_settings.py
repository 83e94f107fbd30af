"""Settings of experiments: guardrails, ramps, and what is wrong with them."""

from __future__ import annotations

import json
from typing import Any

from tests.contract.live_server import eventually
from tests.contract.model_configs.experiment import add_version, call_as, list_versions, look
from tests.contract.model_configs.program import Program


async def test_settings_are_kept_and_merged(program: Program) -> None:
    config = await program.make()
    version = await add_version(program, config["_id"], "v2", 50)
    path = f"/model-configs/{config['_id']}/experiment"

    async def put(**body: Any) -> dict[str, Any]:
        answer = await program.client.put(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def limits(found: dict[str, Any]) -> dict[str, float]:
        return {each["metric"]: each["maxIncrease"] for each in found["guardrails"]}

    assert limits(await put(guardrails={"cost": {"maxIncrease": 0.2}})) == {"errorRate": 0.0, "cost": 0.2}
    found = await put(guardrails={"errorRate": None, "slowShare": {"maxIncrease": 0.05}})
    assert limits(found) == {"slowShare": 0.05, "cost": 0.2}
    assert [each["versionId"] for each in found["guardrails"][0]["versions"]] == [version["_id"]]
    before = found["phase"]["number"]
    found = await put(slowMs=1500)
    assert (found["slowMs"], found["phase"]["number"]) == (1500, before + 1)
    assert limits(await look(program, config["_id"])) == {"slowShare": 0.05, "cost": 0.2}
    last = (await program.log(config["_id"]))[0]
    assert (last["action"], last["after"]) == ("experiments.change", {"slowMs": 1500})


async def test_a_ramp_begins_at_once_and_ends_with_null(program: Program) -> None:
    config = await program.make()
    version = await add_version(program, config["_id"], "v2", 50)
    path = f"/model-configs/{config['_id']}/experiment"
    steps = [{"percent": 1, "minUnits": 100}, {"percent": 12.5, "hours": 24}, {"percent": 100}]
    answer = await program.client.put(path, json={"ramp": {"versionId": version["_id"], "steps": steps}})
    assert answer.status_code == 200, answer.text
    ramp = answer.json()["ramp"]
    assert (ramp["step"], ramp["state"], ramp["steps"][1]) == (
        0,
        "running",
        {"percent": 12.5, "minUnits": None, "hours": 24},
    )
    found = await list_versions(program, config["_id"])
    assert (found["v1"]["trafficPercent"], found["v2"]["trafficPercent"]) == (99, 1)
    answer = await program.client.put(path, json={"ramp": None})
    assert answer.json()["ramp"]["state"] == "stopped"
    assert (await list_versions(program, config["_id"]))["v2"]["trafficPercent"] == 1


async def test_a_ramp_goes_on_when_enough_users_have_come(local: Program) -> None:
    config = await local.make()
    version = await add_version(local, config["_id"], "v2", 50)
    path = f"/model-configs/{config['_id']}/experiment"
    steps = [{"percent": 50, "minUnits": 5}, {"percent": 80}]
    await local.client.put(path, json={"ramp": {"versionId": version["_id"], "steps": steps}})
    await call_as(local, await local.caller(), [f"user {at}" for at in range(30)], config)

    async def done() -> bool:
        return (await look(local, config["_id"]))["ramp"]["state"] == "done"

    await eventually(done)
    assert (await list_versions(local, config["_id"]))["v2"]["trafficPercent"] == 80


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"controlVersionId": "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"}, "controlVersionId"),
    ({"controlVersionId": "v1"}, "controlVersionId"),
    ({"slowMs": 0}, "slowMs"),
    ({"slowMs": 1.5}, "slowMs"),
    ({"guardrails": {"errorRate": {"maxIncrease": -0.1}}}, "guardrails.errorRate.maxIncrease"),
    ({"guardrails": {"slowShare": {"maxIncrease": 1.1}}}, "guardrails.slowShare.maxIncrease"),
    ({"guardrails": {"latency": None}}, "guardrails.latency"),
    ({"ramp": {"versionId": "$v2", "steps": []}}, "ramp.steps"),
    ({"ramp": {"versionId": "$v2", "steps": [{"percent": 0}]}}, "ramp.steps[0].percent"),
    ({"ramp": {"versionId": "$v2", "steps": [{"percent": 1.234}]}}, "ramp.steps[0].percent"),
    ({"ramp": {"versionId": "$v2", "steps": [{"percent": 5}, {"percent": 50}]}}, "ramp"),
    ({"ramp": {"versionId": "$v2", "steps": [{"percent": 5, "hours": 1}, {"percent": 5}]}}, "ramp"),
    ({"ramp": {"versionId": "$v2", "steps": [{"percent": 5, "hours": 1, "minUnits": 1}]}}, "ramp.steps[0]"),
    ({"ramp": {"versionId": "$v1", "steps": [{"percent": 5}]}}, "ramp.versionId"),
    ({"ramp": {"versionId": "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d", "steps": [{"percent": 5}]}}, "ramp.versionId"),
    ({"nonsense": 1}, "nonsense"),
]
"""Bodies, in which ``$v1`` and ``$v2`` stand for versions, and the field that is wrong."""


async def test_what_is_wrong_is_named_and_changes_nothing(local: Program) -> None:
    config = await local.make()
    await add_version(local, config["_id"], "v2", 50)
    versions = await list_versions(local, config["_id"])
    before = await look(local, config["_id"])
    for body, field in WRONG:
        text = json.dumps(body)
        for name in ("v1", "v2"):
            text = text.replace(f'"${name}"', f'"{versions[name]["_id"]}"')
        assert field in await local.refuse("PUT", f"/model-configs/{config['_id']}/experiment", json.loads(text))
    assert await look(local, config["_id"]) == before
