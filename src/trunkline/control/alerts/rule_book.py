"""Which rules hold in which workspace: those that somebody made, and the presets that nobody has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from trunkline.control.alerts.presets import list_presets
from trunkline.control.alerts.quiet_hours import read_quiet
from trunkline.control.alerts.rule import AlertRule
from trunkline.control.record import read_record
from trunkline.core.alert import AlertKind
from trunkline.storage.tables import AlertRuleRow


def read_rule(row: AlertRuleRow) -> AlertRule:
    """A row as use cases have it."""
    return read_record(AlertRule, row, quiet=read_quiet(row.quiet), channel_ids=tuple(row.channel_ids))


class RuleBook:
    """All rules of an installation that are on."""

    def __init__(self, rows: Iterable[AlertRuleRow] = ()) -> None:
        self._made: defaultdict[AlertKind, defaultdict[str | None, list[AlertRule]]]
        self._made = defaultdict(lambda: defaultdict(list))
        self._by_id: dict[str, AlertRule] = {}
        for row in rows:
            rule = read_rule(row)
            self._by_id[rule.id] = rule
            if rule.is_enabled:
                self._made[rule.kind][rule.workspace_id].append(rule)

    def find(self, kind: AlertKind, workspace_id: str | None) -> Iterator[AlertRule]:
        """Those of a kind that hold in a workspace, or for the installation."""
        yield from self._made[kind].get(workspace_id, ())
        for preset in list_presets(workspace_id):
            if preset.kind == kind and preset.id not in self._by_id:
                yield preset

    def made(self, kind: AlertKind) -> Mapping[str | None, Iterable[AlertRule]]:
        """Those of a kind that somebody made or changed, by workspace."""
        return self._made[kind]

    def find_by_id(self, rule_id: str, workspace_id: str | None) -> AlertRule | None:
        """The rule of that id, if it is on."""
        rule = self._by_id.get(rule_id)
        if rule is None:
            rule = next((each for each in list_presets(workspace_id) if each.id == rule_id), None)
        return rule if rule is not None and rule.is_enabled else None
