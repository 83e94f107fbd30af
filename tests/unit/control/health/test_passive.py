"""What calls say of configurations, on both databases."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.bookkeeping import keep
from tests.unit.control.usage.settled import START, event

from trunkline.control.health.passive import count_tries
from trunkline.control.usage.projection import Arrivals
from trunkline.core.health import Health
from trunkline.core.ids import new_id
from trunkline.core.usage_event import Attempt, UsageEvent
from trunkline.storage import health
from trunkline.storage.database import Database
from trunkline.storage.tables import Configuration, User, Workspace

DAY_SLOT = START // 86_400_000_000


@pytest.fixture
async def configuration(database: Database) -> Configuration:
    async with database.write() as tx:
        user = User(email="a@example.com", password_hash="x", name="A")
        tx.add(user)
        await tx.flush()
        workspace = Workspace(name="W", personal_of=user.id)
        tx.add(workspace)
        await tx.flush()
        row = Configuration(
            workspace_id=workspace.id, user_id=user.id, name="c", provider="openai", revision=3, test_status="success"
        )
        tx.add(row)
    return row


def call(row: Configuration, at: int = 0, **fields: object) -> UsageEvent:
    given = {"configuration_id": row.id, "revision": 3, "opened_at": START + at * 1_000_000, "duration_us": 1_000}
    return event(row.workspace_id, **{**given, **fields})


def failed(row: Configuration, kind: str, at: int = 0, **fields: object) -> UsageEvent:
    attempt = Attempt(configuration_id=row.id, provider="openai", model="m", error=kind, duration_us=1_000)
    return call(row, at, outcome="error", error=kind, attempts=(attempt,), **fields)


async def read(database: Database, row: Configuration) -> Health:
    async with database.read() as tx:
        return health.read(await health.find(tx, row.id))


async def read_test(database: Database, row: Configuration) -> str:
    async with database.read() as tx:
        found = await tx.get(Configuration, row.id)
    assert found is not None
    return found.test_status


def outcomes(events: Sequence[UsageEvent]) -> dict[str, int]:
    counts, _ = count_tries(Arrivals(single=events))
    found: dict[str, int] = {}
    for configuration_id, grain, _, outcome, _, number in counts:
        if grain == 15:
            name = f"{configuration_id} {outcome}"
            found[name] = found.get(name, 0) + number
    return found


def test_each_try_counts_for_the_configuration_that_it_went_to() -> None:
    tries = tuple(
        Attempt(configuration_id=name, provider="p", model="m", error="server", duration_us=1)
        for name in ("a", "a", "b")
    )
    served = event("w", configuration_id="c", attempts=tries)
    refused = event("w", configuration_id="c", outcome="error", error="bad_request")
    left = event("w", configuration_id="c", outcome="cancelled")
    died = event("w", configuration_id="c", outcome="estimated")
    assert outcomes([served, refused, left, died]) == {
        "a server": 2, "b server": 1, "c ok": 1, "c bad_request": 1,
    }  # fmt: skip


def test_a_call_that_was_retried_took_as_long_as_its_last_try() -> None:
    slow = Attempt(configuration_id="a", provider="p", model="m", error="timeout", duration_us=60_000_000)
    counts, _ = count_tries(
        Arrivals(single=[event("w", configuration_id="c", duration_us=60_001_000, attempts=(slow,))])
    )
    assert {bucket for name, _, _, _, bucket, _ in counts if name == "c"} == {0}


async def test_calls_are_counted_once_and_judge_the_configuration(
    database: Database, configuration: Configuration
) -> None:
    events = [call(configuration), call(configuration, 1), failed(configuration, "timeout", 2)]
    await keep(database, events)
    await keep(database, events)
    seen = await read(database, configuration)
    assert (seen.state, seen.revision, seen.failures, seen.error) == ("degraded", 3, 1, "timeout")
    async with database.read() as tx:
        counts = await health.count(tx, [configuration.id], 1_440, 0)
    assert sorted((one.slot, one.outcome, one.calls) for one in counts) == [
        (DAY_SLOT, "ok", 2), (DAY_SLOT, "timeout", 1),
    ]  # fmt: skip


async def test_a_rejected_key_fails_the_test_too_and_calls_that_go_well_take_that_back(
    database: Database, configuration: Configuration
) -> None:
    await keep(database, [failed(configuration, "auth")])
    assert (await read(database, configuration)).state == "unauthorized"
    assert await read_test(database, configuration) == "failed"
    await keep(database, [call(configuration, 5)])
    assert (await read(database, configuration)).state == "healthy"
    assert await read_test(database, configuration) == "pending"


async def test_a_late_call_of_an_older_revision_says_nothing_of_the_new_key(
    database: Database, configuration: Configuration
) -> None:
    async with database.write() as tx:
        await health.forget(tx, configuration.id, 4, START)
    await keep(database, [failed(configuration, "auth")])
    assert (await read(database, configuration)).state == "unknown"
    assert await read_test(database, configuration) == "success"


async def test_calls_of_a_configuration_that_is_gone_are_stored_all_the_same(database: Database) -> None:
    gone = Configuration(id=new_id(), workspace_id=new_id())
    assert await keep(database, [failed(gone, "auth")]) == 1
