"""Who hears of a call: the books, and after them observers and the gates that hold something for it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import msgspec
import pytest
from tests.unit.gateway.relays.fakes import PRICE, Prices

from trunkline.core.actor import Actor
from trunkline.core.chat import Usage
from trunkline.core.errors import Unavailable, UpstreamError
from trunkline.core.price_override import PriceOverride
from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.gateway.call import Call, Ledger
from trunkline.gateway.context import NOTHING
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.journal.template import PlainEnd
from trunkline.gateway.metrics import CallCounters
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import ConfigurationEntry, Snapshot, WorkspacePart
from trunkline.providers.registry import PROVIDERS

ENTRY = ConfigurationEntry(id="c", workspace_id="w", owner_id="u", name="c", provider="openai", model="m")


class FakeBooks:
    """Books, an observer and a hold: all write down what they are told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, object]] = []
        self.full = False

    def open(self, event_id: bytes, payload: bytes, template: object = None) -> None:
        if self.full:
            raise Unavailable("The disk is full.")
        self.told.append(("book", None))

    def start_after(self, starter: object) -> None:
        raise AssertionError("nothing is sent here")

    async def written(self) -> None:
        raise AssertionError("nothing is sent here")

    def settle(self, event_id: bytes, payload: bytes) -> Awaitable[None]:
        raise AssertionError("nobody waits here")

    def settle_then(self, event_id: bytes, payload: bytes, waiter: object, template: object = None) -> None:
        raise AssertionError("nobody is told here")

    def opened(self, opened: Opened) -> None:
        self.told.append(("opened", opened.requested_model))

    def settled(self, event: UsageEvent) -> None:
        self.told.append(("settled", event.outcome))

    def settled_plainly(self, common: UsageEvent, identity: bytes, end: PlainEnd) -> None:
        raise AssertionError("no call is plain here")


class Held:
    def __init__(self, told: FakeBooks) -> None:
        self.told = told

    def settle(self, event: UsageEvent) -> None:
        self.told.told.append(("held", event.usage.total))

    def void(self) -> None:
        raise AssertionError("it was made")


def begin(told: FakeBooks, *observers: CallCounters) -> Call:
    ledger = Ledger(told, Prices(PRICE), (told, *observers), clock=lambda: 0.0, ticks=lambda: 0.0)
    actor = Actor(user_id="u", workspace_id="w", role="owner")
    exchange: Any = None
    pending = PendingCall(Snapshot(), actor, "chat", exchange, "r", NOTHING)
    pending.holds["gate"], pending.leases, pending.held_nanos = Held(told), {"b": "l"}, 9
    call = ledger.open(
        actor,
        Candidate(ENTRY, "m", WorkspacePart(id="w", revision=1)),
        "chat",
        request_id="r",
        requested_model="asked",
        streamed=False,
        pending=pending,
    )
    call.provider = PROVIDERS["openai"]
    return call


def test_the_books_come_first() -> None:
    told = FakeBooks()
    call = begin(told)
    assert told.told == [("book", None), ("opened", "asked")]
    record = call.close("ok", usage=Usage(input=3, output=4))
    assert told.told[2:] == [("settled", "ok"), ("held", 7)]
    event = msgspec.msgpack.decode(record, type=UsageEvent)
    assert (event.outcome, event.usage.total, event.requested_model) == ("ok", 7, "asked")
    assert (event.leases, event.held_nanos) == ({"b": "l"}, 9)
    assert call.settled


def test_what_cannot_be_written_down_was_never_begun() -> None:
    told = FakeBooks()
    told.full = True
    with pytest.raises(Unavailable):
        begin(told)
    assert told.told == []


def test_what_used_nothing_costs_nothing() -> None:
    call = begin(FakeBooks())
    event = msgspec.msgpack.decode(call.close("ok"), type=UsageEvent)
    assert (event.usage.total, event.cost_nanos) == (0, 0)


def test_counters_know_how_many_calls_are_under_way() -> None:
    counters = CallCounters()
    calls = [begin(FakeBooks(), counters) for _ in range(2)]
    assert counters.active == 2
    for call in calls:
        call.close("ok", usage=Usage(input=1))
    assert counters.active == 0
    assert [totals.calls for totals in counters.totals.values()] == [2]


@pytest.mark.parametrize("answered", ["m-2026", ""])
def test_a_workspaces_own_price_counts_whatever_the_answer_calls_the_model(answered: str) -> None:
    call = begin(FakeBooks())
    own = PriceOverride(id="1", provider="openai", model="m", amounts={"input": 7_000_000})
    call.ledger.overrides = lambda workspace_id: (own,) if workspace_id == "w" else ()
    call.answered = answered
    call.close("ok", usage=Usage(input=1_000))
    assert (call.bill.cost_nanos, call.bill.source) == (7_000, "workspace")


def test_another_workspaces_price_does_not() -> None:
    call = begin(FakeBooks())
    call.ledger.overrides = lambda workspace_id: () if workspace_id == "w" else pytest.fail("not ours")
    call.close("ok", usage=Usage(input=1_000))
    assert call.bill.source != "workspace"


def test_a_failed_attempt_says_when_it_began_and_what_was_waited() -> None:
    call = begin(FakeBooks())
    call.ledger.ticks = lambda: 3.0
    call.failed(2.0, UpstreamError("Overloaded.", kind="server", status=503))
    call.waited(0.5)
    (attempt,) = call.attempts
    assert (attempt.began_us, attempt.duration_us, attempt.waited_us) == (2_000_000, 1_000_000, 500_000)
