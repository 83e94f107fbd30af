"""Answers that several processes keep together, in a real Redis, and what happens when it is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from redis.asyncio import Redis
from tests.upstreams.redis import RedisServer, serve_redis

from trunkline.gateway.caching.cached_answer import CachedAnswer, CacheKey, Holding
from trunkline.gateway.caching.shared_answers import REST_SECONDS, SharedAnswers

KEY = CacheKey("w-secret", 0, b"d" * 32)
ANSWER = CachedAnswer([(b"content-type", b"text/plain")], (b"the word", b" of the day"), True, 42)


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with serve_redis() as running:
        yield running


class Process:
    """One of several, with a clock of its own."""

    def __init__(self, redis: Any, secret: bytes = b"s" * 32, largest: int = 10_000) -> None:
        self.now = 1_000.0
        self.redis = redis
        self.answers = SharedAnswers(
            redis, secret, largest=largest, longest=3600, patience=5, ticks=lambda: self.now, clock=lambda: self.now
        )

    async def put(self, key: CacheKey = KEY, answer: CachedAnswer = ANSWER, seconds: float = 60) -> None:
        self.answers.put(key, answer, seconds)
        while self.answers._writing:
            await asyncio.gather(*self.answers._writing)


@asynccontextmanager
async def join(server: RedisServer, **options: Any) -> AsyncIterator[Process]:
    process = Process(cast("Any", Redis).from_url(server.url), **options)
    try:
        yield process
    finally:
        await process.answers.close()


@pytest.fixture
async def process(server: RedisServer) -> AsyncIterator[Process]:
    async with join(server) as joined:
        await joined.redis.flushall()
        yield joined


async def test_what_one_keeps_another_gives(server: RedisServer, process: Process) -> None:
    await process.put()
    async with join(server) as other:
        other.now += 3600
        found = await other.answers.find(KEY)
    assert found is not None
    assert found.answer == ANSWER
    assert 0 <= found.age < 30, "no two clocks need agree"


async def test_its_time_ends_it(process: Process) -> None:
    await process.put(seconds=0.05)
    name = process.answers._name(KEY)
    async with asyncio.timeout(10):
        while await process.redis.exists(name):
            await asyncio.sleep(0)
    assert await process.answers.find(KEY) is None


@pytest.mark.parametrize(
    "other", [KEY._replace(digest=b"e" * 32), KEY._replace(workspace_id="w-2"), KEY._replace(generation=1)]
)
async def test_no_other_key_finds_it(process: Process, other: CacheKey) -> None:
    await process.put()
    assert await process.answers.find(other) is None


async def test_who_reads_the_server_learns_nothing(process: Process) -> None:
    await process.put()
    stored = b""
    for name in await process.redis.keys("*"):
        kind = await process.redis.type(name)
        stored += name + b" "
        stored += (
            await process.redis.get(name) if kind == b"string" else b" ".join(await process.redis.zrange(name, 0, -1))
        )
    for secret in (b"w-secret", b"the word", b"text/plain", KEY.digest, KEY.digest.hex().encode()):
        assert secret not in stored


async def test_one_that_is_moved_or_made_elsewhere_is_not_given(server: RedisServer, process: Process) -> None:
    await process.put()
    name, other = process.answers._name(KEY), KEY._replace(workspace_id="w-2")
    await process.redis.copy(name, process.answers._name(other))
    assert await process.answers.find(other) is None
    async with join(server, secret=b"t" * 32) as stranger:
        assert await stranger.answers.find(KEY) is None
    await process.redis.set(name, b"nonsense")
    assert await process.answers.find(KEY) is None


async def test_a_workspace_is_measured_and_has_its_own_forgotten(process: Process) -> None:
    other = KEY._replace(digest=b"e" * 32)
    await process.put()
    await process.put(other)
    await process.put(KEY._replace(workspace_id="w-2"))
    held = await process.answers.measure("w-secret", 0)
    assert held.entries == 2
    assert held.size > 2 * len(b"the word of the day")
    await process.answers.purge("w-secret", 0)
    assert await process.answers.measure("w-secret", 0) == Holding(0, 0)
    assert await process.answers.find(other) is None
    assert await process.answers.find(KEY._replace(workspace_id="w-2")) is not None


async def test_a_large_one_is_not_kept(process: Process) -> None:
    await process.put(answer=CachedAnswer([], (b"x" * 20_000,), False, None))
    assert await process.answers.find(KEY) is None


async def test_a_server_that_is_gone_is_a_miss_and_left_alone_for_a_while() -> None:
    with serve_redis() as server:
        async with join(server) as process:
            await process.put()
            server.stop()
            assert await process.answers.find(KEY) is None
            await process.put()
            assert await process.answers.measure("w-secret", 0) == Holding(0, 0)
            await process.answers.purge("w-secret", 0)
            server.start()
            async with join(server) as other:
                await other.put()
            assert await process.answers.find(KEY) is None, "it is not asked"
            process.now += REST_SECONDS
            assert await process.answers.find(KEY) is not None


async def test_a_slow_server_is_a_miss(server: RedisServer, process: Process) -> None:
    await process.put()
    process.answers._patience = 0.01
    server.freeze()
    try:
        assert await process.answers.find(KEY) is None
    finally:
        server.thaw()
