"""Providers, their schemas, models and templates, and downloads."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from sqlalchemy import select, update

from trunkline.storage.tables import Job, now

from . import upstream as upstreams
from .conftest import LocalInstallation, Person
from .upstream import Upstream

KEY = "sk-canary-0123456789abcdefghij-x7Qd"


async def test_lists_every_provider(installed: LocalInstallation, ann: Person) -> None:
    answer = await installed.ask(ann, "GET", "/api/providers")
    found = {row["name"]: row for row in answer.json()}
    assert {"openai", "anthropic", "gemini", "ollama", "openrouter", "custom", "demo"} <= set(found)
    ollama = found["ollama"]
    assert (ollama["displayName"], ollama["requiresApiKey"], ollama["requiresBaseUrl"]) == ("Ollama", False, True)
    assert ollama["acceptsApiKey"] is False
    assert found["openai"]["requiresApiKey"] is True
    assert (await installed.ask(None, "GET", "/api/providers")).status_code == 401


async def test_schemas_are_json_schema(installed: LocalInstallation, ann: Person) -> None:
    answer = await installed.ask(ann, "GET", "/api/providers/OpenAI/schema")
    jsonschema.Draft202012Validator.check_schema(answer.json())
    assert answer.json()["properties"]["temperature"]["maximum"] == 2
    missing = await installed.ask(ann, "GET", "/api/providers/opnai/schema")
    assert missing.status_code == 404
    assert "Did you mean openai?" in missing.json()["message"]


async def test_models_come_from_the_catalogue_until_a_configuration_can_ask(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    listed = (await installed.ask(ann, "GET", "/api/providers/openai/models")).json()
    assert (listed["provider"], listed["source"]) == ("openai", "catalogue")
    assert "gpt-4o-mini" in {model["id"] for model in listed["models"]}
    upstream.answer("GET /v1/models", {"data": [{"id": "gpt-live", "object": "model"}]})
    made = await installed.make(ann, provider="openai", model="gpt-4", apiKey=KEY, baseUrl=upstream.url)
    live = (await installed.ask(ann, "GET", "/api/providers/openai/models")).json()
    assert (live["source"], [model["id"] for model in live["models"]]) == ("live", ["gpt-live"])
    own = (await installed.ask(ann, "GET", f"/api/configurations/{made['id']}/models")).json()
    assert own == {**live, "cached": True, "available": False, "nearest": ["gpt-live"]}, "it has gpt-4, which is gone"
    assert (live["cached"], live["stale"], live["ageSeconds"]) == (False, False, 0)
    assert len(upstream.asked) == 1
    installed.clock.pass_by(minutes=11)
    await installed.ask(ann, "GET", "/api/providers/openai/models")
    assert len(upstream.asked) == 2


async def test_a_list_is_asked_for_anew_by_refresh_and_when_a_download_has_ended(
    installed: LocalInstallation, upstream: Upstream
) -> None:
    (admin,) = await installed.team("admin")
    upstream.answer("GET /api/tags", {"models": [{"name": "one:latest", "model": "one:latest"}]})
    made = await installed.make(admin, provider="ollama", model="one", baseUrl=upstream.url, shared=True)
    path = f"/api/configurations/{made['id']}/models"
    first = (await installed.ask(admin, "GET", path)).json()
    installed.clock.pass_by(seconds=42)
    again = (await installed.ask(admin, "GET", path)).json()
    assert (again["cached"], again["ageSeconds"], again["fetchedAt"]) == (True, 42, first["fetchedAt"])
    two = [{"name": name, "model": name} for name in ("one:latest", "two:latest")]
    upstream.answer("GET /api/tags", {"models": two})
    assert len((await installed.ask(admin, "GET", path)).json()["models"]) == 1
    refreshed = (await installed.ask(admin, "GET", f"{path}?refresh=true")).json()
    assert (refreshed["cached"], refreshed["ageSeconds"], len(refreshed["models"])) == (False, 0, 2)
    upstream.answer("GET /api/tags", {"models": [*two, {"name": "three:latest", "model": "three:latest"}]})
    upstream.answers["POST /api/pull"] = _progress({"status": "success"})
    job = (await installed.ask(admin, "POST", f"{path}/pull", {"model": "three"})).json()
    await installed.services.jobs.wait(job["jobId"])
    assert len((await installed.ask(admin, "GET", path)).json()["models"]) == 3


async def test_a_provider_that_fails_leaves_the_catalogue(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    upstream.answer("GET /v1/models", {"error": {"message": f"bad {KEY}"}}, 401)
    made = await installed.make(ann, provider="openai", model="gpt-4", apiKey=KEY, baseUrl=upstream.url)
    listed = await installed.ask(ann, "GET", f"/api/providers/openai/models?configurationId={made['id']}")
    assert listed.json()["source"] == "catalogue"
    assert listed.json()["problem"]
    assert "canary" not in listed.text
    direct = await installed.ask(ann, "GET", f"/api/configurations/{made['id']}/models")
    assert direct.status_code == 502
    assert "canary" not in direct.text


async def test_models_by_a_configuration_that_does_not_fit(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann)
    wrong = await installed.ask(ann, "GET", f"/api/providers/openai/models?configurationId={made['id']}")
    assert wrong.status_code == 400
    assert (await installed.ask(ann, "GET", "/api/providers/openai/models?configurationId=nope")).status_code == 404
    other = await installed.person()
    hidden = await installed.ask(other, "GET", f"/api/providers/demo/models?configurationId={made['id']}")
    assert hidden.status_code == 404
    assert (await installed.ask(other, "GET", f"/api/configurations/{made['id']}/models")).status_code == 404
    assert (await installed.ask(ann, "GET", "/api/providers/nobody/models")).status_code == 404


async def test_the_demo_lists_its_models_without_a_configuration(installed: LocalInstallation, ann: Person) -> None:
    listed = (await installed.ask(ann, "GET", "/api/providers/demo/models")).json()
    assert listed["source"] == "live"
    assert "demo-chat" in {model["id"] for model in listed["models"]}


def _progress(*lines: dict[str, Any]) -> upstreams.Answer:
    return upstreams.Answer(200, "".join(json.dumps(line) + "\n" for line in lines).encode(), "application/x-ndjson")


async def test_a_model_is_downloaded_as_a_job(installed: LocalInstallation, upstream: Upstream) -> None:
    admin, member = await installed.team("admin", "member")
    upstream.answers["POST /api/pull"] = _progress(
        {"status": "pulling manifest"},
        {"status": "pulling a", "digest": "sha256:a", "total": 100, "completed": 50},
        {"status": "pulling a", "digest": "sha256:a", "total": 100, "completed": 100},
        {"status": "success"},
    )
    made = await installed.make(admin, provider="ollama", model="llama3.2", baseUrl=upstream.url, shared=True)
    path = f"/api/configurations/{made['id']}/models/pull"
    assert (await installed.ask(member, "POST", path, {"model": "llama3.2"})).status_code == 403
    answer = await installed.ask(admin, "POST", path, {"model": "llama3.2"})
    assert answer.status_code == 202
    job_id = answer.json()["jobId"]
    assert answer.headers["location"] == f"/api/jobs/{job_id}"
    await installed.services.jobs.wait(job_id)
    job = (await installed.ask(admin, "GET", f"/api/jobs/{job_id}")).json()
    assert (job["state"], job["error"]) == ("succeeded", None)
    assert job["progress"] == {"status": "success", "completed": 100, "total": 100}
    assert job["finishedAt"] is not None
    assert json.loads(upstream.asked[-1].body)["model"] == "llama3.2"
    events = await installed.ask(admin, "GET", f"/api/jobs/{job_id}/events")
    assert events.headers["content-type"].startswith("text/event-stream")
    *_, last = events.text.strip().split("\n\n")
    fields = dict(line.split(": ", 1) for line in last.split("\n"))
    assert fields["event"] == "done"
    assert json.loads(fields["data"])["state"] == "succeeded"
    resumed = await installed.ask(admin, "GET", f"/api/jobs/{job_id}/events", last_event_id=fields["id"])
    assert resumed.text == ""
    (stranger,) = await installed.team("owner")
    for path in (f"/api/jobs/{job_id}", f"/api/jobs/{job_id}/events"):
        assert (await installed.ask(stranger, "GET", path)).status_code == 404
        assert (await installed.ask(member, "GET", path)).status_code == 404


async def test_installed_models_are_shown_and_deleted(installed: LocalInstallation, upstream: Upstream) -> None:
    admin, member = await installed.team("admin", "member")
    upstream.answers["POST /api/show"] = _progress(
        {"details": {"family": "llama"}, "model_info": {"llama.context_length": 8192}, "capabilities": ["completion"]}
    )
    upstream.answers["DELETE /api/delete"] = upstreams.Answer(200, b"", "text/plain")
    made = await installed.make(admin, provider="ollama", model="llama3.2", baseUrl=upstream.url, shared=True)
    path = f"/api/configurations/{made['id']}/local-models/hf.co/meta/llama3.2:latest"
    shown = (await installed.ask(member, "GET", path)).json()
    assert (shown["id"], shown["contextLength"]) == ("hf.co/meta/llama3.2:latest", 8192)
    assert shown["details"]["family"] == "llama"
    assert (await installed.ask(member, "DELETE", path)).status_code == 403
    assert (await installed.ask(admin, "DELETE", path)).json() == {"success": True}
    assert json.loads(upstream.asked[-1].body) == {"model": "hf.co/meta/llama3.2:latest"}


async def test_a_model_that_is_not_installed_can_be_neither_shown_nor_deleted(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    missing = {"error": "model 'nothing' not found"}
    upstream.answer("POST /api/show", missing, 404)
    upstream.answer("DELETE /api/delete", missing, 404)
    upstream.answer("GET /api/tags", {"models": [{"name": "nothings", "model": "nothings"}]})
    made = await installed.make(ann, provider="ollama", model="llama3.2", baseUrl=upstream.url)
    for method in ("GET", "DELETE"):
        answer = await installed.ask(ann, method, f"/api/configurations/{made['id']}/local-models/nothing")
        assert (answer.status_code, "Nearest: nothings" in answer.text) == (404, True), answer.text


async def test_models_of_a_provider_without_a_disk_can_be_neither_shown_nor_deleted(
    installed: LocalInstallation, ann: Person
) -> None:
    demo = await installed.make(ann, provider="demo", model="demo-chat")
    for method in ("GET", "DELETE"):
        refused = await installed.ask(ann, method, f"/api/configurations/{demo['id']}/local-models/demo-chat")
        assert (refused.status_code, "only Ollama" in refused.text) == (400, True)


async def test_a_key_of_another_vendor_is_refused_by_name(
    installed: LocalInstallation, ann: Person, upstream: Upstream
) -> None:
    fields = {"name": "g", "provider": "openai", "model": "gpt-4o", "apiKey": "AIzaSyD-1234567890"}
    answer = await installed.ask(ann, "POST", "/api/configurations", fields)
    assert answer.status_code == 400
    assert "apiKey: looks like a key of Google Gemini, not of OpenAI" in answer.json()["message"]
    assert "AIzaSyD" not in answer.text
    elsewhere = {**fields, "baseUrl": f"{upstream.url}/v1"}
    assert (await installed.ask(ann, "POST", "/api/configurations", elsewhere)).status_code == 201


async def test_a_download_that_fails_says_why(installed: LocalInstallation, ann: Person, upstream: Upstream) -> None:
    upstream.answers["POST /api/pull"] = _progress({"error": "pull model manifest: file does not exist"})
    made = await installed.make(ann, provider="ollama", model="x", baseUrl=upstream.url)
    answer = await installed.ask(ann, "POST", f"/api/configurations/{made['id']}/models/pull", {"model": "nope"})
    job_id = answer.json()["jobId"]
    await installed.services.jobs.wait(job_id)
    job = (await installed.ask(ann, "GET", f"/api/jobs/{job_id}")).json()
    assert job["state"] == "failed"
    assert "file does not exist" in job["error"]


async def test_what_cannot_download_says_so(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann)
    path = f"/api/configurations/{made['id']}/models/pull"
    assert (await installed.ask(ann, "POST", path, {"model": "m"})).status_code == 400
    assert (await installed.ask(ann, "POST", path, {"model": " "})).status_code == 400
    assert (await installed.ask(ann, "POST", path, {})).status_code == 400
    assert (await installed.ask(ann, "POST", "/api/configurations/nope/models/pull", {"model": "m"})).status_code == 404


async def test_a_job_of_a_dead_process_ends_as_failed(installed: LocalInstallation, ann: Person) -> None:
    async with installed.database.write() as tx:
        job = Job(workspace_id=ann.workspace_id, created_by=ann.id, kind="model_pull", state="running", subject={})
        job.progress = {"sequence": 7, "completed": 3}
        tx.add(job)
        await tx.flush()
    assert await installed.services.jobs.recover() == 0
    async with installed.database.write() as tx:
        await tx.execute(update(Job).where(Job.id == job.id).values(updated_at=now() - timedelta(minutes=1)))
    assert await installed.services.jobs.recover() == 1
    shown = (await installed.ask(ann, "GET", f"/api/jobs/{job.id}")).json()
    assert shown["state"] == "failed"
    assert "Start it again" in shown["error"]
    assert shown["progress"] == {"completed": 3}


async def test_asking_twice_gives_the_same_job(installed: LocalInstallation, ann: Person, upstream: Upstream) -> None:
    made = await installed.make(ann, provider="ollama", model="x", baseUrl=upstream.url)
    async with installed.database.write() as tx:
        subject = {"configurationId": made["id"], "provider": "ollama", "model": "m"}
        job = Job(workspace_id=ann.workspace_id, created_by=ann.id, kind="model_pull", state="running", subject=subject)
        tx.add(job)
        await tx.flush()
    answer = await installed.ask(ann, "POST", f"/api/configurations/{made['id']}/models/pull", {"model": "m"})
    assert answer.json()["jobId"] == job.id
    async with installed.database.read() as tx:
        assert len(list(await tx.scalars(select(Job)))) == 1


async def test_templates_of_models_are_found_by_name(installed: LocalInstallation, ann: Person) -> None:
    own = {"name": "My opus", "configuration": {"maxTokens": 100}}
    assert (await installed.ask(ann, "POST", "/api/providers/anthropic/templates", own)).status_code == 201
    mine, *built_in = (await installed.ask(ann, "GET", "/api/templates?search=Opus")).json()
    assert (mine["name"], mine["model"]) == ("My opus", None)
    assert {"Claude Opus 5.5", "Claude Opus 4.6"} <= {one["name"] for one in built_in}
    (one,) = (await installed.ask(ann, "GET", "/api/templates?search=anthropic opus 5.5")).json()
    fields = {"name": "deep", "provider": one["provider"], "model": one["model"], "apiKey": "sk-ant-0123456789"}
    made = await installed.ask(ann, "POST", "/api/configurations", {**fields, "configuration": one["configuration"]})
    assert made.status_code == 201, made.text
    everything = (await installed.ask(ann, "GET", "/api/templates")).json()
    assert len({template["provider"] for template in everything}) > 20
    assert (await installed.ask(ann, "GET", "/api/templates?search=nothing+like+it")).json() == []


async def test_templates_in_pages(installed: LocalInstallation, ann: Person) -> None:
    for path in ("/api/templates", "/api/providers/anthropic/templates"):
        whole = (await installed.ask(ann, "GET", path)).json()
        answer, found = await installed.ask(ann, "GET", f"{path}?limit=3"), []
        while "next" in answer.links:
            assert len(answer.json()) == 3
            found += answer.json()
            answer = await installed.ask(ann, "GET", answer.links["next"]["url"])
        assert [*found, *answer.json()] == whole


async def test_templates_of_ones_own(installed: LocalInstallation, ann: Person) -> None:
    built_in = (await installed.ask(ann, "GET", "/api/providers/openai/templates")).json()
    assert all(template["builtIn"] for template in built_in)
    assert sum(template["isDefault"] for template in built_in) == 1
    body = {"name": "Mine", "description": "d", "configuration": {"temperature": 0.1}, "isDefault": True}
    answer = await installed.ask(ann, "POST", "/api/providers/openai/templates", body)
    assert answer.status_code == 201
    mine = answer.json()
    assert {name: mine[name] for name in body} == body
    assert mine["provider"] == "openai"
    assert (await installed.ask(ann, "POST", "/api/providers/openai/templates", body)).status_code == 409
    second = await installed.ask(ann, "POST", "/api/providers/openai/templates", {**body, "name": "Other"})
    listed = (await installed.ask(ann, "GET", "/api/providers/openai/templates")).json()
    assert [t["name"] for t in listed[:2]] == ["Other", "Mine"]
    assert [t["name"] for t in listed if t["isDefault"]] == ["Other"]
    other = await installed.person()
    assert len((await installed.ask(other, "GET", "/api/providers/openai/templates")).json()) == len(built_in)
    path = f"/api/providers/openai/templates/{second.json()['id']}"
    assert (await installed.ask(other, "DELETE", path)).status_code == 404
    assert (await installed.ask(ann, "DELETE", path)).json() == {"success": True}
    assert (await installed.ask(ann, "DELETE", path)).status_code == 404
    kept = await installed.ask(ann, "DELETE", f"/api/providers/openai/templates/{built_in[0]['id']}")
    assert kept.status_code == 403


@pytest.mark.parametrize(
    ("configuration", "field"),
    [
        ({"temperature": 9}, "configuration.temperature"),
        ({"apiKey": KEY}, "configuration.apiKey"),
        ({"headers": {"X": "y"}}, "configuration.headers"),
    ],
)
async def test_a_template_holds_settings_and_no_secrets(
    installed: LocalInstallation, ann: Person, configuration: dict[str, Any], field: str
) -> None:
    body = {"name": "n", "configuration": configuration}
    answer = await installed.ask(ann, "POST", "/api/providers/custom/templates", body)
    assert answer.status_code == 400
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert "canary" not in answer.text
