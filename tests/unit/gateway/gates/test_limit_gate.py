"""Limits as calls meet them, with a clock of the test's own."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.contract.v1.entries import configuration

from trunkline.core.actor import Actor
from trunkline.core.chat import Usage
from trunkline.core.errors import TooLarge, TooMany
from trunkline.core.policy import Content
from trunkline.core.usage_event import Attempt, UsageEvent
from trunkline.dialects.openai_chat.passthrough import PASSTHROUGH
from trunkline.gateway.context import JUDGE, NOTHING, CallContext
from trunkline.gateway.estimate.vocabulary import CHARACTERS_PER_TOKEN
from trunkline.gateway.gates.immediate_call import ImmediateCall
from trunkline.gateway.gates.limit_gate import LimitGate
from trunkline.gateway.gates.limit_rule import Share
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import FeatureEntry, LimitEntry, Snapshot, WorkspacePart

ACTOR = Actor(user_id="u-1", workspace_id="w-1", role="member", key_id="k-1")
OTHER = msgspec.structs.replace(ACTOR, user_id="u-2", key_id="k-2")
SNAPSHOT = Snapshot()
TARGET: Any = None


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class FakeExchange:
    """A call with as many tokens as the test says."""

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens

    def content(self) -> Content:
        return Content(input_tokens=self.tokens)

    def guess_tokens(self) -> int:
        return self.tokens


def limit(subject: str = "key", measure: str = "requests", amount: int = 2, **fields: Any) -> LimitEntry:
    window = None if measure == "parallel" else fields.pop("window", "minute")
    number = f"{subject}-{measure}-{fields.get('subject_id')}-{window}"
    return LimitEntry(id=number, subject=subject, measure=measure, amount=amount, window=window, **fields)  # type: ignore[arg-type]


def candidate(*limits: LimitEntry, name: str = "a", feature: str | None = None) -> Candidate:
    entries = {f"id-{each}": configuration(each, "demo", model="demo-chat") for each in ("a", "b")}
    part = WorkspacePart(id="w-1", revision=1, configurations=entries, limits=limits)
    served = FeatureEntry(id="f", slug=feature, kind="chat", model="demo-chat") if feature else None
    return Candidate(entries[f"id-{name}"], "demo-chat", part, feature=served)


def admit_now(gate: LimitGate, call: ImmediateCall, where: Candidate) -> bool:
    return gate.bind(ACTOR, where, TARGET)(call)


def immediate(tokens: int = 10) -> ImmediateCall:
    """A plain call with text of so many tokens."""
    message = {"role": "user", "content": "a" * (CHARACTERS_PER_TOKEN * tokens)}
    body = msgspec.json.encode({"model": "m", "messages": [message]})
    return ImmediateCall(body, PASSTHROUGH.peek(body))


def pend(actor: Actor = ACTOR, tokens: int = 10, **fields: Any) -> PendingCall:
    operation = fields.get("operation", "chat")
    return PendingCall(SNAPSHOT, actor, operation, FakeExchange(tokens), "r-1", fields.get("context", NOTHING))


def event(tokens: int = 0, configuration_id: str | None = "id-a", attempts: tuple[Attempt, ...] = ()) -> UsageEvent:
    return UsageEvent(
        id="e", opened_at=0, request_id="r-1", operation="chat", workspace_id="w-1", user_id="u-1",
        configuration_id=configuration_id, usage=Usage(input=tokens), attempts=attempts,
    )  # fmt: skip


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gate(clock: Clock) -> LimitGate:
    return LimitGate(clock=clock)


async def admit(gate: LimitGate, where: Candidate, actor: Actor = ACTOR, tokens: int = 10) -> PendingCall:
    call = pend(actor, tokens)
    await gate.admit(call, where, TARGET)
    return call


def end(call: PendingCall | ImmediateCall, settled: UsageEvent) -> None:
    for hold in call.holds.values():
        hold.settle(settled)


def read_fields(call: PendingCall | ImmediateCall) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in call.headers}


async def count(gate: LimitGate, where: Candidate, actor: Actor = ACTOR, tokens: int = 10) -> int:
    """How many calls are let in one after the other, at most 50."""
    for number in range(50):
        try:
            await admit(gate, where, actor, tokens)
        except TooMany:
            return number
    return 50


async def test_a_call_above_the_limit_is_refused_with_the_time_to_come_back(gate: LimitGate, clock: Clock) -> None:
    where = candidate(limit(amount=2))
    for left in (1, 0):
        call = await admit(gate, where)
        assert read_fields(call)["ratelimit"] == f'"each-key-requests-per-minute";r={left};t=30'
    refused = pend()
    with pytest.raises(TooMany, match=r"for this API key is reached\. Try again in 30 sec") as told:
        await gate.admit(refused, where, TARGET)
    assert told.value.retry_after == 30
    assert read_fields(refused) == {
        "ratelimit-policy": '"each-key-requests-per-minute";q=2;w=60',
        "ratelimit": '"each-key-requests-per-minute";r=0;t=30',
    }
    clock.now += 30
    assert await count(gate, where) == 1


@pytest.mark.parametrize(("amount", "left"), [(100, 20), (200, 120), (90, 10), (50, 0), (10, 0)])
async def test_what_was_used_stays_used_when_the_amount_is_changed(
    gate: LimitGate, clock: Clock, amount: int, left: int
) -> None:
    where = candidate(limit(measure="tokens", amount=100))
    await admit(gate, where, tokens=80)
    changed = candidate(limit(measure="tokens", amount=amount))
    assert await count(gate, changed, tokens=1) == min(left, 50)
    clock.now += 60
    assert await count(gate, changed, tokens=amount // 2 or 1) >= 1, "nobody waits for longer than before"


async def test_each_key_has_the_limit_for_itself(gate: LimitGate) -> None:
    where = candidate(limit(amount=2))
    assert await count(gate, where) == 2
    assert await count(gate, where, OTHER) == 2


async def test_a_limit_for_one_leaves_the_others_alone(gate: LimitGate) -> None:
    where = candidate(limit(amount=2, subject_id="k-1"))
    assert not gate.concerns(SNAPSHOT, OTHER, where)
    assert gate.concerns(SNAPSHOT, ACTOR, where)


async def test_what_an_admin_sets_for_one_stands_in_the_place_of_what_is_set_for_each(gate: LimitGate) -> None:
    where = candidate(limit(amount=2), limit(amount=5, subject_id="k-1"))
    assert await count(gate, where) == 5
    assert await count(gate, where, OTHER) == 2


async def test_what_a_member_sets_counts_beside_what_an_admin_has_set_for_each(gate: LimitGate) -> None:
    where = candidate(limit(amount=2), limit(amount=5, subject_id="k-1", by_admin=False))
    assert await count(gate, where) == 2


async def test_a_refused_call_takes_nothing_of_other_limits(gate: LimitGate, clock: Clock) -> None:
    where = candidate(limit("workspace", amount=10), limit("user", amount=1))
    assert await count(gate, where) == 1
    assert await count(gate, where) == 0
    call = await admit(gate, where, OTHER)
    assert '"workspace-requests-per-minute";r=8' in read_fields(call)["ratelimit"]


async def test_of_several_that_are_used_up_the_one_that_lasts_longest_is_told(gate: LimitGate) -> None:
    where = candidate(limit(amount=1, window="second"), limit("user", amount=1, window="hour"))
    await admit(gate, where)
    with pytest.raises(TooMany, match="for this user") as told:
        await admit(gate, where)
    assert told.value.retry_after == 3_600
    assert "Try again in 60 minutes." in told.value.message


async def test_places_are_given_back_whatever_becomes_of_the_call(gate: LimitGate) -> None:
    where = candidate(limit(measure="parallel", amount=2))
    first, second = await admit(gate, where), await admit(gate, where)
    assert read_fields(second)["ratelimit"] == '"each-key-parallel";r=0'
    assert read_fields(second)["ratelimit-policy"] == '"each-key-parallel";q=2;qu="concurrent-requests"'
    with pytest.raises(TooMany, match="2 parallel requests for this API key is reached") as told:
        await admit(gate, where)
    assert told.value.retry_after == 1
    first.void()
    third = await admit(gate, where)
    end(second, event())
    end(third, event())
    assert await count(gate, where) == 2


async def test_tokens_are_taken_as_estimated_and_corrected_to_what_was_used(gate: LimitGate) -> None:
    where = candidate(limit(measure="tokens", amount=1_000))
    call = await admit(gate, where, tokens=100)
    assert '"each-key-tokens-per-minute";r=900' in read_fields(call)["ratelimit"]
    end(call, event(tokens=700))
    with pytest.raises(TooMany, match="1,000 tokens per minute"):
        await admit(gate, where, tokens=301)
    call = await admit(gate, where, tokens=300)
    end(call, event(tokens=0))
    assert await count(gate, where, tokens=300) == 1


async def test_an_answer_longer_than_the_limit_is_paid_off_before_the_next_call(gate: LimitGate, clock: Clock) -> None:
    where = candidate(limit(measure="tokens", amount=600))
    end(await admit(gate, where, tokens=10), event(tokens=1_200))
    with pytest.raises(TooMany) as told:
        await admit(gate, where, tokens=10)
    assert told.value.retry_after == 61
    clock.now += 61
    await admit(gate, where, tokens=10)


async def test_more_tokens_than_are_ever_let_in_are_refused_for_good(gate: LimitGate) -> None:
    where = candidate(limit(measure="tokens", amount=1_000, burst=500))
    with pytest.raises(TooLarge, match="lets in 500 tokens at once, and this request has about 501"):
        await admit(gate, where, tokens=501)
    await admit(gate, where, tokens=500)
    with pytest.raises(TooLarge, match="lets in 1 token at once, and this request has about 2"):
        await admit(gate, candidate(limit(measure="tokens", amount=1)), tokens=2)


async def test_a_burst_is_what_may_be_used_at_once(gate: LimitGate, clock: Clock) -> None:
    where = candidate(limit(amount=60, burst=5))
    assert await count(gate, where) == 5
    clock.now += 3
    assert await count(gate, where) == 3


async def test_a_call_that_goes_on_to_another_configuration_takes_from_that_ones_limits(gate: LimitGate) -> None:
    limits = (limit("configuration", amount=5), limit("configuration", "parallel", 1), limit(amount=5))
    one, two = candidate(*limits, name="a"), candidate(*limits, name="b")
    call = await admit(gate, one)
    call.opened = True
    await gate.admit(call, two, TARGET)
    assert read_fields(call)["ratelimit"].count("each-key-requests") == 1
    # The first one's place is free already, and the call holds the second one's.
    await admit(gate, one, OTHER)
    with pytest.raises(TooMany, match="parallel request for this configuration"):
        await admit(gate, two, OTHER)
    failed = Attempt(configuration_id="id-a", provider="demo", model="demo-chat")
    end(call, event(configuration_id="id-b", attempts=(failed,)))
    last = await admit(gate, two, OTHER)
    assert '"each-configuration-requests-per-minute";r=3' in read_fields(last)["ratelimit"]


async def test_a_configuration_that_was_not_tried_gets_its_request_back(gate: LimitGate) -> None:
    limits = (limit("configuration", amount=5),)
    one, two = candidate(*limits, name="a"), candidate(*limits, name="b")
    call = await admit(gate, one)
    await gate.admit(call, two, TARGET)
    end(call, event(configuration_id="id-b"))
    assert await count(gate, one) == 5
    assert await count(gate, two) == 4


async def test_features_and_applications_have_theirs(gate: LimitGate) -> None:
    limits = (limit("feature", amount=1, subject_id="chat"), limit("application", amount=2))
    assert not gate.concerns(SNAPSHOT, ACTOR, candidate(*limits))
    assert await count(gate, candidate(*limits, feature="chat")) == 1
    of_application = msgspec.structs.replace(ACTOR, application_id="app")
    assert await count(gate, candidate(*limits), of_application) == 2


async def test_neither_counting_tokens_nor_a_judge_is_limited(gate: LimitGate) -> None:
    where = candidate(limit(amount=1))
    await admit(gate, where)
    await gate.admit(pend(operation=None), where, TARGET)
    await gate.admit(pend(context=CallContext(purpose=JUDGE)), where, TARGET)


async def test_nothing_is_concerned_where_there_are_no_limits(gate: LimitGate) -> None:
    assert not gate.concerns(SNAPSHOT, ACTOR, candidate())


async def test_a_plain_call_is_let_in_at_once_or_sent_on(gate: LimitGate) -> None:
    where = candidate(limit(amount=1), limit(measure="tokens", amount=100))
    call = immediate()
    assert admit_now(gate, call, where)
    assert '"each-key-requests-per-minute";r=0;t=60' in read_fields(call)["ratelimit"]
    refused = immediate()
    assert not admit_now(gate, refused, where)
    assert (refused.headers, refused.holds) == ([], {})
    call.void()
    assert admit_now(gate, immediate(), where)


async def test_a_plain_call_that_is_sent_on_has_taken_nothing(gate: LimitGate) -> None:
    rates = (limit(amount=10), limit(measure="tokens", amount=100), limit("user", amount=1))
    where = candidate(*rates, limit(measure="parallel", amount=9))
    assert admit_now(gate, immediate(), where)
    assert not admit_now(gate, immediate(), where)
    told = read_fields(await admit(gate, candidate(*rates[:2], limit(measure="parallel", amount=9))))["ratelimit"]
    left = [figures.partition(";t")[0] for figures in told.split(", ")]
    assert left == [
        '"each-key-requests-per-minute";r=8',
        '"each-key-tokens-per-minute";r=80',
        '"each-key-parallel";r=7',
    ]


async def test_a_plain_call_that_finds_no_place_has_taken_nothing(gate: LimitGate) -> None:
    rates = (limit(amount=10), limit(measure="tokens", amount=100), limit(measure="parallel", amount=9))
    where = candidate(*rates, limit("user", measure="parallel", amount=1))
    running = immediate()
    assert admit_now(gate, running, where)
    assert not admit_now(gate, immediate(), where)
    end(running, event(tokens=10))
    told = read_fields(await admit(gate, candidate(*rates)))["ratelimit"]
    assert [figures.partition(";t")[0].partition(";r=")[2] for figures in told.split(", ")] == ["8", "80", "8"]


async def test_a_plain_call_takes_and_tells_what_any_other_does(clock: Clock) -> None:
    limits = (limit(amount=7), limit(measure="tokens", amount=9_000, burst=3_000), limit(measure="parallel", amount=3))
    where, one, other = candidate(*limits), LimitGate(clock=clock), LimitGate(clock=clock)
    for tokens, used, pause in ((10, 50, 0.0), (200, 100, 1.5), (299, 0, 20.0), (0, 700, 3.0), (5, 5, 90.0)):
        plain, general = immediate(tokens), pend(tokens=tokens)
        assert admit_now(one, plain, where)
        await other.admit(general, where, TARGET)
        assert plain.headers == general.headers
        for call in (plain, general):
            end(call, event(tokens=used))
        clock.now += pause
    plain, general = immediate(20), pend(tokens=20)
    assert admit_now(one, plain, where)
    await other.admit(general, where, TARGET)
    plain.void()
    general.void()
    plain = immediate()
    assert admit_now(one, plain, where)
    assert plain.headers == (await admit(other, where)).headers


async def test_a_plain_call_that_is_too_large_is_sent_on_to_be_refused(gate: LimitGate) -> None:
    where = candidate(limit(measure="tokens", amount=100))
    assert not admit_now(gate, immediate(101), where)
    assert admit_now(gate, immediate(100), where)


async def test_processes_that_tell_each_other_nothing_let_in_no_more_together(clock: Clock) -> None:
    where = candidate(limit(amount=10), limit(measure="parallel", amount=7))
    gates = [LimitGate(share=Share(number, 3), clock=clock) for number in range(3)]
    assert [await count(each, where) for each in gates] == [3, 2, 2]
    rates = candidate(limit(amount=10))
    clock.now += 600
    assert sum([await count(each, rates) for each in gates]) == 9


async def test_each_process_lets_in_one_where_the_limit_is_smaller_than_their_number(clock: Clock) -> None:
    where = candidate(limit(amount=1), limit(measure="parallel", amount=1))
    assert [await count(LimitGate(share=Share(number, 4), clock=clock), where) for number in range(4)] == [1, 1, 1, 1]
    tokens = candidate(limit(measure="tokens", amount=1_000))
    gate = LimitGate(share=Share(0, 4), clock=clock)
    # More than its share of the burst, less than the whole: a call is not refused for good because there are processes.
    assert await count(gate, tokens, tokens=900) == 1


async def test_what_is_whole_again_is_forgotten(gate: LimitGate, clock: Clock) -> None:
    where = candidate(limit(amount=2))
    await admit(gate, where)
    clock.now += 31
    gate.sweep()
    assert await count(gate, where) == 2


async def test_requests_that_go_to_no_model_count_by_whoever_sends_them() -> None:
    limits = (
        limit(),
        limit("user", amount=3),
        limit("configuration", amount=1),
        limit("feature", amount=1),
        limit(measure="tokens", amount=1),
        limit(measure="parallel", amount=1),
    )
    part = WorkspacePart(id="w-1", revision=1, limits=limits)
    snapshot = Snapshot(parts={"w-1": part})
    gate = LimitGate(clock=Clock())
    for _ in range(2):
        await gate.take_request(snapshot, ACTOR)
    with pytest.raises(TooMany, match="2 requests per minute for this API key is reached"):
        await gate.take_request(snapshot, ACTOR)
    # What is refused takes nothing, also of the user's.
    again = msgspec.structs.replace(ACTOR, key_id="k-3")
    await gate.take_request(snapshot, again)
    with pytest.raises(TooMany, match="3 requests per minute for this user"):
        await gate.take_request(snapshot, again)
    await gate.take_request(Snapshot(), ACTOR)
