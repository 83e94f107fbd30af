"""Which calls of the past a policy would have found, had it been there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec import UNSET

from trunkline.control.audit import Audit
from trunkline.control.capture.captured_content import ContentSeal
from trunkline.control.policies.patterns import compile_pattern
from trunkline.control.policies.policy import PolicyDraft, PolicyScope, lay_over
from trunkline.control.record import read_record
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import CannotOpen, InvalidInput
from trunkline.core.policy import Content, Matcher, PolicyInput
from trunkline.core.policy_decision import decide
from trunkline.core.policy_rule import Ceilings, PaidModels, Patterns, PersonalData, Rule, read_rule
from trunkline.gateway.context import JUDGE
from trunkline.storage import past_calls
from trunkline.storage.database import LONG_SECONDS, Database
from trunkline.storage.past_calls import CallScope, PastCall
from trunkline.storage.tables import Policy

MOST_HOURS: Final = 168
MOST_CALLS: Final = 20_000
MOST_TEXTS: Final = 500
MOST_EXAMPLES: Final = 20

_NOTES: Final[Mapping[type[object], str]] = {
    Ceilings: "Tokens and cost are those that the calls had, not those that they could have had; pictures are not"
    " counted.",
    PaidModels: "Models cost money where their calls did.",
    Patterns: "Only calls whose content was captured can be looked through.",
    PersonalData: "Only calls whose content was captured can be looked through. What was redacted is not found.",
}


class PreviewExample(msgspec.Struct, frozen=True, kw_only=True):
    """A call that would have broken the policy, and why in general words."""

    request_id: str
    at: datetime
    user_id: str
    provider: str
    model: str
    explanation: str


class PolicyPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What was found among ``checked`` of ``calls``: the newest, where there are many, or those that can be looked at.

    ``undecided`` counts those of which nobody can say, which the policy's fail mode then counts. ``note`` says what is
    not exact; None: nothing.
    """

    since: datetime
    until: datetime
    calls: int
    checked: int
    violations: int
    undecided: int
    note: str | None
    examples: tuple[PreviewExample, ...]


class PolicyPreviews:
    """For the admins of a workspace. Changes nothing; that captured content was read is in the audit log."""

    def __init__(self, database: Database, audit: Audit, seal: ContentSeal, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._audit = audit
        self._seal = seal
        self._clock = clock

    async def look(self, actor: Actor, scope: PolicyScope, draft: PolicyDraft, hours: int) -> PolicyPreview:
        """What ``draft`` would have found in the last ``hours`` in the actor's workspace, which is that of ``scope``.

        Raises InvalidInput as for making such a policy, and where no rule is given: a model would have to judge.
        """
        access.check(actor, "policies.change")
        require_whole_workspace(actor)
        if not 1 <= hours <= MOST_HOURS:
            raise InvalidInput.of("hours", f"must be from 1 to {MOST_HOURS}.")
        rule = _read(draft)
        captured = isinstance(rule, Patterns | PersonalData)
        until = self._clock()
        within = CallScope(
            workspace_id=actor.workspace_id,
            application_id=scope.application_id,
            key_id=scope.key_id,
            since=until - timedelta(hours=hours),
            until=until,
        )
        async with self._database.read(limit=LONG_SECONDS) as tx:
            calls = await past_calls.count(tx, within, without=JUDGE)
            found = await past_calls.find(
                tx, within, without=JUDGE, captured=captured, limit=MOST_TEXTS if captured else MOST_CALLS
            )
        if captured and found:
            async with self._database.write() as tx:
                await self._audit.record(
                    tx, actor, "capture.read", target=("policy", None), after={"calls": len(found)}
                )
        # Thousands of calls, or long texts: others get their turn meanwhile.
        broken, undecided = await asyncio.to_thread(
            lambda: _judge(rule, ((call, self._describe(actor.workspace_id, call)) for call in found))
        )
        return PolicyPreview(
            since=within.since,
            until=until,
            calls=calls,
            checked=len(found),
            violations=len(broken),
            undecided=undecided,
            note=_NOTES.get(type(rule)),
            examples=tuple(broken[:MOST_EXAMPLES]),
        )

    def _describe(self, workspace_id: str, call: PastCall) -> PolicyInput:
        whole, texts = (True, ()) if call.sealed is None else self._open(workspace_id, call.id, call.sealed)
        return PolicyInput(
            provider=call.provider,
            model=call.model,
            paid=None if call.cost_nanos is None else call.cost_nanos > 0,
            cost_nanos=call.cost_nanos,
            content=Content(texts=texts, whole=whole, input_tokens=call.input_tokens, output_limit=call.output_tokens),
        )

    def _open(self, workspace_id: str, call_id: str, sealed: bytes) -> tuple[bool, tuple[str, ...]]:
        try:
            content = self._seal.open(sealed, workspace_id, call_id)
        except CannotOpen:
            return False, ()
        return not content.cut, () if content.request is None else (content.request,)


def _read(draft: PolicyDraft) -> Rule:
    if draft.rule is UNSET or draft.rule is None:
        raise InvalidInput.of("rule", "is required: what a model judges cannot be tried without asking it.")
    checked = Policy(name="preview", content="", fail_mode="open", action_type=0)
    lay_over(checked, draft)
    assert checked.rule is not None
    return read_rule(checked.rule)


def _judge(rule: Rule, calls: Iterable[tuple[PastCall, PolicyInput]]) -> tuple[list[PreviewExample], int]:
    matchers: Sequence[Matcher] = (
        [compile_pattern(pattern) for pattern in rule.patterns] if isinstance(rule, Patterns) else ()
    )
    broken: list[PreviewExample] = []
    undecided = 0
    for call, subject in calls:
        finding = decide(rule, subject, matchers)
        if finding.broken is None:
            undecided += 1
        elif finding.broken:
            example = read_record(PreviewExample, call, at=call.opened_at, explanation=finding.explanation)
            broken.append(example)
    return broken, undecided
