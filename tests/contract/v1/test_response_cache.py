"""Responses that a route keeps and gives again, over the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import msgspec
import pytest

from tests.contract.v1.call_server import PRICE, CallServer
from tests.contract.v1.entries import KEY, configuration, route
from tests.upstreams import scripted
from tests.upstreams.scripted import Script, stream, whole
from trunkline.core.actor import Actor
from trunkline.core.caching import Caching, Semantic
from trunkline.gateway.answer import Answer
from trunkline.gateway.caching.answer_cache import AnswerCache
from trunkline.gateway.caching.similar_questions import SimilarQuestions
from trunkline.gateway.context import CallContext
from trunkline.gateway.exchanges.embeddings import Embeddings
from trunkline.gateway.gates.cache_gate import CacheGate
from trunkline.gateway.gates.embedder import Embedder
from trunkline.gateway.snapshot import FeatureEntry, KeyEntry

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


def embed(upstream: scripted.Scripted) -> Script:
    """Vectors by what is asked about: cats and dogs are far apart, and the words make little difference."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        text = "".join(json.loads(upstream.asked[-1].body)["input"])
        vector = [float("cat" in text), float("dog" in text), 0.01 * len(text)]
        item = {"object": "embedding", "index": 0, "embedding": vector}
        usage = {"prompt_tokens": 2, "total_tokens": 2}
        body = {"object": "list", "model": "v", "data": [item], "usage": usage}
        await whole(json.dumps(body).encode())(writer)

    return answer


class CachingGateway:
    """A gateway: ``r`` keeps answers for each user, ``all`` for all, and ``s`` keeps none."""

    def __init__(self, stack: ExitStack) -> None:
        self.now = 100.0
        self.upstream = stack.enter_context(scripted.start())
        self.upstream.script = whole(json.dumps(GOOD).encode())
        self.vectors = stack.enter_context(scripted.start())
        self.vectors.script = embed(self.vectors)
        usual: dict[str, Any] = {"model": "gpt-4o", "api_key": "k" * 20, "shared": True}
        minute = Caching(ttl_seconds=60)
        there = [
            configuration("a", "openai", base_url=self.upstream.url, **usual),
            configuration("kept", "openai", base_url=self.upstream.url, caching=minute, **usual),
            configuration("v", "openai", base_url=self.vectors.url, **usual),
        ]
        meaning = Caching(ttl_seconds=60, semantic=Semantic(model="v", threshold=0.99))
        routes = [
            route("r", "a", caching=Caching(ttl_seconds=60)),
            route("all", "a", caching=Caching(ttl_seconds=60, scope="workspace")),
            route("s", "a"),
            route("along", "kept"),
            route("means", "a", caching=meaning),
        ]
        features = [
            FeatureEntry(id="f", slug="helper", kind="chat", model="", target="a", caching=Caching(ttl_seconds=60)),
            FeatureEntry(id="o", slug="other", kind="chat", model="", target="a"),
        ]

        async def ask(actor: Actor, call: Embeddings, request_id: str) -> Answer:
            context = CallContext(purpose="cache")
            return await self.bare.gateway.run(actor, "embeddings", call, request_id, context)

        self.gate = gate = CacheGate(
            AnswerCache(1 << 20, lambda: self.now), SimilarQuestions(1 << 20), Embedder(ask, patience=20)
        )
        bare = CallServer(there, routes=routes, features=features, keys=KEYS, gates=(gate,))
        self.bare = stack.enter_context(bare.serve())

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
def place() -> Iterator[CachingGateway]:
    with ExitStack() as stack:
        yield CachingGateway(stack)


def state(answer: httpx2.Response) -> str:
    return answer.headers.get("x-trunkline-cache", "")


def test_a_hit_is_the_same_answer_and_costs_nothing(place: CachingGateway) -> None:
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


def test_a_stream_is_given_again_as_one(place: CachingGateway) -> None:
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


def test_answers_to_clients_of_ollama_are_given_again(place: CachingGateway) -> None:
    for path, said in (("chat", {"messages": [{"role": "user", "content": "hi"}]}), ("generate", {"prompt": "hi"})):
        place.upstream.script = stream(*STREAM)
        answers = [
            httpx2.post(
                f"{place.bare.url}/ollama/api/{path}",
                json={"model": "r", **said},
                headers={"authorization": f"Bearer {KEY}"},
            )
            for _ in range(2)
        ]
        assert [state(answer) for answer in answers] == ["miss", "hit; age=0"]
        assert answers[0].content == answers[1].content
        assert answers[1].headers["content-type"] == "application/x-ndjson"


def test_after_its_time_it_is_asked_for_anew(place: CachingGateway) -> None:
    place.ask()
    place.now += 60
    assert state(place.ask()) == "miss"
    assert place.calls == 2


def test_a_caller_may_want_a_new_answer_or_leave_none(place: CachingGateway) -> None:
    place.ask()
    assert state(place.ask(cache="no-cache")) == "miss"
    assert state(place.ask()).startswith("hit"), "the new one is kept"
    assert state(place.ask(seed=1, cache="no-store")) == "miss"
    assert state(place.ask(seed=1)) == "miss", "nothing was kept"
    assert state(place.ask(cache="No-Cache, no-store")) == ""
    assert place.calls == 5


def test_a_caller_says_how_old_an_answer_may_be(place: CachingGateway) -> None:
    place.ask()
    place.now += 10
    assert state(place.ask(cache="max-age=11")) == "hit; age=10"
    assert state(place.ask(cache="private, MAX-AGE=10")) == "miss"
    assert state(place.ask(cache="max-age=5")) == "hit; age=0", "the new one is kept"
    assert state(place.ask(cache="max-age=soon")) == "miss"
    assert state(place.ask(cache="max-age=0")) == "miss"
    assert place.calls == 4


def test_a_configuration_and_a_feature_may_have_their_answers_kept(place: CachingGateway) -> None:
    for model in ("kept", "feature/helper", "along"):
        assert [state(place.ask(model)), state(place.ask(model))] == ["miss", "hit; age=0"], model
    assert state(place.ask("a")) == ""
    assert state(place.ask("feature/other")) == ""


def test_how_the_cache_stands_is_known_for_each_workspace(place: CachingGateway) -> None:
    paid = place.ask()
    place.ask()
    place.ask()
    place.ask(seed=1)
    standing = asyncio.run(place.gate.stand("w-1", 0))
    assert (standing.hits, standing.misses, standing.entries, standing.shared) == (2, 2, 2, False)
    assert standing.size > len(paid.content)
    assert standing.saved_nanos == 2 * (PRICE.cost(place.bare.books.events[0].usage) or 0)
    assert asyncio.run(place.gate.stand("w-2", 0)).hits == 0


def test_what_a_workspace_had_forgotten_is_not_given_again(place: CachingGateway) -> None:
    place.ask()
    snapshot = place.bare.holder.current
    (part,) = snapshot.parts.values()
    place.bare.holder.current = msgspec.structs.replace(
        snapshot, parts={part.id: msgspec.structs.replace(part, cache_generation=1)}
    )
    assert state(place.ask()) == "miss"
    place.gate.sweep(place.bare.holder.current)
    assert asyncio.run(place.gate.stand("w-1", 1)).entries == 1


class TestSemantic:
    """Questions that mean the same."""

    def ask(self, place: CachingGateway, text: str, **fields: Any) -> str:
        return state(place.ask("means", messages=[{"role": "user", "content": text}], **fields))

    def test_what_means_the_same_has_the_same_answer(self, place: CachingGateway) -> None:
        assert self.ask(place, "a cat") == "miss"
        hit = self.ask(place, "one cat?")
        assert hit.startswith("hit; age=0; similarity=0.99")
        assert self.ask(place, "a cat") == "hit; age=0", "the same words need no vector"
        assert self.ask(place, "a dog") == "miss"
        assert (place.calls, len(place.vectors.asked)) == (2, 3)

    def test_making_a_vector_is_a_call_with_a_purpose_of_its_own(self, place: CachingGateway) -> None:
        self.ask(place, "a cat")
        self.ask(place, "one cat?")
        events = place.bare.books.events
        assert [(one.operation, one.purpose, one.cached) for one in events] == [
            ("embeddings", "cache", False),
            ("chat", None, False),
            ("embeddings", "cache", False),
            ("chat", None, True),
        ]
        assert all(one.cost_nanos for one in events[:3])
        assert events[3].cost_nanos == 0
        assert len({one.request_id for one in events[:2]}) == 1

    def test_only_the_words_of_one_question_may_differ(self, place: CachingGateway) -> None:
        self.ask(place, "a cat")
        assert self.ask(place, "one cat?", temperature=0.5) == "miss"
        assert self.ask(place, "one cat?", stream=True, key="tl-other") == "miss"
        system = {"role": "system", "content": "be kind"}
        talk = [system, {"role": "user", "content": "one cat?"}]
        assert state(place.ask("means", messages=talk)) == "miss"
        more = [{"role": "user", "content": "a cat"}, {"role": "assistant", "content": "ok"}]
        assert state(place.ask("means", messages=[*more, {"role": "user", "content": "one cat?"}])) == "miss"

    def test_without_a_vector_it_is_a_call_like_any_other(self, place: CachingGateway) -> None:
        place.vectors.script = whole(b'{"error":{"message":"no"}}', status="400 Bad Request")
        assert [self.ask(place, "a cat"), self.ask(place, "one cat?")] == ["miss", "miss"]
        assert self.ask(place, "a cat") == "hit; age=0"

    def test_a_caller_may_want_a_new_answer(self, place: CachingGateway) -> None:
        self.ask(place, "a cat")
        assert self.ask(place, "one cat?", cache="no-cache") == "miss"
        place.now += 10
        assert self.ask(place, "some cute cat", cache="max-age=5") == "miss"
        assert self.ask(place, "some cute cats", cache="max-age=5").startswith("hit; age=0")

    def test_what_is_no_longer_kept_is_not_given(self, place: CachingGateway) -> None:
        self.ask(place, "a cat")
        place.now += 60
        assert self.ask(place, "one cat?") == "miss"


def test_answers_stay_with_whoever_they_were_made_for(place: CachingGateway) -> None:
    place.ask()
    assert state(place.ask(key="tl-twin")).startswith("hit"), "the same person with the same rights"
    assert state(place.ask(key="tl-narrow")) == "miss"
    assert state(place.ask(key="tl-other")) == "miss"
    place.ask("all")
    assert state(place.ask("all", key="tl-narrow")) == "miss"
    assert state(place.ask("all", key="tl-other")) == "miss", "a member is not an owner"


def test_what_is_not_asked_for_is_not_kept(place: CachingGateway) -> None:
    for _ in range(2):
        assert state(place.ask("s")) == ""
        assert state(place.ask(tools=TOOLS)) == ""
    assert place.calls == 4


def test_failures_are_not_kept(place: CachingGateway) -> None:
    place.upstream.script = whole(b'{"error":{"message":"no"}}', status="400 Bad Request")
    assert place.ask().status_code == 400
    place.upstream.script = whole(json.dumps(GOOD).encode())
    assert (place.ask().status_code, place.calls) == (200, 2)


def test_half_a_stream_is_not_kept(place: CachingGateway) -> None:
    place.upstream.script = stream(STREAM[0], end="cut")
    place.ask(stream=True)
    place.upstream.script = stream(*STREAM)
    assert state(place.ask(stream=True)) == "miss"
    assert place.calls == 2


def test_a_stream_that_its_client_left_is_not_kept(place: CachingGateway) -> None:
    place.upstream.script = stream(STREAM[0], end="never")
    body = {"model": "r", "messages": [{"role": "user", "content": "hello"}], "stream": True}
    url, headers = f"{place.bare.url}/v1/chat/completions", {"Authorization": f"Bearer {KEY}"}
    with httpx2.stream("POST", url, json=body, headers=headers, timeout=20, trust_env=False) as answer:
        next(answer.iter_bytes())
    assert place.upstream.hung_up.wait(10)
    place.upstream.script = stream(*STREAM)
    assert state(place.ask(stream=True)) == "miss"


def test_a_change_of_the_configuration_forgets(place: CachingGateway) -> None:
    place.ask()
    snapshot = place.bare.holder.current
    (part,) = snapshot.parts.values()
    entry = part.configurations["id-a"]
    changed = msgspec.structs.replace(entry, revision=entry.revision + 1)
    new = msgspec.structs.replace(part, configurations={entry.id: changed})
    place.bare.holder.current = msgspec.structs.replace(snapshot, parts={part.id: new})
    assert state(place.ask()) == "miss"


def test_vectors_are_kept_too(place: CachingGateway) -> None:
    vectors = {"object": "list", "model": "m", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}]}
    place.upstream.script = whole(json.dumps({**vectors, "usage": {"prompt_tokens": 2, "total_tokens": 2}}).encode())
    headers = {"Authorization": f"Bearer {KEY}"}

    def embed(text: str) -> str:
        body = {"model": "r", "input": text}
        return state(httpx2.post(f"{place.bare.url}/v1/embeddings", json=body, headers=headers, trust_env=False))

    assert [embed("a"), embed("a"), embed("b")] == ["miss", "hit; age=0", "miss"]
