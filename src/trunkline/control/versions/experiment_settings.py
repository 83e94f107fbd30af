"""What somebody has set for an experiment: what is watched, what counts as slow, and how a version is ramped up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec

from trunkline.core.chat import JsonValue

SLOW_MS: Final = 10_000

RampState = Literal["running", "done", "stopped"]


class Guardrails(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, rename="camel"):
    """How much worse than the control a version may be before it is taken back; None: that is not watched.

    ``error_rate`` and ``slow_share`` are shares of requests (0.01 is one more in a hundred), ``cost`` a part of what
    the control costs per request (0.2 is a fifth more).
    """

    error_rate: float | None = 0.0
    slow_share: float | None = None
    cost: float | None = None


class RampStep(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A version gets ``percent`` of the traffic until it has served ``min_units``, or for ``hours``."""

    percent: float
    min_units: int | None = None
    hours: float | None = None


class Ramp(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A version's way up. ``at`` is the step that it is at, since ``since``."""

    version_id: str
    steps: tuple[RampStep, ...]
    since: datetime
    at: int = 0
    state: RampState = "running"

    @property
    def step(self) -> RampStep:
        """The step that it is at."""
        return self.steps[self.at]


class ExperimentSettings(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, rename="camel"):
    """All of it. A call that takes longer than ``slow_ms`` counts as slow."""

    guardrails: Guardrails = Guardrails()
    slow_ms: int = SLOW_MS
    ramp: Ramp | None = None


def read_settings(stored: Mapping[str, JsonValue]) -> ExperimentSettings:
    """What a row holds."""
    return msgspec.convert(stored, ExperimentSettings)


def write_settings(settings: ExperimentSettings) -> dict[str, JsonValue]:
    """What a row is to hold."""
    return msgspec.to_builtins(settings)
