"""Leases of one process: reserved at once, asked for together, given back when nobody needs them."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from trunkline.core.budget import Budget
from trunkline.core.errors import BudgetSpent, Unavailable
from trunkline.core.period import Period
from trunkline.gateway.budgets.authority import LeaseAnswer, LeaseOutcome, LeaseQuestion, LeaseTerms, Need, Shortage
from trunkline.gateway.budgets.lease import GOOD_SECONDS
from trunkline.gateway.budgets.lease_desk import IDLE_SECONDS, LeaseDesk

BUDGET = Budget(
    id="b", name="B", workspace_id="w", subject="workspace", subject_id="w", amount=1_000, period="total",
    time_zone="UTC",
)  # fmt: skip
FOREVER = Period(0, None)


class Bank:
    """Grants what is asked for and ``extra``, when ``open`` is set."""

    def __init__(self) -> None:
        self.extra = 0
        self.questions: list[LeaseQuestion] = []
        self.fault: Unavailable | None = None
        self.left = 1_000
        self.period = FOREVER
        self.lease_id = "l"
        self.open = asyncio.Event()
        self.open.set()

    async def lease(self, question: LeaseQuestion) -> LeaseAnswer:
        self.questions.append(question)
        await self.open.wait()
        if self.fault is not None:
            raise self.fault
        outcomes: list[LeaseOutcome] = []
        for needs in question.needs:
            need = needs["b"]
            if self.left < need.least:
                outcomes.append(LeaseOutcome(shortage=Shortage("b", self.left, self.left, self.period)))
                continue
            got = min(need.want, self.left)
            self.left -= got
            outcomes.append(LeaseOutcome({"b": got}))
        terms = [LeaseTerms("b", self.lease_id, BUDGET.revision, self.period, self.extra)] if question.needs else []
        return LeaseAnswer(terms, outcomes)


class Clock:
    now = 1_000.0


def make_desk(bank: Bank) -> LeaseDesk:
    return LeaseDesk(bank, "me", clock=lambda: Clock.now, ticks=lambda: Clock.now)


async def test_what_is_leased_is_reserved_at_once() -> None:
    bank = Bank()
    bank.extra = 100
    desk = make_desk(bank)
    assert desk.take([(BUDGET, 10)]) is None
    await desk.reserve({BUDGET: Need(10, 10)})
    held = desk.take([(BUDGET, 100)])
    assert held is not None
    assert desk.take([(BUDGET, 1)]) is None
    held.void()
    assert desk.take([(BUDGET, 100)]) is not None
    assert len(bank.questions) == 1


async def test_what_is_leased_of_a_period_is_not_spent_after_its_end() -> None:
    bank = Bank()
    bank.extra, bank.period = 100, Period(0, int(Clock.now + 5) * 1_000_000)
    desk = make_desk(bank)
    await desk.reserve({BUDGET: Need(10, 10)})
    Clock.now += 4
    assert desk.take([(BUDGET, 10)]) is not None
    Clock.now += 1
    assert desk.take([(BUDGET, 10)]) is None


async def test_what_was_leased_before_a_change_is_asked_for_anew() -> None:
    bank = Bank()
    bank.extra = 100
    desk = make_desk(bank)
    await desk.reserve({BUDGET: Need(10, 10)})
    assert desk.take([(msgspec.structs.replace(BUDGET, revision=2), 10)]) is None
    assert desk.take([(BUDGET, 10)]) is not None


async def test_calls_that_come_together_ask_together() -> None:
    bank = Bank()
    bank.open.clear()
    desk = make_desk(bank)
    first = asyncio.ensure_future(desk.reserve({BUDGET: Need(10, 10)}))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.ensure_future(desk.reserve({BUDGET: Need(10, 10)})) for _ in range(20)]
    await asyncio.sleep(0)
    bank.open.set()
    await asyncio.gather(first, *others)
    assert [len(question.needs) for question in bank.questions] == [1, 20]


async def test_a_call_that_is_cancelled_while_it_waits_holds_nothing() -> None:
    bank = Bank()
    bank.open.clear()
    desk = make_desk(bank)
    waiting = asyncio.ensure_future(desk.reserve({BUDGET: Need(10, 10)}))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    bank.open.set()
    while bank.left == 1_000 or desk.take([(BUDGET, 10)]) is None:
        await asyncio.sleep(0)


async def test_a_call_that_is_cancelled_as_it_is_answered_holds_nothing() -> None:
    bank = Bank()
    bank.open.clear()
    desk = make_desk(bank)
    waiting = asyncio.ensure_future(desk.reserve({BUDGET: Need(10, 10)}))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    bank.open.set()
    while bank.left == 1_000:
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert desk.take([(BUDGET, 10)]) is not None


async def test_for_a_call_that_is_cancelled_before_its_turn_nobody_is_asked() -> None:
    bank = Bank()
    bank.open.clear()
    desk = make_desk(bank)
    first = asyncio.ensure_future(desk.reserve({BUDGET: Need(10, 10)}))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second = asyncio.ensure_future(desk.reserve({BUDGET: Need(10, 10)}))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    bank.open.set()
    await first
    await asyncio.gather(*(each for each in asyncio.all_tasks() if each is not asyncio.current_task()))
    assert [len(question.needs) for question in bank.questions] == [1]


async def test_at_the_end_everything_is_given_back_at_once() -> None:
    bank = Bank()
    bank.extra = 100
    desk = make_desk(bank)
    (await desk.reserve({BUDGET: Need(10, 10)})).void()
    await desk.tell(all_of_it=True)
    assert bank.questions[-1].granted == {"l": 0}
    asked = len(bank.questions)
    Clock.now += 100
    await desk.tell()
    assert len(bank.questions) == asked, "a lease of nothing is not renewed"


async def test_what_a_call_cost_beyond_what_was_held_is_owned_up_to_at_once() -> None:
    bank = Bank()
    desk = make_desk(bank)
    held = await desk.reserve({BUDGET: Need(10, 10)})
    (lease,) = [lease for _, lease, _ in held.shares]
    lease.release(10, 50)
    await desk.tell()
    assert bank.questions[-1].granted == {"l": 50}


async def test_what_a_call_holds_of_a_period_that_is_over_is_given_back_too() -> None:
    bank = Bank()
    bank.period = Period(0, int(Clock.now + 5) * 1_000_000)
    desk = make_desk(bank)
    held = await desk.reserve({BUDGET: Need(10, 10)})
    Clock.now += 6
    bank.period, bank.lease_id = FOREVER, "m"
    await desk.reserve({BUDGET: Need(20, 20)})
    held.void()
    await desk.tell()
    assert bank.questions[-1].granted == {"l": 0}


async def test_what_a_reservation_needs_less_is_free_again() -> None:
    desk = make_desk(Bank())
    held = await desk.reserve({BUDGET: Need(10, 10)})
    held.shrink({"b": 20})
    assert held.describe()[1] == 10
    assert desk.take([(BUDGET, 1)]) is None
    held.shrink({"b": 4})
    assert held.describe()[1] == 4
    assert desk.take([(BUDGET, 7)]) is None
    assert desk.take([(BUDGET, 6)]) is not None


async def test_what_nobody_uses_is_given_back() -> None:
    bank = Bank()
    bank.extra = 100
    desk = make_desk(bank)
    held = await desk.reserve({BUDGET: Need(10, 10)})
    Clock.now += IDLE_SECONDS + 1
    await desk.tell()
    assert bank.questions[-1].granted == {"l": 10}
    held.void()
    Clock.now += IDLE_SECONDS + 1
    await desk.tell()
    assert bank.questions[-1].granted == {"l": 0}
    asked = len(bank.questions)
    await desk.tell()
    assert len(bank.questions) == asked


async def test_a_lease_that_could_not_be_renewed_for_long_is_spent_no_more() -> None:
    bank = Bank()
    bank.extra = 100
    desk = make_desk(bank)
    await desk.reserve({BUDGET: Need(10, 10)})
    assert desk.take([(BUDGET, 1)]) is not None
    Clock.now += GOOD_SECONDS + 1
    assert desk.take([(BUDGET, 1)]) is None


async def test_nobody_answers() -> None:
    bank = Bank()
    bank.fault = Unavailable("Gone.")
    desk = make_desk(bank)
    with pytest.raises(Unavailable, match="'B'"):
        await desk.reserve({BUDGET: Need(10, 10)})
    # What was granted without being heard of is cleared up as soon as somebody answers.
    bank.fault = None
    await desk.tell()
    assert bank.questions[-1].needs == [{"b": Need(0, 0)}]
    asked = len(bank.questions)
    await desk.tell()
    assert len(bank.questions) == asked


async def test_less_than_is_wanted_but_never_less_than_the_least() -> None:
    desk = make_desk(Bank())
    held = await desk.reserve({BUDGET: Need(5_000, 700)})
    assert held.describe()[1] == 1_000
    with pytest.raises(BudgetSpent):
        await desk.reserve({BUDGET: Need(10, 1)})


async def test_nothing_is_given_back_of_what_calls_hold() -> None:
    bank = Bank()
    desk = make_desk(bank)
    held = await desk.reserve({BUDGET: Need(10, 10)})
    assert desk.give_back(["b"]) == {}
    held.void()
    assert desk.give_back(["b"]) == {"l": 0}
    assert desk.give_back(["b"]) == {}, "once"
    await desk.tell()
    assert len(bank.questions) == 1, "whoever asked for it back has told it"


async def test_what_is_known_to_be_too_much_is_not_asked_for_again() -> None:
    bank = Bank()
    bank.left = 10
    desk = make_desk(bank)
    for least in (20, 11):
        with pytest.raises(BudgetSpent, match="needs at least"):
            await desk.reserve({BUDGET: Need(20, least)})
    assert len(bank.questions) == 1
    # What is left may do, however.
    held = await desk.reserve({BUDGET: Need(20, 10)})
    assert held.describe()[1] == 10


@pytest.mark.parametrize("end", [None, 2])
async def test_it_is_asked_again_after_some_seconds_and_in_the_next_period(end: int | None) -> None:
    bank = Bank()
    bank.left = 10
    bank.period = Period(0, None if end is None else int(Clock.now + end) * 1_000_000)
    desk = make_desk(bank)
    with pytest.raises(BudgetSpent):
        await desk.reserve({BUDGET: Need(20, 20)})
    bank.left, bank.period = 1_000, FOREVER
    Clock.now += 3
    if end is None:
        with pytest.raises(BudgetSpent):
            await desk.reserve({BUDGET: Need(20, 20)})
        Clock.now += 3
    assert (await desk.reserve({BUDGET: Need(20, 20)})).describe()[1] == 20
