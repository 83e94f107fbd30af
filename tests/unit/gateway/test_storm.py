"""Many calls along a route while providers fail: a storm is never made worse, and is hardly felt when one is well."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import configuration, route

from trunkline.core.actor import Actor
from trunkline.core.errors import UpstreamError
from trunkline.core.strategy import Strategy
from trunkline.dialects import openai_chat
from trunkline.gateway import gateway as module
from trunkline.gateway.exchanges.chat import Chat
from trunkline.outbound import Headers, OutgoingRequest, Timeouts

BODY = json.dumps({"model": "r", "messages": [{"role": "user", "content": "hi"}]}).encode()
GOOD = json.dumps(
    {
        "id": "c", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
).encode()  # fmt: skip


class Reply:
    """An answer that is there at once."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.headers = Headers.of([("content-type", "application/json")])
        self._body = body

    async def read(self, limit: int | None = None) -> bytes:
        return self._body


class Providers:
    """Stands for the network: each host answers with the statuses of its list, in turn."""

    def __init__(self, **statuses: list[int]) -> None:
        self._statuses = statuses
        self.attempts: Counter[str] = Counter()

    async def send(self, request: OutgoingRequest, timeouts: Timeouts) -> Any:
        host = request.url.origin.host.partition(".")[0]
        statuses = self._statuses[host]
        status = statuses[self.attempts[host] % len(statuses)]
        self.attempts[host] += 1
        await asyncio.sleep(0)
        return Reply(status, GOOD if status == 200 else b'{"error":{"message":"no"}}')


class Clock:
    """Time that passes with the calls alone."""

    PER_CALL = 0.002

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def make_server(providers: Providers, strategy: str, hosts: list[str], clock: Clock) -> CallServer:
    configurations = [
        configuration(host, "custom", model="m", base_url=f"https://{host}.example/v1", api_key="k" * 20, shared=True)
        for host in hosts
    ]
    leading = route("r", *hosts, strategy=strategy)
    # As much of a transport as is used.
    transport: Any = providers
    return CallServer(configurations, routes=[leading], transport=lambda _: transport, random=Random(1), ticks=clock)


async def storm(providers: Providers, strategy: str, hosts: list[str], calls: int, at_once: int) -> tuple[int, float]:
    """How many of the calls went well, and how many attempts there may have been at most.

    1.2 for each call, and ten a second besides, of which the first second's are there from the start.
    """
    clock = Clock()
    actor = Actor(user_id="u-1", workspace_id="w-1", role="owner")
    left = iter(range(calls))
    well = 0

    async def client() -> None:
        nonlocal well
        for number in left:
            clock.now += clock.PER_CALL
            try:
                await server.gateway.run(actor, "chat", Chat(openai_chat.DIALECT, BODY), str(number))
                well += 1
            except UpstreamError:
                pass

    async with make_server(providers, strategy, hosts, clock).open() as server:
        await asyncio.gather(*(client() for _ in range(at_once)))
    return well, 1.2 * calls + 10 * (calls * clock.PER_CALL + 1)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits before retries take no time here, which makes any storm stronger."""
    monkeypatch.setattr(module, "delay", lambda error, attempt, left: _shorten(module_delay(error, attempt, left)))


module_delay = module.delay


def _shorten(wait: float | None) -> float | None:
    return None if wait is None else 0.0


@pytest.mark.parametrize("strategy", ["priority", "weighted", "fastest", "round-robin", "least-busy"])
@pytest.mark.parametrize("status", [401, 429, 500, 503])
async def test_one_that_is_well_serves_nearly_all(strategy: str, status: int) -> None:
    providers = Providers(bad=[status], worse=[status], good=[200])
    well, most = await storm(providers, strategy, ["bad", "worse", "good"], 2_000, 8)
    assert well >= 0.99 * 2_000
    assert providers.attempts.total() <= most


@pytest.mark.parametrize("status", [401, 429, 500])
async def test_when_all_fail_nothing_is_amplified(status: int) -> None:
    providers = Providers(a=[status], b=[status], c=[status])
    well, most = await storm(providers, "priority", ["a", "b", "c"], 1_000, 20)
    assert well == 0
    assert 1_000 <= providers.attempts.total() <= most


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([200, 200, 401, 429, 500, 503, 404]), min_size=1, max_size=5), min_size=1, max_size=4
    ),
    st.sampled_from(get_args(Strategy)),
    st.integers(1, 20),
)
def test_whatever_they_answer_the_budget_holds(statuses: list[list[int]], strategy: str, at_once: int) -> None:
    hosts = list("abcd"[: len(statuses)])
    providers = Providers(**dict(zip(hosts, statuses, strict=True)))
    _, most = asyncio.run(storm(providers, strategy, hosts, 200, at_once))
    assert 200 <= providers.attempts.total() <= most
