"""How a ramp goes on: a version's share grows step by step, as long as nothing speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from trunkline.control.versions.experiment_settings import Ramp, RampStep


def share_of(step: RampStep) -> int:
    """A step's share in hundredths of a percent."""
    return round(step.percent * 100)


def begin(version_id: str, steps: tuple[RampStep, ...], now: datetime) -> Ramp:
    """A ramp at its first step."""
    return _at(Ramp(version_id=version_id, steps=steps, since=now), 0, now)


def advance(ramp: Ramp, shares: Mapping[str, int], units: int, now: datetime) -> Ramp:
    """The ramp as it goes on after ``units`` of its version in the open phase, at ``now``.

    At its next step since ``now`` when the condition of the present one holds, or as it was. It is done when it is at
    its last step, and stopped when somebody else has changed the version's share.
    """
    if ramp.state != "running":
        return ramp
    if shares.get(ramp.version_id) != share_of(ramp.step):
        return msgspec.structs.replace(ramp, state="stopped")
    step = ramp.step
    if units < (step.min_units or 0) or now - ramp.since < timedelta(hours=step.hours or 0):
        return ramp
    return _at(ramp, ramp.at + 1, now)


def stop(ramp: Ramp | None) -> Ramp | None:
    """The ramp, ended where it is; one that is over stays as it is."""
    if ramp is None or ramp.state != "running":
        return ramp
    return msgspec.structs.replace(ramp, state="stopped")


def _at(ramp: Ramp, at: int, now: datetime) -> Ramp:
    last = at + 1 == len(ramp.steps)
    return msgspec.structs.replace(ramp, at=at, since=now, state="done" if last else "running")
