"""Responses that a route keeps and gives again, over the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import msgspec
import pytest

from tests.contract.v1.bare_gateway import KEY, PRICE, BareGateway, configuration, route
from tests.upstreams import scripted
from tests.upstreams.scripted import stream, whole
from trunkline.core.caching import Caching
from trunkline.gateway.caching.answer_cache import AnswerCache
from trunkline.gateway.gates.cache_gate import CacheGate
from trunkline.gateway.snapshot import KeyEntry

KEYS = {
    KEY: KeyEntry(id="k-1", workspace_id="w-1", user_id="u-1"),
    "tl-twin": KeyEntry(id="k-2", workspace_id="w-1", user_id="u-1"),
    "tl-narrow": KeyEntry(id="k-3", workspace_id="w-1", user_id="u-1", models=("r", "all", "s")),
    "tl-other": KeyEntry(id="k-4", workspace_id="w-1", user_id="u-4"),
}
GOOD = {
    "id": "c", "object": "chat.completion", "created": 1, "model": "gpt-4o",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
}  # fmt: skip
STREAM = (
    (
        b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":'
        b'{"role":"assistant","content":"hi"},"finish_reason":null}]}\n\n'
    ),
    (
        b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},'
        b'"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}\n\n'
    ),
    b"data: [DONE]\n\n",
)
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]


class Place:
    """A gateway: ``r`` keeps answers for each user, ``all`` for all, and ``s`` keeps none."""

    def __init__(self, stack: ExitStack) -> None:
        self.now = 100.0
        self.upstream = stack.enter_context(scripted.start())
        self.upstream.script = whole(json.dumps(GOOD).encode())
        there = [
            configuration("a", "openai", model="gpt-4o", base_url=self.upstream.url, api_key="k" * 20, shared=True)
        ]
        routes = [
            route("r", "a", caching=Caching(ttl_seconds=60)),
            route("all", "a", caching=Caching(ttl_seconds=60, scope="workspace")),
            route("s", "a"),
        ]
        gate = CacheGate(AnswerCache(1 << 20, lambda: self.now))
        self.bare = stack.enter_context(BareGateway(there, routes=routes, keys=KEYS, gates=(gate,)).serve())

    def ask(self, model: str = "r", *, key: str = KEY, cache: str = "", **fields: Any) -> httpx2.Response:
        body = {"model": model, "messages": [{"role": "user", "content": "hello"}], **fields}
        headers = {"Authorization": f"Bearer {key}"}
        if cache:
            headers["cache-control"] = cache
        url = f"{self.bare.url}/v1/chat/completions"
        answer = httpx2.post(url, json=body, headers=headers, timeout=20, trust_env=False)
        self.bare.books.last(answer.headers["x-request-id"])
        return answer

    @property
    def calls(self) -> int:
        return len(self.upstream.asked)


@pytest.fixture
def place() -> Iterator[Place]:
    with ExitStack() as stack:
        yield Place(stack)


def state(answer: httpx2.Response) -> str:
    return answer.headers.get("x-trunkline-cache", "")


def test_a_hit_is_the_same_answer_and_costs_nothing(place: Place) -> None:
    first = place.ask()
    place.now += 7.5
    second = place.ask()
    assert (state(first), state(second)) == ("miss", "hit; age=7")
    assert second.content == first.content
    assert second.headers["content-type"] == first.headers["content-type"]
    assert place.calls == 1
    paid, free = place.bare.books.events
    assert (paid.cached, paid.saved_nanos) == (False, None)
    assert (free.cached, free.cost_nanos, free.usage.total) == (True, 0, 0)
    assert free.saved_nanos == paid.cost_nanos == PRICE.cost(paid.usage)
    assert second.headers["x-trunkline-cost-usd"] == "0"
    assert second.headers["x-trunkline-saved-usd"] == first.headers["x-trunkline-cost-usd"]


def test_a_stream_is_given_again_as_one(place: Place) -> None:
    place.upstream.script = stream(*STREAM)
    options = {"stream": True, "stream_options": {"include_usage": True}}
    first, second = place.ask(**options), place.ask(**options)
    assert second.content == first.content
    assert b"total_tokens" in second.content
    assert second.content.endswith(b"data: [DONE]\n\n")
    assert second.headers["content-type"].startswith("text/event-stream")
    assert (state(first), state(second), place.calls) == ("miss", "hit; age=0", 1)
    place.upstream.script = whole(json.dumps(GOOD).encode())
    assert state(place.ask()) == "miss", "whole is another question"


def test_after_its_time_it_is_asked_for_anew(place: Place) -> None:
    place.ask()
    place.now += 60
    assert state(place.ask()) == "miss"
    assert place.calls == 2


def test_a_caller_may_want_a_new_answer_or_leave_none(place: Place) -> None:
    place.ask()
    assert state(place.ask(cache="no-cache")) == "miss"
    assert state(place.ask()).startswith("hit"), "the new one is kept"
    assert state(place.ask(seed=1, cache="no-store")) == "miss"
    assert state(place.ask(seed=1)) == "miss", "nothing was kept"
    assert state(place.ask(cache="No-Cache, no-store")) == ""
    assert place.calls == 5


def test_answers_stay_with_whoever_they_were_made_for(place: Place) -> None:
    place.ask()
    assert state(place.ask(key="tl-twin")).startswith("hit"), "the same person with the same rights"
    assert state(place.ask(key="tl-narrow")) == "miss"
    assert state(place.ask(key="tl-other")) == "miss"
    place.ask("all")
    assert state(place.ask("all", key="tl-narrow")) == "miss"
    assert state(place.ask("all", key="tl-other")) == "miss", "a member is not an owner"


def test_what_is_not_asked_for_is_not_kept(place: Place) -> None:
    for _ in range(2):
        assert state(place.ask("s")) == ""
        assert state(place.ask(tools=TOOLS)) == ""
    assert place.calls == 4


def test_failures_are_not_kept(place: Place) -> None:
    place.upstream.script = whole(b'{"error":{"message":"no"}}', status="400 Bad Request")
    assert place.ask().status_code == 400
    place.upstream.script = whole(json.dumps(GOOD).encode())
    assert (place.ask().status_code, place.calls) == (200, 2)


def test_half_a_stream_is_not_kept(place: Place) -> None:
    place.upstream.script = stream(STREAM[0], end="cut")
    place.ask(stream=True)
    place.upstream.script = stream(*STREAM)
    assert state(place.ask(stream=True)) == "miss"
    assert place.calls == 2


def test_a_stream_that_its_client_left_is_not_kept(place: Place) -> None:
    place.upstream.script = stream(STREAM[0], end="never")
    body = {"model": "r", "messages": [{"role": "user", "content": "hello"}], "stream": True}
    url, headers = f"{place.bare.url}/v1/chat/completions", {"Authorization": f"Bearer {KEY}"}
    with httpx2.stream("POST", url, json=body, headers=headers, timeout=20, trust_env=False) as answer:
        next(answer.iter_bytes())
    assert place.upstream.hung_up.wait(10)
    place.upstream.script = stream(*STREAM)
    assert state(place.ask(stream=True)) == "miss"


def test_a_change_of_the_configuration_forgets(place: Place) -> None:
    place.ask()
    snapshot = place.bare.holder.current
    (part,) = snapshot.parts.values()
    entry = part.configurations["id-a"]
    changed = msgspec.structs.replace(entry, revision=entry.revision + 1)
    new = msgspec.structs.replace(part, configurations={entry.id: changed})
    place.bare.holder.current = msgspec.structs.replace(snapshot, parts={part.id: new})
    assert state(place.ask()) == "miss"


def test_vectors_are_kept_too(place: Place) -> None:
    vectors = {"object": "list", "model": "m", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}]}
    place.upstream.script = whole(json.dumps({**vectors, "usage": {"prompt_tokens": 2, "total_tokens": 2}}).encode())
    headers = {"Authorization": f"Bearer {KEY}"}

    def embed(text: str) -> str:
        body = {"model": "r", "input": text}
        return state(httpx2.post(f"{place.bare.url}/v1/embeddings", json=body, headers=headers, trust_env=False))

    assert [embed("a"), embed("a"), embed("b")] == ["miss", "hit; age=0", "miss"]
