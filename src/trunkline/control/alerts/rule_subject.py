"""What rules name: whether it is there, and may be named by who names it."""

from __future__ import annotations

from trunkline.control.alerts.rule import AlertRule
from trunkline.control.configurations.lookup import find_visible
from trunkline.core.actor import Actor
from trunkline.core.alert import KINDS
from trunkline.core.errors import FieldError, NotFound
from trunkline.providers.registry import PROVIDERS
from trunkline.storage import alert_rules, budgets, keys, policies
from trunkline.storage.database import Transaction


async def check_things(
    tx: Transaction, actor: Actor, rule: AlertRule, present: AlertRule | None = None
) -> list[FieldError]:
    """What ``rule`` names that the workspace does not have. What ``present`` named already is not looked at again."""
    wrong: list[FieldError] = []
    same = present is not None and (present.subject, present.subject_id) == (rule.subject, rule.subject_id)
    fits = rule.subject is not None and rule.subject in KINDS[rule.kind].subjects
    if rule.subject is not None and fits and rule.subject_id and not same and not await _is_there(tx, actor, rule):
        wrong.append(FieldError("subjectId", f"names no {_WORDS[rule.subject]} of this workspace that you can see."))
    known = set(present.channel_ids) if present is not None else set[str]()
    new = [each for each in rule.channel_ids if each not in known]
    found = {each.id for each in await alert_rules.find_channels(tx, new) if each.workspace_id == actor.workspace_id}
    for at, channel_id in enumerate(rule.channel_ids):
        if channel_id in new and channel_id not in found:
            words = "names no channel of this workspace. GET /api/alerts/channels lists them."
            wrong.append(FieldError(f"channelIds[{at}]", words))
    return wrong


_WORDS = {
    "configuration": "configuration",
    "provider": "provider",
    "budget": "budget",
    "key": "API key",
    "policy": "policy",
    "machine": "machine",
}


async def _is_there(tx: Transaction, actor: Actor, rule: AlertRule) -> bool:
    given = rule.subject_id or ""
    match rule.subject:
        case "configuration":
            try:
                await find_visible(tx, actor, given)
            except NotFound:
                return False
            return True
        case "provider":
            return given in PROVIDERS
        case "budget":
            return await budgets.find(tx, actor.workspace_id, given) is not None
        case "key":
            return await keys.find(tx, actor.workspace_id, given) is not None
        case "policy":
            return await policies.find(tx, [actor.workspace_id], given) is not None
        case _:
            return False
