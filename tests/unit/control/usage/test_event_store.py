"""Events are stored once, with their ends, and one that cannot be stored stops no other."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tests.bookkeeping import connect, keep
from tests.unit.control.usage.settled import event, opened_of, violation

from trunkline.app.intake import PROJECTIONS
from trunkline.control.usage import event_store as module
from trunkline.control.usage.event_store import EventStore, Mark
from trunkline.control.usage.event_values import LARGEST, estimate, event_values
from trunkline.control.usage.rejected_events import RejectedEvents
from trunkline.core.chat import Usage
from trunkline.core.errors import Unavailable
from trunkline.core.ids import new_id
from trunkline.core.usage_event import UsageEvent
from trunkline.storage.database import Database
from trunkline.storage.intake.statements import FIND_MARK
from trunkline.storage.intake.table import Values
from trunkline.storage.intake.tables import EVENTS
from trunkline.storage.usage import UsageScope, list_events, sum_events
from trunkline.storage.usage_sums import read_parts, read_sums


async def test_a_call_that_was_settled_elsewhere_is_not_estimated_over(database: Database) -> None:
    record = event("w", usage=Usage(input=3, output=4), cost_nanos=7)
    assert await keep(database, [record]) == 1
    assert await keep(database, [estimate(opened_of(record))]) == 0
    async with database.read() as tx:
        assert (await read_sums(tx, UsageScope(workspace_id="w"))).cost_nanos == 7


@pytest.mark.parametrize("order", ["begun, ended", "ended, begun", "together"])
async def test_the_end_of_a_call_fills_in_what_its_beginning_left_open(database: Database, order: str) -> None:
    begun = event("w", cost_nanos=0, duration_us=5)
    ended = msgspec.structs.replace(
        begun, part="end", usage=Usage(input=3, output=4, reasoning=2), cost_nanos=7, duration_us=9_000
    )
    look = msgspec.structs.replace(begun, part="look", outcome="cancelled", status=499)
    batches = [[begun, look, ended]] if order == "together" else [[begun], [ended]]
    if order == "ended, begun":
        batches.reverse()
    for batch in (*batches, [look], [ended], [begun]):
        await keep(database, batch)
    scope = UsageScope(workspace_id="w")
    async with database.read() as tx:
        sums = await read_sums(tx, scope)
        assert (sums.request_count, sums.error_count, sums.input_tokens, sums.output_tokens) == (1, 0, 3, 4)
        assert sums.cost_nanos == 7
        told = await sum_events(tx, scope)
        assert (told.request_count, told.cost_nanos, told.duration_us) == (1, 7, sums.duration_us)
        [row] = await list_events(tx, scope, after=None, limit=9)
        assert (row.outcome, row.input_tokens, row.reasoning_tokens, row.cost_nanos) == ("ok", 3, 2, 7)
        assert row.usage == {"input": 3, "output": 4, "reasoning": 2}


async def test_a_call_that_fails_at_its_end_is_an_error(database: Database) -> None:
    begun = event("w")
    ended = msgspec.structs.replace(begun, part="end", outcome="error", status=502, error="server")
    for batch in ([begun], [ended], [ended]):
        await keep(database, batch)
    async with database.read() as tx:
        sums = await read_sums(tx, UsageScope(workspace_id="w"))
        by_outcome = await read_parts(tx, UsageScope(workspace_id="w"), "outcome")
    assert (sums.request_count, sums.error_count) == (1, 1)
    assert {outcome: part.request_count for outcome, part in by_outcome.items()} == {"error": 1}


@pytest.mark.parametrize("fault", [{"input_tokens": 2**64}, {"workspace_id": None}])
async def test_an_event_that_cannot_be_stored_is_set_aside_and_blocks_no_other(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: dict[str, object],
) -> None:
    workspace = new_id()
    bad = event(workspace)
    good = [event(workspace, usage=Usage(input=3)) for _ in range(10)]

    def values(one: UsageEvent) -> Values:
        row = dict(zip(EVENTS.columns, event_values(one), strict=True))
        return tuple((row | (fault if one.id == bad.id else {})).values())

    monkeypatch.setattr(module, "event_values", values)
    connection, aside = connect(database), RejectedEvents(tmp_path)
    store = EventStore(connection, PROJECTIONS, aside)
    events = [*good[:7], bad, violation(workspace_id=workspace), *good[7:]]
    for new in (10, 0):
        assert await store.put(events, Mark("segment", 77, 0)) == new
    async with connection.write() as tx:
        assert await tx.ask(FIND_MARK, "segment") == [(77,)]
    await connection.close()
    async with database.read() as tx:
        sums = await read_sums(tx, UsageScope(workspace_id=workspace))
    assert (sums.request_count, sums.input_tokens) == (10, 30)
    line = aside.path.read_bytes().splitlines()[0]
    assert msgspec.json.decode(line)["event"]["id"] == bad.id
    assert aside.path.stat().st_mode & 0o777 == 0o600
    assert bad.id in caplog.text


async def test_a_database_that_is_away_sets_nothing_aside(tmp_path: Path) -> None:
    away = connect(Database(f"sqlite+aiosqlite:///{tmp_path / 'gone' / 'trunkline.db'}"))
    aside = RejectedEvents(tmp_path)
    with pytest.raises(Unavailable):
        await EventStore(away, PROJECTIONS, aside).put([event("w")])
    assert not aside.path.exists()


async def test_absurd_figures_that_were_settled_before_stop_nobody(database: Database) -> None:
    wild = [event("w", usage=Usage(input=2**63 - 1, output=2**63 - 1), cost_nanos=2**63 - 1) for _ in range(30)]
    for one in wild:
        assert await keep(database, [one]) == 1
    async with database.read() as tx:
        sums = await read_sums(tx, UsageScope(workspace_id="w"))
    assert (sums.request_count, sums.input_tokens) == (30, 30 * LARGEST)
