"""What a rule has found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from trunkline.control.alerts.reading import Reading
from trunkline.control.alerts.rule import AlertRule
from trunkline.control.alerts.rule_book import RuleBook
from trunkline.core.alert import AlertKind


class Match(NamedTuple):
    """A rule, and the reading that is what it looks for."""

    rule: AlertRule
    reading: Reading

    def is_due(self, since: datetime, moment: datetime) -> bool:
        """Whether what is so since then has been so for as long as the rule says."""
        return (moment - since).total_seconds() >= self.rule.for_seconds


def find_matches(book: RuleBook, found: Mapping[tuple[AlertKind, int | None], Iterable[Reading]]) -> dict[str, Match]:
    """What rules find in what was read, by the rule and the subject: of these there is one alert at a time."""
    matches: dict[str, Match] = {}
    for (kind, window), readings in found.items():
        for reading in readings:
            for rule in book.find(kind, reading.workspace_id):
                if rule.window_minutes == window and rule.finds(reading):
                    matches[f"{rule.id}/{reading.subject}/{reading.subject_id}"] = Match(rule, reading)
    return matches
