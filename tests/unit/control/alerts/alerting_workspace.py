"""A workspace whose configuration can break down, and a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from trunkline.control.alerts.evaluation import AlertEvaluation
from trunkline.control.alerts.presets import list_presets
from trunkline.core.health import Health, HealthState
from trunkline.core.moment import to_microseconds
from trunkline.storage import alert_rules, health
from trunkline.storage.database import Database
from trunkline.storage.tables import (
    AlertChannelRow,
    AlertDeliveryRow,
    AlertRow,
    AlertRuleRow,
    Configuration,
    User,
    Workspace,
)

START = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)


class AlertingWorkspace:
    """``now`` is what the clock shows."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        self.evaluation = self.make_evaluation()
        self.user_id = self.workspace_id = self.configuration_id = self.channel_id = ""

    def make_evaluation(self) -> AlertEvaluation:
        """Another process's."""
        return AlertEvaluation(self.database, now=lambda: self.now)

    async def build(self) -> None:
        async with self.database.write() as tx:
            user = User(email="a@example.com", password_hash="x", name="A")
            tx.add(user)
            await tx.flush()
            workspace = Workspace(name="W", personal_of=user.id)
            tx.add(workspace)
            await tx.flush()
            row = Configuration(
                workspace_id=workspace.id, user_id=user.id, name="c", provider="openai", revision=1, is_shared=True
            )
            channel = AlertChannelRow(
                workspace_id=workspace.id, name="on-call", kind="webhook", url="https://x.example", created_by=user.id
            )
            tx.add_all([row, channel])
            await tx.flush()
            self.user_id, self.workspace_id = user.id, workspace.id
            self.configuration_id, self.channel_id = row.id, channel.id

    async def set(self, state: HealthState, since: datetime | None = None) -> None:
        """The configuration is so."""
        at = to_microseconds(since or self.now)
        async with self.database.write() as tx:
            found = Health(state=state, since=at, revision=1, checked_at=at, message="Nobody is there.")
            await health.keep(tx, self.configuration_id, found, at)

    async def rule(self, preset: str | None = None, **fields: Any) -> str:
        """One that tells the channel, in the place of a preset or beside them."""
        found = next((each for each in list_presets(self.workspace_id) if each.preset == preset), None)
        given = {"kind": "down", "name": "Down", "severity": "warning", "channel_ids": [self.channel_id], **fields}
        if found is not None:
            given |= {"id": found.id, "preset": preset}
        async with self.database.write() as tx:
            row = AlertRuleRow(workspace_id=self.workspace_id, created_by=self.user_id, **given)
            await alert_rules.insert(tx, row)
            await alert_rules.mark(tx)
        return row.id

    async def look(self, **later: float) -> None:
        """Look, after so long."""
        self.now += timedelta(**later)
        await self.evaluation.look()

    async def alerts(self) -> Sequence[AlertRow]:
        async with self.database.read() as tx:
            return (await tx.scalars(select(AlertRow).order_by(AlertRow.id))).all()

    async def states(self) -> list[str]:
        return [row.state for row in await self.alerts()]

    async def notices(self) -> list[str]:
        """What the channel is to be told, in order."""
        async with self.database.read() as tx:
            rows = await tx.scalars(select(AlertDeliveryRow).order_by(AlertDeliveryRow.id))
            return [row.notice for row in rows]
