"""Which versions have to be taken back, and the sentence that says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trunkline.control.experiments.guardrails import GuardrailReading, is_broken
from trunkline.control.experiments.review import Review
from trunkline.control.experiments.verdict import write_points
from trunkline.control.versions.shares import WHOLE

Recent = Mapping[str, tuple[int, int]]
"""By version: how many of its newest calls were looked at, and how many of them failed."""


def find_unfit(found: Review, recent: Recent) -> dict[str, str]:
    """The versions that a guardrail or the breaker speaks against, each with why. Never the control."""
    control = found.comparison.control
    if control is None:
        return {}
    unfit: dict[str, str] = {}
    for each in found.comparison.challengers:
        tripped = next(
            (reading for reading in found.readings if reading.version_id == each.version_id and reading.tripped), None
        )
        if tripped is not None:
            why = f"it {_say(tripped)} than {control.name} (95 % certain)"
            unfit[each.version_id] = f"Version {each.name} was taken back automatically: {why}."
            continue
        calls, errors = recent.get(each.version_id, (0, 0))
        if is_broken([(calls, errors), recent.get(control.version_id, (0, 0))]):
            why = f"{errors} of its last {calls} calls failed"
            unfit[each.version_id] = f"Version {each.name} was taken back automatically: {why}."
    return unfit


def roll_back(shares: Mapping[str, int], unfit: Iterable[str], control_id: str) -> dict[str, int]:
    """Without the unfit versions, whose shares go to the control; what the others have, they keep."""
    gone = set(unfit)
    left = {name: share for name, share in shares.items() if name not in gone}
    return {**left, control_id: WHOLE - sum(share for name, share in left.items() if name != control_id)}


def _say(reading: GuardrailReading) -> str:
    least = reading.at_least or 0.0
    if reading.rail == "cost":
        return f"costs at least {100 * least:.1f} % more"
    if reading.rail == "errorRate":
        return f"has an error rate at least {write_points(least)} higher"
    return f"has a share of slow requests at least {write_points(least)} higher"
