"""Running totals of the calls of this process, for ``/metrics``: plain numbers that a call adds to without a lock."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.errors import TrunklineError
from trunkline.core.metric import OTHER, LabelValues, Sample
from trunkline.core.price import NANOS_PER_USD
from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.gateway.journal.template import PlainEnd

BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)
"""Upper bounds of the histograms of durations, in seconds; the last bucket is without one."""

MODELS: Final = 100
"""Names of models that are told apart. Callers may name any number of them."""

ROUTES: Final = 100

COMBINATIONS: Final = 1_000
"""Of labels, from which on further models are ``other``."""

CODES: Final = 60
"""Kinds of refusals and errors that are told apart."""


def _empty() -> list[int]:
    return [0] * (len(BUCKETS) + 1)


class Totals(msgspec.Struct):
    """Totals of the calls with the same labels. ``durations[i]`` counts those up to ``BUCKETS[i]``, not cumulated."""

    calls: int = 0
    retries: int = 0
    fallbacks: int = 0
    unpriced: int = 0
    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    cost_nanos: int = 0
    cached: int = 0
    cached_nanos: int = 0
    """What answers cost when they were made that were then given again."""
    seconds: float = 0.0
    durations: list[int] = msgspec.field(default_factory=_empty)
    first_token_seconds: float = 0.0
    first_tokens: list[int] | None = None
    """As ``durations``, of streams alone; None where there was none."""

    def add(self, usage: Usage, cost_nanos: int | None, duration_us: int) -> None:
        """Count what every call has: it is one more of them."""
        self.calls += 1
        self.input_tokens += usage.input
        self.output_tokens += usage.output
        if usage.cached:
            self.cached_input_tokens += usage.cached
        if usage.reasoning:
            self.reasoning_tokens += usage.reasoning
        if cost_nanos is None:
            self.unpriced += 1
        else:
            self.cost_nanos += cost_nanos
        seconds = duration_us / 1_000_000
        self.seconds += seconds
        self.durations[bisect_left(BUCKETS, seconds)] += 1


Labels = tuple[str, str, str, str]
"""Operation, provider, model, outcome."""

_COUNTS: Final = (
    ("trunkline_calls", "calls"),
    ("trunkline_retries", "retries"),
    ("trunkline_fallbacks", "fallbacks"),
    ("trunkline_unpriced_calls", "unpriced"),
    ("trunkline_input_tokens", "input_tokens"),
    ("trunkline_cached_input_tokens", "cached_input_tokens"),
    ("trunkline_output_tokens", "output_tokens"),
    ("trunkline_reasoning_tokens", "reasoning_tokens"),
    ("trunkline_cached_calls", "cached"),
)


class CallCounters:
    """Totals by (operation, provider, model, outcome), what went wrong, and the number of calls under way.

    Implements :class:`~trunkline.gateway.call_observer.CallObserver`.
    """

    __slots__ = ("_codes", "_models", "_routes", "active", "failures", "refusals", "routes", "statuses", "totals")

    def __init__(self) -> None:
        self.active = 0
        self.totals: dict[Labels, Totals] = {}
        self.statuses: Counter[tuple[str, str, str]] = Counter()
        """Calls that did not go well, by provider, HTTP status and error."""
        self.failures: Counter[tuple[str, str]] = Counter()
        """Attempts that failed, by provider and error."""
        self.refusals: Counter[str] = Counter()
        """Calls that never were sent, by the code of the error."""
        self.routes: Counter[tuple[str, str]] = Counter()
        """Calls along a route, by its id and the outcome."""
        self._models = LabelValues(MODELS)
        self._routes = LabelValues(ROUTES)
        self._codes = LabelValues(CODES)

    def opened(self, opened: Opened) -> None:
        """See :class:`~trunkline.gateway.call_observer.CallObserver`."""
        self.active += 1

    def settled(self, event: UsageEvent) -> None:
        """See :class:`~trunkline.gateway.call_observer.CallObserver`."""
        self.active -= 1
        if event.part != "look":
            self.add(event)

    def settled_plainly(self, common: UsageEvent, identity: bytes, end: PlainEnd) -> None:
        """See :class:`~trunkline.gateway.call_observer.CallObserver`."""
        self.active -= 1
        totals = self.totals.get((common.operation, common.provider, common.model, "ok")) or self._find(common)
        totals.add(end.usage, end.cost_nanos, end.duration_us)

    def refused(self, error: TrunklineError) -> None:
        """Count a call that was refused before anything was sent."""
        self.refusals[self._codes.find(error.code)] += 1

    def add(self, event: UsageEvent) -> None:
        """Count a settled call."""
        totals = self.totals.get((event.operation, event.provider, event.model, event.outcome))
        if totals is None:
            totals = self._find(event)
        totals.add(event.usage, event.cost_nanos, event.duration_us)
        if event.first_token_us is not None and event.streamed:
            _add_first_token(totals, event.first_token_us / 1_000_000)
        if event.attempts:
            self._add_attempts(totals, event)
        if event.route_id is not None:
            self.routes[self._routes.find(event.route_id), event.outcome] += 1
        if event.cached:
            totals.cached += 1
            totals.cached_nanos += event.saved_nanos or 0
        if event.outcome != "ok":
            self.statuses[event.provider, str(event.status), self._codes.find(event.error or event.outcome)] += 1

    def read(self) -> Iterator[Sample]:
        """All of it."""
        yield Sample("trunkline_active_calls", (), self.active)
        for labels, totals in self.totals.items():
            for name, field in _COUNTS:
                yield Sample(name, labels, getattr(totals, field))
            yield Sample("trunkline_cost_usd", labels, totals.cost_nanos / NANOS_PER_USD)
            yield Sample("trunkline_cache_saved_usd", labels, totals.cached_nanos / NANOS_PER_USD)
            yield Sample("trunkline_call_duration_seconds", labels, totals.seconds, tuple(totals.durations))
            if totals.first_tokens is not None:
                counts = tuple(totals.first_tokens)
                yield Sample("trunkline_time_to_first_token_seconds", labels, totals.first_token_seconds, counts)
        for name, counted in (("trunkline_call_errors", self.statuses), ("trunkline_attempt_failures", self.failures)):
            for key, number in counted.items():
                yield Sample(name, key, number)
        for key, number in self.routes.items():
            yield Sample("trunkline_route_calls", key, number)
        for code, number in self.refusals.items():
            yield Sample("trunkline_refused_calls", (code,), number)

    def _find(self, event: UsageEvent) -> Totals:
        """Those of a call whose model is the first of its name, or one too many."""
        model = OTHER if len(self.totals) >= COMBINATIONS else self._models.find(event.model)
        labels = (event.operation, event.provider, model, event.outcome)
        return self.totals.setdefault(labels, Totals())

    def _add_attempts(self, totals: Totals, event: UsageEvent) -> None:
        totals.retries += len(event.attempts) - (event.outcome == "error")
        tried = [attempt.configuration_id for attempt in event.attempts]
        tried.append(event.configuration_id)
        totals.fallbacks += sum(one != following for one, following in pairwise(tried))
        for attempt in event.attempts:
            self.failures[attempt.provider, self._codes.find(attempt.error or "unknown")] += 1


def _add_first_token(totals: Totals, seconds: float) -> None:
    if totals.first_tokens is None:
        totals.first_tokens = _empty()
    totals.first_token_seconds += seconds
    totals.first_tokens[bisect_left(BUCKETS, seconds)] += 1
