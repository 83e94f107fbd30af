"""Calls along routes: who serves them, what makes a call turn to the next target, and what the books say of it."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from random import Random
from typing import Any

import httpx2
import msgspec
import pytest

from tests.contract.v1.bare_gateway import KEY, PRICE, BareGateway, configuration, route
from tests.upstreams import scripted
from tests.upstreams.aimock import free_port
from tests.upstreams.scripted import Script, Scripted, in_turn, silence, slam, stream, whole
from trunkline.core.errors import Forbidden
from trunkline.core.price import Price, Rate
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import KeyEntry, PolicyEntry, RouteTargetEntry, WorkspacePart
from trunkline.outbound import Timeouts

SECRET = "sk-secret-abcdefghijklmnop-7Qd"
MESSAGES = [{"role": "user", "content": "hello"}]
GOOD = json.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4o-mini",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
    }
).encode()
CLAUDE = json.dumps(
    {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": [{"type": "text", "text": "hi"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 3, "output_tokens": 1},
    }
).encode()


def sse(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


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
CLAUDE_STREAM = (
    sse(
        "message_start",
        message={
            "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-x", "content": [],
            "stop_reason": None, "usage": {"input_tokens": 3, "output_tokens": 0},
        },
    ),
    sse("content_block_start", index=0, content_block={"type": "text", "text": ""}),
    sse("content_block_delta", index=0, delta={"type": "text_delta", "text": "hi"}),
    sse("content_block_stop", index=0),
    sse("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 1}),
    sse("message_stop"),
)  # fmt: skip


def fails(status: str, code: str = "x", more: str = "") -> Script:
    return whole(json.dumps({"error": {"message": f"no: {code}", "code": code}}).encode(), status=status, more=more)


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
def serve(first: Scripted, second: Scripted) -> Iterator[Callable[..., BareGateway]]:
    """Serve a route ``both`` over the first upstream, which speaks OpenAI's dialect, and the second, Anthropic's."""
    with ExitStack() as stack:

        def start(**fields: Any) -> BareGateway:
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
            return stack.enter_context(BareGateway(configurations, **given).serve())

        yield start


def ask(
    bare: BareGateway, model: str = "both", *, key: str = KEY, headers: dict[str, str] | None = None, **fields: Any
):
    body = {"model": model, "messages": MESSAGES, **fields}
    given = {"Authorization": f"Bearer {key}", **(headers or {})}
    return httpx2.post(f"{bare.url}/v1/chat/completions", json=body, headers=given, timeout=20, trust_env=False)


def text_of(answer: httpx2.Response) -> str:
    if not answer.headers["content-type"].startswith("text/event-stream"):
        return answer.json()["choices"][0]["message"]["content"]
    pieces = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: {")]
    return "".join(choice["delta"].get("content") or "" for piece in pieces for choice in piece.get("choices", ()))


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("script", "tries", "status", "error"),
    [
        (fails("401 Unauthorized", "invalid_api_key"), 1, 401, "auth"),
        (fails("402 Payment Required"), 1, 402, "no_credits"),
        (fails("403 Forbidden"), 1, 403, "permission"),
        (fails("404 Not Found", "model_not_found"), 1, 404, "not_found"),
        (fails("429 Too Many Requests", more="retry-after: 1\r\n"), 1, 429, "rate_limit"),
        (fails("500 Internal Server Error"), 3, 500, "server"),
        (fails("503 Service Unavailable"), 3, 503, "overloaded"),
        (silence, 1, None, "timeout"),
        (slam, 3, None, "unreachable"),
        (whole(b'{"choices": [', kind="application/json"), 1, 200, "malformed"),
    ],
    ids=["401", "402", "403", "404", "429", "500", "503", "timeout", "reset", "nonsense"],
)
def test_the_next_target_serves(
    serve: Callable[..., BareGateway],
    first: Scripted,
    second: Scripted,
    script: Script,
    tries: int,
    status: int | None,
    error: str,
    streamed: bool,
) -> None:
    bare = serve()
    first.script = script
    second.script = stream(*CLAUDE_STREAM) if streamed else whole(CLAUDE)
    answer = ask(bare, stream=streamed)
    assert answer.status_code == 200, answer.text
    assert text_of(answer) == "hi"
    assert answer.headers["x-trunkline-configuration"] == "id-b"
    assert answer.headers["x-trunkline-route"] == "route-both"
    assert SECRET not in answer.text
    event = bare.books.last(answer.headers["x-request-id"])
    assert [(each.configuration_id, each.provider, each.model, each.error) for each in event.attempts] == [
        ("id-a", "openai", "gpt-4o-mini", error)
    ] * tries
    # An answer that makes no sense may be so from its head on.
    assert {each.status for each in event.attempts} <= ({status} if error != "malformed" else {None, 200})
    assert (event.configuration_id, event.provider, event.model) == ("id-b", "anthropic", "claude-x")
    assert (event.route_id, event.requested_model, event.outcome) == ("route-both", "both", "ok")
    assert event.cost_nanos == PRICE.cost(event.usage)
    assert bare.books.opened[0].configuration_id == "id-a"
    assert [event.id for event in bare.books.events] == [bare.books.opened[0].id], "one call, one event"
    assert len(first.asked) == tries
    assert len(second.asked) == 1


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("script", "status"),
    [
        (fails("400 Bad Request", "invalid_request"), 400),
        (fails("400 Bad Request", "context_length_exceeded"), 413),
        (fails("413 Payload Too Large"), 413),
        (fails("422 Unprocessable Entity"), 400),
        (fails("400 Bad Request", "content_filter"), 403),
    ],
    ids=["400", "context", "413", "422", "filter"],
)
def test_what_is_the_clients_fault_goes_no_further(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted, script: Script, status: int, streamed: bool
) -> None:
    bare = serve()
    first.script = script
    answer = ask(bare, stream=streamed)
    assert answer.status_code == status, answer.text
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.configuration_id, event.outcome, len(event.attempts)) == ("id-a", "error", 1)
    assert second.asked == []


def test_nothing_is_switched_after_the_first_byte(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
) -> None:
    bare = serve()
    first.script = stream(STREAM[0], end="cut")
    answer = ask(bare, stream=True)
    assert answer.status_code == 200
    assert '"error"' in answer.text
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.configuration_id, event.outcome) == ("id-a", "error")
    assert [(each.configuration_id, each.error) for each in event.attempts] == [("id-a", "unreachable")]
    assert second.asked == []


def test_when_none_can_the_last_failure_is_told_and_all_are_in_the_books(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
) -> None:
    bare = serve()
    first.script = fails("401 Unauthorized")
    second.script = whole(
        b'{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}',
        status="429 Too Many Requests",
        more="retry-after: 30\r\n",
    )
    answer = ask(bare)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
    event = bare.books.last(answer.headers["x-request-id"])
    assert [(each.configuration_id, each.error) for each in event.attempts] == [
        ("id-a", "auth"), ("id-b", "rate_limit"),
    ]  # fmt: skip
    assert (event.configuration_id, event.outcome, event.error, event.cost_nanos) == ("id-b", "error", "rate_limit", 0)


def test_the_deadline_is_that_of_the_whole_call(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
) -> None:
    bare = serve(timeouts=Timeouts(connect=2, first_byte=30, between=30, total=0.5))
    first.script = silence
    second.script = silence
    answer = ask(bare)
    assert answer.status_code == 504
    event = bare.books.last(answer.headers["x-request-id"])
    assert event.duration_us < 5_000_000
    assert second.asked == []


def test_a_target_that_cannot_say_it_is_passed_by(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
) -> None:
    vectors = {"object": "list", "model": "m", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}]}
    first.script = whole(json.dumps({**vectors, "usage": {"prompt_tokens": 2, "total_tokens": 2}}).encode())
    bare = serve(routes=[route("embed", "b", "a"), route("none", "b")])
    headers = {"Authorization": f"Bearer {KEY}"}
    url = f"{bare.url}/v1/embeddings"
    answer = httpx2.post(url, json={"model": "embed", "input": "x"}, headers=headers, trust_env=False)
    assert answer.status_code == 200, answer.text
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.configuration_id, event.attempts) == ("id-a", ())
    assert second.asked == []
    refused = httpx2.post(url, json={"model": "none", "input": "x"}, headers=headers, trust_env=False)
    assert refused.status_code == 400
    assert "Anthropic" in refused.json()["error"]["message"]
    assert len(bare.books.events) == 1, "what was never sent is not in the books"


def test_a_target_without_a_key_is_passed_by(serve: Callable[..., BareGateway], second: Scripted) -> None:
    bare = serve(
        routes=[route("both", "keyless", "b"), route("none", "keyless")],
        more=[configuration("keyless", "openai", model="gpt-4o", shared=True)],
    )
    assert ask(bare).headers["x-trunkline-configuration"] == "id-b"
    refused = ask(bare, "none")
    assert refused.status_code == 400
    assert "has no key" in refused.json()["error"]["message"]


def test_priorities_come_before_the_strategy(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
) -> None:
    targets = [
        RouteTargetEntry(configuration_id="id-a", priority=1, weight=1000),
        RouteTargetEntry(configuration_id="id-b", priority=0, weight=1),
    ]
    bare = serve(routes=[route("both", *targets, strategy="weighted")])
    first.script = whole(GOOD)
    for _ in range(10):
        assert ask(bare).headers["x-trunkline-configuration"] == "id-b"


def test_a_model_behind_the_routes_name_is_asked_of_its_targets(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
) -> None:
    bare = serve()
    first.script = whole(GOOD)
    ask(bare, "both/gpt-5")
    assert json.loads(first.asked[-1].body)["model"] == "gpt-5"
    targets = [RouteTargetEntry(configuration_id="id-a", model="gpt-4.1")]
    bare = serve(routes=[route("other", *targets)])
    ask(bare, "other")
    assert json.loads(first.asked[-1].body)["model"] == "gpt-4.1"


def demos(*names: str) -> list[Any]:
    return [configuration(name, "demo", model="demo-chat", shared=True) for name in names]


def count(bare: BareGateway, calls: int, model: str = "r") -> Counter[str]:
    return Counter(ask(bare, model).headers["x-trunkline-configuration"].removeprefix("id-") for _ in range(calls))


def test_weights_are_kept(serve: Callable[..., BareGateway]) -> None:
    targets = [
        RouteTargetEntry(configuration_id="id-x", weight=3),
        RouteTargetEntry(configuration_id="id-y", weight=1),
    ]
    bare = serve(routes=[route("r", *targets, strategy="weighted")], more=demos("x", "y"), random=Random(7))
    assert 130 <= count(bare, 200)["x"] <= 170


def test_the_cheapest_first(serve: Callable[..., BareGateway], first: Scripted, second: Scripted) -> None:
    class Prices:
        def find(self, provider: object, model: str) -> Price | None:
            rate = {"gpt-4o-mini": 5, "claude-x": 2}.get(model)
            return None if rate is None else Price(input=Rate(rate), output=Rate(1), source="test")

    routes = [route("r", "x", "a", "b", strategy="cheapest"), route("s", "x", "a", strategy="cheapest")]
    bare = serve(routes=routes, more=demos("x"), prices=Prices())
    first.script = whole(GOOD)
    assert count(bare, 3) == {"b": 3}
    assert count(bare, 3, "s") == {"a": 3}, "what has no price comes last"


def test_each_is_measured_and_then_the_fastest_serves(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
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


def test_a_target_that_keeps_failing_rests(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
) -> None:
    bare = serve()
    first.script = fails("500 Internal Server Error")
    for _ in range(6):
        assert ask(bare).status_code == 200
    assert len(first.asked) == 5, "five failures in a row are enough"
    assert bare.books.last().attempts == ()


def change(bare: BareGateway, name: str, **fields: Any) -> None:
    """A change of a configuration, as the snapshot brings it."""
    snapshot = bare.holder.current
    (part,) = snapshot.parts.values()
    assert isinstance(part, WorkspacePart)
    entry = part.configurations[f"id-{name}"]
    changed = msgspec.structs.replace(entry, revision=entry.revision + 1, **fields)
    new = msgspec.structs.replace(part, configurations={**part.configurations, entry.id: changed})
    bare.holder.current = msgspec.structs.replace(snapshot, parts={part.id: new})


def test_a_rejected_credential_rests_until_its_configuration_changes(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
) -> None:
    bare = serve()
    first.script = fails("401 Unauthorized")
    for _ in range(3):
        assert ask(bare).headers["x-trunkline-configuration"] == "id-b"
    assert len(first.asked) == 1
    change(bare, "a")
    first.script = whole(GOOD)
    assert ask(bare).headers["x-trunkline-configuration"] == "id-a"


def test_a_rate_limit_is_a_pause(serve: Callable[..., BareGateway], first: Scripted, second: Scripted) -> None:
    bare = serve()
    first.script = fails("429 Too Many Requests", more="retry-after: 60\r\n")
    for _ in range(3):
        assert ask(bare).headers["x-trunkline-configuration"] == "id-b"
    assert len(first.asked) == 1


def test_a_target_that_has_nothing_left_rests_before_it_must_say_so(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
) -> None:
    bare = serve(routes=[route("both", "a", "b"), route("alone", "a")])
    used_up = ("x-ratelimit-limit-requests: 2", "x-ratelimit-remaining-requests: 0", "x-ratelimit-reset-requests: 1m0s")
    first.script = whole(GOOD, more="".join(f"{line}\r\n" for line in used_up))
    assert [ask(bare).headers["x-trunkline-configuration"] for _ in range(3)] == ["id-a", "id-b", "id-b"]
    assert len(first.asked) == 1
    assert ask(bare, "alone").status_code == 200, "where there is no other it is asked all the same"
    assert ask(bare, "a").status_code == 200


def test_the_last_target_is_always_tried(serve: Callable[..., BareGateway], first: Scripted, second: Scripted) -> None:
    bare = serve(routes=[route("both", "a", "b"), route("alone", "a")])
    first.script = fails("401 Unauthorized")
    second.script = fails("401 Unauthorized")
    assert ask(bare).status_code == 502
    first.script = whole(GOOD)
    second.script = whole(CLAUDE)
    assert ask(bare).status_code == 200, "all rest, and one is tried nevertheless"
    assert ask(bare, "alone").status_code == 200


def test_a_call_by_its_own_name_asks_no_breaker(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
) -> None:
    bare = serve()
    first.script = fails("401 Unauthorized")
    ask(bare)
    assert ask(bare, "a").status_code == 502
    assert len(first.asked) == 2


def test_routes_come_after_ids_and_before_names(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
) -> None:
    bare = serve(routes=[route("a", "b"), route("id-a", "b")])
    first.script = whole(GOOD)
    assert ask(bare, "a").headers["x-trunkline-configuration"] == "id-b"
    assert ask(bare, "route-a").headers["x-trunkline-configuration"] == "id-b"
    assert ask(bare, "id-a").headers["x-trunkline-configuration"] == "id-a"


def test_narrow_keys(serve: Callable[..., BareGateway], first: Scripted, second: Scripted) -> None:
    keys = {
        f"tl-{name}": KeyEntry(id=name, workspace_id="w-1", user_id="u-1", models=(allowed,))
        for name, allowed in (("route", "both"), ("id", "route-both"), ("target", "a"), ("model", "gpt-4o-mini"))
    }
    bare = serve(keys=keys)
    first.script = whole(GOOD)
    assert ask(bare, key="tl-route").status_code == 200
    assert ask(bare, key="tl-id").status_code == 200
    assert ask(bare, "a", key="tl-route").status_code == 403
    assert ask(bare, key="tl-target").status_code == 403
    assert ask(bare, key="tl-model").status_code == 403, "the other target has another model"


class Judge:
    """Forbids some configurations, and remembers which it was asked about."""

    def __init__(self, *forbidden: str) -> None:
        self.forbidden = forbidden
        self.asked: list[str] = []

    def concerns(self, snapshot: Any, actor: Any, candidate: Candidate) -> bool:
        return True

    async def enter(self, call: Any) -> None:
        return

    async def admit(self, call: Any, candidate: Candidate, target: Any) -> None:
        self.asked.append(candidate.entry.name)
        if candidate.entry.name in self.forbidden:
            raise Forbidden(f"The policy forbids {candidate.entry.name}.", code="policy")


POLICY = PolicyEntry(id="p", name="p", content="", risk_type="HIGH", action=2)


def test_policies_judge_each_target_before_it_is_asked(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
) -> None:
    judge = Judge("a")
    bare = serve(policies=(POLICY,), gates=(judge,))
    assert ask(bare).headers["x-trunkline-configuration"] == "id-b"
    assert judge.asked == ["a", "b"]
    assert first.asked == []
    assert bare.books.last().attempts == ()


def test_a_fallback_is_judged_too(serve: Callable[..., BareGateway], first: Scripted, second: Scripted) -> None:
    judge = Judge("b")
    bare = serve(policies=(POLICY,), gates=(judge,))
    first.script = fails("404 Not Found")
    assert ask(bare).status_code == 404, "what was tried is told, as the block is that of another one"
    assert judge.asked == ["a", "b"]
    assert second.asked == []


def test_a_block_of_all_is_told(serve: Callable[..., BareGateway], first: Scripted, second: Scripted) -> None:
    bare = serve(policies=(POLICY,), gates=(Judge("a", "b"),))
    answer = ask(bare)
    assert answer.status_code == 403
    assert "forbids a" in answer.json()["error"]["message"]
    assert bare.books.opened == []


def test_nothing_listens_there(serve: Callable[..., BareGateway], second: Scripted) -> None:
    down = configuration(
        "down", "openai", model="m", base_url=f"http://127.0.0.1:{free_port()}", api_key=SECRET, shared=True
    )
    bare = serve(routes=[route("both", "down", "b")], more=[down])
    answer = ask(bare)
    assert answer.headers["x-trunkline-configuration"] == "id-b"
    assert {each.error for each in bare.books.last().attempts} == {"unreachable"}


def test_one_hiccup_stays_with_its_target(serve: Callable[..., BareGateway], first: Scripted, second: Scripted) -> None:
    bare = serve()
    first.script = in_turn(fails("503 Service Unavailable"), whole(GOOD))
    answer = ask(bare)
    assert answer.headers["x-trunkline-configuration"] == "id-a"
    assert len(bare.books.last().attempts) == 1
    assert second.asked == []


def test_a_request_that_goes_nowhere_is_no_probe(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
) -> None:
    now = [1000.0]
    bare = serve(ticks=lambda: now[0])
    first.script = fails("401 Unauthorized")
    ask(bare)
    now[0] += 301
    first.script = whole(GOOD)
    body = {"model": "both", "query": "x", "documents": ["y"]}
    headers = {"Authorization": f"Bearer {KEY}"}
    wrong = httpx2.post(f"{bare.url}/v1/rerank", json=body, headers=headers, timeout=20, trust_env=False)
    assert wrong.status_code == 400, "neither ranks"
    assert ask(bare).headers["x-trunkline-configuration"] == "id-a"


def test_tokens_are_counted_by_the_next_target_too(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
) -> None:
    broken = configuration("broken", "anthropic", model="claude-y", base_url=first.url, api_key=SECRET, shared=True)
    bare = serve(routes=[route("both", "broken", "b")], more=[broken])
    first.script = fails("401 Unauthorized")
    second.script = whole(b'{"input_tokens": 42}')
    ask(bare, "a")  # a call lets the budget begin
    first.asked.clear()
    body = {"model": "both", "messages": MESSAGES}
    headers = {"x-api-key": KEY, "anthropic-version": "2023-06-01"}
    for _ in range(2):
        answer = httpx2.post(f"{bare.url}/v1/messages/count_tokens", json=body, headers=headers, trust_env=False)
        assert answer.json() == {"input_tokens": 42}, answer.text
    assert len(first.asked) == 1, "it rests then"


def test_what_the_first_target_would_have_cost_more_is_counted(
    serve: Callable[..., BareGateway], first: Scripted, second: Scripted
) -> None:
    class Prices:
        def find(self, provider: object, model: str, terms: object = None) -> Price | None:
            rate = {"gpt-4o-mini": 5_000_000, "claude-x": 2_000_000}.get(model)
            return None if rate is None else Price(input=Rate(rate), output=Rate(0), source="test")

    routes = [route("both", "a", "b"), route("dear", "b", "a")]
    bare = serve(routes=routes, prices=Prices())
    first.script, second.script = whole(GOOD), whole(CLAUDE)
    assert bare.books.last(ask(bare).headers["x-request-id"]).saved_nanos is None, "the first one served"
    first.script = fails("401 Unauthorized")
    assert bare.books.last(ask(bare).headers["x-request-id"]).saved_nanos == 3 * 5 - 3 * 2
    change(bare, "a")
    first.script, second.script = whole(GOOD), fails("401 Unauthorized")
    assert bare.books.last(ask(bare, "dear").headers["x-request-id"]).saved_nanos == 3 * 2 - 3 * 5
