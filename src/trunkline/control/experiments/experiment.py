"""An experiment as use cases give and take it: free of tables and of wires."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.control.experiments.comparison import Metric
from trunkline.control.experiments.guardrails import GuardrailReading, Rail
from trunkline.control.experiments.statistics import Difference
from trunkline.control.experiments.verdict import Verdict
from trunkline.control.versions.experiment_settings import Ramp, RampStep

State = Literal["none", "idle", "running", "shipped", "reverted"]
ListedState = Literal["idle", "running", "shipped", "reverted"]


class PhaseRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which shares and versions stood still. ``weights`` are percentages by version."""

    number: int
    reason: str
    weights: Mapping[str, float]
    started_at: datetime
    ended_at: datetime | None


class ExperimentVersionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What one version did in a phase, and how it differs from the control where that can be told."""

    version_id: str
    version: str
    is_control: bool
    share: float
    units: int
    requests: int
    cost_usd: float | None
    metrics: Mapping[Metric, float | None]
    differences: Mapping[Metric, Difference]


class ExperimentRecord(msgspec.Struct, frozen=True, kw_only=True):
    """All of an experiment, seen at one of its phases, by default the last.

    ``state``: none (no version was ever active), idle (fewer than two get traffic), running, shipped, reverted.
    """

    configuration_id: str
    state: State
    control_version_id: str | None
    phase: PhaseRecord | None
    phases: Sequence[PhaseRecord]
    versions: Sequence[ExperimentVersionRecord]
    e_value: float
    arrives_as_split: bool
    limits: Mapping[Rail, float | None]
    readings: Sequence[GuardrailReading]
    slow_ms: int
    ramp: Ramp | None
    verdict: Verdict


class ListedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An experiment in a list, with what its configuration is."""

    name: str
    provider: str
    model: str | None
    application_id: str | None
    experiment: ExperimentRecord


class RampDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A version that is to be ramped up, and the steps of it."""

    version_id: str
    steps: tuple[RampStep, ...]


class ExperimentDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller wants an experiment to be; what is UNSET, or not in ``limits``, stays as it is.

    ``control_version_id`` None: the oldest version that gets traffic. ``limits`` are by guardrail, None takes one away.
    ``ramp`` None ends one where it is.
    """

    control_version_id: str | UnsetType | None = UNSET
    limits: Mapping[Rail, float | None] = {}
    slow_ms: int | UnsetType = UNSET
    ramp: RampDraft | UnsetType | None = UNSET
