"""What rules look at, read from what the installation knows anyway."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from trunkline.control.alerts.reading import Reading
from trunkline.control.alerts.rule_book import RuleBook
from trunkline.control.budgets.forecast import forecast
from trunkline.control.configurations.health_evidence import PROBE_PREFIX
from trunkline.control.health.history import count_failures
from trunkline.control.health.latency import find_percentile
from trunkline.core.account_redaction import hide_accounts
from trunkline.core.alert import KINDS, WINDOW_STEP, AlertKind
from trunkline.core.moment import to_microseconds, to_moment
from trunkline.storage import alert_readings as rows
from trunkline.storage.alert_readings import SpentBudget
from trunkline.storage.budgets import read_budget
from trunkline.storage.database import Transaction
from trunkline.storage.tables import BudgetRow, Configuration

LAG_DAYS: Final = 1
"""After which a machine that says no more how late it is is taken for gone."""

_QUARTER_US: Final = WINDOW_STEP * 60_000_000
_DAY: Final = 86_400.0

Found = dict[tuple[AlertKind, int | None], list[Reading]]
"""Readings by the kind of rule that they are for, and the window in minutes that they tell of."""


async def read_all(tx: Transaction, book: RuleBook, moment: datetime) -> Found:
    """What any rule of ``book`` may find at ``moment``. Of what is in order there is not always a reading."""
    found: Found = defaultdict(list)
    for seen in await rows.find_failing(tx):
        health = seen.health
        if health is None:
            continue
        kind: AlertKind = "down" if health.state == "down" else "key_failing"
        said = hide_accounts(health.message or "")
        found[kind, None].append(read_configuration(seen.configuration, since=to_moment(health.since), detail=said))
    least = min((rule.threshold or 0 for some in book.made("budget_used").values() for rule in some), default=80)
    for each in await rows.find_spent(tx, moment, least_percent=int(min(least, 80))):
        if _is_current(each, moment):
            found["budget_used", None].append(_read_used(each))
    for workspace_id, some in book.made("budget_forecast").items():
        if workspace_id is not None and any(some):
            found["budget_forecast", None] += await _read_forecasts(tx, workspace_id, moment)
    for workspace_id, some in book.made("key_expiring").items():
        days = max((rule.threshold or 0 for rule in some), default=0)
        if workspace_id is not None and days:
            found["key_expiring", None] += await read_expiring(tx, workspace_id, moment, days)
    for kind in ("error_rate", "latency"):
        for workspace_id, window in _windows(book, kind):
            found[kind, window] += await _read_tries(tx, kind, workspace_id, moment, window)
    for workspace_id, window in _windows(book, "policy_violations"):
        since = moment - timedelta(minutes=window)
        for policy_id, name, count in await rows.count_violations(tx, workspace_id, since):
            found["policy_violations", window].append(
                Reading(
                    workspace_id=workspace_id, subject="policy", subject_id=policy_id, name=name, value=float(count)
                )
            )
    for workspace_id, window in _windows(book, "experiment_reverted"):
        last: dict[str, Reading] = {}
        for row, at in await rows.find_reverts(tx, workspace_id, moment - timedelta(minutes=window)):
            last[row.id] = read_configuration(row, since=at)
        found["experiment_reverted", window] += last.values()
    for lag in await rows.find_lags(tx, moment - timedelta(days=LAG_DAYS)):
        seconds = lag.seconds + max((moment - lag.at).total_seconds(), 0.0)
        found["journal_not_shipping", None].append(
            Reading(workspace_id=None, subject="machine", subject_id=lag.machine, name=lag.machine, value=seconds)
        )
    return found


async def read_expiring(tx: Transaction, workspace_id: str, moment: datetime, days: float) -> list[Reading]:
    """The workspace's keys that end within so many days; those that ended as lately, too."""
    reach = timedelta(days=days)
    return [
        Reading(
            workspace_id=workspace_id,
            subject="key",
            subject_id=key.id,
            name=key.name,
            value=(key.expires_at - moment).total_seconds() / _DAY,
            owner_id=key.user_id,
            is_for_admins=True,
            application_id=key.application_id,
        )
        for key in await rows.find_expiring_keys(tx, workspace_id, moment - reach, moment + reach)
        if key.expires_at is not None
    ]


def read_budget_subject(budget: BudgetRow, value: float) -> Reading:
    """A budget, with how much of it (per cent) is used or will be."""
    return Reading(
        workspace_id=budget.workspace_id,
        subject="budget",
        subject_id=budget.id,
        name=budget.name,
        value=value,
        application_id=budget.subject_id if budget.subject == "application" else None,
    )


def read_configuration(
    row: Configuration,
    *,
    value: float | None = None,
    calls: int | None = None,
    since: datetime | None = None,
    detail: str = "",
) -> Reading:
    """A configuration, of which that is so."""
    return Reading(
        workspace_id=row.workspace_id,
        subject="configuration",
        subject_id=row.id,
        name=row.name,
        value=value,
        calls=calls,
        since=since,
        detail=detail,
        provider=row.provider,
        owner_id=None if row.is_shared else row.user_id,
        application_id=row.application_id,
    )


def _windows(book: RuleBook, kind: AlertKind) -> Iterable[tuple[str, int]]:
    usual = KINDS[kind].window
    assert usual is not None
    for workspace_id, some in book.made(kind).items():
        if workspace_id is not None:
            for window in sorted({rule.window_minutes or usual for rule in some}):
                yield workspace_id, window


def _is_current(spent: SpentBudget, moment: datetime) -> bool:
    period = read_budget(spent.budget).find_period(to_microseconds(moment))
    return to_moment(period.start) == spent.period.period_start


def _read_used(spent: SpentBudget) -> Reading:
    return read_budget_subject(spent.budget, spent.period.spent_nanos * 100 / spent.budget.amount_nanos)


async def _read_forecasts(tx: Transaction, workspace_id: str, moment: datetime) -> Sequence[Reading]:
    at = to_microseconds(moment)
    found: list[Reading] = []
    for each in await rows.find_spent(tx, moment, workspace_id=workspace_id):
        told = forecast(each.period.spent_nanos, read_budget(each.budget).find_period(at), at)
        if told is not None and _is_current(each, moment):
            found.append(read_budget_subject(each.budget, told * 100 / each.budget.amount_nanos))
    return found


async def _read_tries(
    tx: Transaction, kind: AlertKind, workspace_id: str, moment: datetime, window: int
) -> Sequence[Reading]:
    """The share of tries (per cent) that the provider did not serve, or the milliseconds within which 95 % of those
    ended that it did. The quarter of an hour under way counts besides the whole ones of the window.
    """
    first = to_microseconds(moment) // _QUARTER_US - window // WINDOW_STEP
    outcomes: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    buckets: defaultdict[str, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for subject, _, outcome, bucket, calls in await rows.count_tries(tx, workspace_id, WINDOW_STEP, first):
        if not outcome.startswith(PROBE_PREFIX):
            outcomes[subject][outcome] += calls
            if outcome == "ok":
                buckets[subject][bucket] += calls
    found: list[Reading] = []
    for row in await rows.find_active(tx, workspace_id) if outcomes else ():
        tried = sum(outcomes[row.id].values())
        if kind == "error_rate" and tried:
            share = 100 * count_failures(outcomes[row.id]) / tried
            found.append(read_configuration(row, value=share, calls=tried))
        p95 = find_percentile(buckets[row.id], 0.95)
        if kind == "latency" and p95 is not None:
            found.append(read_configuration(row, value=float(p95), calls=sum(buckets[row.id].values())))
    return found
