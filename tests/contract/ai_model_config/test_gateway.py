"""The models of a document are called like any other."""

from __future__ import annotations

import json

import pytest

from tests.contract.configurations import upstream as upstreams
from tests.contract.configurations.upstream import Upstream
from tests.contract.live_server import LiveServer

from .conftest import KEY, Program, model

PROMPT = "You are a helpful AI assistant."


async def test_a_key_that_a_browser_sealed_is_used(played: Program, openai: Upstream) -> None:
    sealed = await played.seal(origin=openai.url)
    body = await played.create(
        model("OpenAI", "gpt-4", apiKeyEncrypted=sealed, isPaid=True),
        model("Anthropic", "claude-2", apiKeyEncrypted="<encrypted-api-key-anthropic>"),
        prompt=PROMPT,
    )
    assert [each["usable"] for each in body["models"]] == [True, False]
    for name in ("gpt-4", body["models"][0]["configurationId"]):
        answer = await played.call(name)
        assert answer.status_code == 200, answer.text
        assert answer.json()["choices"][0]["message"]["content"] == "Hi."
        asked = openai.asked[-1]
        assert (asked.path, asked.headers["authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
        sent = json.loads(asked.body)
        assert sent["model"] == "gpt-4"
        assert [each["content"] for each in sent["messages"]] == [PROMPT, "Hello"]
    unusable = await played.call("claude-2")
    assert unusable.status_code == 404


async def test_a_replacement_is_what_the_next_call_gets(played: Program, openai: Upstream) -> None:
    sealed = await played.seal(origin=openai.url)
    await played.create(model("OpenAI", "gpt-4", apiKeyEncrypted=sealed), prompt=PROMPT)
    new = "sk-proj-second-0123456789abcdefghij-wxyz"
    renewed = await played.seal(new, origin=openai.url)
    await played.update(model("OpenAI", "gpt-4", apiKeyEncrypted=renewed), prompt="Shout.")
    assert (await played.call("gpt-4")).status_code == 200
    asked = openai.asked[-1]
    assert asked.headers["authorization"] == f"Bearer {new}"
    assert json.loads(asked.body)["messages"][0]["content"] == "Shout."
    await played.update(model("OpenAI", "gpt-4", apiKeyEncrypted=None))
    assert (await played.call("gpt-4")).status_code == 404
    await played.update(model("OpenAI", "gpt-4", apiKeyEncrypted=sealed), prompt="")
    assert (await played.call("gpt-4")).status_code == 200
    assert openai.asked[-1].headers["authorization"] == f"Bearer {KEY}"
    assert [each["role"] for each in json.loads(openai.asked[-1].body)["messages"]] == ["user"]


async def test_a_model_elsewhere_is_served_where_its_configuration_says(live: LiveServer, openai: Upstream) -> None:
    """A server of one's own is not where its provider proposes: its configuration is given the address."""
    admin = await live.admin()
    program = Program(admin, admin.client, set())
    body = await program.create(model("vLLM", "own-model"), prompt=PROMPT)
    configuration_id = body["models"][0]["configurationId"]
    await program.change(configuration_id, baseUrl=f"{openai.url}/v1")
    sealed = await program.seal(origin=openai.url)
    saved = await program.update(model("vLLM", "own-model", apiKeyEncrypted=sealed), prompt=PROMPT)
    assert saved["models"][0]["configurationId"] == configuration_id
    assert (await program.call("own-model")).status_code == 200
    assert openai.asked[-1].headers["authorization"] == f"Bearer {KEY}"


async def test_no_field_sends_a_stored_key_elsewhere(played: Program, openai: Upstream) -> None:
    sealed = await played.seal(origin=openai.url)
    body = await played.create(model("OpenAI", "gpt-4", apiKeyEncrypted=sealed))
    async with upstreams.start() as evil:
        for field in ("baseUrl", "base_url", "apiBase", "api_base"):
            entry = model("OpenAI", "gpt-4", **{field: evil.url})
            answer = await played.client.put("/api/v1/update/ai-model-config", json={"models": [entry]})
            assert answer.status_code == 400
            assert answer.json()["errors"][0]["field"] == f"models[0].{field}"
        path = f"/api/configurations/{body['models'][0]['configurationId']}"
        assert (await played.client.put(path, json={"baseUrl": evil.url})).status_code == 400
        assert (await played.call("gpt-4")).status_code == 200
        assert evil.asked == []


@pytest.mark.parametrize("is_paid", [True, False])
async def test_what_was_declared_is_known_to_calls(live: LiveServer, is_paid: bool) -> None:
    from sqlalchemy import select

    from trunkline.storage.database import Database
    from trunkline.storage.tables import Configuration

    admin = await live.admin()
    program = Program(admin, admin.client, set())
    await program.create(model(isPaid=not is_paid))
    body = await program.update(model(isPaid=is_paid))
    database = Database(f"sqlite+aiosqlite:///{live.settings.data_dir}/trunkline.db")
    async with database.read() as tx:
        query = select(Configuration.is_paid).where(Configuration.id == body["models"][0]["configurationId"])
        assert await tx.scalar(query) is is_paid
    await database.close()
    assert (await program.call("demo-chat")).status_code == 200
