"""Each duty has one process that does it, and when that is gone another one has it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.bookkeeping import RING, make_audit
from tests.conftest import Postgres
from tests.unit.control.alerts.alerting_workspace import AlertingWorkspace
from tests.unit.control.experiments.stored_experiment import StoredExperiment

import trunkline
from trunkline.control.alerts.delivery import AlertDelivery
from trunkline.control.alerts.evaluation import AlertEvaluation
from trunkline.control.audit_chain.linking import AuditLinking
from trunkline.control.audit_chain.seal import AuditSeal
from trunkline.control.batches.files import Files
from trunkline.control.batches.reserve import Reserve
from trunkline.control.batches.watch import BatchWatch
from trunkline.control.experiments.watch import ExperimentWatch
from trunkline.control.health.probes import HealthProbes
from trunkline.control.retention import Retention
from trunkline.control.usage.months import UsageMonths
from trunkline.control.versions.versions import Versions
from trunkline.core.ids import new_id
from trunkline.storage.database import Database
from trunkline.storage.tables import AlertDeliveryRow, Lease

LONGEST_LEASE = timedelta(minutes=5)
NOBODY: Any = None
"""What a duty is made with and does not come to here."""


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


Look = Callable[[], Awaitable[object]]


@dataclass
class Ground:
    """A database, and what there is to do in it: ``work`` gives a duty something."""

    database: Database
    clock: Clock
    alerting: AlertingWorkspace

    async def work(self) -> None:
        audit = make_audit(self.database)
        async with self.database.write() as tx:
            await audit.record(tx, None, "keys.create", workspace_id=self.alerting.workspace_id)
            tx.add(
                AlertDeliveryRow(
                    id=new_id(), workspace_id=self.alerting.workspace_id, channel_id=self.alerting.channel_id,
                    channel_name="C", channel_kind="webhook", notice="test", message={}, next_at=self.clock(),
                )
            )  # fmt: skip
        await self.alerting.rule(name=new_id())
        await self.alerting.set("down")


def evaluate(ground: Ground) -> Look:
    return AlertEvaluation(ground.database, now=ground.clock).look


def deliver(ground: Ground) -> Look:
    return AlertDelivery(ground.database, NOBODY, now=ground.clock).look


def link(ground: Ground) -> Look:
    return AuditLinking(ground.database, AuditSeal(RING), clock=ground.clock).link


def run_batches(ground: Ground) -> Look:
    database, clock = ground.database, ground.clock
    files = Files(database, RING, make_audit(database), limit=1, clock=clock)
    reserve = Reserve(database, NOBODY, clock)
    return BatchWatch(database, files, NOBODY, NOBODY, reserve, poll_seconds=1, clock=clock).look


def try_variants(ground: Ground) -> Look:
    database = ground.database
    versions = Versions(database, make_audit(database), lambda *_: 4096)
    return ExperimentWatch(database, make_audit(database), versions, clock=ground.clock, spare=0).look


def probe(ground: Ground) -> Look:
    return HealthProbes(ground.database, NOBODY, 0, now=ground.clock).look


def prune(ground: Ground) -> Look:
    return Retention(ground.database, {"requests": 30}, clock=ground.clock, pause=0).prune


def make_months(ground: Ground) -> Look:
    return UsageMonths(ground.database, clock=ground.clock).make_ahead


DUTIES: dict[str, Callable[[Ground], Look]] = {
    "alerts": evaluate,
    "alert-deliveries": deliver,
    "audit-chain": link,
    "batches": run_batches,
    "experiments": try_variants,
    "health-probes": probe,
    "retention": prune,
    "usage-months": make_months,
}


def test_these_are_all_duties() -> None:
    folder = Path(trunkline.__file__).parent / "control"
    named = {
        found[1]
        for path in folder.rglob("*.py")
        if (found := re.search(r'^_?LEASE: Final = "([a-z-]+)"', path.read_text(), re.MULTILINE))
    }
    assert named == set(DUTIES)


@pytest.fixture
async def ground(postgres: Postgres) -> Any:
    database = Database(postgres.make_migrated())
    alerting = AlertingWorkspace(database)
    await alerting.build()
    await StoredExperiment.make(database, 5_000, 5_000)
    yield Ground(database, Clock(), alerting)
    await database.close()


async def find_holder(database: Database, name: str) -> str | None:
    async with database.read() as tx:
        return await tx.scalar(select(Lease.holder).where(Lease.name == name))


@pytest.mark.parametrize("name", DUTIES)
async def test_one_process_does_it_until_it_is_gone(ground: Ground, name: str) -> None:
    first, second = (DUTIES[name](ground) for _ in range(2))
    await ground.work()
    await first()
    leader = await find_holder(ground.database, name)
    assert leader is not None
    await second()
    assert await find_holder(ground.database, name) == leader
    await ground.work()
    await asyncio.gather(first(), second())
    assert await find_holder(ground.database, name) == leader
    # Of the first one nothing is heard any more.
    ground.clock.ahead = LONGEST_LEASE + timedelta(seconds=1)
    await ground.work()
    await second()
    heir = await find_holder(ground.database, name)
    assert heir not in {None, leader}
    # It was only slow, and does nothing now.
    await ground.work()
    await first()
    assert await find_holder(ground.database, name) == heir


@pytest.mark.parametrize("name", DUTIES)
async def test_of_several_that_begin_at_once_one_does_it(ground: Ground, name: str) -> None:
    looks = [DUTIES[name](ground) for _ in range(4)]
    await ground.work()
    await asyncio.gather(*(look() for look in looks))
    leader = await find_holder(ground.database, name)
    await ground.work()
    await asyncio.gather(*(look() for look in looks))
    assert await find_holder(ground.database, name) == leader is not None
