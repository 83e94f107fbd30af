"""Calls that broke a policy, as they come from the journal."""

from __future__ import annotations

from trunkline.control.usage.event_values import cut
from trunkline.control.usage.projection import Arrivals
from trunkline.core.policy import ViolationEvent
from trunkline.storage.intake.connection import Transaction
from trunkline.storage.intake.table import Values
from trunkline.storage.intake.tables import VIOLATIONS


class BrokenPolicies:
    """The projection that keeps them."""

    async def apply(self, tx: Transaction, events: Arrivals) -> None:
        """Store those that are not there yet."""
        if events.violations:
            await tx.insert(VIOLATIONS, list({event.id: _values(event) for event in events.violations}.values()))


def _values(event: ViolationEvent) -> Values:
    return (
        event.id,
        event.policy_id,
        cut(event.policy_name, 255),
        event.workspace_id,
        event.application_id,
        event.user_id,
        event.key_id,
        event.configuration_id,
        cut(event.provider, 100),
        cut(event.model, 255),
        cut(event.host, 255),
        event.risk_type,
        event.action,
        cut(event.explanation, 2_000),
        cut(event.request_id, 128),
        event.at,
    )
