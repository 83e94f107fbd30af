"""A key by reference: the server looks it up as it calls, shows the reference, and follows none that is not allowed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.live_server import LiveServer, open_live_server
from tests.upstreams import scripted

KEY = "sk-elsewhere-0123456789abcdef"
ASK = {"model": "Referred", "messages": [{"role": "user", "content": "Well?"}]}


def answer(text: str) -> bytes:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    return json.dumps(body).encode()


@pytest.fixture
def upstream() -> Iterator[scripted.Scripted]:
    with scripted.start() as upstream:
        upstream.script = scripted.whole(answer("Yes."))
        yield upstream


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "openai.key"
    path.write_text(f"{KEY}\n")
    return path


@pytest.fixture
async def live(tmp_path: Path, upstream: scripted.Scripted) -> AsyncIterator[LiveServer]:
    rules = f"file:{tmp_path}/*.key for {upstream.url}, env:NOT_SET_ANYWHERE"
    async with open_live_server(tmp_path / "data", secret_references=rules) as live:
        yield live


def settings(upstream: scripted.Scripted, key: str, **more: Any) -> dict[str, Any]:
    return {
        "name": "Referred",
        "provider": "custom",
        "model": "m",
        "baseUrl": f"{upstream.url}/v1",
        "apiKey": key,
        **more,
    }


async def test_it_is_followed_when_a_call_is_sent_and_shown_as_it_is(
    live: LiveServer, upstream: scripted.Scripted, file: Path
) -> None:
    http = (await live.admin()).client
    made = await http.post("/api/configurations", json=settings(upstream, f"file:{file}"))
    assert made.status_code == 201, made.text
    path = f"/api/configurations/{made.json()['id']}"
    assert made.json()["apiKey"] == f"file:{file}"
    upstream.script = scripted.whole(answer(f"It is {KEY}."))
    called = await http.post("/v1/chat/completions", json=ASK)
    assert called.status_code == 200, called.text
    assert [asked.headers["authorization"] for asked in upstream.asked] == [f"Bearer {KEY}"]
    shown = [called.text, (await http.get(path)).text, (await http.get("/api/configurations")).text]
    assert not [text for text in shown if KEY in text]

    renamed = await http.put(path, json={"name": "Renamed", "apiKey": f"file:{file}"})
    assert renamed.status_code == 200, renamed.text
    moved = await http.put(path, json={"baseUrl": "https://evil.example/v1", "apiKey": f"file:{file}"})
    assert moved.status_code == 400
    assert "may not be sent to https://evil.example:443" in moved.text


async def test_a_key_that_cannot_be_had_is_told_by_the_test_and_by_calls(
    live: LiveServer, upstream: scripted.Scripted, file: Path
) -> None:
    http = (await live.admin()).client
    file.unlink()
    made = await http.post("/api/configurations", json=settings(upstream, f"file:{file}"))
    assert made.status_code == 201, "where the server finds it later is not asked now"
    tested = await http.post(f"/api/configurations/{made.json()['id']}/test", json={})
    assert "No such file" in tested.text
    called = await http.post("/v1/chat/completions", json=ASK)
    assert called.status_code >= 500
    assert upstream.asked == [] or all("authorization" not in asked.headers for asked in upstream.asked)


async def test_what_is_not_allowed_is_not_taken(live: LiveServer, upstream: scripted.Scripted, tmp_path: Path) -> None:
    http = (await live.admin()).client
    for reference in ("env:HOME", "file:/etc/passwd", f"file:{tmp_path}/../x.key", "vault:secret/data/x#key"):
        body = settings(upstream, reference)
        refused = await http.post("/api/configurations", json=body)
        assert refused.status_code == 400, reference
        assert "apiKey" in refused.text
    assert (await http.get("/api/configurations")).text.count("Referred") == 0
    assert upstream.asked == []


async def test_nothing_is_allowed_unless_the_operator_says_so(tmp_path: Path, upstream: scripted.Scripted) -> None:
    async with open_live_server(tmp_path / "data") as live:
        http = (await live.admin()).client
        refused = await http.post("/api/configurations", json=settings(upstream, "env:HOME"))
        assert refused.status_code == 400
        assert "TRUNKLINE_SECRET_REFERENCES" in refused.text
