"""Features in front of an OpenRouter that somebody else wrote: aimock, which imitates its models, keys and calls."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.features.conftest import FeatureWorkspace
from tests.contract.features.feature_run import read_events, run, usage
from tests.contract.live_server import eventually
from tests.upstreams import aimock

HELLO = "Hello from the other side — 你好, \u2028 done."
"""What it answers to ``say hello``, in pieces of four characters."""

VECTOR = [0.25, -0.5, 0.125]


@pytest.fixture(scope="module")
def mock() -> Iterator[aimock.Aimock]:
    with aimock.start() as running:
        yield running


@pytest.fixture
async def set_up(team: FeatureWorkspace, mock: aimock.Aimock) -> FeatureWorkspace:
    """A workspace that shares a key for it."""
    await team.share(baseUrl=f"{mock.url}/api/v1", apiKey=aimock.KEY)
    return team


def last_call(mock: aimock.Aimock, path: str) -> dict:
    """The last request to ``path`` below OpenRouter's address."""
    return [asked for asked in mock.requests() if asked["path"].partition("?")[0] == f"/api/v1{path}"][-1]


async def test_a_chat_in_one_piece(set_up: FeatureWorkspace, mock: aimock.Aimock) -> None:
    await set_up.put(systemPrompt="Be kind.", temperature=0.2, maxTokens=50, customParameters={"seed": 7})
    answer = await run(set_up, input="say hello")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["output"], body["finishReason"], body["model"]) == (HELLO, "stop", "openai/gpt-4o-mini")
    assert (body["usage"]["inputTokens"], body["usage"]["outputTokens"]) == (21, 9)
    asked = last_call(mock, "/chat/completions")
    assert asked["headers"]["http-referer"]
    assert asked["headers"]["x-title"]
    sent = asked["body"]
    assert (sent["model"], sent["temperature"], sent["max_tokens"], sent["seed"]) == ("openai/gpt-4o-mini", 0.2, 50, 7)
    assert sent["messages"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "say hello"},
    ]

    async def settled() -> dict | None:
        found = await usage(set_up, requestId=body["requestId"])
        return found if found["requests"] else None

    found = await eventually(settled)
    assert (found["tokens"]["total"], found["errors"], found["events"][0]["outcome"]) == (30, 0, "ok")


async def test_a_chat_token_by_token(set_up: FeatureWorkspace) -> None:
    answer = await run(set_up, input="say hello", stream=True)
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = read_events(answer.text)
    assert [number for number, _, _ in events] == list(range(len(events)))
    kinds = [kind for _, kind, _ in events]
    assert (kinds[0], kinds[-1], set(kinds[1:-1])) == ("start", "done", {"delta"})
    pieces = [data["text"] for _, kind, data in events if kind == "delta"]
    assert ("".join(pieces), len(pieces) > 5) == (HELLO, True)
    assert (events[-1][2]["finishReason"], events[-1][2]["usage"]["totalTokens"]) == ("stop", 30)


async def test_vectors(set_up: FeatureWorkspace, mock: aimock.Aimock) -> None:
    answer = await run(set_up, "embeddings", input=["embed me", "embed me too"])
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["embeddings"], body["dimensions"]) == ([VECTOR, VECTOR], 3)
    sent = last_call(mock, "/embeddings")["body"]
    assert sent["model"] == "openai/text-embedding-3-small"
    assert "embed me too" in sent["embeddingInput"]


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ("fail 401", 502, "INVALID_KEY"),
        ("fail 404", 400, "MODEL_NOT_FOUND"),
        ("fail 429", 429, "RATE_LIMITED"),
        ("fail 500", 503, "UNAVAILABLE"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_failures(set_up: FeatureWorkspace, said: str, status: int, code: str, stream: bool) -> None:
    answer = await run(set_up, input=said, stream=stream)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert aimock.KEY not in answer.text


async def test_a_key_of_its_own_is_checked_and_used(team: FeatureWorkspace, mock: aimock.Aimock) -> None:
    place_of_keys = f"{mock.url}/api/v1"
    refused = await team.admin.put(
        "/api/features/chat-assistant", json={"baseUrl": place_of_keys, "apiKey": "sk-or-v1-unknown-to-it-000000"}
    )
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "apiKey")
    assert (await team.get())["hasApiKey"] is False
    assert (await team.put(baseUrl=place_of_keys, apiKey=aimock.KEY))["keySource"] == "own"
    verdict = (await team.admin.post("/api/features/chat-assistant/validate-key")).json()
    assert (verdict["success"], verdict["keyInfo"]["limit"]) == (True, None)
    assert (await run(team, input="say hello")).json()["output"] == HELLO


async def test_its_models_are_listed(set_up: FeatureWorkspace) -> None:
    body = (await set_up.member.get("/api/catalogue/models", params={"q": "gpt-4o"})).json()
    assert (body["source"], body["stale"]) == ("live", False)
    model = next(model for model in body["models"] if model["id"] == "openai/gpt-4o")
    assert (model["provider"], model["capabilities"][0], model["contextLength"]) == ("openai", "text", 128000)
    assert (model["maxCompletionTokens"], model["pricing"]["prompt"]) == (16384, "0")
