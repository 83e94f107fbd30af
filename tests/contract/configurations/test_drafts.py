"""What is asked of a provider for a configuration that is not saved yet."""

from __future__ import annotations

import json
from typing import Any

import pytest

from . import upstream as upstreams
from .conftest import LocalInstallation, Person
from .upstream import Upstream

KEY = "sk-canary-0123456789abcdefghij-x7Qd"


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Kind and data of each event of a stream."""
    fields = [dict(line.split(": ", 1) for line in event.split("\n")) for event in text.strip().split("\n\n")]
    return [(field["event"], json.loads(field["data"])) for field in fields]


async def follow(installed: LocalInstallation, who: Person, provider: str, **fields: Any) -> list[tuple[str, Any]]:
    answer = await installed.ask(who, "POST", f"/api/providers/{provider}/test", fields)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return events(answer.text)


async def test_a_test_is_followed_stage_by_stage_and_picks_a_model_that_is_listed(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    models = [{"id": name, "object": "model"} for name in ("text-embedding-3-small", "gpt-live")]
    upstream.answer("GET /v1/models", {"data": models})
    upstream.answers["POST /v1/chat/completions"] = upstreams.openai_stream()
    *stages, (last, verdict) = await follow(installed, ann, "openai", apiKey=KEY, baseUrl=upstream.url)
    assert [kind for kind, _ in stages] == ["stage"] * len(stages)
    assert [(stage["name"], stage["ok"]) for _, stage in stages] == [
        ("dns", True),
        ("tcp", True),
        ("auth", True),
        ("models", True),
        ("stream", True),
    ]
    assert (last, verdict["success"]) == ("done", True)
    assert json.loads(upstream.asked[-1].body)["model"] == "gpt-live"
    assert (await installed.ask(ann, "GET", "/api/configurations")).json() == []


async def test_a_refused_key_is_the_last_stage_and_is_shown_nowhere(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    upstream.answer("GET /v1/models", {"error": {"message": f"bad {KEY}"}}, 401)
    told = await follow(installed, ann, "openai", apiKey=KEY, baseUrl=upstream.url)
    assert told[-2][1]["name"] == "auth"
    assert "rejected this key (401)" in told[-2][1]["message"]
    assert told[-1] == ("done", {"success": False, "message": told[-2][1]["message"]})
    assert "canary" not in json.dumps(told)


async def test_a_draft_that_would_not_be_accepted_is_refused_before_anything_is_asked(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    for path in ("test", "models"):
        answer = await installed.ask(ann, "POST", f"/api/providers/custom/{path}", {"apiKey": KEY})
        assert answer.status_code == 400
        assert "baseUrl" in answer.text
        assert (await installed.ask(ann, "POST", f"/api/providers/nobody/{path}", {})).status_code == 404
    assert upstream.asked == []


async def test_models_are_listed_with_the_key_of_the_draft(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    upstream.answer("GET /v1/models", {"data": [{"id": "gpt-4o-mini", "object": "model"}]})
    listed = await installed.ask(ann, "POST", "/api/providers/openai/models", {"apiKey": KEY, "baseUrl": upstream.url})
    (model,) = listed.json()["models"]
    assert (listed.json()["source"], model["id"], bool(model["pricing"])) == ("live", "gpt-4o-mini", True)
    assert upstream.asked[-1].headers["authorization"] == f"Bearer {KEY}"
    upstream.answer("GET /v1/models", {"error": {"message": f"bad {KEY}"}}, 401)
    refused = await installed.ask(ann, "POST", "/api/providers/openai/models", {"apiKey": KEY, "baseUrl": upstream.url})
    assert refused.status_code == 502
    assert "canary" not in refused.text


async def test_a_viewer_tests_nothing(installed: LocalInstallation) -> None:
    (viewer,) = await installed.team("viewer")
    for path in ("test", "models", "models/pull", "preview"):
        refused = await installed.ask(viewer, "POST", f"/api/providers/ollama/{path}", {"model": "llama3.2"})
        assert refused.status_code == 403


async def test_a_model_is_downloaded_before_there_is_a_configuration(
    installed: LocalInstallation, upstream: Upstream
) -> None:
    admin, member = await installed.team("admin", "member")
    lines = [{"status": "pulling a", "digest": "sha256:a", "total": 100, "completed": 100}, {"status": "success"}]
    upstream.answers["POST /api/pull"] = upstreams.Answer(
        200, "".join(json.dumps(line) + "\n" for line in lines).encode(), "application/x-ndjson"
    )
    body = {"model": "llama3.2", "baseUrl": upstream.url}
    assert (await installed.ask(member, "POST", "/api/providers/ollama/models/pull", body)).status_code == 403
    wrong = await installed.ask(admin, "POST", "/api/providers/openai/models/pull", body)
    assert wrong.status_code == 400
    answer = await installed.ask(admin, "POST", "/api/providers/ollama/models/pull", body)
    assert answer.status_code == 202
    await installed.services.jobs.wait(answer.json()["jobId"])
    job = (await installed.ask(admin, "GET", answer.headers["location"])).json()
    assert (job["state"], job["progress"]["completed"]) == ("succeeded", 100)
    assert job["subject"] == {"provider": "ollama", "model": "llama3.2", "baseUrl": f"{upstream.url}/"}


async def test_an_ollama_of_this_machine_is_found(
    installed: LocalInstallation, ann: Person, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream.answer("GET /api/tags", {"models": [{"name": "llama3.2:latest"}]})
    monkeypatch.setattr(installed.services.draft_models, "_ollama_host", upstream.url)
    found = await installed.ask(ann, "GET", "/api/providers/ollama/servers")
    assert found.json() == [{"baseUrl": upstream.url, "models": ["llama3.2:latest"]}]
    assert (await installed.ask(ann, "GET", "/api/providers/openai/servers")).json() == []


async def test_a_preview_shows_the_request_in_the_provider_s_format(installed: LocalInstallation, ann: Person) -> None:
    body = {"model": "claude-sonnet-4-5", "configuration": {"maxTokens": 100, "temperature": 3}}
    shown = (await installed.ask(ann, "POST", "/api/providers/anthropic/preview", body)).json()
    assert (shown["method"], shown["url"]) == ("POST", "https://api.anthropic.com/v1/messages")
    assert shown["headers"]["x-api-key"] == "YOUR_KEY"
    assert (shown["body"]["model"], shown["body"]["max_tokens"]) == ("claude-sonnet-4-5", 100)
    assert "temperature" not in shown["body"]
    assert "temperature" in shown["unset"]
    (problem,) = shown["problems"]
    assert problem["field"] == "configuration.temperature"


async def test_a_preview_names_what_the_model_does_not_take(installed: LocalInstallation, ann: Person) -> None:
    body = {"model": "o3", "configuration": {"temperature": 1, "maxTokens": 5}}
    shown = (await installed.ask(ann, "POST", "/api/providers/openai/preview", body)).json()
    unsupported = {each["field"]: each["message"] for each in shown["unsupported"]}
    assert "o3 does not take it" in unsupported["temperature"]
    assert "maxTokens" not in unsupported
    assert "temperature" not in shown["body"]
    assert shown["body"]["max_completion_tokens"] == 5
