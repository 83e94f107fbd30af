"""What a call passes before it is sent: a gate may refuse, answer, add headers, and hold something until the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration, route
from tests.upstreams import scripted
from trunkline.core.errors import TooMany, TrunklineError
from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.answer import JSON, Answer
from trunkline.gateway.routing.candidate import Candidate

TRY: dict[str, Any] = {"model": "any", "messages": [{"role": "user", "content": "Hello"}]}
LEFT = (b"x-ratelimit-remaining-requests", b"3")


class Held:
    """What a gate holds for one call, and what became of it."""

    def __init__(self, told: list[str]) -> None:
        self.told = told

    def settle(self, event: UsageEvent) -> None:
        self.told.append(f"settled {event.outcome} {event.usage.total}")

    def void(self) -> None:
        self.told.append("void")


class Keeper:
    """A gate that does as it is told, and writes down how it was asked."""

    def __init__(self) -> None:
        self.concerned = True
        self.refuses: TrunklineError | None = None
        self.keeps_from: dict[str, TrunklineError] = {}
        self.answer: bytes | None = None
        self.told: list[str] = []

    def concerns(self, snapshot: Any, actor: Any, candidate: Candidate) -> bool:
        return self.concerned

    async def enter(self, call: Any) -> None:
        self.told.append(f"enter {call.operation}")
        call.headers.append(LEFT)
        call.holds[self] = Held(self.told)
        if self.refuses is not None:
            raise self.refuses

    async def admit(self, call: Any, candidate: Candidate, target: Any) -> Answer | None:
        self.told.append(f"admit {candidate.entry.name} {target.provider.id}")
        if candidate.entry.name in self.keeps_from:
            raise self.keeps_from[candidate.entry.name]
        return None if self.answer is None else Answer(200, [JSON], body=self.answer)


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def bare(keeper: Keeper) -> Iterator[CallServer]:
    with ExitStack() as stack:
        made = [configuration(name, "demo", model="demo-chat", shared=True) for name in ("a", "b")]
        yield stack.enter_context(CallServer(made, routes=[route("any", "a", "b")], gates=(keeper,)).serve())


def ask(bare: CallServer, path: str = "/v1/chat/completions", **fields: Any) -> httpx2.Response:
    return httpx2.post(bare.url + path, json={**TRY, **fields}, headers={"authorization": f"Bearer {KEY}"}, timeout=20)


def test_a_call_enters_once_and_is_admitted_to_its_target(bare: CallServer, keeper: Keeper) -> None:
    answer = ask(bare)
    event = bare.books.last()
    assert answer.status_code == 200
    assert answer.headers["x-ratelimit-remaining-requests"] == "3"
    assert keeper.told == ["enter chat", "admit a demo", f"settled ok {event.usage.total}"]


def test_a_gate_that_nothing_concerns_is_left_out(bare: CallServer, keeper: Keeper) -> None:
    keeper.concerned = False
    assert ask(bare).status_code == 200
    assert keeper.told == []


def test_a_refusal_is_told_in_the_shape_of_the_face_with_its_headers(bare: CallServer, keeper: Keeper) -> None:
    keeper.refuses = TooMany("Ten calls a minute are allowed. Wait a little.", retry_after=7.0)
    answer = ask(bare)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.headers["x-ratelimit-remaining-requests"] == "3"
    assert answer.json()["error"]["message"] == "Ten calls a minute are allowed. Wait a little."
    anthropic = ask(bare, "/v1/messages", max_tokens=5)
    assert anthropic.json()["type"] == "error"
    assert keeper.told == ["enter chat", "void"] * 2
    assert bare.books.opened == []


def test_what_may_not_go_to_one_target_goes_to_the_next(bare: CallServer, keeper: Keeper) -> None:
    keeper.keeps_from["a"] = TooMany("The budget of a is spent.", retry_after=60.0)
    assert ask(bare).headers["x-trunkline-configuration"] == "id-b"
    assert keeper.told[:3] == ["enter chat", "admit a demo", "admit b demo"]
    assert bare.books.last().attempts == ()


def test_the_first_refusal_is_told_where_none_is_left(bare: CallServer, keeper: Keeper) -> None:
    keeper.keeps_from = {name: TooMany(f"The budget of {name} is spent.", retry_after=60.0) for name in ("a", "b")}
    answer = ask(bare)
    assert (answer.status_code, answer.json()["error"]["message"]) == (429, "The budget of a is spent.")
    assert keeper.told[-1] == "void"


def test_a_gate_may_answer_in_the_place_of_a_provider(bare: CallServer, keeper: Keeper) -> None:
    keeper.answer = json.dumps({"id": "kept", "choices": []}).encode()
    answer = ask(bare)
    assert answer.json()["id"] == "kept"
    assert answer.headers["x-trunkline-configuration"] == "id-a"
    assert (answer.headers["x-trunkline-input-tokens"], answer.headers["x-trunkline-cost-usd"]) == ("0", "0")
    event = bare.books.last()
    assert (event.outcome, event.usage.total, event.cost_nanos) == ("ok", 0, 0)
    assert keeper.told[-1] == "settled ok 0"


def test_a_stream_settles_what_is_held_at_its_end(bare: CallServer, keeper: Keeper) -> None:
    assert "[DONE]" in ask(bare, stream=True).text
    assert keeper.told[-1] == f"settled ok {bare.books.last().usage.total}"


def test_counting_tokens_passes_too_and_holds_nothing_after_it(bare: CallServer, keeper: Keeper) -> None:
    assert ask(bare, "/v1/messages/count_tokens").status_code == 200
    assert keeper.told[0] == "enter None"
    assert keeper.told[-1] == "void"


KEPT: dict[str, Any] = {"id": "resp_1", "object": "response", "created_at": 1, "model": "gpt-5.4", "output": []}


def kept(**fields: Any) -> scripted.Script:
    """An answer that OpenAI keeps."""
    return scripted.whole(json.dumps({**KEPT, **fields}).encode())


@pytest.fixture
def upstream() -> Iterator[scripted.Scripted]:
    with scripted.start() as running:
        yield running


@pytest.fixture
def keeping(keeper: Keeper, upstream: scripted.Scripted) -> Iterator[CallServer]:
    made = configuration("mine", "openai", model="gpt-5.4", base_url=f"{upstream.url}/v1", api_key="sk-1")
    with CallServer([made], gates=(keeper,)).serve() as running:
        yield running


def begin(bare: CallServer, upstream: scripted.Scripted, keeper: Keeper) -> None:
    """An answer that is made in the background."""
    upstream.script = kept(status="queued", background=True)
    body = {"model": "mine", "input": "hi", "background": True}
    headers = {"authorization": f"Bearer {KEY}"}
    assert httpx2.post(f"{bare.url}/v1/responses", json=body, headers=headers, timeout=20).status_code == 200
    keeper.told.clear()


def look(bare: CallServer, method: str, path: str = "") -> httpx2.Response:
    headers = {"authorization": f"Bearer {KEY}"}
    return httpx2.request(method, f"{bare.url}/v1/responses/resp_1{path}", headers=headers, timeout=20)


def test_who_asks_about_an_answer_that_is_kept_passes_too(
    keeping: CallServer, keeper: Keeper, upstream: scripted.Scripted
) -> None:
    begin(keeping, upstream, keeper)
    upstream.script = kept(status="in_progress", background=True)
    answer = look(keeping, "GET")
    assert (answer.status_code, answer.headers["x-ratelimit-remaining-requests"]) == (200, "3")
    assert keeper.told == ["enter None", "admit mine openai", "void"], "nothing was used yet"
    keeper.told.clear()
    usage = {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}
    upstream.script = kept(status="completed", background=True, usage=usage)
    assert look(keeping, "GET").status_code == 200
    assert keeper.told == ["enter None", "admit mine openai", "settled ok 7"], "the end of it is seen"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("GET", "/input_items"), ("POST", "/cancel"), ("DELETE", "")]
)
@pytest.mark.parametrize("at_the_door", [True, False])
def test_an_answer_that_is_kept_is_refused_by_a_gate(
    keeping: CallServer, keeper: Keeper, upstream: scripted.Scripted, method: str, path: str, at_the_door: bool
) -> None:
    begin(keeping, upstream, keeper)
    asked = len(upstream.asked)
    refusal = TooMany("Wait.", retry_after=7, code="rate_limited")
    if at_the_door:
        keeper.refuses = refusal
    else:
        keeper.keeps_from = {"mine": refusal}
    answer = look(keeping, method, path)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.headers["x-ratelimit-remaining-requests"] == "3"
    assert keeper.told[-1] == "void"
    assert len(upstream.asked) == asked
