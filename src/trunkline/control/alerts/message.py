"""What is said of an alert: a sentence for people, and what programs are sent."""

from __future__ import annotations

from datetime import UTC, datetime

from trunkline.control.alerts.reading import Reading
from trunkline.control.alerts.rule import AlertRule
from trunkline.core.alert import Notice
from trunkline.core.chat import JsonValue
from trunkline.storage.tables import AlertRow


def describe(rule: AlertRule, reading: Reading) -> str:
    """What a rule has found, as a sentence."""
    name, value, limit = _one_line(reading.name), reading.value or 0.0, rule.threshold or 0.0
    window = _write_window(rule.window_minutes or 0)
    match rule.kind:
        case "down":
            said = f"The configuration {name} is down. {reading.detail}"
        case "key_failing":
            said = f"The provider does not accept the key of the configuration {name}. {reading.detail}"
        case "key_expiring" if value <= 0:
            said = f"The API key {name} has expired."
        case "key_expiring":
            said = f"The API key {name} expires in {_count(max(round(value), 1), 'day')}."
        case "error_rate":
            said = f"Of {reading.calls:,} calls to {name} in {window}, {value:.1f} % failed (from {limit:g} % on)."
        case "latency":
            said = f"95 % of calls to {name} took up to {value:,.0f} ms in {window} (from {limit:,.0f} ms on)."
        case "budget_used":
            said = f"{value:.0f} % of the budget {name} is used (from {limit:g} % on)."
        case "budget_forecast":
            said = f"At this pace, {value:.0f} % of the budget {name} will be used (from {limit:g} % on)."
        case "policy_violations":
            said = f"The policy {name} was violated {_count(round(value), 'time')} in {window}."
        case "experiment_reverted":
            said = f"The experiment of the configuration {name} took a version back, because it did harm."
        case "journal_not_shipping":
            said = f"Requests that {name} served reach the database {value:,.0f} s late. Nothing is lost."
    return said.strip()


def write_message(alert: AlertRow, notice: Notice, at: datetime) -> dict[str, JsonValue]:
    """What a channel is sent, in the form that the Standard Webhooks specification advises: type, timestamp, data.

    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#payload-structure
    """
    data: dict[str, JsonValue] = {
        "id": alert.id,
        "workspaceId": alert.workspace_id,
        "ruleId": alert.rule_id,
        "ruleName": alert.rule_name,
        "kind": alert.kind,
        "severity": alert.severity,
        "state": alert.state,
        "subject": alert.subject,
        "subjectId": alert.subject_id,
        "subjectName": alert.subject_name,
        "summary": alert.summary,
        "value": alert.value,
        "threshold": alert.threshold,
        "startedAt": write_moment(alert.started_at),
        "firedAt": None if alert.fired_at is None else write_moment(alert.fired_at),
        "resolvedAt": None if alert.resolved_at is None else write_moment(alert.resolved_at),
        "repeats": alert.repeats,
    }
    return {"type": f"alert.{notice}", "timestamp": write_moment(at), "data": data}


def write_test(channel_name: str, at: datetime) -> dict[str, JsonValue]:
    """The same for a test of a channel."""
    said = f"This is a test of the channel {_one_line(channel_name)}. Nothing is wrong."
    return {"type": "alert.test", "timestamp": write_moment(at), "data": {"summary": said}}


def write_title(message: dict[str, JsonValue]) -> str:
    """One line for people: ``[critical] A configuration is down: …``."""
    data = message["data"]
    assert isinstance(data, dict)
    match message["type"]:
        case "alert.test":
            return f"[test] {data['summary']}"
        case "alert.resolved":
            return f"[resolved] {_one_line(str(data['ruleName']))}: over for {_one_line(str(data['subjectName']))}."
        case "alert.repeat":
            return f"[still {data['severity']}] {_one_line(str(data['ruleName']))}: {data['summary']}"
        case _:
            return f"[{data['severity']}] {_one_line(str(data['ruleName']))}: {data['summary']}"


def write_text(message: dict[str, JsonValue]) -> str:
    """Some lines for people."""
    data = message["data"]
    assert isinstance(data, dict)
    lines = [write_title(message)]
    for label, field in (("Since", "startedAt"), ("Over since", "resolvedAt"), ("Alert", "id")):
        if data.get(field):
            lines.append(f"{label}: {data[field]}")
    return "\n".join(lines)


def write_moment(moment: datetime) -> str:
    """ISO 8601 in UTC, with milliseconds and ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _write_window(minutes: int) -> str:
    return _count(minutes, "minute") if minutes < 120 or minutes % 60 else _count(minutes // 60, "hour")
