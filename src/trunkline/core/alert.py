"""Alerts: what can be watched, how a rule says from where on somebody is told, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

import msgspec

AlertKind = Literal[
    "down",
    "key_failing",
    "key_expiring",
    "error_rate",
    "latency",
    "budget_used",
    "budget_forecast",
    "policy_violations",
    "experiment_reverted",
    "journal_not_shipping",
]
ALERT_KINDS: Final[tuple[AlertKind, ...]] = get_args(AlertKind)

Severity = Literal["info", "warning", "critical"]
AlertState = Literal["firing", "acknowledged", "resolved"]
ChannelKind = Literal["webhook", "slack", "email", "extension"]
AlertSubject = Literal["configuration", "provider", "budget", "key", "policy", "machine"]
"""What a rule can be narrowed to, and what an alert is about: a machine is one of the installation's servers."""

Notice = Literal["firing", "repeat", "resolved", "test"]
"""Why a channel is told something."""

DeliveryState = Literal["waiting", "sent", "failed"]
"""``failed``: it is not tried again."""


class KindFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule of a kind has.

    ``unit`` is what its threshold counts, None where it has none; ``least``, ``most`` and ``usual`` are of the
    threshold. ``window`` is the usual one in minutes, None where nothing is added up over time. ``calls``: it looks at
    calls, so few of them say nothing. ``subjects`` is what it can be narrowed to.
    """

    subjects: tuple[AlertSubject, ...]
    unit: str | None = None
    least: float = 0
    most: float = 0
    usual: float | None = None
    window: int | None = None
    calls: bool = False
    severity: Severity = "warning"


_SERVED: Final[tuple[AlertSubject, ...]] = ("configuration", "provider")

KINDS: Final[Mapping[AlertKind, KindFacts]] = {
    "down": KindFacts(subjects=_SERVED, severity="critical"),
    "key_failing": KindFacts(subjects=_SERVED, severity="critical"),
    "key_expiring": KindFacts(subjects=("key",), unit="days", least=1, most=365, usual=7),
    "error_rate": KindFacts(
        subjects=_SERVED, unit="per cent of calls", least=0.1, most=100, usual=10, window=15, calls=True
    ),
    "latency": KindFacts(
        subjects=_SERVED, unit="milliseconds", least=1, most=3_600_000, usual=10_000, window=15, calls=True
    ),
    "budget_used": KindFacts(subjects=("budget",), unit="per cent of the budget", least=1, most=1_000, usual=80),
    "budget_forecast": KindFacts(subjects=("budget",), unit="per cent of the budget", least=1, most=10_000, usual=100),
    "policy_violations": KindFacts(
        subjects=("policy",), unit="violations", least=1, most=1_000_000, usual=1, window=60
    ),
    "experiment_reverted": KindFacts(subjects=("configuration",), window=1_440),
    "journal_not_shipping": KindFacts(
        subjects=(), unit="seconds", least=15, most=86_400, usual=60, severity="critical"
    ),
}

INSTALLATION_KINDS: Final[frozenset[AlertKind]] = frozenset({"journal_not_shipping"})
"""What concerns no workspace, but the installation, and so its administrator."""

WINDOW_STEP: Final = 15
"""Minutes: calls are counted by the quarter of an hour."""

LONGEST_WINDOW: Final = 1_440
LEAST_CALLS: Final = 20
"""Of how many calls in the window a rate or a latency is told, where a rule says nothing else."""
