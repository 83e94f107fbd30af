"""Which targets of a route a call may go to: by their conditions, by what models can do, and by the caller's choice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import msgspec
import pytest

from tests.contract.v1.call_server import CallServer, Prices
from tests.contract.v1.entries import KEY, configuration, route
from tests.upstreams import scripted
from tests.upstreams.scripted import Script, Scripted, stream, whole
from trunkline.core.model_traits import Ability, ModelTraits
from trunkline.core.price import Price, Rate
from trunkline.core.route_conditions import Hours, RouteConditions
from trunkline.gateway.snapshot import KeyEntry, RouteEntry, RouteTargetEntry

MESSAGES = [{"role": "user", "content": "hello"}]


def target(name: str, **fields: Any) -> RouteTargetEntry:
    return RouteTargetEntry(configuration_id=f"id-{name}", **fields)


def fulfilling(name: str, **conditions: Any) -> RouteTargetEntry:
    return target(name, conditions=RouteConditions(**conditions))


class Serving:
    """A gateway over demos ``x``, ``y`` and ``z``, and ``private``, which only its owner sees."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def __call__(self, *routes: RouteEntry, **fields: Any) -> CallServer:
        names = ("x", "y", "z")
        more = [configuration(name, "demo", model="demo-chat", shared=True) for name in names]
        more.append(configuration("private", "demo", model="demo-chat"))
        more += fields.pop("more", ())
        return self._stack.enter_context(CallServer(more, routes=routes, **fields).serve())


@pytest.fixture
def serve() -> Iterator[Serving]:
    with ExitStack() as stack:
        yield Serving(stack)


def ask(bare: CallServer, model: str = "r", *, key: str = KEY, headers: Any = None, **fields: Any) -> httpx2.Response:
    body = {"model": model, "messages": MESSAGES, **fields}
    given = {"Authorization": f"Bearer {key}", **(headers or {})}
    return httpx2.post(f"{bare.url}/v1/chat/completions", json=body, headers=given, timeout=20, trust_env=False)


def served(answer: httpx2.Response) -> str:
    assert answer.status_code == 200, answer.text
    return answer.headers["x-trunkline-configuration"].removeprefix("id-")


def words(answer: httpx2.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    return answer.json()["error"]["message"]


def test_long_calls_go_where_they_are_meant_to(serve: Serving) -> None:
    bare = serve(route("r", fulfilling("x", max_input_tokens=50), "y"))
    assert served(ask(bare)) == "x"
    assert served(ask(bare, messages=[{"role": "user", "content": "word " * 400}])) == "y"


def test_tags_and_metadata_choose(serve: Serving) -> None:
    bare = serve(route("r", fulfilling("x", tags=("batch",)), fulfilling("y", metadata={"team": "red"}), "z"))
    assert served(ask(bare)) == "z"
    assert served(ask(bare, headers={"x-trunkline-tags": "night, batch"})) == "x"
    assert served(ask(bare, metadata={"team": "red"})) == "y"


def test_families_lead_each_model_to_its_own_target(serve: Serving) -> None:
    bare = serve(route("r", fulfilling("x", model_families=("claude",)), fulfilling("y", model_families=("demo",))))
    assert served(ask(bare, "r/demo-chat")) == "y"
    assert served(ask(bare)) == "y", "without a model in the name it is the target's own"
    assert "conditions" in words(ask(bare, "r/gpt-5"), 400)


def test_what_fits_no_target_is_told_by_name(serve: Serving) -> None:
    bare = serve(route("r", fulfilling("x", tags=("never",))))
    answer = ask(bare)
    assert "'r'" in words(answer, 400)
    assert answer.json()["error"]["param"] == "model"
    assert bare.books.events == [], "nothing was sent"


def test_a_route_is_for_calls_that_fulfil_its_own_conditions(serve: Serving) -> None:
    mine = RouteConditions(tags=("batch",), max_input_tokens=50)
    bare = serve(route("r", fulfilling("x", metadata={"team": "red"}), "y", conditions=mine), route("s", "z"))
    batch = {"x-trunkline-tags": "batch"}
    assert served(ask(bare, headers=batch)) == "y"
    assert served(ask(bare, headers=batch, metadata={"team": "red"})) == "x", "those of a target count besides"
    assert served(ask(bare, "s")) == "z"
    for answer, unmet in (
        (ask(bare), "(tags)"),
        (ask(bare, headers=batch, messages=[{"role": "user", "content": "word " * 400}]), "(maxInputTokens)"),
    ):
        assert unmet in words(answer, 400)
        assert "'r'" in words(answer, 400)
        assert answer.json()["error"]["code"] == "route_does_not_fit"
    assert len(bare.books.events) == 3, "nothing else was sent"


ONLY_BATCH = RouteConditions(tags=("batch",))


def otherwise(entry: RouteEntry, named: str) -> RouteEntry:
    return msgspec.structs.replace(entry, otherwise_id=named)


def test_what_a_route_names_otherwise_serves_calls_that_do_not_fulfil_its_conditions(serve: Serving) -> None:
    bare = serve(
        otherwise(route("r", "x", conditions=ONLY_BATCH), "route-s"),
        otherwise(route("s", "y", conditions=RouteConditions(max_input_tokens=50)), "id-z"),
    )
    assert served(ask(bare, headers={"x-trunkline-tags": "batch"})) == "x"
    short, long = ask(bare), ask(bare, messages=[{"role": "user", "content": "word " * 400}])
    assert (served(short), short.headers["x-trunkline-route"]) == ("y", "route-s")
    assert (served(long), "x-trunkline-route" in long.headers) == ("z", False)
    assert {answer.headers["x-trunkline-unfit-route"] for answer in (short, long)} == {"route-r"}
    told = [(event.requested_model, event.route_id, event.unfit_route_id) for event in bare.books.events]
    assert told == [("r", "route-r", None), ("r", "route-s", "route-r"), ("r", None, "route-r")]


def test_a_model_that_a_caller_names_is_asked_for_there_too(serve: Serving) -> None:
    bare = serve(otherwise(route("r", "x", conditions=ONLY_BATCH), "id-z"))
    assert ask(bare, "r/of-its-own").status_code == 404, "the demo has no such model"
    assert [(event.configuration_id, event.model) for event in bare.books.events] == [("id-z", "of-its-own")]


def test_who_names_targets_gets_no_others(serve: Serving) -> None:
    bare = serve(otherwise(route("r", "x", conditions=ONLY_BATCH), "id-z"))
    answer = ask(bare, headers={"x-trunkline-route": "x"})
    assert "(tags)" in words(answer, 400)
    assert answer.json()["error"]["code"] == "route_does_not_fit"


@pytest.mark.parametrize("named", ["route-r", "route-gone", "id-private"])
def test_what_cannot_serve_otherwise_leaves_the_refusal(serve: Serving, named: str) -> None:
    bare = serve(otherwise(route("r", "x", conditions=ONLY_BATCH), named))
    answer = ask(bare)
    assert "(tags)" in words(answer, 400)
    assert answer.json()["error"]["code"] == "route_does_not_fit"


def test_families_of_a_route_are_those_of_what_its_targets_are_asked_for(serve: Serving) -> None:
    bare = serve(route("r", target("x", model="other"), "y", conditions=RouteConditions(model_families=("demo",))))
    assert {served(ask(bare)) for _ in range(3)} == {"y"}
    assert "(modelFamilies)" in words(ask(bare, "r/gpt-5"), 400)


def test_conditions_of_a_route_hold_for_what_it_keeps_for_failures(serve: Serving) -> None:
    only = RouteConditions(model_families=("kept",))
    bare = serve(route("r", "x", target("y", model="kept", fallback_for="contextWindow"), conditions=only))
    assert "(modelFamilies)" in words(ask(bare), 400)


def test_hours_of_all_day_and_of_no_day(serve: Serving) -> None:
    day = Hours(start="00:00", end="24:00", time_zone="Asia/Tokyo")
    bare = serve(route("r", fulfilling("x", hours=day), "y"))
    assert served(ask(bare)) == "x"


# What a route keeps for failures.

TOO_LONG = whole(
    json.dumps({"error": {"message": "maximum context length", "code": "context_length_exceeded"}}).encode(),
    status="400 Bad Request",
)
FILTERED = whole(
    json.dumps({"error": {"message": "filtered", "code": "content_filter"}}).encode(), status="400 Bad Request"
)
BROKEN = whole(b'{"error":{"message":"no"}}', status="401 Unauthorized")


@pytest.fixture
def upstream() -> Iterator[Scripted]:
    with scripted.start() as started:
        yield started


KEPT = ("a", "x", target("y", fallback_for="contextWindow"), target("z", fallback_for="contentFilter"))


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(("script", "by"), [(TOO_LONG, "y"), (FILTERED, "z"), (BROKEN, "x")])
def test_each_failure_has_its_own_fallback(
    serve: Serving, upstream: Scripted, script: Script, by: str, streamed: bool
) -> None:
    upstream.script = script
    first = configuration("a", "openai", model="gpt-4o", base_url=upstream.url, api_key="sk-" + "a" * 20, shared=True)
    bare = serve(route("r", *KEPT), more=[first])
    answer = ask(bare, stream=streamed)
    assert served(answer) == by
    event = bare.books.last(answer.headers["x-request-id"])
    assert [each.configuration_id for each in event.attempts] == ["id-a"]


def test_what_is_kept_serves_nothing_else(serve: Serving, upstream: Scripted) -> None:
    upstream.script = BROKEN
    first = configuration("a", "openai", model="gpt-4o", base_url=upstream.url, api_key="sk-" + "a" * 20, shared=True)
    kept = target("y", fallback_for="contextWindow")
    bare = serve(route("r", "a", kept), route("s", "x", kept), more=[first])
    assert ask(bare).status_code == 502
    assert {served(ask(bare, "s")) for _ in range(3)} == {"x"}


def test_a_refusal_that_nothing_is_kept_for_is_told(serve: Serving, upstream: Scripted) -> None:
    upstream.script = FILTERED
    first = configuration("a", "openai", model="gpt-4o", base_url=upstream.url, api_key="sk-" + "a" * 20, shared=True)
    bare = serve(route("r", "a", "x", target("y", fallback_for="contextWindow")), more=[first])
    assert ask(bare).status_code == 403


def test_after_the_first_byte_nothing_is_turned_to(serve: Serving, upstream: Scripted) -> None:
    piece = (
        b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":'
        b'{"role":"assistant","content":"hi"},"finish_reason":null}]}\n\n'
    )
    refusal = b'data: {"error":{"message":"filtered","code":"content_filter"}}\n\n'
    first = configuration("a", "openai", model="gpt-4o", base_url=upstream.url, api_key="sk-" + "a" * 20, shared=True)
    bare = serve(route("r", *KEPT), more=[first])
    upstream.script = stream(piece, scripted.PAUSE, refusal)
    scripted.RESUME.clear()
    body = {"model": "r", "messages": MESSAGES, "stream": True}
    given = {"Authorization": f"Bearer {KEY}"}
    url = f"{bare.url}/v1/chat/completions"
    with httpx2.stream("POST", url, json=body, headers=given, timeout=20, trust_env=False) as answer:
        lines = answer.iter_lines()
        assert "hi" in next(lines)
        scripted.RESUME.set()
        assert any('"error"' in line for line in lines)
        assert answer.headers["x-trunkline-configuration"] == "id-a"
    upstream.script = stream(refusal)
    assert served(ask(bare, stream=True)) == "z", "before it, everything can be"


# What models can do.

GOOD = json.dumps(
    {
        "id": "c", "object": "chat.completion", "created": 1, "model": "small",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
    }
).encode()  # fmt: skip

TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]


class Small(Prices):
    """``small`` is cheap, and takes no tools."""

    def find(self, provider: object, model: str, terms: object = None) -> Price | None:
        return Price(input=Rate(1 if model == "small" else 9), output=Rate(1), source="test")

    def traits(self, provider: object, model: str) -> ModelTraits:
        lacks = frozenset[Ability]({"tools", "vision"} if model == "small" else {"vision"})
        return ModelTraits(lacks=lacks, context_length=1000)


def able(serve: Serving, upstream: Scripted, strategy: str = "cheapest") -> CallServer:
    """``x`` is dear and can do more than ``small``."""
    upstream.script = whole(GOOD)
    small = configuration("small", "openai", model="small", base_url=upstream.url, api_key="k" * 20, shared=True)
    return serve(route("r", "small", "x", strategy=strategy), more=[small], prices=Small())


def test_the_cheapest_that_can(serve: Serving, upstream: Scripted) -> None:
    bare = able(serve, upstream)
    assert served(ask(bare)) == "small"
    answer = ask(bare, tools=TOOLS)
    assert served(answer) == "x"
    assert "x-trunkline-lacking" not in answer.headers


def test_when_none_can_that_is_told_and_the_cheapest_is_asked(serve: Serving, upstream: Scripted) -> None:
    bare = able(serve, upstream)
    long = ask(bare, messages=[{"role": "user", "content": "word " * 2000}], tools=TOOLS)
    assert served(long) == "small"
    assert long.headers["x-trunkline-lacking"] == "context_length"


def test_other_strategies_ask_nobody_what_models_can_do(serve: Serving, upstream: Scripted) -> None:
    assert served(ask(able(serve, upstream, "priority"), tools=TOOLS)) == "small"


# What callers leave of a route.


@pytest.mark.parametrize(
    ("named", "by"), [("y", "y"), ("id-z", "z"), ("z, y", "y"), ("y ,", "y"), ("x,y,z", "x"), ("", "x")]
)
def test_a_request_may_leave_out_targets(serve: Serving, named: str, by: str) -> None:
    assert served(ask(serve(route("r", "x", "y", "z")), headers={"x-trunkline-route": named})) == by


def test_a_request_may_not_add_any(serve: Serving) -> None:
    bare = serve(route("r", "x", "y"))
    for named in ("z", "x, private"):
        answer = ask(bare, headers={"x-trunkline-route": named})
        assert "is no target of the route 'r'" in words(answer, 403)
        assert answer.json()["error"]["code"] == "not_a_target"
    assert "'x', 'y'" in words(ask(bare, headers={"x-trunkline-route": "nothing"}), 400)
    assert "none" in words(ask(bare, "x", headers={"x-trunkline-route": "x"}), 400)
    assert bare.books.events == []


def test_what_others_keep_to_themselves_is_as_if_it_were_not_there(serve: Serving) -> None:
    keys = {"tl-other": KeyEntry(id="k-2", workspace_id="w-1", user_id="u-4")}
    bare = serve(route("r", "x"), keys=keys)
    words(ask(bare, key="tl-other", headers={"x-trunkline-route": "private"}), 400)


def test_what_is_left_is_all_that_is_fallen_back_to(serve: Serving, upstream: Scripted) -> None:
    upstream.script = BROKEN
    first = configuration("a", "openai", model="gpt-4o", base_url=upstream.url, api_key="sk-" + "a" * 20, shared=True)
    bare = serve(route("r", "a", "x", "y"), more=[first])
    assert ask(bare, headers={"x-trunkline-route": "a"}).status_code == 502
    assert served(ask(bare, headers={"x-trunkline-route": "a,y"})) == "y"
