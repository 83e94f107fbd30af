"""A rule as use cases and the evaluation have it: free of tables and of wires."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.control.alerts.quiet_hours import QuietHours, write_quiet
from trunkline.control.alerts.reading import Reading
from trunkline.core.alert import (
    INSTALLATION_KINDS,
    KINDS,
    LEAST_CALLS,
    LONGEST_WINDOW,
    WINDOW_STEP,
    AlertKind,
    AlertSubject,
    Severity,
)
from trunkline.core.chat import JsonValue
from trunkline.core.errors import FieldError

RULE: Final = "alert_rule"
"""What audit events call it."""

MOST_RULES: Final = 200
MOST_CHANNELS: Final = 20
LONGEST_FOR: Final = 86_400
SHORTEST_REPEAT: Final = 5
LONGEST_REPEAT: Final = 10_080
MOST_CALLS: Final = 1_000_000


class AlertRule(msgspec.Struct, frozen=True, kw_only=True):
    """When somebody is told. ``workspace_id`` None: the installation's. ``preset``: it is there without being made.

    ``subject`` and ``subject_id`` narrow it to something, None is all of the workspace. ``threshold`` is in the unit of
    its kind; ``window_minutes`` is what is added up, ``least_calls`` how many there must be in it. It must have been so
    for ``for_seconds``. ``repeat_minutes`` None: people are told once.
    """

    id: str
    workspace_id: str | None
    preset: str | None = None
    name: str
    kind: AlertKind
    subject: AlertSubject | None = None
    subject_id: str | None = None
    threshold: float | None = None
    window_minutes: int | None = None
    least_calls: int | None = None
    for_seconds: int = 0
    severity: Severity = "warning"
    quiet: QuietHours | None = None
    repeat_minutes: int | None = None
    channel_ids: tuple[str, ...] = ()
    is_enabled: bool = True
    revision: int = 0
    created_by: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    def concerns(self, reading: Reading) -> bool:
        """Whether ``reading`` is of what the rule is narrowed to."""
        if self.subject is None:
            return True
        if self.subject == "provider":
            return reading.provider == self.subject_id
        return (reading.subject, reading.subject_id) == (self.subject, self.subject_id)

    def finds(self, reading: Reading) -> bool:
        """Whether ``reading`` is what it looks for."""
        if not self.concerns(reading):
            return False
        if self.least_calls is not None and (reading.calls or 0) < self.least_calls:
            return False
        if self.threshold is None or reading.value is None:
            return True
        return reading.value <= self.threshold if self.kind == "key_expiring" else reading.value >= self.threshold


class AlertRuleDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be saved; ``UNSET``: as it is, or for a new rule as usual for its kind."""

    kind: AlertKind | UnsetType = UNSET
    name: str | UnsetType = UNSET
    subject: AlertSubject | UnsetType | None = UNSET
    subject_id: str | UnsetType | None = UNSET
    threshold: float | UnsetType = UNSET
    window_minutes: int | UnsetType = UNSET
    least_calls: int | UnsetType = UNSET
    for_seconds: int | UnsetType = UNSET
    severity: Severity | UnsetType = UNSET
    quiet: QuietHours | UnsetType | None = UNSET
    repeat_minutes: int | UnsetType | None = UNSET
    channel_ids: tuple[str, ...] | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET


def begin(rule_id: str, workspace_id: str, kind: AlertKind) -> AlertRule:
    """A rule with what is usual for its kind."""
    facts = KINDS[kind]
    return AlertRule(
        id=rule_id,
        workspace_id=None if kind in INSTALLATION_KINDS else workspace_id,
        name=kind.replace("_", " ").capitalize(),
        kind=kind,
        threshold=facts.usual,
        window_minutes=facts.window,
        least_calls=LEAST_CALLS if facts.calls else None,
        severity=facts.severity,
    )


def lay_over(rule: AlertRule, draft: AlertRuleDraft) -> tuple[AlertRule, list[FieldError]]:
    """``rule`` as ``draft`` has it, and what is wrong with it but for the things that it names."""
    given = {
        name: value
        for name in AlertRuleDraft.__struct_fields__
        if name != "kind" and (value := getattr(draft, name)) is not UNSET
    }
    if draft.subject is None:
        given["subject_id"] = None
    changed = msgspec.structs.replace(rule, **given)
    wrong: list[FieldError] = []
    if draft.kind is not UNSET and draft.kind != rule.kind:
        wrong.append(FieldError("kind", "cannot be changed. Make another rule."))
    _check_subject(changed, wrong)
    _check_numbers(changed, wrong)
    if changed.quiet is not None:
        wrong += changed.quiet.check("quietHours")
    if len(changed.channel_ids) > MOST_CHANNELS or len(set(changed.channel_ids)) < len(changed.channel_ids):
        wrong.append(FieldError("channelIds", f"names at most {MOST_CHANNELS} channels, each once."))
    return changed, wrong


def write_state(rule: AlertRule) -> dict[str, JsonValue]:
    """What the audit log keeps of it."""
    return {
        "name": rule.name,
        "kind": rule.kind,
        "subject": rule.subject,
        "subjectId": rule.subject_id,
        "threshold": rule.threshold,
        "windowMinutes": rule.window_minutes,
        "leastCalls": rule.least_calls,
        "forSeconds": rule.for_seconds,
        "severity": rule.severity,
        "quietHours": write_quiet(rule.quiet),
        "repeatMinutes": rule.repeat_minutes,
        "channelIds": list(rule.channel_ids),
        "enabled": rule.is_enabled,
    }


def _check_subject(rule: AlertRule, wrong: list[FieldError]) -> None:
    allowed = KINDS[rule.kind].subjects
    if rule.subject is None and rule.subject_id is not None:
        wrong.append(FieldError("subject", f"is required with a subjectId: one of {', '.join(allowed)}."))
    if rule.subject is None:
        return
    if rule.subject not in allowed:
        of = f"can be narrowed to {' or '.join(allowed)}" if allowed else "cannot be narrowed: leave it out"
        wrong.append(FieldError("subject", f"does not fit: a rule of the kind {rule.kind!r} {of}."))
    elif not rule.subject_id:
        wrong.append(FieldError("subjectId", f"is required: name the {rule.subject}."))


def _check_numbers(rule: AlertRule, wrong: list[FieldError]) -> None:
    facts = KINDS[rule.kind]
    if facts.unit is None:
        if rule.threshold is not None:
            wrong.append(FieldError("threshold", f"is not for rules of the kind {rule.kind!r}: leave it out."))
    elif rule.threshold is None or not math.isfinite(rule.threshold) or not facts.least <= rule.threshold <= facts.most:
        wrong.append(FieldError("threshold", f"must be from {facts.least:g} to {facts.most:,.0f} {facts.unit}."))
    if facts.window is None:
        if rule.window_minutes is not None:
            wrong.append(FieldError("windowMinutes", f"is not for rules of the kind {rule.kind!r}: leave it out."))
    elif rule.window_minutes is None or rule.window_minutes not in range(WINDOW_STEP, LONGEST_WINDOW + 1, WINDOW_STEP):
        words = f"must be a multiple of {WINDOW_STEP} from {WINDOW_STEP} to {LONGEST_WINDOW}."
        wrong.append(FieldError("windowMinutes", words))
    if not facts.calls:
        if rule.least_calls is not None:
            wrong.append(FieldError("leastCalls", f"is not for rules of the kind {rule.kind!r}: leave it out."))
    elif rule.least_calls is None or not 1 <= rule.least_calls <= MOST_CALLS:
        wrong.append(FieldError("leastCalls", f"must be from 1 to {MOST_CALLS:,}."))
    if not 0 <= rule.for_seconds <= LONGEST_FOR:
        wrong.append(FieldError("forSeconds", f"must be from 0 to {LONGEST_FOR:,}: a day."))
    if rule.repeat_minutes is not None and not SHORTEST_REPEAT <= rule.repeat_minutes <= LONGEST_REPEAT:
        words = f"must be from {SHORTEST_REPEAT} to {LONGEST_REPEAT:,}, or null to be told once."
        wrong.append(FieldError("repeatMinutes", words))
