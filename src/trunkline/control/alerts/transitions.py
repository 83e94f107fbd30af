"""The life of an alert, step by step. Each step is taken in a transaction together with the notices that it makes."""

from __future__ import annotations

from datetime import datetime

from trunkline.control.alerts.match import Match
from trunkline.control.alerts.message import describe
from trunkline.control.alerts.notices import tell
from trunkline.control.alerts.rule import AlertRule
from trunkline.core.alert import Notice
from trunkline.core.moment import to_microseconds
from trunkline.logs import get_logger
from trunkline.storage import alerts as rows
from trunkline.storage.alerts import PENDING
from trunkline.storage.database import Transaction
from trunkline.storage.tables import AlertRow

_log = get_logger(__name__)


def holds_back(rule: AlertRule, moment: datetime) -> bool:
    """Whether quiet hours keep the notices of ``rule`` back."""
    return rule.quiet is not None and rule.quiet.hold(rule.severity, moment)


async def begin(tx: Transaction, key: str, match: Match, moment: datetime) -> None:
    """It is so: for long enough already, or from now on."""
    rule, reading = match
    row = AlertRow(
        workspace_id=rule.workspace_id,
        rule_id=rule.id,
        rule_name=rule.name,
        kind=rule.kind,
        severity=rule.severity,
        subject=reading.subject,
        subject_id=reading.subject_id,
        subject_name=reading.name,
        owner_id=reading.owner_id,
        is_for_admins=reading.is_for_admins,
        application_id=reading.application_id,
        open_key=key,
        state=PENDING,
        summary="",
        started_at=moment if reading.since is None else min(reading.since, moment),
        repeats=0,
        changed_at=to_microseconds(moment),
    )
    await rows.insert(tx, row)
    if match.is_due(row.started_at, moment):
        await fire(tx, row, match, moment)


async def fire(tx: Transaction, row: AlertRow, match: Match, moment: datetime) -> None:
    """People are told, now or after the quiet hours."""
    rule, reading = match
    row.state, row.fired_at = "firing", moment
    row.rule_name, row.severity, row.threshold = rule.name, rule.severity, rule.threshold
    row.value, row.summary = reading.value, describe(rule, reading)
    row.changed_at = to_microseconds(moment)
    _log.warning("alert_fired", alert=row.id, kind=row.kind, severity=row.severity, workspace=row.workspace_id)
    await _tell_or_hold(tx, row, rule, "firing", moment)


async def end(tx: Transaction, row: AlertRow, rule: AlertRule | None, moment: datetime) -> None:
    """It is so no more. Whoever was told that it is hears of it; ``rule`` None: it is gone or off, and nobody does."""
    if row.state == PENDING:
        await rows.remove(tx, row)
        return
    row.state, row.resolved_at, row.open_key = "resolved", moment, None
    row.changed_at = to_microseconds(moment)
    unheard = row.held == "firing"
    row.held = None
    _log.info("alert_resolved", alert=row.id, kind=row.kind, workspace=row.workspace_id)
    if rule is not None and not unheard:
        await _tell_or_hold(tx, row, rule, "resolved", moment)


async def release(tx: Transaction, row: AlertRow, rule: AlertRule | None, moment: datetime) -> None:
    """The quiet hours are over: people are told what they kept back. ``rule`` None: nobody is."""
    notice: Notice = "resolved" if row.held == "resolved" else "firing"
    row.held = None
    if rule is not None:
        await _tell_or_hold(tx, row, rule, notice, moment)


async def remind(tx: Transaction, row: AlertRow, rule: AlertRule, moment: datetime) -> None:
    """It is still so, and nobody has acknowledged it."""
    row.repeats += 1
    row.told_at = moment
    await tell(tx, row, rule, "repeat", moment)


async def _tell_or_hold(tx: Transaction, row: AlertRow, rule: AlertRule, notice: Notice, moment: datetime) -> None:
    if holds_back(rule, moment):
        row.held = notice
        return
    row.told_at = moment
    # The notices name the alert, so it goes first.
    await tx.flush()
    await tell(tx, row, rule, notice, moment)
