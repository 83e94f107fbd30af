"""Phases: one for as long as nothing that matters changes, and never two at once."""

from __future__ import annotations

import asyncio

from tests.unit.control.experiments.stored_experiment import StoredExperiment

from trunkline.control.versions.experiment_settings import ExperimentSettings, write_settings
from trunkline.control.versions.phases import settle_weights
from trunkline.storage import experiments
from trunkline.storage.database import Database
from trunkline.storage.tables import ConfigurationVersion


async def test_the_first_active_version_begins_the_experiment(database: Database) -> None:
    ground = await StoredExperiment.make(database)
    await ground.settle()
    async with database.read() as tx:
        assert await experiments.find(tx, ground.configuration_id) is None
    ground = await StoredExperiment.make(database, 10_000, salt=None)
    async with database.read() as tx:
        experiment = await experiments.find(tx, ground.configuration_id)
    assert experiment is not None
    assert len(experiment.salt) == 32
    (phase,) = await ground.phases()
    assert (phase.number, phase.weights, phase.ended_at) == (1, {ground.versions[0]: 10_000}, None)
    assert (await ground.rows())[0].buckets == [[0, 10_000]]


async def test_salts_differ(database: Database) -> None:
    salts: set[str] = set()
    for _ in range(2):
        ground = await StoredExperiment.make(database, 10_000, salt=None)
        async with database.read() as tx:
            experiment = await experiments.find(tx, ground.configuration_id)
            salts.add(experiment.salt if experiment else "")
    assert len(salts) == 2


async def change(ground: StoredExperiment, at: int, **fields: object) -> None:
    async with ground.database.write() as tx:
        row = await tx.get(ConfigurationVersion, ground.versions[at])
        assert row is not None
        for name, value in fields.items():
            setattr(row, name, value)
    await ground.settle("changed")


async def test_new_shares_open_a_phase_and_move_only_surrendered_buckets(database: Database) -> None:
    ground = await StoredExperiment.make(database, 7_000, 3_000)
    kept = (await ground.rows())[1].buckets
    async with database.write() as tx:
        for version, share in zip(
            await experiments.lock_versions(tx, ground.configuration_id), (4_000, 6_000), strict=True
        ):
            version.share = share
    await ground.settle("shares set")
    new, old = await ground.phases()
    assert (new.number, new.reason, new.ended_at) == (2, "shares set", None)
    assert old.ended_at is not None
    buckets = {bucket for start, end in (await ground.rows())[1].buckets for bucket in range(start, end)}
    assert len(buckets) == 6_000
    assert buckets.issuperset(bucket for start, end in kept for bucket in range(start, end))


async def test_nothing_that_matters_opens_no_phase(database: Database) -> None:
    ground = await StoredExperiment.make(database, 7_000, 3_000)
    await change(ground, 0, label="another label", version="first")
    await ground.settle()
    assert len(await ground.phases()) == 1


async def test_a_version_that_becomes_another_opens_a_phase(database: Database) -> None:
    ground = await StoredExperiment.make(database, 7_000, 3_000)
    for number, fields in enumerate(({"parameters": {"temperature": 0.1}}, {"model": "m"}, {"provider": "openai"}), 2):
        await change(ground, 1, **fields)
        assert (await ground.phases())[0].number == number


async def test_another_measure_of_slow_opens_a_phase(database: Database) -> None:
    ground = await StoredExperiment.make(database, 7_000, 3_000)
    async with database.write() as tx:
        experiment = await experiments.find(tx, ground.configuration_id)
        assert experiment is not None
        experiment.settings = write_settings(ExperimentSettings(slow_ms=500))
    await ground.settle()
    assert [phase.slow_ms for phase in await ground.phases()] == [500, 10_000]


async def test_without_an_active_version_no_phase_is_open(database: Database) -> None:
    ground = await StoredExperiment.make(database, 10_000)
    await change(ground, 0, is_active=False)
    (phase,) = await ground.phases()
    assert phase.ended_at is not None
    assert (await ground.rows())[0].buckets == []
    await change(ground, 0, is_active=True)
    assert [phase.number for phase in await ground.phases()] == [2, 1]


async def test_an_experiment_that_had_ended_runs_again_with_two_versions(database: Database) -> None:
    ground = await StoredExperiment.make(database, 10_000, 0)
    async with database.write() as tx:
        experiment = await experiments.find(tx, ground.configuration_id)
        assert experiment is not None
        experiment.state, experiment.verdict = "shipped", {"advice": "none", "sentence": "Over."}
    await change(ground, 0, parameters={"temperature": 0.2})
    assert (await ground.look()).state == "shipped"
    async with database.write() as tx:
        for version in await experiments.lock_versions(tx, ground.configuration_id):
            version.share = 5_000
    await ground.settle()
    assert (await ground.look()).state == "running"
    assert (await ground.look()).verdict.sentence != "Over."


async def test_many_writers_at_once_leave_one_open_phase(database: Database) -> None:
    ground = await StoredExperiment.make(database, 7_000, 3_000)

    async def write(share: int) -> None:
        # They wait for each other, one after the other, on whatever machine.
        async with database.write(limit=60) as tx:
            configuration = await ground.configuration(tx)
            first, second = await experiments.lock_versions(tx, ground.configuration_id)
            first.share, second.share = share, 10_000 - share
            await settle_weights(tx, configuration, "race")

    await asyncio.gather(*(write(share) for share in range(1_000, 9_000, 1_000)))
    phases = await ground.phases()
    assert [phase.number for phase in phases] == list(range(len(phases), 0, -1))
    assert [phase.ended_at is None for phase in phases] == [True, *[False] * (len(phases) - 1)]
    rows = await ground.rows()
    assert {row.id: row.share for row in rows} == phases[0].weights
    assert all(sum(end - start for start, end in row.buckets) == row.share for row in rows)
