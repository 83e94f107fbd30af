"""What a gate of an extension does, and does wrong, to calls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from trunkline.core.actor import Actor
from trunkline.core.chat import Usage
from trunkline.core.errors import Forbidden, TooMany, Unavailable
from trunkline.core.policy import Content
from trunkline.core.usage_event import UsageEvent
from trunkline.extensions import CallEnd, Gate, GateCall, GateExtension, Refused
from trunkline.extensions.guarded_gate import CUT_SECONDS, GuardedGate
from trunkline.gateway.context import JUDGE, CallContext
from trunkline.gateway.gates.pending_call import PendingCall

ANYTHING: Any = None


class Candidate:
    class entry:  # noqa: N801 - a field of a candidate
        provider = "openai"

    model = "gpt-4o-mini"


class Exchange:
    def content(self) -> Content:
        return Content(texts=("hello",))


class Told(Gate):
    """Does what ``does`` says, and remembers what it was told."""

    def __init__(self, does: Callable[[], None] = lambda: None) -> None:
        self.does = does
        self.calls: list[GateCall] = []
        self.ends: list[CallEnd] = []

    async def enter(self, call: GateCall) -> None:
        self.calls.append(call)
        self.does()

    def settled(self, call: GateCall, end: CallEnd) -> None:
        self.ends.append(end)


def fail() -> None:
    raise RuntimeError("no luck")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def make_call(purpose: str | None = None) -> PendingCall:
    actor = Actor(user_id="u", workspace_id="w", role="member", key_id="k")
    context = CallContext(tags=("team:search",), purpose=purpose)
    return PendingCall(ANYTHING, actor, "chat", cast("Any", Exchange()), "req_1", context)


def guard(gate: Gate, clock: Clock | None = None, **fields: Any) -> GuardedGate:
    return GuardedGate("trunkline-acme", GateExtension(api=1, name="acme", gate=gate, **fields), clock or Clock())


async def pass_by(gate: GuardedGate, call: PendingCall | None = None) -> PendingCall:
    call = call or make_call()
    await gate.enter(call)
    await gate.admit(call, cast("Any", Candidate()), ANYTHING)
    return call


async def test_it_sees_the_call_and_hears_of_its_end() -> None:
    gate = Told()
    call = await pass_by(guard(gate))
    (seen,) = gate.calls
    assert (seen.request_id, seen.workspace_id, seen.user_id, seen.key_id) == ("req_1", "w", "u", "k")
    assert (seen.tags, tuple(seen.texts), seen.operation) == (("team:search",), ("hello",), "chat")
    (hold,) = call.holds.values()
    event = UsageEvent(
        id="1", opened_at=0, request_id="req_1", operation="chat", workspace_id="w", user_id="u", provider="openai",
        model="gpt-4o-mini", usage=Usage(input=3, output=2), cost_nanos=2_000_000, duration_us=1_500_000,
    )  # fmt: skip
    hold.settle(event)
    (end,) = gate.ends
    assert (end.input_tokens, end.output_tokens, end.cost, end.duration_seconds) == (3, 2, 0.002, 1.5)


async def test_what_it_refuses_is_told_in_its_words() -> None:
    def refuse() -> None:
        raise Refused("come back at nine.", retry_after=60)

    with pytest.raises(TooMany) as refused:
        await pass_by(guard(Told(refuse)))
    assert refused.value.message == "The gate acme refused the request: come back at nine."
    assert (refused.value.retry_after, refused.value.code) == (60, "refused_by_extension")

    def forbid() -> None:
        raise Refused("never.")

    gate = guard(Told(forbid))
    with pytest.raises(Forbidden):
        await pass_by(gate)
    # To refuse is no error.
    assert gate.standing.state == "loaded"


async def test_one_that_fails_refuses_or_is_passed_by_as_it_says() -> None:
    with pytest.raises(Unavailable, match="The gate acme of the extension trunkline-acme fails"):
        await pass_by(guard(Told(fail)))
    lax = guard(Told(fail), on_error="allow")
    call = await pass_by(lax)
    assert (lax.standing.state, lax.standing.reason) == (
        "failing",
        "1 error in a row, the last: RuntimeError: no luck",
    )
    # It hears nothing more of a call that it failed with.
    for hold in call.holds.values():
        hold.settle(ANYTHING)


async def test_one_that_would_end_the_process_or_waits_for_ever_has_failed() -> None:
    def leave() -> None:
        raise SystemExit(3)

    with pytest.raises(Unavailable):
        await pass_by(guard(Told(leave)))

    class Waiting(Gate):
        async def enter(self, call: GateCall) -> None:
            await asyncio.Event().wait()

    gate = guard(Waiting(), seconds=0.01)
    with pytest.raises(Unavailable):
        await pass_by(gate)
    assert "TimeoutError: it took longer than 0.01 s" in gate.standing.reason


@pytest.mark.parametrize("on_error", ["refuse", "allow"])
async def test_after_errors_in_a_row_it_is_not_asked_until_one_call_finds_it_working(on_error: str) -> None:
    clock, gate = Clock(), Told(fail)
    guarded = guard(gate, clock, on_error=on_error, errors=3)

    async def attempt() -> bool:
        try:
            await pass_by(guarded)
        except Unavailable:
            return False
        return True

    for _ in range(5):
        assert await attempt() is (on_error == "allow")
    assert guarded.standing.state == "cut"
    assert len(gate.calls) == 3
    clock.now = CUT_SECONDS
    # It is tried once, in vain, and so left alone for as long again.
    await attempt()
    await attempt()
    assert len(gate.calls) == 4
    clock.now = 2 * CUT_SECONDS
    gate.does = lambda: None
    assert await attempt()
    assert guarded.standing.state == "loaded"
    assert await attempt()
    assert len(gate.calls) == 6


async def test_errors_that_are_not_in_a_row_do_not_add_up() -> None:
    gate = Told()
    guarded = guard(gate, on_error="allow", errors=2)
    for does in (fail, lambda: None) * 3:
        gate.does = does
        await pass_by(guarded)
    assert guarded.standing.state == "loaded"


async def test_calls_that_another_one_makes_needful_do_not_pass_it() -> None:
    gate = Told(fail)
    await pass_by(guard(gate), make_call(JUDGE))
    assert gate.calls == []


def test_one_that_cannot_tell_whom_it_concerns_concerns_all() -> None:
    class Broken(Gate):
        def concerns(self, workspace_id: str, provider: str, model: str) -> bool:
            raise KeyError(model)

    gate = guard(Broken())
    actor = make_call().actor
    assert gate.concerns(ANYTHING, actor, cast("Any", Candidate())) is True
    assert "KeyError" in gate.standing.reason
