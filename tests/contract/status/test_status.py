"""``/api/status``: what calls, tests and routes show of a configuration, to whom, and as it happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.contract.configurations import upstream as upstreams
from tests.contract.configurations.upstream import Answer, Upstream
from tests.contract.live_server import LiveServer, eventually
from tests.contract.local_installation import Person

REJECTED = Answer(401, {"error": {"message": "Incorrect API key provided", "type": "invalid_request_error"}})
SERVED = {
    "id": "c", "object": "chat.completion", "created": 1, "model": "gpt-4",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}  # fmt: skip


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with upstreams.start() as running:
        running.answer("GET /v1/models", {"object": "list", "data": [{"id": "gpt-4", "object": "model"}]})
        running.answer("POST /v1/chat/completions", SERVED)
        yield running


@pytest.fixture
async def admin(live_on_each: LiveServer) -> Person:
    return await live_on_each.admin()


async def make(there: httpx2.AsyncClient, upstream: Upstream, name: str = "one", **fields: Any) -> str:
    body = {"name": name, "provider": "openai", "model": "gpt-4", "apiKey": "sk-canary-012345678901234567890", **fields}
    answer = await there.post("/api/configurations", json={**body, "baseUrl": upstream.url})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def ask(there: httpx2.AsyncClient, model: str = "one") -> int:
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}]}
    return (await there.post("/v1/chat/completions", json=body)).status_code


async def read(there: httpx2.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await there.get("/api/status", params=query)
    assert answer.status_code == 200, answer.text
    assert "canary" not in answer.text
    return answer.json()


async def wait_for(there: httpx2.AsyncClient, state: str, configuration_id: str) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        found = (await read(there))["configurations"]
        return next((one for one in found if (one["configurationId"], one["state"]) == (configuration_id, state)), None)

    return await eventually(look)


async def test_of_a_new_configuration_nothing_is_known(admin: Person, upstream: Upstream) -> None:
    made = await make(admin.client, upstream)
    found = next(one for one in (await read(admin.client))["configurations"] if one["configurationId"] == made)
    assert (found["state"], found["since"], found["checkedAt"], found["lastError"]) == ("unknown", None, None, None)
    assert (found["calls"], found["uptime"], found["p50Ms"], found["breakers"]) == (0, None, None, [])
    assert [one["state"] for one in found["cells"]] == ["unknown"] * 90


async def test_calls_that_go_well_show(admin: Person, upstream: Upstream) -> None:
    made = await make(admin.client, upstream)
    assert await ask(admin.client) == 200
    found = await wait_for(admin.client, "healthy", made)
    assert (found["calls"], found["failures"], found["uptime"], found["errors"]) == (1, 0, 1.0, {})
    assert found["p50Ms"] == found["p95Ms"] is not None
    assert [(one["state"], one["calls"]) for one in found["cells"]][-2:].count(("healthy", 1)) == 1
    days = await read(admin.client, cell="day")
    provider = next(one for one in days["providers"] if one["provider"] == "openai")
    assert (provider["displayName"], provider["state"], provider["calls"]) == ("OpenAI", "healthy", 1)
    assert provider["cells"][-1]["from"].endswith("T00:00:00.000Z")


async def test_a_key_that_a_call_finds_rejected_is_rejected_everywhere(admin: Person, upstream: Upstream) -> None:
    made = await make(admin.client, upstream, shared=True)
    route = {"name": "both", "targets": [{"configurationId": made}]}
    assert (await admin.client.post("/api/routes", json=route)).status_code == 201
    upstream.answers["POST /v1/chat/completions"] = REJECTED
    assert await ask(admin.client, "both") >= 400
    found = await wait_for(admin.client, "unauthorized", made)
    assert (found["lastError"]["kind"], found["lastError"]["message"]) == (
        "auth", "The provider rejected the key of a call.",
    )  # fmt: skip
    assert [(one["process"], one["state"]) for one in found["breakers"]] == [("0", "open")]
    shown = (await admin.client.get(f"/api/configurations/{made}")).json()
    assert shown["testStatus"] == "failed"
    before = len(upstream.asked)
    tested = (await admin.client.post(f"/api/configurations/{made}/test")).json()
    assert (tested["success"], tested["cached"], tested["message"]) == (False, True, found["lastError"]["message"])
    assert len(upstream.asked) == before


async def test_a_key_that_a_test_finds_rejected_is_passed_over_by_routes(admin: Person, upstream: Upstream) -> None:
    first, second = [await make(admin.client, upstream, name, shared=True) for name in ("one", "two")]
    targets = [{"configurationId": each} for each in (first, second)]
    assert (await admin.client.post("/api/routes", json={"name": "both", "targets": targets})).status_code == 201
    working = upstream.answers["GET /v1/models"]
    upstream.answers["GET /v1/models"] = REJECTED
    assert (await admin.client.post(f"/api/configurations/{first}/test")).json()["success"] is False
    found = await wait_for(admin.client, "unauthorized", first)
    assert found["cells"][-1]["calls"] == 0

    async def rests() -> bool:
        (there,) = [one for one in (await read(admin.client))["configurations"] if one["configurationId"] == first]
        return bool(there["breakers"])

    await eventually(rests)
    await ask(admin.client, "both")
    assert (await wait_for(admin.client, "healthy", second))["calls"] == 1
    upstream.answers["GET /v1/models"] = working
    upstream.answers["POST /v1/chat/completions"] = upstreams.openai_stream()
    assert (await admin.client.post(f"/api/configurations/{first}/test?force=true")).json()["success"] is True
    await wait_for(admin.client, "healthy", first)

    async def serves_again() -> bool:
        return not await rests()

    await eventually(serves_again)


async def test_after_another_key_nothing_is_known(admin: Person, upstream: Upstream) -> None:
    made = await make(admin.client, upstream)
    upstream.answers["POST /v1/chat/completions"] = REJECTED
    await ask(admin.client)
    await wait_for(admin.client, "unauthorized", made)
    rotated = await admin.client.post(
        f"/api/configurations/{made}/rotate-key", json={"apiKey": "sk-canary-another-one-0123"}
    )
    assert rotated.status_code == 200, rotated.text
    assert (await wait_for(admin.client, "unknown", made))["lastError"] is None


async def test_a_configuration_that_is_turned_off_says_so(admin: Person, upstream: Upstream) -> None:
    made = await make(admin.client, upstream, isActive=False)
    await wait_for(admin.client, "inactive", made)


async def test_who_sees_which_and_on_pages(live_on_each: LiveServer, admin: Person, upstream: Upstream) -> None:
    team = await admin.make_workspace()
    there = admin.at(team)
    shared, private = [await make(there, upstream, name, shared=name == "shared") for name in ("shared", "private")]
    member = await live_on_each.add_user(admin, "member@example.com")
    await live_on_each.join(admin, team, member, "viewer")
    seen = (await read(member.at(team)))["configurations"]
    assert [one["configurationId"] for one in seen] == [shared]
    first = await there.get("/api/status", params={"limit": 1})
    assert [one["configurationId"] for one in first.json()["configurations"]] == [private]
    second = await there.get(first.links["next"]["url"])
    assert [one["configurationId"] for one in second.json()["configurations"]] == [shared]
    assert "next" not in second.links
    assert second.json()["providers"][0]["configurations"] == 2
    assert (await there.get("/api/status", params={"cell": "week"})).status_code == 400


async def test_without_cells_a_page_has_up_to_a_thousand(admin: Person, upstream: Upstream) -> None:
    made = await make(admin.client, upstream)
    assert await ask(admin.client) == 200
    whole = await wait_for(admin.client, "healthy", made)
    short = await read(admin.client, cells="false", limit=1_000)
    assert next(one for one in short["configurations"] if one["configurationId"] == made) == whole | {"cells": []}
    assert [one["cells"] for one in short["providers"]] == [[]] * len(short["providers"])
    refused = await admin.client.get("/api/status", params={"limit": 101})
    assert (refused.status_code, "limit" in refused.text, "cells=false" in refused.text) == (400, True, True)
    assert (await admin.client.get("/api/status", params={"cells": "false", "limit": 1_001})).status_code == 400


async def test_changes_come_as_they_happen_to_those_who_see_the_configuration(
    admin: Person, upstream: Upstream
) -> None:
    made = await make(admin.client, upstream)
    async with asyncio.timeout(20), admin.client.stream("GET", "/api/status/stream") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        assert await anext(lines) == "event: ready"
        await ask(admin.client)
        async for line in lines:
            if line == "event: change":
                break
        change = json.loads((await anext(lines)).removeprefix("data: "))
    assert (change["configurationId"], change["state"], change["name"]) == (made, "healthy", "one")
    assert "cells" not in change


async def test_the_stream_ends_when_it_was_asked_to(admin: Person) -> None:
    answer = await admin.client.get("/api/status/stream?seconds=0", timeout=10)
    assert answer.text.startswith("event: ready"), answer.text
