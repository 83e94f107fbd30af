"""Limits that several processes count together, in a real Redis, and what happens when it is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from tests.unit.gateway.gates.test_limit_gate import (
    admit,
    admit_now,
    candidate,
    count,
    end,
    event,
    immediate,
    limit,
)
from tests.upstreams.redis import RedisServer, serve_redis

from trunkline.app.limits import open_limits
from trunkline.core.errors import TooMany
from trunkline.core.secret import Secret
from trunkline.gateway.gates import shared_meters
from trunkline.gateway.gates.limit_gate import LimitGate
from trunkline.gateway.gates.limit_rule import Share
from trunkline.settings import Settings


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with serve_redis() as running:
        yield running


@asynccontextmanager
async def open_gates(server: RedisServer, number: int = 2, patience: float = 5) -> AsyncIterator[list[LimitGate]]:
    """The gates of several processes, which wait for the server as long as a busy machine needs."""
    settings = Settings(redis_url=Secret(server.url), redis_seconds=patience)
    async with open_limits(settings, Share(0, number)) as one, open_limits(settings, Share(1, number)) as two:
        yield [one, two]


@pytest.fixture
async def gates(server: RedisServer) -> AsyncIterator[list[LimitGate]]:
    async with open_gates(server) as opened:
        yield opened


async def settled(gate: LimitGate) -> None:
    """When the server has heard what was corrected."""
    shared = gate._shared
    assert isinstance(shared, shared_meters.SharedMeters)
    while shared._running:
        await asyncio.gather(*shared._running)


async def test_two_processes_together_let_in_exactly_the_limit(gates: list[LimitGate]) -> None:
    where = candidate(limit("user", amount=20, window="day", subject_id="u-1"))

    async def attempt(number: int) -> bool:
        try:
            await admit(gates[number % 2], where)
        except TooMany:
            return False
        return True

    admitted = await asyncio.gather(*(attempt(number) for number in range(100)))
    assert sum(admitted) == 20
    assert [gate.fault for gate in gates] == [None, None]


async def test_what_is_left_and_when_to_come_back_is_told_of_all_processes(gates: list[LimitGate]) -> None:
    where = candidate(limit("key", amount=2, window="hour", subject_id="k-1"))
    await admit(gates[0], where)
    call = await admit(gates[1], where)
    fields = {name: value.decode() for name, value in call.headers}
    assert fields[b"ratelimit"] == '"key-requests-per-hour";r=0;t=1800'
    with pytest.raises(TooMany) as told:
        await admit(gates[0], where)
    assert 1_790 < told.value.retry_after <= 1_800


async def test_what_was_used_stays_used_when_the_amount_is_changed(gates: list[LimitGate]) -> None:
    call = await admit(gates[0], candidate(limit("key", "tokens", 100, window="day")), tokens=50)
    end(call, event(tokens=80))
    await settled(gates[0])
    raised = candidate(limit("key", "tokens", 200, window="day"))
    with pytest.raises(TooMany):
        await admit(gates[1], raised, tokens=121)
    await admit(gates[1], raised, tokens=20)
    with pytest.raises(TooMany):
        await admit(gates[1], candidate(limit("key", "tokens", 90, window="day")), tokens=1)
    await admit(gates[0], candidate(limit("key", "tokens", 110, window="day")), tokens=10)


async def test_places_are_given_back_from_whichever_process(gates: list[LimitGate]) -> None:
    where = candidate(limit("workspace", measure="parallel", amount=2))
    first, second = await admit(gates[0], where), await admit(gates[1], where)
    with pytest.raises(TooMany):
        await admit(gates[0], where)
    first.void()
    end(second, event())
    await settled(gates[0])
    await settled(gates[1])
    assert await count(gates[1], where) == 2


async def test_tokens_are_corrected_and_a_refused_call_takes_nothing(gates: list[LimitGate]) -> None:
    where = candidate(limit("workspace", measure="tokens", amount=1_000, window="day"), limit("user", amount=3))
    call = await admit(gates[0], where, tokens=100)
    end(call, event(tokens=700))
    await settled(gates[0])
    for _ in range(2):
        with pytest.raises(TooMany, match="tokens per day"):
            await admit(gates[1], where, tokens=301)
    last = await admit(gates[1], where, tokens=300)
    fields = {name: value.decode() for name, value in last.headers}
    assert '"each-user-requests-per-minute";r=1' in fields[b"ratelimit"]


async def test_a_place_whose_process_died_is_free_again_after_the_longest_call(server: RedisServer) -> None:
    where = candidate(limit("configuration", measure="parallel", amount=1))
    settings = Settings(redis_url=Secret(server.url), redis_seconds=5, total_timeout=0.001)
    async with open_limits(settings, Share()) as gate:
        shared = gate._shared
        assert isinstance(shared, shared_meters.SharedMeters)
        shared._life = 1
        await admit(gate, where)
        await admit(gate, where)


async def test_a_plain_call_takes_the_way_on_which_one_can_wait(gates: list[LimitGate]) -> None:
    assert not admit_now(gates[0], immediate(), candidate(limit("feature", amount=5)))


async def test_without_the_server_each_process_goes_by_its_share_and_comes_back_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shared_meters, "LOOK_SECONDS", 0.01)
    where = candidate(limit("workspace", amount=10, window="day"))
    with serve_redis() as server:
        async with open_gates(server) as gates:
            await admit(gates[0], where)
            server.stop()
            assert [await count(gate, where) for gate in gates] == [5, 5]
            faults = [gate.fault or "" for gate in gates]
            assert all("each process holds calls to its own share" in fault for fault in faults)
            assert not any(server.url in fault for fault in faults)
            assert not admit_now(gates[0], immediate(), where), "its share is used up"
            server.start()
            async with asyncio.timeout(20):
                while any(gate.fault for gate in gates):
                    await asyncio.sleep(0)
            # The server has lost what it knew, so that the whole limit is there again.
            assert sum([await count(gate, where) for gate in gates]) == 10


async def test_a_server_that_does_not_answer_is_not_waited_for(server: RedisServer) -> None:
    where = candidate(limit("workspace", amount=4, window="hour"))
    async with open_gates(server, patience=0.05) as gates:
        server.freeze()
        try:
            async with asyncio.timeout(20):
                await admit(gates[0], where)
                assert gates[0].fault is not None
                assert admit_now(gates[0], immediate(), where)
        finally:
            server.thaw()
