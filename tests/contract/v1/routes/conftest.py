"""Two providers, and a gateway with a route over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import configuration, route
from tests.contract.v1.routes.routed_call import CLAUDE, SECRET
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, whole
from trunkline.outbound import Timeouts


@pytest.fixture(scope="module")
def upstreams() -> Iterator[tuple[Scripted, Scripted]]:
    with scripted.start() as first, scripted.start() as second:
        yield first, second


@pytest.fixture
def first(upstreams: tuple[Scripted, Scripted]) -> Scripted:
    upstreams[0].asked.clear()
    return upstreams[0]


@pytest.fixture
def second(upstreams: tuple[Scripted, Scripted]) -> Scripted:
    upstreams[1].asked.clear()
    upstreams[1].script = whole(CLAUDE)
    return upstreams[1]


@pytest.fixture
def serve(first: Scripted, second: Scripted) -> Iterator[Callable[..., CallServer]]:
    """Serve a route ``both`` over the first upstream, which speaks OpenAI's dialect, and the second, Anthropic's."""
    with ExitStack() as stack:

        def start(**fields: Any) -> CallServer:
            given = {
                "routes": [route("both", "a", "b")],
                "timeouts": Timeouts(connect=2, first_byte=0.4, between=0.4, total=3),
                **fields,
            }
            more = given.pop("more", ())
            configurations = [
                configuration("a", "openai", model="gpt-4o-mini", base_url=first.url, api_key=SECRET, shared=True),
                configuration("b", "anthropic", model="claude-x", base_url=second.url, api_key=SECRET, shared=True),
                *more,
            ]
            return stack.enter_context(CallServer(configurations, **given).serve())

        yield start
