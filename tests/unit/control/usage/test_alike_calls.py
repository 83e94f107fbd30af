"""Calls that are looked at together come to what each by itself comes to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bookkeeping import connect
from tests.plain_end import write_end
from tests.unit.control.budgets.leasing_processes import LeasingProcesses
from tests.unit.control.usage.settled import START, event

from trunkline.app.intake import PROJECTIONS
from trunkline.control.health.passive import count_tries
from trunkline.control.usage import alike_calls, event_store
from trunkline.control.usage.alike_calls import FEWEST, QUARTER_US, AlikeCalls, gather
from trunkline.control.usage.configuration_totals import total_values
from trunkline.control.usage.event_store import EventStore
from trunkline.control.usage.event_values import LARGEST, event_values
from trunkline.control.usage.last_uses import LastUses
from trunkline.control.usage.projection import Arrivals
from trunkline.control.usage.rejected_events import RejectedEvents
from trunkline.control.usage.usage_sums import sum_values
from trunkline.core.chat import Usage
from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.gateway.journal.template import RecordTemplate, ShortEnd, decode_end
from trunkline.storage.database import Database
from trunkline.storage.intake.table import Statement, Values
from trunkline.storage.intake.tables import EVENTS
from trunkline.storage.usage import UsageScope, sum_events
from trunkline.storage.usage_sums import read_sums

SCOPE = UsageScope(workspace_id="w")

COMMON = {"configuration_id": "c", "key_id": "k", "application_id": "a", "feature": "chat", "tags": ("t", "u")}


def end_of(call: UsageEvent) -> ShortEnd:
    """What the journal tells of it beside its template."""
    return decode_end(write_end(RecordTemplate(call), call))


def gather_calls(calls: Sequence[UsageEvent], common: UsageEvent | None = None) -> AlikeCalls | None:
    if common is None:
        opened = {name: getattr(calls[0], name) for name in Opened.__struct_fields__}
        common = UsageEvent(**{**opened, "id": "", "opened_at": 0, "request_id": "", "held_nanos": None, "trace": None})
    return gather(common, [call.id for call in calls], [end_of(call) for call in calls])


def certain(calls: Sequence[UsageEvent]) -> AlikeCalls:
    gathered = gather_calls(calls)
    assert gathered is not None
    return gathered


def some(number: int = FEWEST, **fields: object) -> list[UsageEvent]:
    base = COMMON | {"cost_nanos": 2} | fields
    used = [{"opened_at": START + 10 * n, "usage": Usage(input=n + 1, output=2)} for n in range(number)]
    return [event("w", **one | base) for one in used]


counts = st.integers(0, LARGEST // 10) | st.integers(0, 5)
usages = st.builds(
    Usage, input=counts, output=counts, cached=counts, cache_write=counts, reasoning=counts, searches=counts,
    tier=st.sampled_from([None, "", "flex", "a\nb"]),
)  # fmt: skip


@st.composite
def alike(draw: st.DrawFn) -> list[UsageEvent]:
    priced, held = draw(st.booleans()), draw(st.booleans())
    shared = {
        "configuration_id": draw(st.sampled_from(["c", None])),
        "version_id": draw(st.sampled_from(["v", None])),
        "tags": draw(st.sampled_from([(), ("t", "u")])),
        "revision": draw(st.integers(0, 3)),
        "streamed": draw(st.booleans()),
        "price_source": draw(st.sampled_from([None, "litellm"])),
        "price_missing": draw(st.sampled_from([(), ("model",), ("a", "b")])),
        "model": draw(st.sampled_from(["m", "m" * 300])),
    }
    return [
        event(
            "w",
            **shared,
            opened_at=START + draw(st.integers(0, QUARTER_US - 1)),
            request_id=draw(st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=128)),
            duration_us=draw(counts),
            usage=draw(usages),
            cost_nanos=draw(counts) if priced else None,
            held_nanos=draw(counts) if held else None,
            answered=draw(st.sampled_from([None, "m-1"])),
            trace=draw(st.sampled_from([None, "00-trace"])),
        )
        for _ in range(draw(st.integers(FEWEST, 8)))
    ]


@given(alike())
def test_rows_and_events_are_those_of_each_call(calls: list[UsageEvent]) -> None:
    gathered = certain(calls)
    assert list(gathered.events()) == calls
    assert gathered.rows() == list(map(event_values, calls))
    assert gathered.quarter == calls[0].opened_at // QUARTER_US


@given(st.lists(alike(), max_size=3), st.lists(st.sampled_from(["ok", "error", "cancelled"]), max_size=3))
def test_what_is_added_up_is_the_same(groups: list[list[UsageEvent]], singles: list[str]) -> None:
    others = [
        event("w", configuration_id="c", revision=1, opened_at=START + n * 1_000, outcome=outcome,
              error="server" if outcome == "error" else None)
        for n, outcome in enumerate(singles)
    ]  # fmt: skip
    together = Arrivals(alike=[certain(calls) for calls in groups], single=others)
    apart = Arrivals(single=[*(call for calls in groups for call in calls), *others])
    assert together.settled == apart.settled
    for one, other in zip(sum_values(together), sum_values(apart), strict=True):
        assert sorted(one, key=repr) == sorted(other, key=repr)
    assert sorted(total_values(together)) == sorted(total_values(apart))
    counts_together, _ = count_tries(together)
    counts_apart, _ = count_tries(apart)
    assert sorted(counts_together) == sorted(counts_apart)


def test_of_answers_in_a_row_the_last_is_told_and_between_others_each_is() -> None:
    calls = some(duration_us=1)
    _, seen = count_tries(Arrivals(alike=[certain(calls)]))
    assert [one.at for one in seen["c"]] == [calls[-1].opened_at + 1]
    failed = event("w", configuration_id="c", opened_at=START + 15, outcome="error", error="server")
    for extra in ({"single": [failed]}, {"alike": [certain(calls), certain(some(revision=2, duration_us=9))]}):
        both = Arrivals(**{"alike": [certain(calls)], **extra})
        assert count_tries(both)[1] == count_tries(Arrivals(single=both.settled))[1]


@pytest.mark.parametrize(
    "unusual",
    [
        {"request_id": "r" * 129},
        {"request_id": "\x00"},
        {"duration_us": -1},
        {"duration_us": LARGEST + 1},
        {"cost_nanos": LARGEST + 1},
        {"cost_nanos": -1},
        {"cost_nanos": None},
        {"held_nanos": 5},
        {"usage": Usage(input=-1)},
        {"usage": Usage(searches=LARGEST + 1)},
        {"price_source": "provider"},
        {"price_missing": ("webSearches",)},
        {"opened_at": START + QUARTER_US},
        {"opened_at": START - 1},
    ],
    ids=repr,
)
def test_calls_of_which_one_is_unusual_are_looked_at_one_by_one(unusual: dict[str, object]) -> None:
    calls = some()
    assert gather_calls([*calls, event("w", **{**COMMON, "opened_at": START, "cost_nanos": 1, **unusual})]) is None


@pytest.mark.parametrize(
    "fields", [{"outcome": "error"}, {"part": "end"}, {"cached": True}, {"saved_nanos": 1}], ids=repr
)
def test_what_has_not_gone_well_at_once_is_looked_at_by_itself(fields: dict[str, object]) -> None:
    assert gather_calls(some(), event("w", **fields)) is None


def test_fewer_are_not_worth_it() -> None:
    assert gather_calls(some(FEWEST - 1)) is None


async def put(database: Database, folder: Path, batch: Sequence[AlikeCalls], *singles: UsageEvent) -> int:
    connection, uses = connect(database), LastUses()
    new = await EventStore(connection, (*PROJECTIONS, uses), RejectedEvents(folder)).put(singles, alike=batch)
    async with connection.write() as tx:
        await uses.write(tx)
    await connection.close()
    return new


async def test_each_is_stored_once_however_it_comes_again(database: Database, tmp_path: Path) -> None:
    calls = some(7)
    first, later = certain(calls[:FEWEST]), certain(calls[2:])
    assert await put(database, tmp_path, [first], calls[0]) == FEWEST
    assert await put(database, tmp_path, [first]) == 0
    assert await put(database, tmp_path, [first, later]) == 3
    assert await put(database, tmp_path, [later], *calls) == 0
    async with database.read() as tx:
        sums, recount = await read_sums(tx, SCOPE), await sum_events(tx, SCOPE)
    assert sums == recount
    assert (sums.request_count, sums.input_tokens) == (7, sum(call.usage.input for call in calls))


async def test_one_that_is_refused_stops_no_other(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = some(6)

    def values(one: UsageEvent) -> Values:
        row = dict(zip(EVENTS.columns, event_values(one), strict=True))
        return tuple((row | ({"workspace_id": None} if one.id in ("", calls[4].id) else {})).values())

    monkeypatch.setattr(alike_calls, "event_values", values)
    monkeypatch.setattr(event_store, "event_values", values)
    assert await put(database, tmp_path, [certain(calls)]) == 5
    assert (tmp_path / "set-aside.jsonl").read_text().count("\n") == 1


async def test_what_is_spent_of_budgets_is_exact_over_the_end_of_a_period(database: Database, tmp_path: Path) -> None:
    leasing = LeasingProcesses(database)
    await leasing.open([100, 100], 1)
    midnight = leasing.budgets[0].find_period(int(leasing.now * 1_000_000)).start
    for at in (midnight - QUARTER_US, midnight):
        await put(database, tmp_path, [certain(some(opened_at=at, user_id=user)) for user in ("u", "somebody else")])
    for budget, spent in zip(leasing.budgets, (16, 8), strict=True):
        assert (await leasing.read(budget))[0] == await leasing.recount(budget) == spent
        leasing.now -= 86_400
        assert (await leasing.read(budget))[0] == await leasing.recount(budget) == spent
        leasing.now += 86_400


async def test_versions_count_them(database: Database, tmp_path: Path) -> None:
    await put(database, tmp_path, [certain(some(version_id="v")), certain(some())])
    connection = connect(database)
    async with connection.write() as tx:
        found = await tx.ask(Statement("SELECT version_id, request_count, tokens FROM version_usage", ()))
    await connection.close()
    assert found == [("v", FEWEST, 10 + 2 * FEWEST)]
