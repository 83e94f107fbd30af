"""What calls add to the totals of their configuration."""

from __future__ import annotations

from sqlalchemy import select
from tests.bookkeeping import keep
from tests.unit.control.usage.settled import event

from trunkline.control.usage.configuration_totals import total_values
from trunkline.control.usage.event_values import LARGEST
from trunkline.control.usage.projection import Arrivals
from trunkline.core.chat import Usage
from trunkline.storage.database import Database
from trunkline.storage.tables import ConfigurationTotal


def test_each_configuration_has_its_row() -> None:
    one = {"configuration_id": "c", "usage": Usage(input=2, output=1)}
    other = {"configuration_id": "d", "usage": Usage(input=5)}
    settled = [event("w", **one), event("w", **one, outcome="error"), event("w", **other), event("x", **one)]
    assert total_values(Arrivals(single=settled)) == [("w", "c", 2, 4, 2), ("w", "d", 1, 5, 0), ("x", "c", 1, 2, 1)]


def test_of_an_amended_call_only_what_it_used_is_new() -> None:
    call = event("w", configuration_id="c", usage=Usage(input=2, output=7))
    assert total_values(Arrivals(amended=[call])) == [("w", "c", 0, 2, 7)]
    assert total_values(Arrivals(single=[call], amended=[call])) == [("w", "c", 1, 4, 14)]


def test_a_call_without_a_configuration_counts_for_none() -> None:
    assert total_values(Arrivals(single=[event("w", usage=Usage(input=2))])) == []


def test_no_single_call_adds_more_than_the_database_takes() -> None:
    call = event("w", configuration_id="c", usage=Usage(input=LARGEST + 1))
    assert total_values(Arrivals(single=[call])) == [("w", "c", 1, LARGEST, 0)]


async def test_totals_grow_and_a_call_that_comes_twice_counts_once(database: Database) -> None:
    first, second = (event("w", configuration_id="c", usage=Usage(input=2, output=1)) for _ in range(2))
    assert await keep(database, [first]) == 1
    assert await keep(database, [first, second]) == 1
    async with database.read() as tx:
        (row,) = await tx.scalars(select(ConfigurationTotal))
        assert (row.workspace_id, row.configuration_id) == ("w", "c")
        assert (row.request_count, row.input_tokens, row.output_tokens) == (2, 4, 2)
