"""The main job, through the real composition: a configuration is made, called, and accounted for."""

from __future__ import annotations

from typing import Any

from tests.contract.live_server import LiveServer, eventually


async def test_a_call_is_served_and_accounted_for(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    body = {"name": "Try", "provider": "demo", "model": "demo-chat"}
    made = await admin.client.post("/api/configurations", json=body)
    assert made.status_code == 201, made.text
    key = await admin.make_key()
    call = {"model": "Try", "messages": [{"role": "user", "content": "Hello"}]}
    answer = await live_on_each.client(key["key"]).post("/v1/chat/completions", json=call)
    assert answer.status_code == 200, answer.text

    async def usage() -> dict[str, Any] | None:
        found = (await admin.client.get(f"/api/configurations/{made.json()['id']}/usage")).json()
        return found if found["requestCount"] else None

    assert (await eventually(usage))["tokenCount"] == answer.json()["usage"]["total_tokens"]
