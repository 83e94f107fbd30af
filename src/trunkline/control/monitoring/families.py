"""Every metric: its name, what it counts and its labels. The reference page and the tests are made from this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from trunkline.control.processes import loop_lag
from trunkline.control.usage import intake_figures
from trunkline.gateway.metrics import BUCKETS

Kind = Literal["counter", "gauge", "histogram"]


class Family(msgspec.Struct, frozen=True):
    """``name`` is without ``_total``, which counters get in the exposition. ``bounds`` are a histogram's, upper ones.

    ``each``: whether every process has its own, told apart by the label ``worker``, which comes last.
    """

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    bounds: Sequence[float] = ()
    each: bool = True

    @property
    def shown(self) -> str:
        """The name that Prometheus knows: of a histogram that of its buckets, without ``_bucket``."""
        return f"{self.name}_total" if self.kind == "counter" else self.name

    @property
    def label_names(self) -> tuple[str, ...]:
        """All of them, in their order."""
        return (*self.labels, "worker") if self.each else self.labels


_CALL: Final = ("operation", "provider", "model", "outcome")


def _count(name: str, text: str, labels: tuple[str, ...] = _CALL, *, each: bool = True) -> Family:
    return Family(f"trunkline_{name}", "counter", text, labels, each=each)


def _gauge(name: str, text: str, labels: tuple[str, ...] = (), *, each: bool = True) -> Family:
    return Family(f"trunkline_{name}", "gauge", text, labels, each=each)


def _histogram(
    name: str, text: str, bounds: Sequence[float], labels: tuple[str, ...] = (), *, each: bool = True
) -> Family:
    return Family(f"trunkline_{name}", "histogram", text, labels, bounds, each)


FAMILIES: Final[tuple[Family, ...]] = (
    _count(
        "http_requests", "Responses of /v1, /v1beta and /ollama, refusals included", ("dialect", "endpoint", "status")
    ),
    _count("refused_calls", "Calls that were refused before anything was sent, by error code", ("code",)),
    _gauge("active_calls", "Calls under way"),
    _count("calls", "Settled calls"),
    _count("call_errors", "Settled calls that did not go well", ("provider", "status", "error")),
    _histogram("call_duration_seconds", "From dispatch to settlement", BUCKETS, _CALL),
    _histogram("time_to_first_token_seconds", "From dispatch to the first piece of a stream", BUCKETS, _CALL),
    _count("input_tokens", "Tokens in"),
    _count("cached_input_tokens", "Of the tokens in, those that the provider read from its cache"),
    _count("output_tokens", "Tokens out"),
    _count("reasoning_tokens", "Of the tokens out, those of reasoning"),
    _count("cost_usd", "Cost in US dollars, of calls with a known price"),
    _count("unpriced_calls", "Calls whose model has no known price"),
    _count("retries", "Attempts after the first"),
    _count("fallbacks", "Times that a call turned to another target"),
    _count("attempt_failures", "Attempts that failed", ("provider", "error")),
    _count("route_calls", "Settled calls along a route", ("route", "outcome")),
    _gauge("route_info", "What the routes of route_calls are called", ("route", "name", "workspace"), each=False),
    _gauge("resting_targets", "Targets of routes that are left alone for a while", ("provider", "state")),
    _count("cached_calls", "Calls that were answered from the response cache"),
    _count("cache_misses", "Calls that looked for a kept response and found none", ()),
    _count("cache_saved_usd", "What the calls cost whose responses were given again, in US dollars"),
    _gauge("cache_bytes", "Bytes of kept responses"),
    _gauge("cache_responses", "Kept responses"),
    _count("captured_calls", "Calls whose content was captured, and those for which there was no room", ("result",)),
    _gauge(
        "configurations",
        "Active configurations by their health, counted once a minute",
        ("provider", "state"),
        each=False,
    ),
    _gauge("open_alerts", "Alerts that are not resolved", ("kind", "severity", "state"), each=False),
    _gauge("snapshot_revision", "The revision of the configuration that calls are served by"),
    _gauge("snapshot_age_seconds", "Since the configuration was last compared with the database", each=False),
    _gauge("shared_limits_up", "Whether limits are counted together with other processes, where they should be"),
    _gauge("journal_writable", "Whether the journal can be written; calls are refused otherwise"),
    _gauge("journal_backlog_bytes", "Bytes of the journals that are not in the database yet", each=False),
    _gauge("journal_backlog_calls", "About how many calls that are", each=False),
    _gauge("intake_lag_seconds", "How old what reports show may be", each=False),
    _gauge("read_replica_up", "Whether the read replica answers and follows, where there is one", each=False),
    _gauge("read_replica_lag_seconds", "How far behind it is; from 5 s on reports do without it", each=False),
    _histogram("intake_batch_seconds", "Storing a batch of calls", intake_figures.BUCKETS, each=False),
    _count("intake_calls", "Calls that were stored", (), each=False),
    _count("intake_failures", "Times that storing calls broke off and was tried again", (), each=False),
    _histogram("event_loop_lag_seconds", "How late the event loop does what is due", loop_lag.BUCKETS),
    _gauge("process_resident_memory_bytes", "Memory in use"),
    _count("process_cpu_seconds", "Processor time", ()),
    _gauge("process_start_time_seconds", "When the process began, in seconds since the epoch"),
    _gauge("process_open_fds", "Open file descriptors"),
    _gauge("build_info", "1, with the version of Trunkline", ("version",), each=False),
)
"""In the order in which they are shown."""
