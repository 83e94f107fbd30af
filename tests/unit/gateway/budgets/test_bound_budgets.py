"""Hard budgets as plain calls meet them: each lease gives its part, or none does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from tests.unit.gateway.budgets.test_lease_desk import BUDGET, Bank, Clock, make_desk

from trunkline.core.period import Period
from trunkline.core.price import Price, Rate
from trunkline.dialects.openai_chat.passthrough import PASSTHROUGH
from trunkline.gateway.budgets.authority import LeaseAnswer, LeaseOutcome, LeaseQuestion, LeaseTerms, Need
from trunkline.gateway.budgets.bound_budgets import BoundBudgets
from trunkline.gateway.budgets.demand import Glance
from trunkline.gateway.budgets.lease import Lease
from trunkline.gateway.budgets.lease_desk import LeaseDesk
from trunkline.gateway.gates.immediate_call import ImmediateCall

OTHER = msgspec.structs.replace(BUDGET, id="c")
PRICE = Price(input=Rate(0), output=Rate(1_000_000), source="test")
"""A nano-dollar for a token of the answer."""
DEFAULTS: Any = SimpleNamespace(system_prompt=None, sampling=SimpleNamespace(max_tokens=None))
TARGET: Any = SimpleNamespace(defaults=DEFAULTS, wire_defaults={}, geo="")


class Banks(Bank):
    """Grants ``extra`` of each of two budgets."""

    def __init__(self, **extra: int) -> None:
        super().__init__()
        self.extras = extra

    async def lease(self, question: LeaseQuestion) -> LeaseAnswer:
        revision = BUDGET.revision
        terms = [LeaseTerms(each, f"l-{each}", revision, self.period, extra) for each, extra in self.extras.items()]
        granted = [LeaseOutcome({each: need.want for each, need in needs.items()}) for needs in question.needs]
        return LeaseAnswer(terms if question.needs else [], granted)


def call(tokens: int = 10) -> ImmediateCall:
    message = {"role": "user", "content": "Hello"}
    body = msgspec.json.encode({"model": "m", "messages": [message], "max_tokens": tokens})
    return ImmediateCall(body, PASSTHROUGH.peek(body))


def bind(desk: LeaseDesk, *budgets: Any) -> BoundBudgets:
    return BoundBudgets("gate", budgets, Glance(TARGET), desk, lambda: PRICE, lambda: 100, lambda _: None)


def find(desk: LeaseDesk, *budgets: Any) -> list[Lease]:
    return cast("list[Lease]", desk.find(budgets))


async def fill(**extra: int) -> LeaseDesk:
    """A desk that has so much of the budgets."""
    desk = make_desk(Banks(**extra))
    budgets = [each for each in (BUDGET, OTHER) if each.id in extra]
    (await desk.reserve({each: Need(1, 1) for each in budgets})).void()
    for lease in find(desk, *budgets):
        lease.free -= 1
        lease.granted -= 1
    return desk


async def test_what_a_call_can_cost_is_held_of_every_lease_and_settled() -> None:
    desk = await fill(b=100, c=50)
    asked = call()
    assert bind(desk, BUDGET, OTHER).admit(asked)
    assert (asked.leases, asked.held_nanos) == ({"b": "l-b", "c": "l-c"}, 10)
    assert [lease.free for lease in find(desk, BUDGET, OTHER)] == [90, 40]
    ended: Any = SimpleNamespace(cost_nanos=4)
    asked.holds["gate"].settle(ended)
    state = [(lease.free, lease.reserved, lease.settled, lease.granted) for lease in find(desk, BUDGET, OTHER)]
    assert state == [(96, 0, 4, 100), (46, 0, 4, 50)]


async def test_where_one_lease_has_too_little_nothing_is_held_of_the_others() -> None:
    desk = await fill(b=100, c=9)
    bound = bind(desk, BUDGET, OTHER)
    assert not bound.admit(call(10))
    assert [(lease.free, lease.reserved) for lease in find(desk, BUDGET, OTHER)] == [(100, 0), (9, 0)]
    assert bound.admit(call(9)), "what the leases give is found again"


async def test_a_call_whose_budgets_have_no_lease_yet_is_sent_on() -> None:
    desk = make_desk(Banks(b=100))
    asked = call()
    assert not bind(desk, BUDGET).admit(asked)
    assert (asked.holds, asked.leases, asked.held_nanos) == ({}, {}, None)


async def test_a_lease_that_another_one_took_the_place_of_gives_nothing() -> None:
    bank = Bank()
    bank.extra = 100
    desk = make_desk(bank)
    (await desk.reserve({BUDGET: Need(1, 1)})).void()
    bound = bind(desk, BUDGET)
    running = call()
    assert bound.admit(running)
    (before,) = find(desk, BUDGET)
    bank.lease_id = "l-2"
    (await desk.reserve({BUDGET: Need(500, 500)})).void()
    running.void()
    assert before.free == 10
    # The first finds out, the next goes by the new one.
    assert [bound.admit(call()), bound.admit(asked := call())] == [False, True]
    assert before.free == 10
    assert asked.leases == {"b": "l-2"}


@pytest.mark.parametrize("seconds", [0, 4, 5, 6])
async def test_a_lease_is_good_for_its_period_alone(seconds: int) -> None:
    bank = Banks(b=100)
    bank.period = Period(0, int(Clock.now + 5) * 1_000_000)
    desk = make_desk(bank)
    (await desk.reserve({BUDGET: Need(1, 1)})).void()
    bound = bind(desk, BUDGET)
    Clock.now += seconds
    assert bound.admit(call()) == (seconds < 5)
