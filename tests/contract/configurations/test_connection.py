"""Connection tests and validation: stage by stage, cached, limited, and never leaking a key."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from trunkline.storage.tables import AuditEvent, Configuration

from . import upstream as upstreams
from .conftest import LocalInstallation, Person
from .upstream import Upstream

KEY = "sk-canary-0123456789abcdefghij-x7Qd"


async def run(installed: LocalInstallation, who: Person, made: dict[str, Any], query: str = "") -> dict[str, Any]:
    answer = await installed.ask(who, "POST", f"/api/configurations/{made['id']}/test{query}")
    assert answer.status_code == 200, answer.text
    assert "canary" not in answer.text
    return answer.json()


def openai(upstream: Upstream) -> dict[str, Any]:
    upstream.answer("GET /v1/models", {"object": "list", "data": [{"id": "gpt-4", "object": "model"}]})
    upstream.answers["POST /v1/chat/completions"] = upstreams.openai_stream()
    return {"provider": "openai", "model": "gpt-4", "apiKey": KEY, "baseUrl": upstream.url}


def anthropic(upstream: Upstream) -> dict[str, Any]:
    upstream.answer("GET /v1/models", {"data": [{"id": "claude-x", "type": "model"}], "has_more": False})
    upstream.answers["POST /v1/messages"] = upstreams.anthropic_stream()
    return {"provider": "anthropic", "model": "claude-x", "apiKey": KEY, "baseUrl": upstream.url}


def gemini(upstream: Upstream) -> dict[str, Any]:
    upstream.answer(
        "GET /v1beta/models",
        {"models": [{"name": "models/gemini-x", "supportedGenerationMethods": ["generateContent"]}]},
    )
    upstream.answers["POST /v1beta/models/gemini-x:streamGenerateContent"] = upstreams.gemini_stream()
    return {"provider": "gemini", "model": "gemini-x", "apiKey": KEY, "baseUrl": upstream.url}


def ollama(upstream: Upstream) -> dict[str, Any]:
    upstream.answer("GET /api/tags", {"models": [{"name": "llama3.2:latest", "model": "llama3.2:latest"}]})
    upstream.answers["POST /api/chat"] = upstreams.ollama_stream()
    return {"provider": "ollama", "model": "llama3.2", "baseUrl": upstream.url}


def openrouter(upstream: Upstream) -> dict[str, Any]:
    upstream.answer("GET /api/v1/key", {"data": {"label": "k", "usage": 1, "limit": None}})
    upstream.answer(
        "GET /api/v1/models", {"data": [{"id": "a/b", "name": "B", "pricing": {"prompt": "0", "completion": "0"}}]}
    )
    upstream.answers["POST /api/v1/chat/completions"] = upstreams.openai_stream()
    return {"provider": "openrouter", "model": "a/b", "apiKey": KEY, "baseUrl": f"{upstream.url}/api/v1"}


@pytest.mark.parametrize("provider", [openai, anthropic, gemini, ollama, openrouter])
async def test_a_working_configuration_passes_every_stage(
    installed: LocalInstallation, ann: Person, upstream: Upstream, provider: Any
) -> None:
    made = await installed.make(ann, **provider(upstream))
    result = await run(installed, ann, made)
    assert result["success"] is True, result
    assert result["status"] == "success"
    assert result["cached"] is False
    names = [stage["name"] for stage in result["stages"]]
    assert names[0] == "tcp" or names[:2] == ["dns", "tcp"]
    assert names[-1] == "stream"
    assert all(stage["ok"] for stage in result["stages"])
    read = (await installed.ask(ann, "GET", f"/api/configurations/{made['id']}")).json()
    assert (read["testStatus"], read["lastTested"]) == ("success", result["testedAt"])
    assert read["revision"] == 1


async def test_a_configuration_shows_its_last_test(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    made = await installed.make(ann, **openai(upstream))
    path = f"/api/configurations/{made['id']}"
    assert made["lastTest"] is None
    await run(installed, ann, made)
    shown = (await installed.ask(ann, "GET", path)).json()
    assert shown["lastTest"]["success"] is True
    assert shown["lastTest"]["latencyMs"] >= 0
    assert shown["lastTest"]["testedAt"] == shown["lastTested"]
    upstream.answer("GET /v1/models", {"error": {"message": "Incorrect API key provided"}}, 401)
    failed = (await installed.ask(ann, "POST", f"{path}/test?force=true")).json()
    (listed,) = (await installed.ask(ann, "GET", "/api/configurations")).json()
    assert (listed["lastTest"]["success"], listed["lastTest"]["message"]) == (False, failed["message"])
    renamed = (await installed.ask(ann, "PUT", path, {**listed, "name": "other"})).json()
    assert renamed["lastTest"] == listed["lastTest"], "what was tested is as it was; it is read-only, too"
    moved = (await installed.ask(ann, "PUT", path, {"apiKey": "sk-another-0123456789"})).json()
    assert moved["lastTest"] is None


async def test_the_demo_works_without_a_network(installed: LocalInstallation, ann: Person) -> None:
    assert (await run(installed, ann, await installed.make(ann)))["success"] is True


@pytest.mark.parametrize("provider", [openai, anthropic, gemini, openrouter])
async def test_a_wrong_key_fails_with_whose_fault_it_is(
    installed: LocalInstallation, ann: Person, upstream: Upstream, provider: Any
) -> None:
    fields = provider(upstream)
    for route in list(upstream.answers):
        upstream.answer(route, {"error": {"message": f"bad key {KEY}", "type": "x", "code": 401}}, 401)
    result = await run(installed, ann, await installed.make(ann, **fields))
    assert (result["success"], result["status"]) == (False, "failed")
    assert result["stages"][-1]["name"] == "auth"
    assert "rejected this key (401)" in result["message"]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (upstreams.Answer(200, b"<html>hello</html>", "text/html"), "not as OpenAI does"),
        (upstreams.Answer(500, {"error": {"message": "x"}}), "500"),
        (upstreams.Answer(302, b"", headers={"location": "http://127.0.0.1:1/"}), "not as OpenAI does (302)"),
        (upstreams.Answer(429, {"error": {"message": "slow down"}}), "429"),
        (upstreams.Answer(402, {"error": {"message": "pay"}}), "402"),
    ],
)
async def test_every_failure_says_what_was_wrong(
    installed: LocalInstallation, ann: Person, upstream: Upstream, broken: upstreams.Answer, words: str
) -> None:
    fields = openai(upstream)
    upstream.answers = dict.fromkeys(upstream.answers, broken)
    result = await run(installed, ann, await installed.make(ann, **fields))
    assert result["success"] is False
    assert words in str(result), result


async def test_an_unknown_model_names_the_nearest(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    fields = openai(upstream) | {"model": "gtp-4"}
    upstream.answer(
        "POST /v1/chat/completions", {"error": {"message": "no such model", "code": "model_not_found"}}, 404
    )
    result = await run(installed, ann, await installed.make(ann, **fields))
    assert result["success"] is False
    assert "gpt-4" in result["message"]


async def test_nothing_listens(installed: LocalInstallation, ann: Person) -> None:
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    result = await run(
        installed, ann, await installed.make(ann, provider="ollama", model="x", baseUrl=f"http://127.0.0.1:{port}")
    )
    assert result["stages"][-1]["name"] == "tcp"
    assert "ollama serve" in result["message"]


async def test_accounts_and_addresses_are_shown_to_who_looks_after_them(
    installed: LocalInstallation, upstream: Upstream
) -> None:
    admin, member = await installed.team("admin", "member")
    account, place = "org-AbCdEf0123456789", "10.9.8.7:8000"
    words = f"{account} at {place} with {KEY}"
    shared = await installed.make(admin, **openai(upstream), shared=True)
    own = await installed.make(member, **openai(upstream), name="own")
    upstream.answer("GET /v1/models", {"error": {"message": words}}, 500)
    upstream.answer("POST /v1/chat/completions", {"error": {"message": words}}, 500)
    for who, made, knows in ((admin, shared, True), (member, shared, False), (member, own, True)):
        for query in ("?force=true", ""):
            answer = await installed.ask(who, "POST", f"/api/configurations/{made['id']}/test{query}")
            assert answer.json()["success"] is False
            assert (account in answer.text, place in answer.text) == (knows, knows), answer.text
            assert KEY not in answer.text
        listed = await installed.ask(who, "GET", f"/api/configurations/{made['id']}/models")
        assert listed.status_code == 502
        assert (account in listed.text, place in listed.text) == (knows, knows), listed.text
        assert KEY not in listed.text


async def test_a_forbidden_address_is_never_asked(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann, provider="custom", model="m", baseUrl="http://169.254.169.254/v1")
    result = await run(installed, ann, made)
    assert result["success"] is False
    assert "is never called: that is a cloud's metadata service" in result["message"]


async def test_a_result_is_kept_for_a_minute_for_every_process(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    made = await installed.make(ann, **openai(upstream))
    first = await run(installed, ann, made)
    asked = len(upstream.asked)
    again = await run(installed, ann, made)
    assert again == {**first, "cached": True}
    assert len(upstream.asked) == asked
    forced = await run(installed, ann, made, "?force=true")
    assert forced["cached"] is False
    assert len(upstream.asked) > asked
    installed.clock.pass_by(seconds=61)
    assert (await run(installed, ann, made))["cached"] is False
    await installed.ask(ann, "PUT", f"/api/configurations/{made['id']}", {"model": "gpt-4"})
    assert (await run(installed, ann, made))["cached"] is True
    await installed.ask(ann, "PUT", f"/api/configurations/{made['id']}", {"configuration": {"temperature": 1}})
    assert (await run(installed, ann, made))["cached"] is False


async def test_ten_tests_a_minute_and_not_one_more(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann)
    for _ in range(10):
        await run(installed, ann, made, "?force=true")
    answer = await installed.ask(ann, "POST", f"/api/configurations/{made['id']}/test?force=true")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert (await run(installed, ann, made))["cached"] is True
    installed.clock.pass_by(seconds=7)
    await run(installed, ann, made, "?force=true")


async def test_a_change_resets_the_status(installed: LocalInstallation, ann: Person, upstream: Upstream) -> None:
    made = await installed.make(ann, **openai(upstream))
    await run(installed, ann, made)
    path = f"/api/configurations/{made['id']}"
    assert (await installed.ask(ann, "PUT", path, {"name": "renamed"})).json()["testStatus"] == "success"
    assert (await installed.ask(ann, "PUT", path, {"apiKey": KEY + "2"})).json()["testStatus"] == "pending"


async def test_what_changed_during_the_test_is_not_what_was_tested(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    made = await installed.make(ann, **openai(upstream))
    changes: list[asyncio.Task[Any]] = []

    def change(_: upstreams.UpstreamRequest) -> upstreams.Answer:
        body = {"apiKey": KEY + "-other"}
        changes.append(asyncio.ensure_future(installed.ask(ann, "PUT", f"/api/configurations/{made['id']}", body)))
        return upstreams.Answer(200, {"data": [{"id": "gpt-4"}]})

    upstream.answers["GET /v1/models"] = change

    async def slowly(_: Any) -> None:
        await asyncio.gather(*changes)

    upstream.answers["POST /v1/chat/completions"] = upstreams.openai_stream()
    task = asyncio.ensure_future(run(installed, ann, made))
    while not changes:
        await asyncio.sleep(0)
    await slowly(None)
    await task
    async with installed.database.read() as tx:
        row = await tx.scalar(select(Configuration).where(Configuration.id == made["id"]))
    assert row is not None
    assert row.revision == 2
    assert row.test_status in {"pending", "success"}
    if row.test_result is not None:
        assert row.test_result["revision"] == 2


async def test_a_key_that_cannot_be_opened_is_a_failed_test(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    from sqlalchemy import update

    from trunkline.storage.tables import SealedSecret

    made = await installed.make(ann, **openai(upstream))
    async with installed.database.write() as tx:
        await tx.execute(update(SealedSecret).values(ciphertext=b"x" * 60))
    result = await run(installed, ann, made)
    assert result["success"] is False
    assert "Enter it again" in result["message"]
    assert upstream.asked == []


async def test_tests_are_audited(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann)
    await run(installed, ann, made)
    async with installed.database.read() as tx:
        event = await tx.scalar(
            select(AuditEvent).where(AuditEvent.action == "configurations.test", AuditEvent.target_id == made["id"])
        )
    assert event is not None
    assert (event.outcome, event.actor_id) == ("ok", ann.id)


async def test_another_tenants_configuration_is_not_tested(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann)
    other = await installed.person()
    assert (await installed.ask(other, "POST", f"/api/configurations/{made['id']}/test")).status_code == 404


async def test_validation_names_what_is_wrong_as_it_was_written(installed: LocalInstallation, ann: Person) -> None:
    inside = {"model": "gpt-4", "apiKey": KEY, "configuration": {"temperature": 3}}
    beside = {"model": "gpt-4", "apiKey": KEY, "temperature": 3}
    for body, field in ((inside, "configuration.temperature"), (beside, "temperature")):
        answer = await installed.ask(ann, "POST", "/api/providers/openai/validate", body)
        assert answer.status_code == 200
        assert answer.json() == {
            "valid": False,
            "errors": [{"field": field, "message": "must be between 0 and 2; got 3"}],
            "stages": None,
        }
    good = await installed.ask(ann, "POST", "/api/providers/openai/validate", {**beside, "temperature": 1})
    assert good.json() == {"valid": True, "errors": [], "stages": None}
    assert (await installed.ask(ann, "GET", "/api/configurations")).json() == []


async def test_live_validation_asks_the_provider_and_saves_nothing(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    fields = openai(upstream)
    del fields["provider"]
    answer = await installed.ask(ann, "POST", "/api/providers/openai/validate", {**fields, "live": True})
    assert answer.json()["valid"] is True, answer.text
    assert [stage["name"] for stage in answer.json()["stages"]][-1] == "stream"
    assert upstream.asked[-1].headers["authorization"] == f"Bearer {KEY}"
    assert (await installed.ask(ann, "GET", "/api/configurations")).json() == []
    upstream.answer("GET /v1/models", {"error": {"message": "no"}}, 401)
    refused = await installed.ask(ann, "POST", "/api/providers/openai/validate", {**fields, "live": True})
    assert refused.json()["valid"] is False
    assert (await installed.ask(ann, "POST", "/api/providers/nobody/validate", {})).status_code == 404
