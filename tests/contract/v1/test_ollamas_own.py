"""What only Ollama knows, said by a client of each wire or by a configuration."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, whole

ANSWER = {"model": "m", "message": {"role": "assistant", "content": "Hi."}, "done": True, "done_reason": "stop"}
MESSAGES = [{"role": "user", "content": "Hi"}]
CLIENTS: list[tuple[str, dict[str, Any]]] = [
    ("/v1/chat/completions", {"messages": MESSAGES}),
    ("/v1/responses", {"input": "Hi"}),
    ("/v1/messages", {"messages": MESSAGES, "max_tokens": 9}),
]


@pytest.fixture(scope="module")
def upstream() -> Iterator[Scripted]:
    with scripted.start() as upstream:
        upstream.script = whole(json.dumps(ANSWER).encode())
        yield upstream


@pytest.fixture(scope="module")
def bare(upstream: Scripted) -> Iterator[CallServer]:
    settings = {"numCtx": 4096, "keepAlive": "10m", "think": "high"}
    own = configuration("c", "ollama", model="m", base_url=upstream.url, parameters=settings, shared=True)
    with CallServer([own]).serve() as bare:
        yield bare


def ask(bare: CallServer, upstream: Scripted, path: str, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
    upstream.asked.clear()
    headers = {"authorization": f"Bearer {KEY}"}
    answer = httpx2.post(bare.url + path, json={"model": "c", **body}, headers=headers, timeout=20, trust_env=False)
    assert answer.status_code == 200, answer.text
    return json.loads(upstream.asked[0].body), answer.headers.get("x-trunkline-dropped", "")


@pytest.mark.parametrize(("path", "body"), CLIENTS)
def test_of_the_configuration(bare: CallServer, upstream: Scripted, path: str, body: dict[str, Any]) -> None:
    sent, _ = ask(bare, upstream, path, body)
    assert (sent["think"], sent["keep_alive"], sent["options"]["num_ctx"]) == ("high", "10m", 4096)


@pytest.mark.parametrize(("path", "body"), CLIENTS)
def test_of_the_call(bare: CallServer, upstream: Scripted, path: str, body: dict[str, Any]) -> None:
    own = {"num_ctx": 8192, "keep_alive": 0, "think": False, "options": {"num_gpu": 1}}
    sent, dropped = ask(bare, upstream, path, {**body, **own})
    assert (sent["think"], sent["keep_alive"]) == (False, 0)
    assert (sent["options"]["num_ctx"], sent["options"]["num_gpu"]) == (8192, 1)
    assert not [name for name in own if name in dropped]
