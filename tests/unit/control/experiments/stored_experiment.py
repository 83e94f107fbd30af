"""A configuration with versions in a database, and calls that they have served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from tests.bookkeeping import keep, make_audit

from trunkline.control.experiments.experiment import ExperimentRecord
from trunkline.control.experiments.review import review, show
from trunkline.control.experiments.watch import ExperimentWatch
from trunkline.control.versions.phases import settle_weights
from trunkline.control.versions.versions import Versions
from trunkline.core.actor import Actor
from trunkline.core.chat import Usage
from trunkline.core.ids import new_id
from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.routing.assignment import find_bucket
from trunkline.storage import configurations, experiments
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Configuration, ConfigurationVersion, ExperimentPhase, User, Workspace

START = 1_790_000_000_000_000
SALT = "ground"
"""The same each time, so that the same users always get the same versions."""


@dataclass
class StoredExperiment:
    """One configuration of one user; versions are named by their place, v1 first."""

    database: Database
    user_id: str
    workspace_id: str
    configuration_id: str
    versions: list[str]
    clock: int = START

    @classmethod
    async def make(cls, database: Database, *shares: int, salt: str | None = SALT) -> StoredExperiment:
        """``shares`` in hundredths of a percent; there may be none. ``salt`` None: the one that was drawn."""
        user = User(id=new_id(), email=f"{new_id()}@example.com")
        workspace = Workspace(id=new_id(), name="w")
        row = Configuration(
            id=new_id(), workspace_id=workspace.id, user_id=user.id, name="c", provider="demo", model="demo-chat"
        )
        row.parameters = {}
        async with database.write() as tx:
            tx.add_all((user, workspace))
            await tx.flush()
            tx.add(row)
            await tx.flush()
        ground = cls(database, user.id, workspace.id, row.id, [])
        for at, share in enumerate(shares, 1):
            version = ConfigurationVersion(
                id=new_id(),
                workspace_id=workspace.id,
                configuration_id=row.id,
                version=f"v{at}",
                provider="demo",
                model="demo-chat",
                parameters={},
                share=share,
            )
            async with database.write() as tx:
                tx.add(version)
            ground.versions.append(version.id)
        if shares:
            await ground.settle()
            if salt is not None:
                async with database.write() as tx:
                    experiment = await experiments.find(tx, row.id)
                    assert experiment is not None
                    experiment.salt = salt
        return ground

    @property
    def actor(self) -> Actor:
        return Actor(user_id=self.user_id, workspace_id=self.workspace_id, role="owner")

    async def settle(self, reason: str = "test") -> None:
        async with self.database.write() as tx:
            await settle_weights(tx, await self.configuration(tx), reason)

    async def configuration(self, tx: Transaction) -> Configuration:
        row = await configurations.find(tx, self.workspace_id, self.configuration_id, lock=True)
        assert row is not None
        return row

    async def rows(self) -> Sequence[ConfigurationVersion]:
        async with self.database.read() as tx:
            return await experiments.find_versions(tx, self.configuration_id)

    async def phases(self) -> Sequence[ExperimentPhase]:
        """The newest first."""
        async with self.database.read() as tx:
            return await experiments.find_phases(tx, self.configuration_id)

    async def look(self, phase: int | None = None) -> ExperimentRecord:
        async with self.database.read() as tx:
            row = await configurations.find(tx, self.workspace_id, self.configuration_id)
            assert row is not None
            return show(await review(tx, row, phase))

    def watch(self) -> ExperimentWatch:
        audit = make_audit(self.database)
        return ExperimentWatch(self.database, audit, Versions(self.database, audit, lambda *_: 4096), spare=0)

    def event(self, version_id: str | None, phase_id: str | None, user: str | None, **fields: object) -> UsageEvent:
        """A call of ``user``, a second after the last one."""
        self.clock += 1_000_000
        given: dict[str, object] = {
            "id": new_id(),
            "opened_at": self.clock,
            "request_id": new_id(),
            "operation": "chat",
            "workspace_id": self.workspace_id,
            "user_id": self.user_id,
            "configuration_id": self.configuration_id,
            "version_id": version_id,
            "phase_id": phase_id,
            "unit": None if user is None else sha256(user.encode()).hexdigest()[:32],
            "provider": "demo",
            "model": "demo-chat",
            "usage": Usage(input=10, output=5),
            "cost_nanos": 1_000,
            "duration_us": 200_000,
        }
        return UsageEvent(**{**given, **fields})  # pyright: ignore[reportArgumentType] - the tests' own fields

    async def serve(self, users: Sequence[str], failing: dict[str, set[int]] | None = None) -> None:
        """A call of each user, by the version that their bucket belongs to.

        ``failing``: by version, which of its calls in this batch fail.
        """
        async with self.database.read() as tx:
            experiment = await experiments.find(tx, self.configuration_id)
            rows = await experiments.find_versions(tx, self.configuration_id)
            phase = await experiments.find_last_phase(tx, self.configuration_id)
        assert experiment is not None
        assert phase is not None
        events: list[UsageEvent] = []
        served = dict.fromkeys(self.versions, 0)
        for user in users:
            bucket, digest = find_bucket(experiment.salt, user)
            version = next(row for row in rows if any(start <= bucket < end for start, end in row.buckets))
            fails = served[version.id] in (failing or {}).get(version.id, set())
            served[version.id] += 1
            outcome = {"outcome": "error", "status": 500} if fails else {}
            events.append(self.event(version.id, phase.id, user, **{"unit": digest, **outcome}))
        await self.keep(events)

    async def keep(self, events: Sequence[UsageEvent]) -> int:
        return await keep(self.database, events)
