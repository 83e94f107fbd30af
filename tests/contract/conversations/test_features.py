"""Talking with a feature: its admins' instructions and parameters go with every message."""

from __future__ import annotations

from tests.contract.conversations.talk import Talk


async def talk_with(talk: Talk, slug: str) -> Talk:
    shared = {
        "name": "Shared",
        "provider": "custom",
        "model": "fake-1",
        "baseUrl": f"{talk.provider.url}/v1",
        "apiKey": "sk-x",
        "shared": True,
    }
    assert (await talk.client.post("/api/configurations", json=shared)).status_code == 201
    feature = {"target": "Shared", "systemPrompt": "Be brief.", "temperature": 0.3}
    put = await talk.client.put(f"/api/features/{slug}", json=feature)
    assert put.status_code == 200, put.text
    made = await talk.client.post("/api/conversations", json={"feature": slug})
    assert made.status_code == 201, made.text
    return Talk(talk.live, talk.provider, talk.admin, made.json()["id"])


async def test_a_feature_brings_its_instructions_and_is_accounted_for(talk: Talk) -> None:
    talk = await talk_with(talk, "chat-assistant")
    async with talk.send("Hello") as (reader, provider):
        assert provider.body["messages"] == [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hello"},
        ]
        assert provider.body["temperature"] == 0.3
        assert "modalities" not in provider.body
        await provider.end(given=3, made=2)
        events = await reader.rest()
    assert events[-1].event == "done"
    tree = await talk.see()
    assert (tree["feature"], tree["model"]) == ("chat-assistant", None)
    used = await talk.usage_event(events[0].data["requestId"])
    assert (used["inputTokens"], used["outputTokens"]) == (3, 2)
    assert used["requestedModel"] == "feature/chat-assistant"


async def test_a_feature_that_paints_is_asked_for_pictures(talk: Talk) -> None:
    painting = await talk_with(talk, "image-generator")
    async with painting.send("A cat") as (_, provider):
        assert provider.body["modalities"] == ["image", "text"]


async def test_what_is_no_feature_to_talk_with(talk: Talk) -> None:
    unknown = await talk.client.post("/api/conversations", json={"feature": "no-such"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (400, "feature")
    vectors = await talk.client.post("/api/conversations", json={"feature": "embeddings"})
    answer = await talk.client.post(f"/api/conversations/{vectors.json()['id']}/messages", json={"content": "Hi"})
    assert answer.status_code == 400
    assert "cannot be talked with" in answer.json()["message"]
    keyless = await talk.client.post("/api/conversations", json={"feature": "summarizer"})
    answer = await talk.client.post(f"/api/conversations/{keyless.json()['id']}/messages", json={"content": "Hi"})
    assert (answer.status_code, answer.json()["code"]) == (409, "NO_KEY")
