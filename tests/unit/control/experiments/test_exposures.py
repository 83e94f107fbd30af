"""The intake: every call counts once for its version and its unit, whatever is repeated or gone."""

from __future__ import annotations

import asyncio
from typing import cast

from sqlalchemy import delete, select
from tests.unit.control.experiments.stored_experiment import StoredExperiment

from trunkline.control.experiments.exposures import Exposures
from trunkline.control.usage.event_values import estimate
from trunkline.control.usage.projection import Arrivals
from trunkline.core.chat import Usage
from trunkline.core.usage_event import Attempt, Opened
from trunkline.storage.database import Database
from trunkline.storage.intake.connection import Transaction
from trunkline.storage.tables import Configuration, ExperimentUnit, VersionUsage


async def units(database: Database) -> list[ExperimentUnit]:
    async with database.read() as tx:
        return list(await tx.scalars(select(ExperimentUnit).order_by(ExperimentUnit.request_count)))


async def totals(database: Database) -> list[VersionUsage]:
    async with database.read() as tx:
        return list(await tx.scalars(select(VersionUsage)))


async def test_a_batch_that_comes_twice_counts_once(database: Database) -> None:
    ground = await StoredExperiment.make(database, 10_000)
    version, phase = ground.versions[0], (await ground.phases())[0].id
    events = [
        ground.event(version, phase, "ann"),
        ground.event(version, phase, "ann", outcome="error", duration_us=11_000_000),
        ground.event(version, phase, "bob", cost_nanos=None),
    ]
    assert await ground.keep(events) == 3
    assert await ground.keep(events) == 0
    assert await ground.keep([*events, ground.event(version, phase, "ann")]) == 1
    bob, ann = await units(database)
    assert (ann.request_count, ann.error_count, ann.slow_count, ann.unpriced_count) == (3, 1, 1, 0)
    assert (ann.duration_us, ann.tokens, ann.cost_nanos) == (11_400_000, 45, 3_000)
    assert (bob.request_count, bob.unpriced_count) == (1, 1)
    (total,) = await totals(database)
    assert (total.request_count, total.error_count, total.tokens, total.cost_nanos) == (4, 1, 60, 3_000)
    assert total.duration_us == 11_600_000


async def test_two_shippers_at_once_count_each_event_once(database: Database) -> None:
    ground = await StoredExperiment.make(database, 5_000, 5_000)
    phase = (await ground.phases())[0].id
    events = [ground.event(ground.versions[at % 2], phase, f"user {at % 7}") for at in range(200)]
    counts = await asyncio.gather(ground.keep(events), ground.keep(list(reversed(events))))
    assert sum(counts) == 200
    assert sum(unit.request_count for unit in await units(database)) == 200
    assert sum(total.request_count for total in await totals(database)) == 200


async def test_a_call_of_nobody_is_a_unit_of_its_own(database: Database) -> None:
    ground = await StoredExperiment.make(database, 10_000)
    phase = (await ground.phases())[0].id
    await ground.keep([ground.event(ground.versions[0], phase, None) for _ in range(3)])
    assert [unit.request_count for unit in await units(database)] == [1, 1, 1]


async def test_a_version_that_a_route_gave_up_on_has_failed_once(database: Database) -> None:
    ground = await StoredExperiment.make(database, 5_000, 5_000)
    first, second = ground.versions
    phase = (await ground.phases())[0].id

    def attempt(version_id: str | None, unit: str | None) -> Attempt:
        return Attempt(
            configuration_id=ground.configuration_id,
            provider="demo",
            model="m",
            error="server",
            duration_us=70,
            version_id=version_id,
            phase_id=phase if version_id else None,
            unit=unit,
        )

    tries = (attempt(first, "ann"), attempt(first, "ann"), attempt(None, None))
    await ground.keep([ground.event(None, None, None, attempts=tries)])
    (unit,) = await units(database)
    assert (unit.version_id, unit.unit, unit.request_count, unit.error_count) == (first, "ann", 1, 1)
    assert (unit.duration_us, unit.tokens, unit.cost_nanos) == (140, 0, 0)
    await ground.keep([ground.event(second, phase, "bob", attempts=(attempt(second, "bob"),))])
    assert {total.version_id: (total.request_count, total.error_count) for total in await totals(database)} == {
        first: (1, 1),
        second: (1, 0),
    }


async def test_our_own_calls_and_unknown_ends_count_for_the_version_alone(database: Database) -> None:
    ground = await StoredExperiment.make(database, 10_000)
    version, phase = ground.versions[0], (await ground.phases())[0].id
    opened = Opened(
        id="01999999-0000-7000-8000-000000000001",
        opened_at=1,
        request_id="r",
        operation="chat",
        workspace_id=ground.workspace_id,
        user_id=ground.user_id,
        version_id=version,
        phase_id=phase,
    )
    await ground.keep([estimate(opened), ground.event(version, phase, "ann", purpose="judge")])
    assert await units(database) == []
    assert [total.request_count for total in await totals(database)] == [2]


async def test_a_configuration_that_is_gone_stops_nothing(database: Database) -> None:
    ground = await StoredExperiment.make(database, 10_000)
    phase = (await ground.phases())[0].id
    late = [ground.event(ground.versions[0], phase, "ann")]
    async with database.write() as tx:
        await tx.execute(delete(Configuration).where(Configuration.id == ground.configuration_id))
    assert await ground.keep(late) == 1
    assert await units(database) == []
    assert [total.request_count for total in await totals(database)] == [1]


async def test_what_is_slow_is_up_to_the_phase(database: Database) -> None:
    ground = await StoredExperiment.make(database, 10_000)
    async with database.write() as tx:
        phase = (await ground.phases())[0]
        phase.slow_ms = 100
        await tx.merge(phase)
    await ground.keep([ground.event(ground.versions[0], phase.id, "ann", duration_us=ms * 1_000) for ms in (100, 101)])
    assert [unit.slow_count for unit in await units(database)] == [1]


async def test_figures_are_added_up_by_the_database(database: Database) -> None:
    ground = await StoredExperiment.make(database, 10_000)
    phase = (await ground.phases())[0].id
    huge = 10**14
    await ground.keep(
        [ground.event(ground.versions[0], phase, f"u{at}", cost_nanos=huge, usage=Usage(input=at)) for at in range(4)]
    )
    (version,) = (await ground.look()).versions
    assert (version.units, version.requests) == (4, 4)
    assert version.metrics["avgCostUSD"] == huge * 1e-9
    assert version.metrics["avgTokensUsed"] == 1.5
    assert version.metrics["avgLatencyMs"] == 200
    assert version.metrics["errorRate"] == 0
    assert version.metrics["satisfaction"] is None


async def test_calls_without_a_version_cost_nothing(database: Database) -> None:
    ground = await StoredExperiment.make(database)
    nowhere = cast("Transaction", None)
    await Exposures().apply(nowhere, Arrivals(single=[ground.event(None, None, "ann")]))
