"""The import of LiteLLM's configuration, against a whole server."""

from __future__ import annotations

from trunkline.cli.api import Api, make_client
from trunkline.cli.credential import ApiKey
from trunkline.cli.import_litellm import make
from trunkline.core.secret import Secret
from trunkline.outbound import Url
from trunkline.providers.litellm import read_plan

from tests.contract.live_server import LiveServer  # isort: skip

DOCUMENT = {
    "model_list": [
        {"model_name": "fast", "litellm_params": {"model": "demo/demo-chat", "weight": 3}},
        {"model_name": "fast", "litellm_params": {"model": "demo/demo-chat", "weight": 1}},
        {"model_name": "slow", "litellm_params": {"model": "demo/demo-chat"}},
    ],
    "router_settings": {"fallbacks": [{"slow": ["fast"]}], "model_group_alias": {"quick": "fast"}},
}


async def test_configurations_and_routes_are_made_once_and_serve(live: LiveServer) -> None:
    admin = await live.admin()
    key = await admin.make_key(await admin.personal(), scope="manage")
    url = Url.parse(live.url)
    client = make_client(url)
    try:
        api = Api(url, client, ApiKey(Secret(key["key"])))
        plan = read_plan(DOCUMENT, {})
        rows, routes = await make(api, plan, shared=False)
        assert [(row.name, row.outcome, row.notes) for row in rows] == [
            (name, "made", []) for name in ("fast", "fast 2", "slow")
        ]
        assert [(row.name, row.outcome, row.notes) for row in routes] == [
            (name, "made", []) for name in ("fast", "slow", "quick")
        ]
        again = await make(api, plan, shared=False)
        assert {row.outcome for part in again for row in part} == {"is there already"}
    finally:
        await client.close()
    found = {route["name"]: route for route in (await admin.client.get("/api/routes")).json()}
    assert [(one["configurationName"], one["priority"], one["weight"]) for one in found["slow"]["targets"]] == [
        ("slow", 0, 1), ("fast", 1, 3), ("fast 2", 1, 1),
    ]  # fmt: skip
    for name in ("fast", "slow", "quick"):
        body = {"model": name, "messages": [{"role": "user", "content": "hello"}]}
        answer = await admin.client.post("/v1/chat/completions", json=body)
        assert answer.status_code == 200, answer.text
        assert answer.headers["x-trunkline-route"] == found[name]["id"]
