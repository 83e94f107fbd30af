"""What processes tell each other of health, so that the routes of all go by it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from trunkline.core.health import HealthState
from trunkline.gateway.routing.breaker import Breakers
from trunkline.gateway.snapshot import Snapshot


class HealthChange(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration is in another state."""

    workspace_id: str
    configuration_id: str
    state: HealthState


def heed(changes: Iterable[HealthChange], breakers: Breakers, snapshot: Snapshot) -> None:
    """Have routes pass over configurations whose key was rejected, and go to those again that are healthy.

    The rest is for each process to find out: what fails for one need not fail for another.
    """
    for change in changes:
        part = snapshot.parts.get(change.workspace_id)
        entry = None if part is None else part.configurations.get(change.configuration_id)
        if entry is None:
            continue
        if change.state == "unauthorized":
            breakers.reject(entry)
        elif change.state == "healthy":
            breakers.release(entry)
