"""A credential that is changed or taken away is so in every process at once: before the change is acknowledged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.server import Server
from tests.upstreams import scripted

CALLS = 20
"""Each on a connection of its own, so that both workers serve some."""

ANSWER = json.dumps(
    {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "fake-1",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Yes."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
    }
).encode()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    server.options = ["--workers", "2"]
    server.start()
    yield server
    server.stop()


@pytest.fixture
def upstream() -> Iterator[scripted.Scripted]:
    with scripted.start() as upstream:
        upstream.script = scripted.whole(ANSWER)
        yield upstream


def test_a_changed_and_an_erased_key_are_so_in_every_process(server: Server, upstream: scripted.Scripted) -> None:
    server.sign_in()
    key = server.make_key()
    settings: dict[str, Any] = {
        "name": "Fake",
        "provider": "custom",
        "model": "fake-1",
        "baseUrl": f"{upstream.url}/v1",
    }
    status, made = server.ask("POST", "/api/configurations", {**settings, "apiKey": "sk-first-0123456789"})
    assert status == 201, made
    path = f"/api/configurations/{made['id']}"
    ask = {"model": "Fake", "messages": [{"role": "user", "content": "Well?"}]}

    def call() -> list[int]:
        upstream.asked.clear()
        return [server.ask("POST", "/v1/chat/completions", ask, key=key)[0] for _ in range(CALLS)]

    def shown() -> set[str]:
        return {asked.headers["authorization"] for asked in upstream.asked}

    assert call() == [200] * CALLS
    assert shown() == {"Bearer sk-first-0123456789"}
    assert server.ask("POST", f"{path}/rotate-key", {"apiKey": "sk-second-0123456789"})[0] == 200
    assert call() == [200] * CALLS
    assert shown() == {"Bearer sk-second-0123456789"}
    assert server.ask("DELETE", path)[0] in {200, 204}
    assert call() == [404] * CALLS
    assert upstream.asked == []
