"""What one process finds out of a target, all know, through a real Redis."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

import pytest
from tests.unit.gateway.routing.test_breaker import entry, error
from tests.upstreams.redis import RedisServer, serve_redis

from trunkline.app.shared_breakers import share_rests
from trunkline.core.secret import Secret
from trunkline.gateway.routing.breaker import LIMIT, Breakers
from trunkline.settings import Settings


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with serve_redis() as running:
        yield running


async def reach(state: Callable[[], bool]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(20):
        while not state():
            await asyncio.sleep(0.01)


def settings(server: RedisServer) -> Settings:
    return Settings(redis_url=Secret(server.url))


async def test_a_target_that_failed_elsewhere_rests_here_until_it_answers_somewhere(server: RedisServer) -> None:
    one, two = Breakers(time.monotonic), Breakers(time.monotonic)
    async with share_rests(settings(server), one), share_rests(settings(server), two):
        for _ in range(LIMIT):
            one.failed(entry(), error("server"))
        await reach(lambda: two.closed_at(entry()) > 0)
        assert not two.enter(entry())
        assert two.enter(entry(revision=2)), "a changed configuration is another one"
        two.succeeded(entry())
        await reach(lambda: two.enter(entry()))


async def test_who_comes_later_is_told_what_lasts(server: RedisServer) -> None:
    one, beside, two = Breakers(time.monotonic), Breakers(time.monotonic), Breakers(time.monotonic)
    async with share_rests(settings(server), one), share_rests(settings(server), beside):
        one.failed(entry(), error("auth"))
        await reach(lambda: beside.closed_at(entry()) > 0)
    async with share_rests(settings(server), two):
        await reach(lambda: two.closed_at(entry()) > 0)
        assert two.closed_at(entry()) - time.monotonic() > 250


async def test_without_the_server_each_goes_by_itself(server: RedisServer) -> None:
    one = Breakers(time.monotonic)
    server.stop()
    async with share_rests(settings(server), one):
        one.failed(entry(), error("auth"))
        assert not one.enter(entry())


async def test_nothing_is_shared_unless_configured() -> None:
    one = Breakers(time.monotonic)
    async with share_rests(Settings(), one):
        assert one.tell is None
