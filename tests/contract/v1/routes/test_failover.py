"""Calls along routes: who serves them, what makes a call turn to the next target, and what the books say of it."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx2
import pytest

from tests.contract.v1.call_server import PRICE, CallServer, Prices
from tests.contract.v1.entries import KEY, configuration, route
from tests.contract.v1.routes.routed_call import (
    CLAUDE,
    CLAUDE_STREAM,
    GOOD,
    MESSAGES,
    SECRET,
    STREAM,
    ask,
    fails,
    text_of,
)
from tests.contract.v1.routes.test_rests import change
from tests.upstreams.aimock import free_port
from tests.upstreams.scripted import Script, Scripted, silence, slam, stream, whole
from trunkline.core.price import Price, Rate
from trunkline.gateway.snapshot import KeyEntry, RouteTargetEntry
from trunkline.outbound import Timeouts


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
    serve: Callable[..., CallServer],
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
    serve: Callable[..., CallServer], first: Scripted, second: Scripted, script: Script, status: int, streamed: bool
) -> None:
    bare = serve()
    first.script = script
    answer = ask(bare, stream=streamed)
    assert answer.status_code == status, answer.text
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.configuration_id, event.outcome, len(event.attempts)) == ("id-a", "error", 1)
    assert second.asked == []


def test_nothing_is_switched_after_the_first_byte(
    serve: Callable[..., CallServer], first: Scripted, second: Scripted
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
    serve: Callable[..., CallServer], first: Scripted, second: Scripted
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
    serve: Callable[..., CallServer], first: Scripted, second: Scripted
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
    serve: Callable[..., CallServer], first: Scripted, second: Scripted
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


def test_a_target_without_a_key_is_passed_by(serve: Callable[..., CallServer], second: Scripted) -> None:
    bare = serve(
        routes=[route("both", "keyless", "b"), route("none", "keyless")],
        more=[configuration("keyless", "openai", model="gpt-4o", shared=True)],
    )
    assert ask(bare).headers["x-trunkline-configuration"] == "id-b"
    refused = ask(bare, "none")
    assert refused.status_code == 400
    assert "has no key" in refused.json()["error"]["message"]


def test_a_model_behind_the_routes_name_is_asked_of_its_targets(
    serve: Callable[..., CallServer], first: Scripted, second: Scripted
) -> None:
    bare = serve()
    first.script = whole(GOOD)
    ask(bare, "both/gpt-5")
    assert json.loads(first.asked[-1].body)["model"] == "gpt-5"
    targets = [RouteTargetEntry(configuration_id="id-a", model="gpt-4.1")]
    bare = serve(routes=[route("other", *targets)])
    ask(bare, "other")
    assert json.loads(first.asked[-1].body)["model"] == "gpt-4.1"


def test_routes_come_after_ids_and_before_names(
    serve: Callable[..., CallServer], first: Scripted, second: Scripted
) -> None:
    bare = serve(routes=[route("a", "b"), route("id-a", "b")])
    first.script = whole(GOOD)
    assert ask(bare, "a").headers["x-trunkline-configuration"] == "id-b"
    assert ask(bare, "route-a").headers["x-trunkline-configuration"] == "id-b"
    assert ask(bare, "id-a").headers["x-trunkline-configuration"] == "id-a"


def test_narrow_keys(serve: Callable[..., CallServer], first: Scripted, second: Scripted) -> None:
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


def test_nothing_listens_there(serve: Callable[..., CallServer], second: Scripted) -> None:
    down = configuration(
        "down", "openai", model="m", base_url=f"http://127.0.0.1:{free_port()}", api_key=SECRET, shared=True
    )
    bare = serve(routes=[route("both", "down", "b")], more=[down])
    answer = ask(bare)
    assert answer.headers["x-trunkline-configuration"] == "id-b"
    assert {each.error for each in bare.books.last().attempts} == {"unreachable"}


def test_tokens_are_counted_by_the_next_target_too(
    serve: Callable[..., CallServer], first: Scripted, second: Scripted
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
    serve: Callable[..., CallServer], first: Scripted, second: Scripted
) -> None:
    class PerModel(Prices):
        def find(self, provider: object, model: str, terms: object = None) -> Price | None:
            rate = {"gpt-4o-mini": 5_000_000, "claude-x": 2_000_000}.get(model)
            return None if rate is None else Price(input=Rate(rate), output=Rate(0), source="test")

    routes = [route("both", "a", "b"), route("dear", "b", "a")]
    bare = serve(routes=routes, prices=PerModel())
    first.script, second.script = whole(GOOD), whole(CLAUDE)
    assert bare.books.last(ask(bare).headers["x-request-id"]).saved_nanos is None, "the first one served"
    first.script = fails("401 Unauthorized")
    assert bare.books.last(ask(bare).headers["x-request-id"]).saved_nanos == 3 * 5 - 3 * 2
    change(bare, "a")
    first.script, second.script = whole(GOOD), fails("401 Unauthorized")
    assert bare.books.last(ask(bare, "dear").headers["x-request-id"]).saved_nanos == 3 * 2 - 3 * 5
