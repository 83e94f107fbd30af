"""In which order the targets of a route are asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random

from tests.contract.v1.call_server import CallServer, Prices
from tests.contract.v1.entries import route
from tests.contract.v1.routes.routed_call import CLAUDE_STREAM, GOOD, STREAM, ask, count, demos
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, stream, whole
from trunkline.core.price import Price, Rate
from trunkline.gateway.snapshot import RouteTargetEntry
from trunkline.outbound import Timeouts


def test_priorities_come_before_the_strategy(
    serve: Callable[..., CallServer], first: Scripted, second: Scripted
) -> None:
    targets = [
        RouteTargetEntry(configuration_id="id-a", priority=1, weight=1000),
        RouteTargetEntry(configuration_id="id-b", priority=0, weight=1),
    ]
    bare = serve(routes=[route("both", *targets, strategy="weighted")])
    first.script = whole(GOOD)
    for _ in range(10):
        assert ask(bare).headers["x-trunkline-configuration"] == "id-b"


def test_weights_are_kept(serve: Callable[..., CallServer]) -> None:
    targets = [
        RouteTargetEntry(configuration_id="id-x", weight=3),
        RouteTargetEntry(configuration_id="id-y", weight=1),
    ]
    bare = serve(routes=[route("r", *targets, strategy="weighted")], more=demos("x", "y"), random=Random(7))
    assert 130 <= count(bare, 200)["x"] <= 170


def test_the_cheapest_first(serve: Callable[..., CallServer], first: Scripted, second: Scripted) -> None:
    class PerModel(Prices):
        def find(self, provider: object, model: str, terms: object = None) -> Price | None:
            rate = {"gpt-4o-mini": 5, "claude-x": 2}.get(model)
            return None if rate is None else Price(input=Rate(rate), output=Rate(1), source="test")

    routes = [route("r", "x", "a", "b", strategy="cheapest"), route("s", "x", "a", strategy="cheapest")]
    bare = serve(routes=routes, more=demos("x"), prices=PerModel())
    first.script = whole(GOOD)
    assert count(bare, 3) == {"b": 3}
    assert count(bare, 3, "s") == {"a": 3}, "what has no price comes last"


def test_each_is_measured_and_then_the_fastest_serves(
    serve: Callable[..., CallServer], first: Scripted, second: Scripted
) -> None:
    bare = serve(routes=[route("r", "a", "b", strategy="fastest")], timeouts=Timeouts())
    scripted.RESUME.clear()
    first.script = stream(scripted.PAUSE, *STREAM)
    second.script = stream(*CLAUDE_STREAM)
    # Whatever the second one takes, the first one takes longer.
    timer = threading.Timer(0.5, scripted.RESUME.set)
    timer.start()
    served = [ask(bare, "r", stream=True).headers["x-trunkline-configuration"] for _ in range(6)]
    timer.join()
    assert served[:2] == ["id-a", "id-b"]
    assert set(served[2:]) == {"id-b"}
