"""What goes over the wire of experiments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from msgspec import UNSET
from pydantic import AfterValidator, Field, model_validator

from trunkline.control.experiments.experiment import (
    ExperimentDraft,
    ExperimentRecord,
    ExperimentVersionRecord,
    ListedRecord,
    RampDraft,
)
from trunkline.control.experiments.guardrails import GuardrailReading, Rail
from trunkline.control.experiments.verdict import Advice
from trunkline.control.record import Beside
from trunkline.control.versions.experiment_settings import RampState, RampStep
from trunkline.faces.http.wire import EXAMPLE_ID, GivenId, Moment, RequestBody, ResponseBody

Increase = Annotated[float, Field(ge=0, strict=True)]


def _read_percent(percent: float) -> float:
    if round(percent, 2) != percent:
        raise ValueError("has at most two decimals.")
    return percent


class ShareLimitRequest(RequestBody):
    """By how many parts of all requests a version may be worse than the control: 0.01 is one more in a hundred."""

    max_increase: Annotated[Increase, Field(le=1)]


class CostLimitRequest(RequestBody):
    """By which part a version may cost more per request than the control: 0.2 is a fifth."""

    max_increase: Annotated[Increase, Field(le=100)]


class GuardrailsRequest(RequestBody):
    """Those that are left out stay as they are, null takes one away."""

    error_rate: ShareLimitRequest | None = None
    slow_share: ShareLimitRequest | None = None
    cost: CostLimitRequest | None = None

    def read(self) -> dict[Rail, float | None]:
        """The limits that were sent."""
        limits: dict[Rail, float | None] = {}
        if self.was_sent("error_rate"):
            limits["errorRate"] = self.error_rate.max_increase if self.error_rate else None
        if self.was_sent("slow_share"):
            limits["slowShare"] = self.slow_share.max_increase if self.slow_share else None
        if self.was_sent("cost"):
            limits["cost"] = self.cost.max_increase if self.cost else None
        return limits


class RampStepRequest(RequestBody):
    """A share of the traffic, and when the next step comes: after ``minUnits`` users, or after ``hours``."""

    percent: Annotated[float, Field(gt=0, le=100, strict=True), AfterValidator(_read_percent)]
    min_units: Annotated[int, Field(ge=1, le=1_000_000_000, strict=True)] | None = None
    hours: Annotated[float, Field(gt=0, le=8760, strict=True)] | None = None

    @model_validator(mode="after")
    def _has_one_condition(self) -> Self:
        if self.min_units is not None and self.hours is not None:
            raise ValueError("has minUnits or hours, not both.")
        return self


class RampRequest(RequestBody):
    """A version that is to get more and more of the traffic."""

    read_only: ClassVar[frozenset[str]] = frozenset({"step", "state", "since"})

    version_id: GivenId
    steps: Annotated[list[RampStepRequest], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _is_a_way_up(self) -> Self:
        for at, (step, following) in enumerate(zip(self.steps, self.steps[1:], strict=False)):
            if step.min_units is None and step.hours is None:
                raise ValueError(f"steps[{at}] needs minUnits or hours: only the last step may have neither.")
            if following.percent <= step.percent:
                raise ValueError(f"steps[{at + 1}].percent must be more than that of the step before.")
        return self

    def read(self) -> RampDraft:
        """The same for the use case."""
        steps = (RampStep(percent=step.percent, min_units=step.min_units, hours=step.hours) for step in self.steps)
        return RampDraft(version_id=self.version_id, steps=tuple(steps))


class ExperimentUpdateRequest(RequestBody):
    """Any part of an experiment's settings; what is left out stays as it is."""

    read_only: ClassVar[frozenset[str]] = frozenset(
        {"configId", "state", "phase", "phases", "versions", "sampleRatio", "verdict", "recommendation"}
    )
    example: ClassVar[dict[str, Any]] = {"slowMs": 4000, "guardrails": {"errorRate": {"maxIncrease": 0.01}}}

    control_version_id: GivenId | None = None
    guardrails: GuardrailsRequest | None = None
    slow_ms: Annotated[int, Field(ge=1, le=3_600_000, strict=True)] | None = None
    ramp: RampRequest | None = None

    def read(self) -> ExperimentDraft:
        """The same for the use case."""
        return ExperimentDraft(
            control_version_id=self.control_version_id if self.was_sent("control_version_id") else UNSET,
            limits=self.guardrails.read() if self.guardrails is not None else {},
            slow_ms=self.slow_ms if self.slow_ms is not None else UNSET,
            ramp=(self.ramp.read() if self.ramp is not None else None) if self.was_sent("ramp") else UNSET,
        )


class ExperimentShipRequest(RequestBody):
    """The winner."""

    example: ClassVar[dict[str, Any]] = {"versionId": EXAMPLE_ID}

    version_id: GivenId


class ExperimentRevertRequest(RequestBody):
    """Nothing: a body may be left out, and one with fields is a mistake."""

    example: ClassVar[dict[str, Any]] = {}


class ExperimentPhaseResponse(ResponseBody):
    """A time in which shares and versions stood still. ``weights`` are percentages by version."""

    number: int
    reason: str
    weights: dict[str, float]
    started_at: Moment
    ended_at: Moment | None


class ExperimentDifferenceResponse(ResponseBody):
    """Version minus control, and the bounds between which that certainly is."""

    estimate: float
    low: float
    high: float
    significant: bool


class ExperimentMetricsResponse(ResponseBody):
    """What a version did in the phase; null where there is nothing, and for costs where a price is unknown."""

    error_rate: float | None
    slow_share: float | None
    avg_latency_ms: float | None
    avg_tokens_used: float | None
    avg_cost_usd: Annotated[float | None, Field(alias="avgCostUSD")]
    cost_usd: Annotated[float | None, Field(alias="costUSD")]
    satisfaction: float | None


class ExperimentVersionResponse(ResponseBody):
    """A version in the phase. ``units`` are the users who saw it; ``differences`` come as soon as they are known."""

    version_id: str
    version: str
    is_control: bool
    share: float
    units: int
    requests: int
    metrics: ExperimentMetricsResponse
    differences: dict[str, ExperimentDifferenceResponse]


class SampleRatioResponse(ResponseBody):
    """Whether users arrive as the shares say; from an e-value of 100 on they do not."""

    e_value: float
    ok: bool


class GuardrailReadingResponse(ResponseBody):
    """How a version stands to a guardrail: what it is over the control now, and what it certainly is at least."""

    version_id: str
    increase: float | None
    at_least: float | None
    tripped: bool


class GuardrailResponse(ResponseBody):
    """A guardrail that is set."""

    metric: Rail
    max_increase: float
    versions: list[GuardrailReadingResponse]


class RampStepResponse(ResponseBody):
    """A step of a ramp."""

    percent: float
    min_units: int | None
    hours: float | None


class RampResponse(ResponseBody):
    """A ramp, and which of its steps it is at (from 0) since when."""

    version_id: str
    steps: list[RampStepResponse]
    step: int = Field(validation_alias="at")
    state: RampState
    since: Moment


class RecommendationResponse(ResponseBody):
    """What the verdict advises, for programs."""

    action: Advice
    version_id: str | None


class ExperimentResponse(ResponseBody):
    """An experiment, seen at one of its phases."""

    config_id: str
    state: Literal["none", "idle", "running", "shipped", "reverted"]
    control_version_id: str | None
    phase: ExperimentPhaseResponse | None
    phases: list[ExperimentPhaseResponse]
    versions: list[ExperimentVersionResponse]
    sample_ratio: SampleRatioResponse
    guardrails: list[GuardrailResponse]
    slow_ms: int
    ramp: RampResponse | None
    verdict: str
    recommendation: RecommendationResponse


class ExperimentSummaryResponse(ResponseBody):
    """An experiment in a list, at its last phase."""

    config_id: str
    name: str
    provider: str
    model: str | None
    application_id: str | None
    state: Literal["none", "idle", "running", "shipped", "reverted"]
    phase: ExperimentPhaseResponse | None
    versions: list[ExperimentVersionResponse]
    sample_ratio: SampleRatioResponse
    verdict: str
    recommendation: RecommendationResponse

    @classmethod
    def of_listed(cls, record: ListedRecord) -> ExperimentSummaryResponse:
        """From the record."""
        shown = show(record.experiment)
        return cls.of(
            Beside(
                shown,
                name=record.name,
                provider=record.provider,
                model=record.model,
                application_id=record.application_id,
            )
        )


class ExperimentPointResponse(ResponseBody):
    """The differences at a moment of the past, by version and metric, from the users who had come by then."""

    at: Moment
    phase: int
    units: dict[str, int]
    differences: dict[str, dict[str, ExperimentDifferenceResponse]]


def show(record: ExperimentRecord) -> ExperimentResponse:
    """An experiment for the wire."""
    ramp = record.ramp
    return ExperimentResponse(
        config_id=record.configuration_id,
        state=record.state,
        control_version_id=record.control_version_id,
        phase=None if record.phase is None else ExperimentPhaseResponse.of(record.phase),
        phases=[ExperimentPhaseResponse.of(phase) for phase in record.phases],
        versions=[_show_version(version) for version in record.versions],
        sample_ratio=SampleRatioResponse(e_value=record.e_value, ok=record.arrives_as_split),
        guardrails=[
            _show_guardrail(rail, limit, record.readings) for rail, limit in record.limits.items() if limit is not None
        ],
        slow_ms=record.slow_ms,
        ramp=None if ramp is None else RampResponse.of(ramp),
        verdict=record.verdict.sentence,
        recommendation=RecommendationResponse(action=record.verdict.advice, version_id=record.verdict.version_id),
    )


def _show_version(record: ExperimentVersionRecord) -> ExperimentVersionResponse:
    metrics = ExperimentMetricsResponse.model_validate({**record.metrics, "costUSD": record.cost_usd})
    return ExperimentVersionResponse.of(Beside(record, metrics=metrics))


def _show_guardrail(rail: Rail, limit: float, readings: Sequence[GuardrailReading]) -> GuardrailResponse:
    of_it = [reading for reading in readings if reading.rail == rail]
    return GuardrailResponse(
        metric=rail,
        max_increase=limit,
        versions=[GuardrailReadingResponse.model_validate(reading) for reading in of_it],
    )
