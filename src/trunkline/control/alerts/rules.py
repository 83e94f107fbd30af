"""Rules: when people are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import UNSET

from trunkline.control.alerts import transitions
from trunkline.control.alerts.presets import list_presets
from trunkline.control.alerts.quiet_hours import write_quiet
from trunkline.control.alerts.rule import (
    MOST_RULES,
    RULE,
    AlertRule,
    AlertRuleDraft,
    begin,
    lay_over,
    write_state,
)
from trunkline.control.alerts.rule_book import read_rule
from trunkline.control.alerts.rule_subject import check_things
from trunkline.control.audit import Audit, changes
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.revision import require_revision
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.alert import INSTALLATION_KINDS
from trunkline.core.errors import Conflict, InvalidInput, NotFound, Stale
from trunkline.core.ids import new_id
from trunkline.storage import alert_rules as rows
from trunkline.storage import alerts
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import AlertRuleRow

_COLUMNS = (
    "name",
    "kind",
    "subject",
    "subject_id",
    "threshold",
    "window_minutes",
    "least_calls",
    "for_seconds",
    "severity",
    "repeat_minutes",
    "is_enabled",
)


class AlertRules:
    """The rules of the actor's workspace: everybody reads them, admins change them. Those of the installation are its
    administrator's, and stand beside the others in whatever workspace that is.
    """

    def __init__(self, database: Database, audit: Audit, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._audit = audit
        self._now = now

    async def list(self, actor: Actor, page: PageRequest) -> Page[AlertRule]:
        """Those that are always there, and then those that somebody made, the newest first."""
        access.check(actor, "alerts.read")
        async with self._database.read() as tx:
            found = await self._list(tx, actor)
        at = 0
        if page.after is not None:
            at = next((place + 1 for place, rule in enumerate(found) if rule.id == page.after), len(found))
        kept = found[at : at + page.limit]
        return Page(kept, encode_cursor(kept[-1].id) if at + page.limit < len(found) else None)

    async def get(self, actor: Actor, rule_id: str) -> AlertRule:
        """One of them. Raises NotFound."""
        access.check(actor, "alerts.read")
        async with self._database.read() as tx:
            return await self._find(tx, actor, rule_id)

    async def create(self, actor: Actor, draft: AlertRuleDraft) -> AlertRule:
        """A new one. Raises InvalidInput, which names every wrong field."""
        if draft.kind is UNSET:
            raise InvalidInput.of("kind", "is required.")
        rule, wrong = lay_over(begin(new_id(), actor.workspace_id, draft.kind), draft)
        _require(actor, rule)
        async with self._database.write() as tx:
            wrong += await check_things(tx, actor, rule)
            if wrong:
                raise InvalidInput.of_all(tuple(wrong))
            if await rows.count(tx, actor.workspace_id) >= MOST_RULES:
                raise Conflict(f"There are {MOST_RULES} rules, which is the most. Delete one that is not needed.")
            row = AlertRuleRow(id=rule.id, workspace_id=rule.workspace_id, created_by=actor.user_id, revision=1)
            _copy(rule, row)
            await rows.insert(tx, row)
            await rows.mark(tx)
            await self._audit.record(tx, actor, "alert_rules.create", target=(RULE, row.id), after=write_state(rule))
            return read_rule(row)

    async def update(
        self, actor: Actor, rule_id: str, draft: AlertRuleDraft, *, if_revision: int | None = None
    ) -> AlertRule:
        """Lay ``draft`` over it, also over one that is always there. Raises NotFound, Stale and InvalidInput."""
        async with self._database.write() as tx:
            present = await self._find(tx, actor, rule_id, lock=True)
            _require(actor, present)
            require_revision("rule", present.revision, if_revision)
            rule, wrong = lay_over(present, draft)
            wrong += await check_things(tx, actor, rule, present)
            if wrong:
                raise InvalidInput.of_all(tuple(wrong))
            was, became = changes(write_state(present), write_state(rule))
            if not (was or became):
                return present
            row = await rows.find(tx, rule.id)
            if row is None:
                row = AlertRuleRow(id=rule.id, workspace_id=rule.workspace_id, preset=rule.preset, revision=0)
                row.created_by = actor.user_id
                _copy(rule, row)
                await rows.insert(tx, row)
            _copy(rule, row)
            row.revision += 1
            row.updated_at = self._now()
            await tx.flush()
            await rows.mark(tx)
            await self._audit.record(tx, actor, "alert_rules.update", target=(RULE, row.id), before=was, after=became)
            return read_rule(row)

    async def delete(self, actor: Actor, rule_id: str, *, if_revision: int | None = None) -> None:
        """Delete it, and its alerts are over. Raises NotFound, Stale, and Conflict for one that is always there."""
        async with self._database.write() as tx:
            present = await self._find(tx, actor, rule_id, lock=True)
            _require(actor, present)
            if present.preset is not None:
                raise Conflict("Every workspace has this rule. Turn it off instead: set `enabled` to false.")
            row = await rows.find(tx, rule_id, lock=True)
            if row is None or (if_revision is not None and if_revision != row.revision):
                raise Stale("The rule was changed meanwhile. Read it again and repeat your change.")
            for alert in await alerts.find_of_rule(tx, rule_id):
                await transitions.end(tx, alert, None, self._now())
            await rows.remove(tx, row)
            await rows.mark(tx)
            await self._audit.record(
                tx, actor, "alert_rules.delete", target=(RULE, rule_id), before=write_state(present)
            )

    async def _list(self, tx: Transaction, actor: Actor) -> list[AlertRule]:
        made = [
            read_rule(row) for row in await rows.find_all(tx, actor.workspace_id, installation=actor.instance_admin)
        ]
        changed = {rule.id: rule for rule in made if rule.preset is not None}
        presets = list_presets(actor.workspace_id) + (list_presets(None) if actor.instance_admin else ())
        return [*(changed.get(each.id, each) for each in presets), *(rule for rule in made if rule.preset is None)]

    async def _find(self, tx: Transaction, actor: Actor, rule_id: str, *, lock: bool = False) -> AlertRule:
        row = await rows.find(tx, rule_id, lock=lock)
        rule = None if row is None else read_rule(row)
        if rule is None:
            presets = list_presets(actor.workspace_id) + list_presets(None)
            rule = next((each for each in presets if each.id == rule_id), None)
        seen = rule is not None and (
            rule.workspace_id == actor.workspace_id or (rule.workspace_id is None and actor.instance_admin)
        )
        if rule is None or not seen:
            raise NotFound("There is no such rule in this workspace.", code="alert_rule_not_found")
        return rule


def _require(actor: Actor, rule: AlertRule) -> None:
    """Raise Forbidden unless ``actor`` may change the rule."""
    access.check(actor, "alerts.change")
    if rule.kind in INSTALLATION_KINDS:
        access.check(actor, "alerts.change_installation")
    require_whole_workspace(actor)


def _copy(rule: AlertRule, row: AlertRuleRow) -> None:
    for name in _COLUMNS:
        setattr(row, name, getattr(rule, name))
    row.channel_ids = list(rule.channel_ids)
    row.quiet = write_quiet(rule.quiet)
