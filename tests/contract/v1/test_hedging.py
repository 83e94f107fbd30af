"""Embeddings calls along a route that are sent to a second target when the first one is slow."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx2
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration, route
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, silence, whole
from trunkline.core.hedging import Hedging
from trunkline.gateway.snapshot import RouteEntry

VECTORS = {"object": "list", "model": "m", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}]}
GOOD = whole(json.dumps({**VECTORS, "usage": {"prompt_tokens": 2, "total_tokens": 2}}).encode())


@pytest.fixture
def upstreams() -> Iterator[tuple[Scripted, Scripted]]:
    with scripted.start() as first, scripted.start() as second:
        yield first, second


def serve(upstreams: tuple[Scripted, Scripted], *routes: RouteEntry) -> CallServer:
    there = [
        configuration(name, "openai", model="embed", base_url=each.url, api_key="k" * 20, shared=True)
        for name, each in zip("ab", upstreams, strict=True)
    ]
    return CallServer(there, routes=routes)


def ask(bare: CallServer, model: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {KEY}"}
    body = {"model": model, "input": "a text"}
    return httpx2.post(f"{bare.url}/v1/embeddings", json=body, headers=headers, timeout=20, trust_env=False)


def test_the_second_target_serves_while_the_first_is_silent(upstreams: tuple[Scripted, Scripted]) -> None:
    first, second = upstreams
    first.script, second.script = silence, GOOD
    with serve(upstreams, route("r", "a", "b", hedging=Hedging(after_ms=20))).serve() as bare:
        answer = ask(bare, "r")
        assert answer.status_code == 200, answer.text
        assert answer.headers["x-trunkline-configuration"] == "id-b"
        assert first.hung_up.wait(10), "the slow one is cancelled"
        served, lost = sorted(bare.books.events, key=lambda event: event.outcome, reverse=True)
    assert (served.outcome, served.configuration_id, served.purpose) == ("ok", "id-b", "hedge")
    assert (lost.outcome, lost.configuration_id, lost.purpose) == ("cancelled", "id-a", None)
    assert lost.usage.input > 0, "what was sent is paid for"
    assert lost.usage_estimated
    assert lost.cost_nanos


def test_without_hedging_or_in_time_nothing_is_sent_twice(upstreams: tuple[Scripted, Scripted]) -> None:
    first, second = upstreams
    first.script, second.script = GOOD, GOOD
    routes = (route("r", "a", "b", hedging=Hedging(after_ms=60_000)), route("s", "a", "b"))
    with serve(upstreams, *routes).serve() as bare:
        assert [ask(bare, name).headers["x-trunkline-configuration"] for name in ("r", "s")] == ["id-a", "id-a"]
        assert [event.purpose for event in bare.books.events] == [None, None]
    assert second.asked == []


def test_a_percentile_that_nobody_knows_yet_sends_nothing(upstreams: tuple[Scripted, Scripted]) -> None:
    first, second = upstreams
    first.script, second.script = GOOD, GOOD
    with serve(upstreams, route("r", "a", "b", hedging=Hedging())).serve() as bare:
        assert ask(bare, "r").headers["x-trunkline-configuration"] == "id-a"
    assert second.asked == []
