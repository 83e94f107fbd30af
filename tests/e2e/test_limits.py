"""Limits over several worker processes: exact with Redis, and held without waiting when it is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.server import Server, wait_for
from tests.upstreams.redis import RedisServer, serve_redis

CALL = {"model": "demo", "messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with serve_redis() as running:
        yield running


@pytest.fixture
def server(tmp_path: Path, redis: RedisServer) -> Iterator[Server]:
    server = Server(tmp_path, TRUNKLINE_WORKERS="2", TRUNKLINE_REDIS_URL=redis.url, TRUNKLINE_REDIS_SECONDS="5")
    yield server
    if server.process is not None and server.process.poll() is None:
        server.stop()


def call_often(server: Server, key: str, times: int) -> Counter[int]:
    """How often each status was answered, each call on a connection of its own."""
    with ThreadPoolExecutor(8) as callers:
        return Counter(
            callers.map(lambda _: server.ask("POST", "/v1/chat/completions", CALL, key=key)[0], range(times))
        )


def test_two_workers_let_in_exactly_the_limit_and_each_its_share_without_redis(
    server: Server, redis: RedisServer
) -> None:
    server.start()
    server.sign_in()
    key = server.make_key()
    status, limit = server.ask(
        "POST", "/api/limits", {"subject": "key", "measure": "requests", "amount": 20, "window": "day"}
    )
    assert status == 201, limit
    assert call_often(server, key, 60) == {200: 20, 429: 40}
    assert server.ask("GET", "/readyz", key=None)[1]["checks"]["limits"] == "ok"

    redis.stop()
    found = call_often(server, key, 60)
    # Each worker has a share of 10; which of them gets a connection is the system's to say.
    assert 10 <= found[200] <= 20
    assert found[200] + found[429] == 60
    assert "its own share of the limits" in server.ask("GET", "/readyz", key=None)[1]["checks"]["limits"]

    redis.start()
    wait_for(lambda: server.ask("GET", "/readyz", key=None)[1]["checks"]["limits"] == "ok")
    other = server.make_key()
    assert call_often(server, other, 40) == {200: 20, 429: 20}
    assert redis.url not in server.log.read_text()
