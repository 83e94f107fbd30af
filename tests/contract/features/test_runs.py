"""Running features: what goes to OpenRouter, what comes back, and how it fails."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from tests.contract.features.conftest import FeatureWorkspace, make_feature_workspace
from tests.contract.features.feature_run import USED, read_events, run, usage
from tests.contract.features.openrouter import KEY, OTHER_KEY, PIXEL, OpenRouter, chunk, last
from tests.contract.live_server import eventually, open_live_server


async def test_the_admins_prompt_and_parameters_go_with_what_the_user_asks(team_on_each: FeatureWorkspace) -> None:
    team = team_on_each
    await team.share()
    await team.put(
        systemPrompt="You are a pirate.",
        model="openai/gpt-4o",
        temperature=0.3,
        topP=0.8,
        maxTokens=99,
        presencePenalty=0.5,
        frequencyPenalty=-0.5,
        siteUrl="https://shop.example",
        siteName="Shop",
        customParameters={"seed": 5, "provider": {"sort": "price"}},
    )
    answer = await run(team, input="Who are you?")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body.pop("requestId") == answer.headers["x-request-id"]
    assert body == {
        "feature": "chat-assistant",
        "model": "openai/gpt-4o",
        "output": "Hello there",
        "reasoning": None,
        "images": [],
        "finishReason": "stop",
        "usage": USED,
        "costUSD": 0.00042,
    }
    asked = team.openrouter.calls[-1]
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert (asked.headers["http-referer"], asked.headers["x-title"]) == ("https://shop.example", "Shop")
    sent = asked.body
    assert sent["model"] == "openai/gpt-4o"
    assert sent["messages"] == [
        {"role": "system", "content": "You are a pirate."},
        {"role": "user", "content": "Who are you?"},
    ]
    wanted = {"temperature": 0.3, "top_p": 0.8, "max_tokens": 99, "presence_penalty": 0.5, "frequency_penalty": -0.5}
    assert {name: sent[name] for name in wanted} == wanted
    assert (sent["seed"], sent["provider"]) == (5, {"sort": "price"})

    async def settled() -> dict[str, Any] | None:
        found = await usage(team, feature="chat-assistant")
        return found if found["requests"] else None

    found = await eventually(settled)
    assert (found["requests"], found["tokens"]["total"], found["costUSD"], found["errors"]) == (1, 17, 0.00042, 0)
    event = found["events"][0]
    assert (event["feature"], event["model"], event["outcome"]) == ("chat-assistant", "openai/gpt-4o", "ok")
    assert event["userId"] == team.member_person.id


async def test_what_nobody_set_is_not_sent_and_the_three_ways_of_asking_are_one(team: FeatureWorkspace) -> None:
    await team.share()
    messages = [
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": "1"},
        {"role": "user", "content": "Two?"},
    ]
    assert (await run(team, "summarizer", prompt="Long text")).status_code == 200
    sent = team.openrouter.calls[-1].body
    assert not {"temperature", "top_p", "max_tokens", "presence_penalty", "frequency_penalty"} & set(sent)
    assert sent["messages"][0]["role"] == "system"
    assert sent["messages"][1:] == [{"role": "user", "content": "Long text"}]
    assert (await run(team, messages=messages)).status_code == 200
    assert team.openrouter.calls[-1].body["messages"][1:] == messages
    count = len(team.openrouter.calls)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "input"),
        ({"input": "a", "prompt": "b"}, "input"),
        ({"input": ""}, "input"),
        ({"input": ["a"]}, "input"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, "messages"),
        ({"input": "a", "model": "openai/o1"}, "model"),
        ({"input": "a", "stream": "yes"}, "stream"),
        ({"input": 5}, "input"),
        ({"input": ["a", 5]}, "input"),
        ({"input": "x" * 1_000_001}, "input"),
        ({"input": ["x"] * 2049}, "input"),
    ]
    for body, field in wrong:
        answer = await run(team, **body)
        assert answer.status_code == 400, (body, answer.text)
        fields = [error["field"] for error in answer.json()["errors"]]
        assert all(re.fullmatch(r"[a-z]+([.\[]\d.*)?", path) for path in fields), answer.text
        named = {re.split(r"[.\[]", path)[0] for path in fields}
        assert field in named <= {"input", "prompt", "messages", "model", "stream"}, (body, answer.text)
    assert len(team.openrouter.calls) == count


async def test_a_stream_comes_token_by_token(team: FeatureWorkspace) -> None:
    await team.share()
    gate = asyncio.Event()
    team.openrouter.pieces = [
        chunk({"reasoning": "Hmm."}),
        chunk({"content": "One"}),
        gate,
        chunk({"content": " two"}),
        chunk({}, "stop"),
        last(),
    ]
    async with team.member.stream(
        "POST", "/api/features/chat-assistant/run", json={"input": "hi", "stream": True}
    ) as got:
        assert got.status_code == 200
        assert got.headers["content-type"].startswith("text/event-stream")
        seen = ""
        async for text in got.aiter_text():
            seen += text
            if "One" in seen and not gate.is_set():
                assert " two" not in seen
                gate.set()
    events = read_events(seen)
    assert [event[0] for event in events] == list(range(len(events)))
    kinds = [event[1] for event in events]
    assert kinds == ["start", "reasoning", "delta", "delta", "done"]
    assert events[0][2] == {
        "requestId": got.headers["x-request-id"],
        "feature": "chat-assistant",
        "model": "openai/gpt-4o-mini",
    }
    assert "".join(data["text"] for _, kind, data in events if kind == "delta") == "One two"
    assert events[-1][2] == {"finishReason": "stop", "usage": USED, "costUSD": 0.00042}


async def test_the_custom_parameter_stream_is_the_default_that_callers_overrule(team: FeatureWorkspace) -> None:
    await team.share()
    await team.put(customParameters={"stream": True})
    assert (await run(team, input="hi")).headers["content-type"].startswith("text/event-stream")
    assert (await run(team, input="hi", stream=False)).json()["output"] == "Hello there"


@pytest.mark.parametrize(
    ("status", "answered", "code"),
    [
        (401, 502, "INVALID_KEY"),
        (402, 502, "NO_CREDITS"),
        (403, 403, "MODERATED"),
        (404, 400, "MODEL_NOT_FOUND"),
        (408, 504, "TIMEOUT"),
        (429, 429, "RATE_LIMITED"),
        (502, 503, "UNAVAILABLE"),
        (503, 503, "UNAVAILABLE"),
    ],
)
async def test_failures_before_the_stream_are_told_in_words_and_codes(
    team: FeatureWorkspace, status: int, answered: int, code: str
) -> None:
    await team.share()
    team.openrouter.fail(
        status, "sk-or-v1-secretsecretsecretsecret says no", retry_after="17" if status == 429 else "0"
    )
    if status == 401:
        team.openrouter.good.clear()
    for stream in (False, True):
        answer = await run(team, input="hi", stream=stream)
        assert answer.status_code == answered, answer.text
        body = answer.json()
        assert body["code"] == code
        assert body["statusCode"] == answered
        assert body["requestId"] == answer.headers["x-request-id"]
        assert KEY not in answer.text
        if status == 429:
            assert answer.headers["retry-after"] == "17"


async def test_openrouters_way_to_say_that_a_model_is_unknown(team: FeatureWorkspace) -> None:
    await team.share()
    team.openrouter.fail(400, "openai/gpt-9 is not a valid model ID")
    answer = await run(team, input="hi")
    assert (answer.status_code, answer.json()["code"]) == (400, "MODEL_NOT_FOUND")


async def test_a_failure_within_the_stream_is_its_last_event(team: FeatureWorkspace) -> None:
    await team.share()
    broken = {**chunk({"content": ""}, "error"), "error": {"code": "server_error", "message": "Provider disconnected"}}
    gate = asyncio.Event()
    team.openrouter.pieces = [chunk({"content": "Half"}), gate, broken]
    async with team.member.stream(
        "POST", "/api/features/chat-assistant/run", json={"input": "hi", "stream": True}
    ) as answer:
        assert answer.status_code == 200
        seen = ""
        async for text in answer.aiter_text():
            seen += text
            if "Half" in seen:
                gate.set()
    events = read_events(seen)
    assert [kind for _, kind, _ in events] == ["start", "delta", "error"]
    assert events[-1][2]["code"] == "UNAVAILABLE"
    assert events[-1][2]["retryable"] is True
    assert events[-1][2]["message"]
    live = await run(team, input="hi", stream=False)
    assert (live.status_code, live.json()["code"]) == (503, "UNAVAILABLE")


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_leaves_stops_openrouter_and_is_settled(team: FeatureWorkspace, stream: bool) -> None:
    await team.share()
    never = asyncio.Event()
    team.openrouter.pieces = [chunk({"content": "One"}), never]
    client = team.live.client(team.member_person.access_token, **{"X-Trunkline-Workspace": team.workspace})

    async def ask() -> None:
        async with client.stream(
            "POST", "/api/features/chat-assistant/run", json={"input": "hi", "stream": stream}
        ) as answer:
            async for _ in answer.aiter_text():
                pass

    asking = asyncio.ensure_future(ask())

    async def called() -> bool:
        return bool(team.openrouter.calls)

    await eventually(called)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await asyncio.wait_for(team.openrouter.hung_up.wait(), 10)

    async def settled() -> dict[str, Any] | None:
        found = await usage(team, feature="chat-assistant", outcome="cancelled")
        return found["events"][0] if found["events"] else None

    event = await eventually(settled)
    assert event["usageEstimated"] is True
    assert event["inputTokens"] > 0


async def test_a_picture_is_made_kept_and_shown_to_its_owner(team_on_each: FeatureWorkspace) -> None:
    team = team_on_each
    await team.share()
    picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
    team.openrouter.pieces = [
        chunk({"content": "Here."}),
        chunk({"content": "", "images": [picture]}),
        chunk({}, "stop"),
        last(),
    ]
    answer = await run(team, "image-generator", prompt="A cat")
    assert answer.status_code == 200, answer.text
    assert team.openrouter.calls[-1].body["modalities"] == ["image", "text"]
    body = answer.json()
    assert body["output"] == "Here."
    url = body["images"][0]["url"]
    shown = await team.member.get(url)
    assert shown.status_code == 200
    assert shown.headers["content-type"] == "image/png"
    assert (await team.admin.get(url)).status_code == 404
    streamed = read_events((await run(team, "image-generator", prompt="A cat", stream=True)).text)
    assert [kind for _, kind, _ in streamed] == ["start", "delta", "image", "done"]
    assert streamed[2][2]["url"].startswith("/api/pictures/")
    await team.put("image-generator", model="black-forest-labs/flux.2-pro")
    await run(team, "image-generator", prompt="A cat")
    assert team.openrouter.calls[-1].body["modalities"] == ["image"]


async def test_vectors_come_whole(team: FeatureWorkspace) -> None:
    await team.share()
    answer = await run(team, "embeddings", input=["one", "two"])
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["embeddings"] == [[0.5, -0.25, 0], [0.5, -0.25, 1]]
    assert body["dimensions"] == 3
    assert body["model"] == "openai/text-embedding-3-small"
    assert body["usage"]["inputTokens"] == 7
    sent = team.openrouter.calls[-1]
    assert (sent.path, sent.body["input"]) == ("/embeddings", ["one", "two"])
    assert (await run(team, "embeddings", prompt="one")).json()["embeddings"] == [[0.5, -0.25, 0]]
    for wrong in ({"messages": [{"role": "user", "content": "x"}]}, {"input": []}, {"input": ["a", ""]}, {}):
        assert (await run(team, "embeddings", **wrong)).status_code == 400, wrong
    team.openrouter.failure = (200, {"data": [{"index": 0, "embedding": [0.5]}]}, {})
    short = await run(team, "embeddings", input=["one", "two"])
    assert (short.status_code, short.json()["code"]) == (502, "BAD_ANSWER")
    team.openrouter.fail(402)
    failed = await run(team, "embeddings", input="one")
    assert (failed.status_code, failed.json()["code"]) == (502, "NO_CREDITS")


async def test_what_an_admin_says_of_vectors_goes_with_every_call(team: FeatureWorkspace) -> None:
    await team.share()
    custom = {"dimensions": 64, "provider": {"sort": "price"}, "stream": True, "encoding_format": "base64"}
    await team.put("embeddings", customParameters=custom)
    assert (await run(team, "embeddings", input="one")).status_code == 200
    key = await team.person.make_key(team.workspace)
    client = team.live.client(key["key"])
    body = {"model": "feature/embeddings", "input": "one"}
    assert (await client.post("/v1/embeddings", json=body)).status_code == 200
    ran, called = (asked.body for asked in team.openrouter.calls[-2:])
    assert ran == called
    assert ran == {
        "model": "openai/text-embedding-3-small",
        "input": ["one"],
        "dimensions": 64,
        "provider": {"sort": "price"},
    }
    # The caller's own word wins.
    assert (await client.post("/v1/embeddings", json={**body, "dimensions": 8})).status_code == 200
    assert team.openrouter.calls[-1].body["dimensions"] == 8


async def test_settings_are_tried_without_being_saved(team_on_each: FeatureWorkspace) -> None:
    team = team_on_each
    await team.share()
    await team.put(systemPrompt="Saved.", temperature=0.1)
    path = "/api/features/chat-assistant/test"
    answer = await team.admin.post(path, json={"input": "hi"})
    assert answer.status_code == 200, answer.text
    assert [kind for _, kind, _ in read_events(answer.text)] == ["start", "delta", "delta", "done"]
    assert team.openrouter.calls[-1].body["messages"][0]["content"] == "Saved."
    settings = {"systemPrompt": "Tried.", "temperature": 0.9, "model": "openai/gpt-4o", "apiKey": OTHER_KEY}
    tried = await team.admin.post(path, json={"input": "hi", "settings": {**settings, "baseUrl": team.openrouter.url}})
    assert tried.status_code == 200, tried.text
    sent = team.openrouter.calls[-1]
    assert (sent.body["model"], sent.body["temperature"]) == ("openai/gpt-4o", 0.9)
    assert sent.body["messages"][0]["content"] == "Tried."
    assert sent.headers["authorization"] == f"Bearer {OTHER_KEY}"
    shown = await team.get()
    assert (shown["systemPrompt"], shown["temperature"], shown["hasApiKey"], shown["revision"]) == (
        "Saved.",
        0.1,
        False,
        1,
    )
    # What was tried does not stay behind in memory either.
    await run(team, input="hi")
    sent = team.openrouter.calls[-1]
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.body["messages"][0]["content"] == "Saved."
    wrong = await team.admin.post(path, json={"input": "hi", "settings": {"temperature": 2}})
    assert wrong.json()["errors"][0]["field"] == "settings.temperature"
    vectors = await team.admin.post("/api/features/embeddings/test", json={"input": "hi"})
    assert [kind for _, kind, _ in read_events(vectors.text)] == ["start", "vector", "done"]


async def test_a_feature_is_a_model_of_the_gateway_too(team: FeatureWorkspace) -> None:
    await team.share()
    await team.put(systemPrompt="Be brief.")
    key = await team.person.make_key(team.workspace, models=["feature/chat-assistant"])
    client = team.live.client(key["key"])
    messages = [{"role": "user", "content": "hi"}]
    answer = await client.post(
        "/v1/chat/completions", json={"model": "feature/chat-assistant", "messages": messages, "stream": True}
    )
    assert answer.status_code == 200, answer.text
    assert team.openrouter.calls[-1].body["messages"][0] == {"role": "system", "content": "Be brief."}
    assert (await client.post("/api/features/chat-assistant/run", json={"input": "hi"})).status_code == 200
    refused = await client.post("/api/features/summarizer/run", json={"input": "hi"})
    assert refused.status_code == 403


async def test_runs_are_no_changes_and_are_not_counted_as_such(openrouter: OpenRouter, tmp_path: Path) -> None:
    async with open_live_server(tmp_path / "whole", writes_per_minute=10) as live:
        team = await make_feature_workspace(live, openrouter)
        await team.share()
        statuses = [(await run(team, input="hi")).status_code for _ in range(15)]
        assert set(statuses) == {200}
        changes = [(await team.admin.put("/api/features/summarizer", json={"topP": 1})).status_code for _ in range(15)]
        assert 429 in changes


async def test_usage_is_found_by_feature_user_and_outcome(team_on_each: FeatureWorkspace) -> None:
    team = team_on_each
    await team.share()
    await run(team, input="hi")
    await run(team, "summarizer", input="hi")
    assert (await team.admin.post("/api/features/summarizer/run", json={"input": "hi"})).status_code == 200
    await team.admin.post("/api/features/summarizer/test", json={"input": "hi"})
    team.openrouter.fail(402)
    failed = await run(team, "summarizer", input="hi")

    async def all_settled() -> dict[str, Any] | None:
        found = await usage(team)
        return found if found["requests"] == 5 else None

    found = await eventually(all_settled)
    assert found["errors"] == 1
    member = team.member_person.id
    for params, count in (
        ({"feature": "summarizer"}, 4),
        ({"feature": "chat-assistant"}, 1),
        ({"feature": "nobody"}, 0),
        ({"userId": member}, 3),
        ({"userId": member, "feature": "summarizer"}, 2),
        ({"outcome": "error"}, 1),
        ({"outcome": "ok", "feature": "summarizer"}, 3),
        ({"purpose": "test"}, 1),
        ({"requestId": failed.headers["x-request-id"]}, 1),
        ({"model": "google/gemma-2-27b-it"}, 4),
    ):
        part = await usage(team, **params)
        assert part["requests"] == len(part["events"]) == count, params
    own = (await team.member.get("/api/usage", params={"feature": "summarizer"})).json()
    assert own["requests"] == len(own["events"]) == 2
    others = (await team.member.get("/api/usage", params={"userId": team.person.id})).json()
    assert others["requests"] == len(others["events"]) == 0
    assert (await team.admin.get("/api/usage?outcome=great")).status_code == 400
    pages = await team.admin.get("/api/usage?feature=summarizer&limit=3")
    rest = await team.admin.get(pages.headers["link"].split(">")[0][1:])
    assert (len(pages.json()["events"]), len(rest.json()["events"])) == (3, 1)


async def test_the_end_user_that_a_program_names_is_who_an_experiment_counts(team: FeatureWorkspace) -> None:
    await team.share()
    answer = await team.member.post(
        "/api/features/chat-assistant/run", json={"input": "hi"}, headers={"X-User-Id": "customer-7"}
    )
    assert answer.status_code == 200
    # Its name itself goes to nobody and is kept nowhere.
    assert "customer-7" not in str(team.openrouter.calls[-1])
    assert "customer-7" not in (await team.admin.get("/api/usage")).text
