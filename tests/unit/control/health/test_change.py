"""What routes do with a change of health."""

from __future__ import annotations

import pytest

from trunkline.control.health.change import HealthChange, heed
from trunkline.core.errors import UpstreamError
from trunkline.core.health import HealthState
from trunkline.gateway.routing.breaker import REJECTED_SECONDS, Breakers
from trunkline.gateway.snapshot import ConfigurationEntry, Snapshot, WorkspacePart

ENTRY = ConfigurationEntry(id="c", workspace_id="w", owner_id="u", name="c", provider="openai")
SNAPSHOT = Snapshot(parts={"w": WorkspacePart(id="w", revision=1, configurations={"c": ENTRY})})


def tell(breakers: Breakers, state: HealthState, configuration_id: str = "c") -> None:
    heed([HealthChange(workspace_id="w", configuration_id=configuration_id, state=state)], breakers, SNAPSHOT)


def test_a_rejected_key_is_passed_over_until_it_serves_again() -> None:
    breakers = Breakers(lambda: 1000.0)
    tell(breakers, "unauthorized")
    assert breakers.closed_at(ENTRY) == 1000 + REJECTED_SECONDS
    assert [(one.configuration_id, one.trying, one.seconds) for one in breakers.read()] == [("c", False, 300)]
    tell(breakers, "healthy")
    assert breakers.closed_at(ENTRY) == 0
    assert breakers.read() == []


@pytest.mark.parametrize("state", ["down", "degraded", "rate_limited", "unknown"])
def test_what_fails_elsewhere_is_for_each_process_to_find_out(state: HealthState) -> None:
    breakers = Breakers(lambda: 1000.0)
    tell(breakers, state)
    assert breakers.closed_at(ENTRY) == 0
    breakers.failed(ENTRY, UpstreamError("no", kind="auth"))
    tell(breakers, state)
    assert breakers.closed_at(ENTRY) > 0


def test_a_configuration_that_is_gone_does_no_harm() -> None:
    tell(Breakers(lambda: 0.0), "unauthorized", "gone")
