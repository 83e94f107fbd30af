"""The watch: harm is taken back by itself, ramps go on by themselves, and each of it once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import cast

import numpy as np
import pytest
from sqlalchemy import select
from tests.bookkeeping import make_audit
from tests.unit.control.experiments.stored_experiment import StoredExperiment

from trunkline.control.experiments.ramp import begin
from trunkline.control.experiments.watch import LEASE, ExperimentWatch
from trunkline.control.versions.experiment_settings import (
    ExperimentSettings,
    Guardrails,
    RampStep,
    read_settings,
    write_settings,
)
from trunkline.control.versions.versions import Versions
from trunkline.storage import experiments, leases
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import AuditEvent, Workspace, now


async def events_of(ground: StoredExperiment, action: str) -> list[AuditEvent]:
    async with ground.database.read() as tx:
        query = select(AuditEvent).where(AuditEvent.action == action, AuditEvent.workspace_id == ground.workspace_id)
        return list(await tx.scalars(query))


async def set_up(ground: StoredExperiment, settings: ExperimentSettings) -> None:
    async with ground.database.write() as tx:
        experiment = await experiments.find(tx, ground.configuration_id)
        assert experiment is not None
        experiment.settings = write_settings(settings)


def shares(ground: StoredExperiment, weights: dict[str, int]) -> list[int | None]:
    return [weights.get(version) for version in ground.versions]


async def test_a_jump_from_one_to_six_percent_is_reverted_within_1500_calls(database: Database) -> None:
    ground = await StoredExperiment.make(database, 5_000, 5_000)
    watch, rng, calls = ground.watch(), np.random.default_rng(11), 0
    while (await ground.look()).state == "running":
        assert calls < 1_500
        failing = {
            version: set(map(int, np.flatnonzero(rng.random(100) < rate)))
            for version, rate in zip(ground.versions, (0.01, 0.06), strict=True)
        }
        await ground.serve([f"user {user}" for user in range(calls, calls + 100)], failing)
        calls += 100
        await watch.look()
    record = await ground.look()
    assert record.state == "reverted"
    assert "Version v2 was taken back automatically: it has an error rate at least" in record.verdict.sentence
    phase = (await ground.phases())[0]
    assert phase.reason == "guardrail"
    assert shares(ground, phase.weights) == [10_000, None]
    (event,) = await events_of(ground, "experiments.revert")
    assert (event.actor_kind, event.actor_id, event.target_id) == ("system", None, ground.configuration_id)
    assert [each.target_id for each in await events_of(ground, "versions.update")] == ground.versions


async def test_versions_that_are_alike_are_left_alone(database: Database) -> None:
    ground = await StoredExperiment.make(database, 5_000, 5_000)
    watch, rng = ground.watch(), np.random.default_rng(5)
    for calls in range(0, 1_000, 200):
        failing = {version: set(map(int, np.flatnonzero(rng.random(200) < 0.05))) for version in ground.versions}
        await ground.serve([f"user {user % 300}" for user in range(calls, calls + 200)], failing)
        await watch.look()
    assert (await ground.look()).state == "running"


async def test_a_broken_version_is_taken_back_after_twenty_calls(database: Database) -> None:
    ground = await StoredExperiment.make(database, 5_000, 5_000)
    await set_up(ground, ExperimentSettings(guardrails=Guardrails(error_rate=None)))
    watch = ground.watch()
    everything = set(range(100))
    await ground.serve([f"user {user}" for user in range(30)], {ground.versions[1]: everything})
    await watch.look()
    assert (await ground.look()).state == "running"
    await ground.serve([f"user {user}" for user in range(30, 60)], {ground.versions[1]: everything})
    await ground.watch().look()
    assert (await ground.look()).state == "running", "the other process has the duty"
    await watch.look()
    record = await ground.look()
    assert record.state == "reverted"
    assert "calls failed" in record.verdict.sentence


async def test_when_all_fail_nothing_is_taken_back(database: Database) -> None:
    ground = await StoredExperiment.make(database, 5_000, 5_000)
    everything = {version: set(range(200)) for version in ground.versions}
    await ground.serve([f"user {user}" for user in range(200)], everything)
    await ground.watch().look()
    assert (await ground.look()).state == "running"


async def test_one_of_several_is_taken_back_and_the_others_go_on(database: Database) -> None:
    ground = await StoredExperiment.make(database, 4_000, 3_000, 3_000)
    await ground.serve([f"user {user}" for user in range(150)], {ground.versions[1]: set(range(150))})
    await ground.watch().look()
    phase = (await ground.phases())[0]
    assert shares(ground, phase.weights) == [7_000, None, 3_000]
    assert (await ground.look()).state == "running"


async def test_the_snapshot_is_told(database: Database) -> None:
    ground = await StoredExperiment.make(database, 5_000, 5_000)

    async def revision() -> int:
        async with database.read() as tx:
            return await tx.scalar(select(Workspace.revision).where(Workspace.id == ground.workspace_id)) or 0

    before = await revision()
    await ground.serve([f"user {user}" for user in range(150)], {ground.versions[1]: set(range(150))})
    await ground.watch().look()
    assert await revision() > before


async def test_what_has_ended_is_not_looked_at(database: Database) -> None:
    ground = await StoredExperiment.make(database, 5_000, 5_000)
    async with database.write() as tx:
        experiment = await experiments.find(tx, ground.configuration_id)
        assert experiment is not None
        experiment.state = "shipped"
    await ground.serve([f"user {user}" for user in range(150)], {ground.versions[1]: set(range(150))})
    await ground.watch().look()
    assert len(await ground.phases()) == 1


async def test_a_ramp_goes_on_when_its_users_have_come_and_not_before(database: Database) -> None:
    ground = await StoredExperiment.make(database, 9_000, 1_000)
    steps = (RampStep(percent=10, min_units=20), RampStep(percent=40, hours=1), RampStep(percent=100))
    await set_up(ground, ExperimentSettings(ramp=begin(ground.versions[1], steps, now())))
    audit = make_audit(database)
    at = now()
    watch = ExperimentWatch(database, audit, Versions(database, audit, lambda *_: 4096), clock=lambda: at, spare=0)

    async def stand() -> tuple[list[int | None], str]:
        async with database.read() as tx:
            experiment = await experiments.find(tx, ground.configuration_id)
        ramp = read_settings(experiment.settings).ramp if experiment is not None else None
        assert ramp is not None
        return shares(ground, (await ground.phases())[0].weights), ramp.state

    served = 0
    while (await ground.look()).versions[1].units < 20:
        await watch.look()
        assert await stand() == ([9_000, 1_000], "running")
        await ground.serve([f"user {user}" for user in range(served, served + 20)])
        served += 20
    await watch.look()
    assert await stand() == ([6_000, 4_000], "running")
    await ground.serve([f"user {user}" for user in range(40)])
    await watch.look()
    assert await stand() == ([6_000, 4_000], "running")
    at += timedelta(hours=2)
    await ground.serve(["somebody"])
    await watch.look()
    assert await stand() == ([0, 10_000], "done")
    assert [phase.reason for phase in await ground.phases()][:2] == ["ramp", "ramp"]
    assert len(await events_of(ground, "experiments.ramp")) == 2


async def test_a_ramp_of_a_version_that_is_taken_back_stops(database: Database) -> None:
    ground = await StoredExperiment.make(database, 4_000, 3_000, 3_000)
    steps = (RampStep(percent=30, min_units=1), RampStep(percent=60))
    await set_up(ground, ExperimentSettings(ramp=begin(ground.versions[1], steps, now())))
    await ground.serve([f"user {user}" for user in range(150)], {ground.versions[1]: set(range(150))})
    await ground.watch().look()
    ramp = (await ground.look()).ramp
    assert ramp is not None
    assert ramp.state == "stopped"


async def test_two_processes_at_once_act_once(database: Database) -> None:
    ground = await StoredExperiment.make(database, 5_000, 5_000)
    await ground.serve([f"user {user}" for user in range(150)], {ground.versions[1]: set(range(150))})
    await asyncio.gather(*(ground.watch().look() for _ in range(4)))
    assert len(await events_of(ground, "experiments.revert")) == 1
    assert len(await ground.phases()) == 2


@pytest.mark.parametrize("shares", [(), (10_000,), (10_000, 0)])
async def test_nobody_takes_the_duty_for_nothing(database: Database, shares: tuple[int, ...]) -> None:
    ground = await StoredExperiment.make(database, *shares)
    if shares:
        await ground.serve(["somebody"])
    await ground.watch().look()
    async with database.write() as tx:
        assert await leases.take(tx, LEASE, "another", now=now(), until=now())


class Raced:
    """A database on which somebody else is faster: ``meanwhile`` comes right before the second change."""

    def __init__(self, database: Database, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self.read = database.read
        self._database = database
        self._meanwhile = meanwhile
        self._writes = 0

    @asynccontextmanager
    async def write(self, **_: float) -> AsyncIterator[Transaction]:
        self._writes += 1
        if self._writes == 2:
            await self._meanwhile()
        async with self._database.write() as tx:
            yield tx


async def test_what_was_read_in_another_phase_is_not_acted_on(database: Database) -> None:
    ground = await StoredExperiment.make(database, 5_000, 5_000)
    await ground.serve([f"user {user}" for user in range(150)], {ground.versions[1]: set(range(150))})

    async def shift() -> None:
        async with database.write() as tx:
            first, second = await experiments.lock_versions(tx, ground.configuration_id)
            first.share, second.share = 9_900, 100
        await ground.settle("by hand")

    audit = make_audit(database)
    raced = cast("Database", Raced(database, shift))
    await ExperimentWatch(raced, audit, Versions(database, audit, lambda *_: 4096), spare=0).look()
    assert (await ground.look()).state == "running"
    assert [phase.reason for phase in await ground.phases()] == ["by hand", "test"]


async def test_one_that_cannot_be_looked_at_keeps_nobody_from_the_others(database: Database) -> None:
    spoiled, sound = [await StoredExperiment.make(database, 5_000, 5_000) for _ in range(2)]
    async with database.write() as tx:
        experiment = await experiments.find(tx, spoiled.configuration_id)
        assert experiment is not None
        experiment.settings = {"slowMs": "soon"}
    await sound.serve([f"user {user}" for user in range(150)], {sound.versions[1]: set(range(150))})
    await sound.watch().look()
    assert (await sound.look()).state == "reverted"
