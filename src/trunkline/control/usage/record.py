"""What was used, as use cases give it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from trunkline.control.page import Page
from trunkline.control.usage.span import Period, Span
from trunkline.core.chat import JsonObject
from trunkline.core.price import usd
from trunkline.core.usage_event import Outcome


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a span. ``cost_nanos`` counts what has a known price; ``unpriced_count`` are the calls that have
    none, or of which a part has none.

    ``average_latency`` is in milliseconds; ``error_rate`` a share of 1. All are 0, ``last_used`` None, when unused.
    """

    request_count: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    cache_hit_count: int
    saved_nanos: int
    cost_nanos: int
    unpriced_count: int
    error_count: int
    average_latency: int
    error_rate: float
    last_used: datetime | None

    @property
    def token_count(self) -> int:
        """Input and output."""
        return self.input_tokens + self.output_tokens

    @property
    def cost_usd(self) -> float:
        """The cost in US dollars."""
        return usd(self.cost_nanos)


class RateLimitRecord(msgspec.Struct, frozen=True):
    """A provider's last word on its limits, as it wrote them, and when."""

    reading: JsonObject
    read_at: datetime


class UsageRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one configuration in a period. The days are the first and the last one, both included."""

    configuration_id: str
    period: Period | None
    period_start: date
    period_end: date
    figures: Figures
    rate_limit: RateLimitRecord | None
    as_of: datetime
    """When it was read: an answer is given again within the second."""


class UsageShare(msgspec.Struct, frozen=True):
    """The figures of one part: a configuration (``key`` its id), a model, or a day. ``name`` is for people."""

    key: str
    name: str | None
    figures: Figures


class MissingPrice(msgspec.Struct, frozen=True):
    """What nobody knew the price of, and in how many calls. ``model`` stands for calls to models without one."""

    what: str
    calls: int


class UsageReport(msgspec.Struct, frozen=True, kw_only=True):
    """A user's report over all of their calls in a workspace."""

    user_id: str
    period: Period | None
    period_start: date
    period_end: date
    totals: Figures
    by_configuration: tuple[UsageShare, ...]
    by_model: tuple[UsageShare, ...]
    by_day: tuple[UsageShare, ...]
    as_of: datetime
    price_missing: tuple[MissingPrice, ...] = ()


class EventRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One settled call, as people see it. Times are milliseconds."""

    id: str
    request_id: str
    opened_at: datetime
    operation: str
    user_id: str
    key_id: str | None
    application_id: str | None
    configuration_id: str | None
    version_id: str | None
    route_id: str | None
    unfit_route_id: str | None
    feature: str | None
    conversation_id: str | None
    purpose: str | None
    tags: tuple[str, ...]
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
    cost_nanos: int | None
    from_cache: bool | None
    saved_nanos: int | None
    price_source: str | None
    price_missing: tuple[str, ...]
    service_tier: str | None
    duration_ms: float
    first_token_ms: float | None
    attempts: int


Lack = Literal["application", "configuration", "feature", "key", "purpose", "route", "tag", "version"]
"""What a call may be without."""


class EventFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which calls are asked for; None: any. ``feature`` is a slug.

    ``unpriced``: those that have no price, or of which a part has none; ``without``: those that have none of these.
    """

    configuration_id: str | None = None
    provider: str | None = None
    model: str | None = None
    user_id: str | None = None
    application_id: str | None = None
    key_id: str | None = None
    version_id: str | None = None
    route_id: str | None = None
    feature: str | None = None
    conversation_id: str | None = None
    request_id: str | None = None
    purpose: str | None = None
    tag: str | None = None
    outcome: Outcome | None = None
    operation: str | None = None
    unpriced: bool | None = None
    without: tuple[Lack, ...] = ()


class SpanQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Which span is asked for, as callers write it, and how its figures are to be told apart.

    ``time_zone`` says whose days are meant. ``interval`` asks for the figures of each hour, day, week or month, ``by``
    for those of each model, user and so on, of which ``top`` are given, with their latencies if
    ``percentiles`` are wanted, and ``compare`` (``previous``) for those of the span before.
    """

    period: str | None = None
    since: str | None = None
    until: str | None = None
    time_zone: str | None = None
    interval: str | None = None
    by: str | None = None
    top: int = 100
    compare: str | None = None
    percentiles: bool = False


class UsageSlice(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one hour, day, week or month, or of what of it is in the span."""

    since: datetime
    until: datetime
    figures: Figures


class UsagePart(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of what has one thing in common: ``key`` is an id, a model's name or whatever was asked by, and None
    for calls without any. ``name`` is for people; ``previous`` are the figures of the span before; percentiles are
    milliseconds, of the newest calls that went well."""

    key: str | None
    name: str | None
    figures: Figures
    previous: Figures | None
    series: tuple[Figures, ...]
    p50_ms: float | None = None
    p95_ms: float | None = None


class EventsRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A page of calls, and the figures of all that the filter lets through: in all, over time and apart."""

    span: Span
    figures: Figures
    events: Page[EventRecord]
    interval: str | None = None
    series: tuple[UsageSlice, ...] = ()
    by: str | None = None
    breakdown: tuple[UsagePart, ...] = ()
    other: Figures | None = None
    """Of the parts that are not among those that are given."""
    previous: UsageSlice | None = None


class AttemptRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A try that failed: when it began after the call was opened, how long it took, and how long the next one was
    waited for. Times are milliseconds."""

    configuration_id: str | None
    provider: str
    model: str
    version_id: str | None
    status: int | None
    error: str | None
    reason: str | None
    began_ms: float
    duration_ms: float
    waited_ms: float


class VerdictRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A policy that the call broke, and what came of it: 0 logged, 1 alerted, 2 blocked."""

    policy_id: str
    policy_name: str
    risk_type: str
    action: int
    explanation: str


class ContentRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The content of one call, redacted. Texts are JSON, mostly; sizes are bytes before anything was cut off."""

    request: str | None
    answer: str | None
    request_size: int
    answer_size: int
    cut: bool


class CallRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The whole life of one call. ``tokens`` are its counts by kind; ``rates`` the price that its cost was reckoned
    with, in nano-dollars, None where that is not known any more; ``names`` those of what ids stand for."""

    event: EventRecord
    tokens: dict[str, int]
    cache_write_tokens: int
    rates: JsonObject | None
    attempts: tuple[AttemptRecord, ...]
    verdicts: tuple[VerdictRecord, ...]
    names: dict[str, str]
    related: tuple[str, ...]
    """Other calls under the same request id."""
    content: ContentRecord | None = None
    """What was asked and answered, where that was captured and the actor may read it."""
