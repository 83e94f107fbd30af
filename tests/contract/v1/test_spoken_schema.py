"""A schema for a model that takes none: told in words, and a strict caller's answer is held to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, stream, whole

SCHEMA = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
WANTED = {"type": "json_schema", "json_schema": {"name": "person", "strict": True, "schema": SCHEMA}}


@pytest.fixture(scope="module")
def upstream() -> Iterator[Scripted]:
    with scripted.start() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def bare(upstream: Scripted) -> Iterator[CallServer]:
    entry = configuration("c", "deepseek", model="deepseek-v4-pro", base_url=upstream.url, api_key="sk-x", shared=True)
    with CallServer([entry]).serve() as bare:
        yield bare


def ask(bare: CallServer, upstream: Scripted, said: str, *, streamed: bool) -> httpx2.Response:
    choice: dict[str, Any] = {"index": 0, "finish_reason": "stop"}
    if streamed:
        piece = {"id": "c", "model": "m", "choices": [{**choice, "delta": {"content": said}}]}
        upstream.script = stream(b"data: %b\n\ndata: [DONE]\n\n" % json.dumps(piece).encode())
    else:
        message = {"role": "assistant", "content": said}
        upstream.script = whole(
            json.dumps({"id": "c", "model": "m", "choices": [{**choice, "message": message}]}).encode()
        )
    body = {"model": "c", "messages": [{"role": "user", "content": "Who?"}], "response_format": WANTED}
    return httpx2.post(
        f"{bare.url}/v1/chat/completions",
        json={**body, "stream": streamed},
        headers={"authorization": f"Bearer {KEY}"},
        timeout=20,
        trust_env=False,
    )


@pytest.mark.parametrize("streamed", [False, True])
def test_what_fits_is_answered(bare: CallServer, upstream: Scripted, streamed: bool) -> None:
    upstream.asked.clear()
    answer = ask(bare, upstream, '{"age": 7}', streamed=streamed)
    assert answer.status_code == 200, answer.text
    assert '\\"age\\": 7' in answer.text
    assert "response_format.schema" in answer.headers["x-trunkline-dropped"]
    sent = json.loads(upstream.asked[0].body)
    assert sent["response_format"] == {"type": "json_object"}
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert json.dumps(SCHEMA, separators=(",", ":")) in sent["messages"][0]["content"]


@pytest.mark.parametrize("streamed", [False, True])
def test_what_does_not_fit_is_an_error(bare: CallServer, upstream: Scripted, streamed: bool) -> None:
    answer = ask(bare, upstream, '{"age": "seven"}', streamed=streamed)
    assert answer.status_code == 502 or '"error"' in answer.text
