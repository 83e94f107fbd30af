"""What a rule looks for, and what is refused of one."""

from __future__ import annotations

from typing import Any

import pytest

from trunkline.control.alerts.presets import list_presets
from trunkline.control.alerts.quiet_hours import QuietHours
from trunkline.control.alerts.reading import Reading
from trunkline.control.alerts.rule import AlertRule, AlertRuleDraft, begin, lay_over
from trunkline.core.alert import ALERT_KINDS, KINDS, AlertKind
from trunkline.core.ids import new_id

PLACE = new_id()


def reading(**fields: Any) -> Reading:
    base: dict[str, Any] = {"workspace_id": PLACE, "subject": "configuration", "subject_id": "c", "name": "C"}
    return Reading(**{**base, "provider": "openai", **fields})


def make(kind: AlertKind, **fields: Any) -> AlertRule:
    rule, wrong = lay_over(begin("r", PLACE, kind), AlertRuleDraft(**fields))
    assert wrong == []
    return rule


@pytest.mark.parametrize("kind", ALERT_KINDS)
def test_what_is_usual_for_a_kind_is_right(kind: AlertKind) -> None:
    rule = make(kind)
    assert (rule.threshold, rule.window_minutes) == (KINDS[kind].usual, KINDS[kind].window)
    assert rule.is_enabled
    assert rule.channel_ids == ()


def test_from_the_threshold_on_it_fires() -> None:
    rule = make("error_rate", threshold=5, least_calls=10)
    assert rule.finds(reading(value=5.0, calls=10))
    assert not rule.finds(reading(value=4.9, calls=10))
    assert not rule.finds(reading(value=100.0, calls=9)), "so few say nothing"


def test_the_fewer_days_are_left_the_sooner() -> None:
    rule = make("key_expiring", threshold=7)
    assert rule.finds(reading(subject="key", value=7.0))
    assert rule.finds(reading(subject="key", value=-1.0))
    assert not rule.finds(reading(subject="key", value=7.1))


def test_it_can_be_narrowed() -> None:
    one = make("down", subject="configuration", subject_id="c")
    assert one.finds(reading())
    assert not one.finds(reading(subject_id="d"))
    provider = make("down", subject="provider", subject_id="openai")
    assert provider.finds(reading())
    assert not provider.finds(reading(provider="gemini"))
    assert make("down").finds(reading(provider="gemini"))


def test_what_narrows_it_is_taken_away_together() -> None:
    rule, wrong = lay_over(make("down", subject="provider", subject_id="openai"), AlertRuleDraft(subject=None))
    assert (rule.subject, rule.subject_id, wrong) == (None, None, [])


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("error_rate", {"threshold": 0.0}, "threshold"),
        ("error_rate", {"threshold": 100.1}, "threshold"),
        ("latency", {"threshold": float("nan")}, "threshold"),
        ("down", {"threshold": 1.0}, "threshold"),
        ("error_rate", {"window_minutes": 20}, "windowMinutes"),
        ("error_rate", {"window_minutes": 0}, "windowMinutes"),
        ("error_rate", {"window_minutes": 1_455}, "windowMinutes"),
        ("budget_used", {"window_minutes": 15}, "windowMinutes"),
        ("error_rate", {"least_calls": 0}, "leastCalls"),
        ("down", {"least_calls": 5}, "leastCalls"),
        ("down", {"for_seconds": 86_401}, "forSeconds"),
        ("down", {"repeat_minutes": 1}, "repeatMinutes"),
        ("down", {"subject": "budget", "subject_id": "b"}, "subject"),
        ("down", {"subject": "configuration"}, "subjectId"),
        ("down", {"subject_id": "c"}, "subject"),
        ("journal_not_shipping", {"subject": "machine", "subject_id": "m"}, "subject"),
        ("down", {"channel_ids": ("a", "a")}, "channelIds"),
        ("down", {"quiet": QuietHours(start="1", end="07:00")}, "quietHours.start"),
        ("down", {"kind": "latency"}, "kind"),
    ],
)
def test_what_is_wrong_is_named(kind: AlertKind, fields: dict[str, Any], field: str) -> None:
    _, wrong = lay_over(begin("r", PLACE, kind), AlertRuleDraft(**fields))
    assert [error.field for error in wrong] == [field]


def test_presets_are_the_same_each_time_and_others_elsewhere() -> None:
    here, there = list_presets(PLACE), list_presets(new_id())
    assert [rule.preset for rule in here] == ["down", "key_failing", "budget_80", "budget_100"]
    assert list_presets(PLACE) == here
    assert not {rule.id for rule in here} & {rule.id for rule in there}
    assert [(rule.preset, rule.workspace_id) for rule in list_presets(None)] == [("journal", None)]
