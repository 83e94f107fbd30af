"""The three endpoints as their own description has them, word by word."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.contract.live_server import LiveServer

from .conftest import CREATE, GET, UPDATE, Program

SAVED: dict[str, Any] = {
    "models": [
        {
            "provider": "OpenAI",
            "type": "chat",
            "model": "gpt-4",
            "apiKeyEncrypted": "<encrypted-api-key-openai>",
            "isPaid": True,
        },
        {
            "provider": "Anthropic",
            "type": "chat",
            "model": "claude-2",
            "apiKeyEncrypted": "<encrypted-api-key-anthropic>",
            "isPaid": True,
        },
        {"provider": "Ollama", "type": "chat", "model": "llama3", "apiKeyEncrypted": None, "isPaid": False},
    ],
    "system_prompt": "You are a helpful AI assistant.",
}
CHANGED: dict[str, Any] = {
    "models": [
        {
            "provider": "OpenAI",
            "type": "chat",
            "model": "gpt-4",
            "apiKeyEncrypted": "<new-or-existing-encrypted-key>",
            "isPaid": True,
        },
        {"provider": "Ollama", "type": "chat", "model": "llama3", "apiKeyEncrypted": None, "isPaid": False},
    ],
    "system_prompt": "You are a helpful AI assistant.",
}
ADDED = {"id", "createdAt", "updatedAt"}
ADDED_TO_MODELS = {"usable", "reason", "configurationId"}


def without_keys(body: dict[str, Any]) -> dict[str, Any]:
    shown = copy.deepcopy(body)
    for model in shown["models"]:
        del model["apiKeyEncrypted"]
    return shown


def without_additions(body: dict[str, Any]) -> dict[str, Any]:
    """What a program that knows the description alone sees of an answer."""
    assert set(body) >= ADDED
    shown = {name: value for name, value in body.items() if name not in ADDED}
    shown["models"] = []
    for model in body["models"]:
        assert set(model) >= ADDED_TO_MODELS
        shown["models"].append({name: value for name, value in model.items() if name not in ADDED_TO_MODELS})
    return shown


async def test_the_description_word_by_word(program_on_each: Program) -> None:
    client = program_on_each.client
    missing = await client.get(GET)
    assert (missing.status_code, missing.json()["error"]) == (404, "Not Found")
    assert (await client.put(UPDATE, json=CHANGED)).status_code == 404

    created = await client.post(CREATE, json=SAVED)
    assert created.status_code == 201, created.text
    assert without_additions(created.json()) == without_keys(SAVED)
    assert created.headers["etag"] == '"1"'
    again = await client.post(CREATE, json=SAVED)
    assert (again.status_code, again.json()["error"]) == (409, "Conflict")
    assert UPDATE in again.json()["message"]

    read = await client.get(GET)
    assert (read.status_code, read.json()) == (200, created.json())
    keyed = await client.get(GET, params={"includeEncryptedKeys": "true"})
    assert without_additions(keyed.json()) == SAVED

    updated = await client.put(UPDATE, json=CHANGED)
    assert updated.status_code == 200, updated.text
    assert without_additions(updated.json()) == without_keys(CHANGED)
    assert updated.headers["etag"] == '"2"'
    assert updated.json()["id"] == created.json()["id"]
    assert updated.json()["createdAt"] == created.json()["createdAt"]
    assert updated.json()["updatedAt"] > created.json()["updatedAt"]
    keyed = await client.get(GET, params={"includeEncryptedKeys": "true"})
    assert without_additions(keyed.json()) == CHANGED


async def test_what_of_it_is_usable(program: Program) -> None:
    body = (await program.client.post(CREATE, json=SAVED)).json()
    openai, anthropic, ollama = body["models"]
    for model in (openai, anthropic):
        assert (model["usable"], model["configurationId"]) == (False, None)
        assert "GET /api/encryption-key" in model["reason"]
    assert (ollama["usable"], ollama["reason"]) == (True, None)
    (configuration,) = await program.configurations()
    assert configuration["id"] == ollama["configurationId"]
    assert (configuration["name"], configuration["provider"], configuration["model"]) == ("llama3", "ollama", "llama3")
    assert configuration["configuration"] == {"systemPrompt": "You are a helpful AI assistant."}
    assert not configuration["shared"]


@pytest.mark.parametrize(("method", "path"), [("POST", CREATE), ("GET", GET), ("PUT", UPDATE)])
async def test_only_who_is_logged_in(live: LiveServer, method: str, path: str) -> None:
    body = None if method == "GET" else SAVED
    for client in (live.client(), live.client("tl-nonsense")):
        answer = await client.request(method, path, json=body)
        assert (answer.status_code, answer.json()["error"]) == (401, "Unauthorized")


async def test_everybody_has_their_own(live: LiveServer) -> None:
    admin = await live.admin()
    other = await live.add_user(admin, "other@example.com")
    mine = await admin.client.post(CREATE, json=SAVED)
    assert (await other.client.get(GET)).status_code == 404
    assert (await other.client.put(UPDATE, json=CHANGED)).status_code == 404
    theirs = await other.client.post(CREATE, json=CHANGED)
    assert theirs.status_code == 201
    assert theirs.json()["id"] != mine.json()["id"]
    assert (await admin.client.get(GET)).json() == mine.json()


async def test_it_is_the_same_in_every_workspace_and_by_key(live: LiveServer) -> None:
    admin = await live.admin()
    other = await live.add_user(admin, "other@example.com")
    team = await admin.make_workspace()
    await live.join(admin, team, other, "viewer")
    mine = (await other.at(team).post(CREATE, json=SAVED)).json()
    assert (await other.client.get(GET)).json() == mine
    # Its configurations are at home too.
    assert (await other.at(team).get("/api/configurations")).json() == []
    at_home = {each["id"] for each in (await other.client.get("/api/configurations")).json()}
    assert mine["models"][2]["configurationId"] in at_home
    key = await admin.make_key(scope="manage")
    client = live.client(key["key"])
    made = await client.post(CREATE, json=CHANGED)
    assert made.status_code == 201
    assert (await admin.client.get(GET)).json() == made.json()
    assert made.json()["id"] != mine["id"]


async def test_keys_of_teams_and_applications_and_for_calls_alone_have_none(live: LiveServer) -> None:
    admin = await live.admin()
    application = (await admin.client.post("/api/applications", json={"name": "A"})).json()
    team = await admin.make_workspace()
    await admin.client.post(CREATE, json=SAVED)
    for workspace, fields in (
        (None, {"scope": "manage", "applicationId": application["id"]}),
        (None, {"scope": "call"}),
        (team, {"scope": "manage"}),
    ):
        key = await admin.make_key(workspace, **fields)
        client = live.client(key["key"])
        for answer in (
            await client.get(GET),
            await client.post(CREATE, json=SAVED),
            await client.put(UPDATE, json=CHANGED),
        ):
            assert (answer.status_code, answer.json()["error"]) == (403, "Forbidden")
