"""Figures and calls on the wire."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from pydantic import Field

from trunkline.control.record import Beside
from trunkline.control.usage.export import ExportRow
from trunkline.control.usage.record import (
    CallRecord,
    EventRecord,
    EventsRecord,
    RateLimitRecord,
    UsagePart,
    UsageRecord,
    UsageReport,
    UsageSlice,
)
from trunkline.core.price import usd
from trunkline.faces.http.wire import Moment, ResponseBody


class UsageFiguresResponse(ResponseBody):
    """Figures of a span: latency in milliseconds; cost in US dollars of all that has a known price.

    ``unpricedCount`` are the calls that have none, or of which a part has none.
    """

    request_count: int
    token_count: int
    input_tokens: int
    output_tokens: int
    cost_usd: float = Field(serialization_alias="costUSD")
    unpriced_count: int
    error_count: int
    average_latency: int
    error_rate: float
    last_used: Moment | None


class ConfigurationUsageResponse(UsageFiguresResponse):
    """The figures of one configuration. ``rateLimit`` is the provider's last word, null when it said nothing."""

    configuration_id: str
    period: str | None
    period_start: date
    period_end: date
    rate_limit: dict[str, Any] | None

    @classmethod
    def of(cls, record: UsageRecord) -> ConfigurationUsageResponse:
        """From the record."""
        rate_limit = None if record.rate_limit is None else write_rate_limit(record.rate_limit)
        own = msgspec.structs.asdict(record) | {"rate_limit": rate_limit}
        return super().of(Beside(record.figures, **own))


class UsageByConfigurationResponse(UsageFiguresResponse):
    """The part of one configuration; ``name`` is null when it is gone, the id empty where there was none."""

    configuration_id: str
    name: str | None


class UsageByModelResponse(UsageFiguresResponse):
    """The part of one model."""

    model: str


class UsageByDayResponse(UsageFiguresResponse):
    """The part of one day in the time zone that was asked for."""

    date: str


class MissingPriceResponse(ResponseBody):
    """What no price is known of, and in how many calls: see ``priceMissing`` of a call."""

    what: str
    calls: int


class UsageReportResponse(ResponseBody):
    """A user's report. ``priceMissing`` says what the cost leaves out."""

    user_id: str
    period: str | None
    period_start: date
    period_end: date
    totals: UsageFiguresResponse
    by_configuration: list[UsageByConfigurationResponse]
    by_model: list[UsageByModelResponse]
    by_day: list[UsageByDayResponse]
    price_missing: list[MissingPriceResponse]

    @classmethod
    def of(cls, report: UsageReport) -> UsageReportResponse:
        """From the report."""
        return super().of(
            Beside(
                report,
                by_configuration=[
                    UsageByConfigurationResponse.of(Beside(share.figures, configuration_id=share.key, name=share.name))
                    for share in report.by_configuration
                ],
                by_model=[UsageByModelResponse.of(Beside(share.figures, model=share.key)) for share in report.by_model],
                by_day=[UsageByDayResponse.of(Beside(share.figures, date=share.key)) for share in report.by_day],
            )
        )


class UsageTokensResponse(ResponseBody):
    """Tokens of a span."""

    input: int
    output: int
    total: int


class UsageEventResponse(ResponseBody):
    """One settled call. Durations are in milliseconds; ``costUSD`` is null where no price is known.

    ``error`` is our kind of failure, ``reason`` why in the provider's words, without keys and accounts.

    ``priceMissing`` names what no price is known of. Where that is only a fee for each call of a tool (``webSearches``,
    ``mapSearches``, ``fileSearches``, ``codeRuns``), ``costUSD`` is the rest; for ``model``, ``serviceTier``,
    ``speed``, ``inferenceGeo``, ``audioInput``, ``audioOutput``, ``images``, ``moderations`` and ``rerankings`` it is
    null.
    """

    id: str
    request_id: str
    opened_at: Moment
    operation: str
    user_id: str
    key_id: str | None
    application_id: str | None
    configuration_id: str | None
    version_id: str | None
    route_id: str | None
    unfit_route_id: str | None = Field(
        description="The route that was called, if the request does not fulfil its conditions and its `otherwiseId`"
        " served it; null otherwise."
    )
    feature: str | None
    conversation_id: str | None
    purpose: str | None
    tags: list[str]
    revision: int
    provider: str
    model: str
    requested_model: str
    streamed: bool
    outcome: str
    status: int
    error: str | None
    reason: str | None
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    usage_estimated: bool
    cost_usd: float | None = Field(serialization_alias="costUSD")
    price_source: str | None
    price_missing: list[str]
    from_cache: bool = Field(description="Whether the response came from the cache.")
    saved_usd: float | None = Field(
        serialization_alias="savedUSD", description="What the cache or the route saved, in US dollars."
    )
    service_tier: str | None = Field(description="The tier that the provider billed; null for the usual one.")
    duration_ms: float
    first_token_ms: float | None
    attempts: int

    @classmethod
    def of(cls, event: EventRecord) -> UsageEventResponse:
        """From the record."""
        return super().of(
            Beside(
                event,
                cost_usd=None if event.cost_nanos is None else usd(event.cost_nanos),
                from_cache=bool(event.from_cache),
                saved_usd=None if event.saved_nanos is None else usd(event.saved_nanos),
            )
        )


class UsageDetailsResponse(UsageFiguresResponse):
    """Figures with what they are made of. ``costNanos`` is the exact cost in billionths of a US dollar."""

    cached_tokens: int
    reasoning_tokens: int
    cost_nanos: int
    cache_hit_count: int
    saved_nanos: int


class UsageSliceResponse(UsageDetailsResponse):
    """The figures from one moment (included) to another (not included)."""

    since: Moment = Field(serialization_alias="from")
    until: Moment = Field(serialization_alias="to")

    @classmethod
    def of(cls, record: UsageSlice | ExportRow) -> UsageSliceResponse:
        """From the record."""
        return super().of(Beside(record.figures, since=record.since, until=record.until))


class UsagePartResponse(UsageDetailsResponse):
    """The figures of one value of what was asked ``by``: ``key`` is null for calls without one.

    ``series`` has the same intervals as that of the whole, for the first twenty parts.
    """

    key: str | None
    name: str | None
    previous: UsageDetailsResponse | None
    series: list[UsageDetailsResponse]
    p50_ms: float | None
    p95_ms: float | None

    @classmethod
    def of(cls, record: UsagePart) -> UsagePartResponse:
        """From the record."""
        return super().of(Beside(record.figures, **msgspec.structs.asdict(record)))


class UsageEventListResponse(ResponseBody):
    """Calls, the newest first, and the figures of all that the filter lets through, on whichever page they are.

    ``series`` is there with ``interval``, ``breakdown`` with ``by`` and ``previous`` with ``compare``. ``other`` are
    the figures of all parts beyond ``top``.
    """

    since: Moment | None = Field(serialization_alias="from")
    until: Moment | None = Field(serialization_alias="to")
    requests: int
    tokens: UsageTokensResponse
    cost_usd: float = Field(serialization_alias="costUSD")
    unpriced: int
    errors: int
    events: list[UsageEventResponse]
    interval: str | None
    series: list[UsageSliceResponse]
    by: str | None
    breakdown: list[UsagePartResponse]
    other: UsageDetailsResponse | None
    previous: UsageSliceResponse | None

    @classmethod
    def of(cls, record: EventsRecord) -> UsageEventListResponse:
        """From the record."""
        figures = record.figures
        return cls(
            since=record.span.since,
            until=record.span.until,
            requests=figures.request_count,
            tokens=UsageTokensResponse(
                input=figures.input_tokens, output=figures.output_tokens, total=figures.token_count
            ),
            cost_usd=usd(figures.cost_nanos),
            unpriced=figures.unpriced_count,
            errors=figures.error_count,
            events=[UsageEventResponse.of(event) for event in record.events.items],
            interval=record.interval,
            series=[UsageSliceResponse.of(part) for part in record.series],
            by=record.by,
            breakdown=[UsagePartResponse.of(part) for part in record.breakdown],
            other=None if record.other is None else UsageDetailsResponse.of(record.other),
            previous=None if record.previous is None else UsageSliceResponse.of(record.previous),
        )


class AttemptResponse(ResponseBody):
    """A try that failed. Times are in milliseconds, ``beganMs`` after the request began."""

    configuration_id: str | None
    version_id: str | None
    provider: str
    model: str
    status: int | None
    error: str | None
    reason: str | None
    began_ms: float
    duration_ms: float
    waited_ms: float


class VerdictResponse(ResponseBody):
    """A policy that the request broke."""

    policy_id: str
    policy_name: str
    risk_type: str
    action_type: int = Field(validation_alias="action")
    explanation: str


class ContentResponse(ResponseBody):
    """What was asked and answered, redacted."""

    request: str | None
    answer: str | None
    request_size: int
    answer_size: int
    cut: bool


class RequestResponse(UsageEventResponse):
    """The whole life of one request."""

    tokens: dict[str, int]
    cache_write_tokens: int
    price: dict[str, Any] | None
    attempt_list: list[AttemptResponse]
    verdicts: list[VerdictResponse]
    names: dict[str, str]
    related: list[str]
    content: ContentResponse | None

    @classmethod
    def of_call(cls, record: CallRecord) -> RequestResponse:
        """From the record."""
        event = record.event
        return cls.model_validate(
            Beside(
                event,
                cost_usd=None if event.cost_nanos is None else usd(event.cost_nanos),
                from_cache=bool(event.from_cache),
                saved_usd=None if event.saved_nanos is None else usd(event.saved_nanos),
                tokens=record.tokens,
                cache_write_tokens=record.cache_write_tokens,
                price=record.rates,
                attempt_list=[AttemptResponse.of(one) for one in record.attempts],
                verdicts=[VerdictResponse.of(one) for one in record.verdicts],
                names=record.names,
                related=list(record.related),
                content=None if record.content is None else ContentResponse.of(record.content),
            )
        )


def write_rate_limit(record: RateLimitRecord) -> dict[str, Any]:
    """``limit``, ``remaining`` and ``reset`` of requests, the same of ``tokens``, as the provider said; and when."""
    reading = record.reading
    requests = {name: _number(reading.get(f"{name}Requests")) for name in ("limit", "remaining", "reset")}
    tokens = {name: _number(reading.get(f"{name}Tokens")) for name in ("limit", "remaining", "reset")}
    return {**requests, "tokens": tokens, "readAt": record.read_at.isoformat().replace("+00:00", "Z")}


def _number(text: Any) -> Any:
    # Counts come as digits; a reset is a time or a duration, each provider's own way.
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 16 else text
