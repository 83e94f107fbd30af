"""Limits over several worker processes: exact with Redis, and held without waiting when it is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.place import Place, wait_for
from tests.upstreams.redis import RedisServer, serve_redis

CALL = {"model": "demo", "messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with serve_redis() as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, redis: RedisServer) -> Iterator[Place]:
    place = Place(tmp_path, TRUNKLINE_WORKERS="2", TRUNKLINE_REDIS_URL=redis.url, TRUNKLINE_REDIS_SECONDS="5")
    yield place
    if place.process is not None and place.process.poll() is None:
        place.stop()


def call_often(place: Place, key: str, times: int) -> Counter[int]:
    """How often each status was answered, each call on a connection of its own."""
    with ThreadPoolExecutor(8) as callers:
        return Counter(callers.map(lambda _: place.ask("POST", "/v1/chat/completions", CALL, key=key)[0], range(times)))


def test_two_workers_let_in_exactly_the_limit_and_each_its_share_without_redis(
    place: Place, redis: RedisServer
) -> None:
    place.start()
    place.sign_in()
    key = place.make_key()
    status, limit = place.ask(
        "POST", "/api/limits", {"subject": "key", "measure": "requests", "amount": 20, "window": "day"}
    )
    assert status == 201, limit
    assert call_often(place, key, 60) == {200: 20, 429: 40}
    assert place.ask("GET", "/readyz", key=None)[1]["checks"]["limits"] == "ok"

    redis.stop()
    found = call_often(place, key, 60)
    # Each worker has a share of 10; which of them gets a connection is the system's to say.
    assert 10 <= found[200] <= 20
    assert found[200] + found[429] == 60
    assert "its own share of the limits" in place.ask("GET", "/readyz", key=None)[1]["checks"]["limits"]

    redis.start()
    wait_for(lambda: place.ask("GET", "/readyz", key=None)[1]["checks"]["limits"] == "ok")
    other = place.make_key()
    assert call_often(place, other, 40) == {200: 20, 429: 20}
    assert redis.url not in place.log.read_text()
