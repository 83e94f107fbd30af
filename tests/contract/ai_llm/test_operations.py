"""Validating, and what is ready for use; calls go out as ``<name>/<model>``."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.contract.configurations.upstream import Upstream, openai_stream
from tests.contract.live_server import LiveServer

from .scene import NOBODYS, SECRET, done, failed, listed, make


async def validate(client: httpx2.AsyncClient, ai_llm_id: str) -> dict[str, Any]:
    answer = await client.post(f"/ai/llm/{ai_llm_id}/validate")
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"success", "message"}
    assert answer.json()["message"]
    return answer.json()


async def available(client: httpx2.AsyncClient) -> list[str]:
    return [item["name"] for item in await listed(client, "/available")]


async def test_validation_asks_the_provider_each_time(live_on_each: LiveServer, upstream: Upstream) -> None:
    admin = await live_on_each.admin()
    made = await make(admin.client, await admin.personal(), aiType="OTHER", endpoint=upstream.url)
    upstream.answer("GET /v1/models", {"error": {"message": f"Incorrect API key provided: {SECRET}"}}, 401)
    refused = await validate(admin.client, made)
    assert refused["success"] is False
    assert SECRET not in refused["message"]
    assert await available(admin.client) == []
    upstream.answer("GET /v1/models", {"data": [{"id": "m"}]})
    assert (await validate(admin.client, made))["success"] is True
    assert (await validate(admin.client, made))["success"] is True
    calls = [asked for asked in upstream.asked if asked.path == "/v1/models"]
    assert len(calls) == 3
    assert {asked.headers["authorization"] for asked in calls} == {f"Bearer {SECRET}"}
    assert await available(admin.client) == ["Production OpenAI"]


async def test_calls_to_aws_are_signed_with_both_halves(live: LiveServer, upstream: Upstream) -> None:
    admin = await live.admin()
    made = await make(
        admin.client, await admin.personal(), aiType="AWS", endpoint=upstream.url, key="AKIAIOSFODNN7EXAMPLE"
    )
    refusal = {"message": "The security token included in the request is invalid."}
    for kind, body, expected in (
        ("UnrecognizedClientException", refusal, False),
        # There is no list of models: that a model of ours is not there tells that the key is good.
        ("ResourceNotFoundException", {"message": "No such model."}, True),
    ):
        status = 404 if expected else 403
        path = "/model/us.amazon.nova-lite-v1%3A0/converse-stream"
        upstream.answer(f"POST {path}", body, status, headers={"x-amzn-errortype": kind})
        assert (await validate(admin.client, made))["success"] is expected
        signature = upstream.asked[-1].headers["authorization"]
        assert signature.startswith("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/")
        assert SECRET not in repr(upstream.asked[-1])


async def test_an_unreachable_provider_is_a_result(live: LiveServer) -> None:
    admin = await live.admin()
    made = await make(admin.client, await admin.personal(), aiType="OTHER", endpoint="http://127.0.0.1:9/v1")
    assert (await validate(admin.client, made))["success"] is False
    failed(await admin.client.post(f"/ai/llm/{NOBODYS}/validate"), 404)


async def test_available_are_the_validated_and_active_the_newest_first(
    live_on_each: LiveServer, upstream: Upstream
) -> None:
    admin = await live_on_each.admin()
    home, team = await admin.personal(), await admin.make_workspace()
    upstream.answer("GET /v1/models", {"data": [{"id": "m"}]})
    first = await make(admin.client, home, name="First", aiType="OTHER", endpoint=upstream.url)
    second = await make(admin.client, team, name="Second", aiType="OTHER", endpoint=upstream.url)
    await make(admin.client, team, name="Never validated", aiType="OTHER", endpoint=upstream.url)
    for each in (first, second):
        await validate(admin.client, each)
    assert await available(admin.client) == ["Second", "First"]
    assert await available(admin.at(team)) == ["Second"]
    await admin.at(team).put(f"/api/configurations/{second}", json={"isActive": False})
    assert await available(admin.client) == ["First"]


async def test_what_a_validation_was_of_takes_the_mark_with_it(live: LiveServer, upstream: Upstream) -> None:
    admin = await live.admin()
    upstream.answer("GET /v1/models", {"data": [{"id": "m"}]})
    made = await make(admin.client, await admin.personal(), aiType="OTHER", endpoint=upstream.url)
    await validate(admin.client, made)
    assert "alidate" not in done(await admin.client.put(f"/ai/llm/{made}", json={"name": "Renamed"}))
    assert await available(admin.client) == ["Renamed"]
    changes: list[dict[str, Any]] = [
        {"secret": "sk-another-0123456789abcdef"},
        {"endpoint": f"{upstream.url}/v1"},
        {"key": "key-0123456789-abcdefgh"},
        {"aiType": "OPENAI"},
        {"aiType": "OPENAI", "endpoint": f"{upstream.url}/v1"},
    ]
    for change in changes:
        assert f"/ai/llm/{made}/validate" in done(await admin.client.put(f"/ai/llm/{made}", json=change))
        assert await available(admin.client) == [], change
        assert (await validate(admin.client, made))["success"] is True, change
        assert await available(admin.client) == ["Renamed"], change


async def test_tests_are_counted(live: LiveServer, upstream: Upstream) -> None:
    admin = await live.admin()
    upstream.answer("GET /v1/models", {"data": [{"id": "m"}]})
    made = await make(admin.client, await admin.personal(), aiType="OTHER", endpoint=upstream.url)
    for _ in range(10):
        await validate(admin.client, made)
    answer = await admin.client.post(f"/ai/llm/{made}/validate")
    failed(answer, 429)
    assert int(answer.headers["retry-after"]) >= 1


async def test_programs_call_it_as_name_and_model(live_on_each: LiveServer, upstream: Upstream) -> None:
    admin = await live_on_each.admin()
    team = await admin.make_workspace()
    member = await live_on_each.add_user(admin, "member@example.com")
    await live_on_each.join(admin, team, member, "member")
    upstream.answers["POST /v1/chat/completions"] = openai_stream("from upstream")
    await make(admin.client, team, name="Production", aiType="OTHER", endpoint=upstream.url, key="key-0123456789-abcd")
    program = live_on_each.client((await member.make_key(team))["key"])
    question = [{"role": "user", "content": "Hello"}]
    call = {"model": "Production/gpt-4o", "stream": True, "messages": question}
    answer = await program.post("/v1/chat/completions", json=call)
    assert answer.status_code == 200, answer.text
    assert "from upstream" in answer.text
    sent = upstream.asked[-1]
    assert b'"gpt-4o"' in sent.body
    assert sent.headers["authorization"] == f"Bearer {SECRET}"
    assert "key-0123456789-abcd" not in repr(sent)
    bare = await program.post("/v1/chat/completions", json={"model": "Production", "messages": question})
    assert bare.status_code == 404
    assert "Production/<model>" in bare.text
