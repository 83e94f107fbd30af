"""``/api/cache``, and what configurations and features say of responses that are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.contract.live_server import LiveServer, open_live_server
from tests.contract.local_installation import Person

CACHING = {"ttlSeconds": 60, "scope": "workspace", "withTools": True, "semantic": None}


async def make_configuration(there: httpx2.AsyncClient, name: str = "one", **fields: Any) -> dict[str, Any]:
    body = {"name": name, "provider": "demo", "model": "demo-chat", "shared": True, **fields}
    answer = await there.post("/api/configurations", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def ask(there: httpx2.AsyncClient, model: str = "one", **headers: str) -> str:
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}]}
    answer = await there.post("/v1/chat/completions", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.headers.get("x-trunkline-cache", "")


@pytest.fixture
async def admin(live_on_each: LiveServer) -> Person:
    return await live_on_each.admin()


async def test_responses_of_a_configuration_are_kept_when_it_says_so(admin: Person) -> None:
    made = await make_configuration(admin.client)
    path = f"/api/configurations/{made['id']}"
    assert made["caching"] is None
    assert [await ask(admin.client), await ask(admin.client)] == ["", ""]
    changed = await admin.client.put(path, json={"caching": CACHING})
    assert changed.status_code == 200, changed.text
    assert changed.json()["caching"] == CACHING
    assert [await ask(admin.client), await ask(admin.client)] == ["miss", "hit; age=0"]
    again = await admin.client.put(path, json=changed.json())
    assert again.json()["revision"] == changed.json()["revision"], "what was read may be sent back"
    history = (await admin.client.get(f"{path}/revisions")).json()
    assert [one["path"] for one in history[0]["diff"]] == ["caching"]
    await admin.client.put(path, json={"caching": None})
    assert await ask(admin.client) == ""
    back = await admin.client.post(f"{path}/revisions/2/revert", json={})
    assert back.json()["caching"] == CACHING


async def test_responses_of_a_feature_are_kept_when_it_says_so(admin: Person) -> None:
    await make_configuration(admin.client)
    await admin.client.post("/api/features", json={"slug": "faq", "name": "FAQ", "target": "one", "caching": CACHING})
    assert (await admin.client.get("/api/features/faq")).json()["caching"] == CACHING
    assert [await ask(admin.client, "feature/faq"), await ask(admin.client, "feature/faq")] == ["miss", "hit; age=0"]
    assert await ask(admin.client) == "", "the configuration keeps none"
    await admin.client.put("/api/features/faq", json={"systemPrompt": "Be kind."})
    assert await ask(admin.client, "feature/faq") == "miss"
    reset = await admin.client.put("/api/features/faq", json={"caching": None})
    assert reset.json()["caching"] is None
    assert await ask(admin.client, "feature/faq") == ""


async def test_the_cache_tells_how_it_stands_and_is_emptied(admin: Person) -> None:
    await make_configuration(admin.client, caching=CACHING)
    for _ in range(3):
        await ask(admin.client)
    standing = (await admin.client.get("/api/cache")).json()
    assert {name: standing[name] for name in ("storage", "hits", "misses", "entries")} == {
        "storage": "memory", "hits": 2, "misses": 1, "entries": 1,
    }  # fmt: skip
    assert standing["bytes"] > 0
    assert standing["savedUSD"] == standing["savedNanos"] / 1e9
    emptied = await admin.client.delete("/api/cache")
    assert emptied.json()["success"]
    assert (await admin.client.get("/api/cache")).json()["entries"] == 0
    assert await ask(admin.client) == "miss"
    audit = (await admin.client.get("/api/audit?action=cache.purge")).json()
    assert [one["action"] for one in audit] == ["cache.purge"]


async def test_another_workspace_sees_nothing_of_it(live_on_each: LiveServer, admin: Person) -> None:
    await make_configuration(admin.client, caching=CACHING)
    await ask(admin.client)
    other = (await admin.client.post("/api/workspaces", json={"name": "Other"})).json()["id"]
    headers = {"X-Trunkline-Workspace": other}
    theirs = (await admin.client.get("/api/cache", headers=headers)).json()
    assert (theirs["misses"], theirs["entries"]) == (0, 0)
    await admin.client.delete("/api/cache", headers=headers)
    assert await ask(admin.client) == "hit; age=0"


@pytest.mark.parametrize(
    ("caching", "field"),
    [
        ({"ttlSeconds": 0}, "caching.ttlSeconds"),
        ({"ttlSeconds": 86_401}, "caching.ttlSeconds"),
        ({"ttlSeconds": 60, "scope": "world"}, "caching.scope"),
        ({"ttlSeconds": 60, "semantic": {"model": "nothing"}}, "caching.semantic.model"),
        ({"ttlSeconds": 60, "semantic": {"model": "one", "threshold": 0.4}}, "caching.semantic.threshold"),
        ({"ttlSeconds": 60, "semantic": {"model": "one", "threshold": 1.1}}, "caching.semantic.threshold"),
    ],
)
async def test_what_cannot_be_is_refused(admin: Person, caching: dict[str, Any], field: str) -> None:
    made = await make_configuration(admin.client)
    answers = [
        await admin.client.put(f"/api/configurations/{made['id']}", json={"caching": caching}),
        await admin.client.put("/api/features/chat-assistant", json={"caching": caching}),
        await admin.client.post(
            "/api/routes", json={"name": "r", "targets": [{"configurationId": made["id"]}], "caching": caching}
        ),
    ]
    for answer in answers:
        assert answer.status_code == 400, answer.text
        assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_response_is_not_kept_for_longer_than_conversations_are(tmp_path: Path) -> None:
    async with open_live_server(tmp_path, keep_conversations_days=1, cache_seconds=200_000) as live:
        admin = await live.admin()
        made = await make_configuration(admin.client)
        path = f"/api/configurations/{made['id']}"
        refused = await admin.client.put(path, json={"caching": {"ttlSeconds": 86_401}})
        assert refused.status_code == 400
        (error,) = refused.json()["errors"]
        assert error["field"] == "caching.ttlSeconds"
        assert "keep conversations longer" in error["message"]
        assert (await admin.client.put(path, json={"caching": {"ttlSeconds": 86_400}})).status_code == 200
