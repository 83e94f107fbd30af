"""What rules would have read in the past: from the sums of usage, from health's counts, and from what happened."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

import msgspec

from trunkline.control.alerts.reading import Reading
from trunkline.control.alerts.rule import AlertRule
from trunkline.control.alerts.sources import read_budget_subject, read_configuration, read_expiring
from trunkline.control.budgets.forecast import forecast
from trunkline.control.configurations.health_evidence import PROBE_PREFIX
from trunkline.control.health.latency import find_percentile
from trunkline.core.alert import WINDOW_STEP
from trunkline.core.health import DOWN_AFTER, REJECTIONS
from trunkline.core.moment import to_microseconds, to_moment
from trunkline.storage import alert_history, alert_readings, budgets
from trunkline.storage.budgets import read_budget
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration

_QUARTER_US: Final = WINDOW_STEP * 60_000_000
_QUARTERS_OF_A_DAY: Final = 96
_DAY_MINUTES: Final = 1_440
_MOST_BUDGETS: Final = 100
_MOST_VIOLATIONS: Final = 100_000
_DOWN_SHARE: Final = 0.5

_DAYS: Final = "Of what was more than a day ago, whole days are known (UTC), and no shorter times."
_CALLS: Final = "Counted from requests by the quarter of an hour: one in which half failed, and at least 5, is down."
_COST: Final = "Counted from what requests have cost by the quarter of an hour, without those whose price is unknown."


class Sample(msgspec.Struct, frozen=True):
    """What a rule would have read, from ``begin`` to before ``end``."""

    begin: datetime
    end: datetime
    reading: Reading


class Past(msgspec.Struct, frozen=True):
    """The samples of each subject, in order of time; what is between them was in order. ``note``: what is not exact."""

    series: Sequence[Sequence[Sample]]
    note: str | None = None


async def read_past(tx: Transaction, rule: AlertRule, workspace_id: str, since: datetime, until: datetime) -> Past:
    """What a rule of that kind and window would have read of everything in the workspace."""
    match rule.kind:
        case "down" | "error_rate":
            return await _read_calls(tx, rule, workspace_id, since, until)
        case "key_failing" | "latency":
            return await _read_tries(tx, rule, workspace_id, since, until)
        case "budget_used" | "budget_forecast":
            return await _read_budgets(tx, rule, workspace_id, since, until)
        case "policy_violations":
            return await _read_violations(tx, rule, workspace_id, since, until)
        case "experiment_reverted":
            return await _read_reverts(tx, rule, workspace_id, since, until)
        case "key_expiring":
            return await _read_keys(tx, rule, workspace_id, since, until)
        case "journal_not_shipping":
            return Past(())


async def _read_calls(tx: Transaction, rule: AlertRule, workspace_id: str, since: datetime, until: datetime) -> Past:
    first, last = _quarter(since), _quarter(until)
    width = 0 if rule.kind == "down" else (rule.window_minutes or WINDOW_STEP) // WINDOW_STEP
    counted: defaultdict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    for configuration_id, slot, calls, errors in await alert_history.read_calls(tx, workspace_id, first - width):
        counted[configuration_id][slot] = (calls, errors)
    series: list[list[Sample]] = []
    for row in await alert_readings.find_active(tx, workspace_id):
        slots = counted.get(row.id, {})
        samples: list[Sample] = []
        for slot in range(first, last + 1) if slots else ():
            window = [slots[each] for each in range(slot - width, slot + 1) if each in slots]
            calls, errors = sum(each[0] for each in window), sum(each[1] for each in window)
            share = errors / calls if calls else 0.0
            if rule.kind == "error_rate":
                reading = _with_calls(read_configuration(row, value=100 * share), calls)
                samples.append(_sample(slot, slot + 1, reading))
            elif errors >= DOWN_AFTER and share >= _DOWN_SHARE:
                samples.append(_sample(slot, slot + 1, read_configuration(row)))
        series += _split(samples)
    return Past(series, _CALLS if rule.kind == "down" else None)


async def _read_tries(tx: Transaction, rule: AlertRule, workspace_id: str, since: datetime, until: datetime) -> Past:
    """Quarters of an hour for the last day, whole days before that: health keeps no more."""
    day_ago = _quarter(until) - _QUARTERS_OF_A_DAY + 1
    begin_of_quarters = -(-day_ago // _QUARTERS_OF_A_DAY) * _QUARTERS_OF_A_DAY
    rows = {row.id: row for row in await alert_readings.find_active(tx, workspace_id)}
    series: defaultdict[str, list[Sample]] = defaultdict(list)
    first_day = _quarter(since) // _QUARTERS_OF_A_DAY
    for grain, first, length, before in (
        (_DAY_MINUTES, first_day, _QUARTERS_OF_A_DAY, begin_of_quarters // _QUARTERS_OF_A_DAY),
        (WINDOW_STEP, max(begin_of_quarters, _quarter(since)), 1, _quarter(until) + 1),
    ):
        counts: defaultdict[tuple[str, int], list[tuple[str, int, int]]] = defaultdict(list)
        for subject, slot, outcome, bucket, calls in await alert_readings.count_tries(tx, workspace_id, grain, first):
            if slot < before:
                counts[subject, slot].append((outcome, bucket, calls))
        for (subject, slot), some in sorted(counts.items(), key=lambda each: each[0][1]):
            reading = _judge(rule, rows[subject], some)
            if reading is not None:
                series[subject].append(_sample(slot * length, (slot + 1) * length, reading))
    split = [part for samples in series.values() for part in _split(samples)]
    return Past(split, _DAYS if until - since > timedelta(days=1) else None)


def _judge(rule: AlertRule, row: Configuration, counts: Iterable[tuple[str, int, int]]) -> Reading | None:
    if rule.kind == "key_failing":
        rejected = sum(calls for outcome, _, calls in counts if outcome.removeprefix(PROBE_PREFIX) in REJECTIONS)
        return read_configuration(row) if rejected else None
    buckets: defaultdict[int, int] = defaultdict(int)
    for outcome, bucket, calls in counts:
        if outcome == "ok":
            buckets[bucket] += calls
    p95 = find_percentile(buckets, 0.95)
    return None if p95 is None else _with_calls(read_configuration(row, value=float(p95)), sum(buckets.values()))


async def _read_budgets(tx: Transaction, rule: AlertRule, workspace_id: str, since: datetime, until: datetime) -> Past:
    first, last = _quarter(since), _quarter(until)
    series: list[list[Sample]] = []
    for row in await budgets.find_page(tx, workspace_id, limit=_MOST_BUDGETS, after=None):
        budget = read_budget(row)
        # The period that has begun before the first moment counts from its own beginning.
        period = budget.find_period(to_microseconds(since))
        costs: Mapping[int, int] = dict(await alert_history.read_costs(tx, budget, period.start // _QUARTER_US))
        spent = sum(cost for slot, cost in costs.items() if slot < first)
        samples: list[Sample] = []
        for slot in range(first, last + 1):
            at = slot * _QUARTER_US
            if not period.holds(at):
                period, spent = budget.find_period(at), 0
            spent += costs.get(slot, 0)
            used = forecast(spent, period, at + _QUARTER_US - 1) if rule.kind == "budget_forecast" else spent
            reading = read_budget_subject(row, (used or 0) * 100 / row.amount_nanos)
            samples.append(_sample(slot, slot + 1, reading))
        series.append(samples)
    return Past(series, _COST)


async def _read_violations(
    tx: Transaction, rule: AlertRule, workspace_id: str, since: datetime, until: datetime
) -> Past:
    window = timedelta(minutes=rule.window_minutes or WINDOW_STEP)
    moments: defaultdict[str, list[datetime]] = defaultdict(list)
    names: dict[str, str] = {}
    found = await alert_readings.find_violations(tx, workspace_id, since - window, _MOST_VIOLATIONS)
    for policy_id, name, at in found:
        moments[policy_id].append(at)
        names[policy_id] = name
    series: list[list[Sample]] = []
    for policy_id, each in moments.items():
        samples: list[Sample] = []
        edges = sorted({*each, *(at + window for at in each)})
        for begin, end in pairwise(edges):
            # Those in the window that ends there: from behind its beginning, as each leaves it at its end.
            count = bisect_right(each, begin) - bisect_right(each, begin - window)
            reading = Reading(
                workspace_id=workspace_id,
                subject="policy",
                subject_id=policy_id,
                name=names[policy_id],
                value=float(count),
            )
            if end > since and begin < until:
                samples.append(Sample(max(begin, since), min(end, until), reading))
        series += [samples] if samples else []
    return Past(series)


async def _read_reverts(tx: Transaction, rule: AlertRule, workspace_id: str, since: datetime, until: datetime) -> Past:
    window = timedelta(minutes=rule.window_minutes or _DAY_MINUTES)
    series: defaultdict[str, list[Sample]] = defaultdict(list)
    for row, at in await alert_readings.find_reverts(tx, workspace_id, since - window):
        begin, end = max(at, since), min(at + window, until)
        if begin < end:
            series[row.id].append(Sample(begin, end, read_configuration(row)))
    return Past([part for samples in series.values() for part in _split(samples)])


async def _read_keys(tx: Transaction, rule: AlertRule, workspace_id: str, since: datetime, until: datetime) -> Past:
    days = rule.threshold or 0
    series: list[list[Sample]] = []
    for reading in await read_expiring(tx, workspace_id, until, days + (until - since).days):
        expires_at = until + timedelta(days=reading.value or 0)
        begin, end = max(expires_at - timedelta(days=days), since), min(expires_at + timedelta(days=days), until)
        if begin < end:
            value = min(days, (expires_at - begin).total_seconds() / 86_400)
            series.append([Sample(begin, end, msgspec.structs.replace(reading, value=value))])
    return Past(series)


def _with_calls(reading: Reading, calls: int) -> Reading:
    return msgspec.structs.replace(reading, calls=calls)


def _sample(first: int, last: int, reading: Reading) -> Sample:
    return Sample(to_moment(first * _QUARTER_US), to_moment(last * _QUARTER_US), reading)


def _split(samples: Sequence[Sample]) -> list[list[Sample]]:
    """Into parts between which nothing is known."""
    parts: list[list[Sample]] = []
    for sample in samples:
        if parts and parts[-1][-1].end >= sample.begin:
            parts[-1].append(sample)
        else:
            parts.append([sample])
    return parts


def _quarter(moment: datetime) -> int:
    return to_microseconds(moment) // _QUARTER_US
