"""Holds calls to the policies that concern them. Every call of every face passes here, whatever it is and carries."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Protocol

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, InvalidInput, Unavailable
from trunkline.core.ids import new_id_pair
from trunkline.core.policy import BLOCK, KEPT, Content, Finding, Matcher, PolicyInput, ViolationEvent
from trunkline.core.policy_decision import decide, reads_content
from trunkline.core.policy_rule import Patterns, PersonalData, Rule, read_rule
from trunkline.gateway.call import Prices
from trunkline.gateway.context import JUDGE
from trunkline.gateway.gates.judge import Judge
from trunkline.gateway.gates.judge_queue import Case, JudgeQueue
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.gates.policy_input import find_host, make_policy_input
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import PolicyEntry, Snapshot
from trunkline.logs import get_logger
from trunkline.providers.provider import Provider

_log: Final = get_logger(__name__)

_LONG: Final = 20_000
"""Characters from which on a search for personal data leaves the event loop to others."""


class Notes(Protocol):
    """The journal, as the gate sees it. ``note`` is done when the record would survive the death of this process."""

    def note(self, event_id: bytes, payload: bytes) -> Awaitable[None]:
        """Write down something that stands for itself. Raises :class:`Unavailable` while shutting down."""
        ...


class _Compiled(msgspec.Struct, frozen=True):
    """A policy's rule, ready to use. ``rule`` None: one that this version does not know."""

    policy: PolicyEntry
    rule: Rule | None = None
    matchers: tuple[Matcher, ...] = ()


class _Concerned:
    """The policies that concern calls of one kind of caller, and by provider whether one of them must see each call."""

    __slots__ = ("everywhere", "here", "policies", "seen")

    def __init__(self, snapshot: Snapshot, actor: Actor, candidate: Candidate) -> None:
        self.everywhere = snapshot.policies
        self.here = candidate.part.policies
        self.policies = find_concerned(snapshot, actor, candidate)
        self.seen: dict[str, bool] = {}


class PolicyGate:
    """Implements :class:`~trunkline.gateway.gates.gate.Gate`.

    Policies add up: those of the installation, the workspace, the application and the key that concern a call all
    count, and the first that blocks is named. ``compile_pattern`` must give a matcher whose time grows with the text
    alone; ``clock`` is seconds since the epoch.
    """

    def __init__(
        self,
        *,
        notes: Notes,
        prices: Prices,
        providers: Mapping[str, Provider],
        compile_pattern: Callable[[str], Matcher],
        judge: Judge,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._notes = notes
        self._prices = prices
        self._providers = providers
        self._compile_pattern = compile_pattern
        self._judge = judge
        self._clock = clock
        self._compiled: dict[str, _Compiled] = {}
        self._concerned: dict[tuple[str, str | None, str | None, str | None], _Concerned] = {}
        self.judging = JudgeQueue(judge, self._hear)

    def concerns(self, snapshot: Snapshot, actor: Actor, candidate: Candidate) -> bool:
        """See :class:`~trunkline.gateway.gates.gate.Gate`. Rules about providers need not see what they let by."""
        if not (snapshot.policies or candidate.part.policies):
            return False
        concerned = self._find(snapshot, actor, candidate)
        provider = candidate.entry.provider
        seen = concerned.seen.get(provider)
        if seen is None:
            seen = concerned.seen[provider] = any(self._must_see(one, provider) for one in concerned.policies)
        return seen

    async def enter(self, call: PendingCall) -> None:
        """See :class:`~trunkline.gateway.gates.gate.Gate`. Policies look at calls to a target, so all may come in."""

    async def admit(self, call: PendingCall, candidate: Candidate, target: Target) -> None:
        """Return when the call may go to ``candidate``; :class:`Forbidden`, naming the policy, when one blocks it."""
        if call.context.purpose == JUDGE:
            return
        actor, exchange, request_id = call.actor, call.exchange, call.request_id
        policies = self._find(call.snapshot, actor, candidate).policies
        plain = [policy for policy in policies if policy.rule is None]
        ruled = [self._compile(policy) for policy in policies if policy.rule is not None]
        reads = bool(plain) or any(one.rule is not None and reads_content(one.rule) for one in ruled)
        content = exchange.content() if reads else Content()
        subject = make_policy_input(candidate, content, self._providers, self._prices)
        cases = {policy.id: self._case(actor, candidate, policy, content, request_id) for policy in policies}
        blocked: list[tuple[Case, Finding]] = []
        for one in ruled:
            finding = await _decide(one, subject)
            if _breaks(one.policy, finding):
                blocked += await self._tell(cases[one.policy.id], finding)
        if not blocked:
            waiting = [cases[policy.id] for policy in plain if policy.action == BLOCK]
            for case, finding in zip(waiting, await self._ask(waiting, request_id), strict=True):
                if _breaks(case.policy, finding):
                    blocked += await self._tell(case, finding)
        if blocked:
            raise _refusal(*blocked[0])
        for policy in plain:
            if policy.action != BLOCK:
                self.judging.add(cases[policy.id])

    def _find(self, snapshot: Snapshot, actor: Actor, candidate: Candidate) -> _Concerned:
        key = (candidate.part.id, candidate.entry.application_id, actor.application_id, actor.key_id)
        known = self._concerned.get(key)
        if known is None or known.everywhere is not snapshot.policies or known.here is not candidate.part.policies:
            if len(self._concerned) > 10_000:
                self._concerned.clear()
            known = self._concerned[key] = _Concerned(snapshot, actor, candidate)
        return known

    def _must_see(self, policy: PolicyEntry, provider: str) -> bool:
        rule = None if policy.rule is None else self._compile(policy).rule
        if rule is None or reads_content(rule):
            return True
        return decide(rule, PolicyInput(provider=provider, model="")) is not KEPT

    async def _ask(self, cases: Sequence[Case], request_id: str) -> Sequence[Finding]:
        judged = (
            self._judge.judge(case.actor, case.part, case.policy, case.content, request_id, limit=self._judge.limit)
            for case in cases
        )
        return await asyncio.gather(*judged)

    def _compile(self, policy: PolicyEntry) -> _Compiled:
        known = self._compiled.get(policy.id)
        if known is not None and known.policy is policy:
            return known
        if len(self._compiled) > 10_000:
            self._compiled.clear()
        made = _Compiled(policy)
        with contextlib.suppress(InvalidInput):
            # What another version has stored may be no rule of this one: it is undecided then.
            rule = read_rule(policy.rule or {})
            patterns = rule.patterns if isinstance(rule, Patterns) else ()
            made = _Compiled(policy, rule, tuple(map(self._compile_pattern, patterns)))
        self._compiled[policy.id] = made
        return made

    def _case(self, actor: Actor, candidate: Candidate, policy: PolicyEntry, content: Content, request_id: str) -> Case:
        entry = candidate.entry
        event = ViolationEvent(
            id="",
            at=int(self._clock() * 1_000_000),
            policy_id=policy.id,
            policy_name=policy.name,
            workspace_id=actor.workspace_id,
            user_id=actor.user_id,
            risk_type=policy.risk_type,
            action=policy.action,
            explanation="",
            request_id=request_id,
            provider=entry.provider,
            model=candidate.model,
            host=find_host(entry, self._providers),
            application_id=actor.application_id or entry.application_id,
            key_id=actor.key_id,
            configuration_id=entry.id,
        )
        return Case(actor, candidate.part, policy, content, event)

    async def _tell(self, case: Case, finding: Finding) -> list[tuple[Case, Finding]]:
        """Write a violation down; gives it back when it blocks. A refusal leaves only after its record is safe."""
        written = self._write(case, finding)
        if case.policy.action != BLOCK:
            return []
        if written is not None:
            # A disk that fails keeps the record in memory: no reason to let the call through.
            with contextlib.suppress(Unavailable):
                await written
        return [(case, finding)]

    def _hear(self, case: Case, finding: Finding) -> None:
        if _breaks(case.policy, finding):
            self._write(case, finding)

    def _write(self, case: Case, finding: Finding) -> Awaitable[None] | None:
        name, identity = new_id_pair()
        words = finding.explanation
        if finding.broken is None:
            words = f"{words}. The policy counts that as broken."
        event = msgspec.structs.replace(case.event, id=name, explanation=words)
        try:
            return self._notes.note(identity, msgspec.msgpack.encode(event))
        except Unavailable:
            _log.error("policy_violation_not_recorded", policy=case.policy.id, request_id=case.event.request_id)
            return None


def find_concerned(snapshot: Snapshot, actor: Actor, candidate: Candidate) -> list[PolicyEntry]:
    """The policies that concern a call, the widest first: the installation's, workspace's, application's, key's."""
    applications = {actor.application_id, candidate.entry.application_id} - {None}
    concerned = [
        policy
        for policy in (*snapshot.policies, *candidate.part.policies)
        if (policy.application_id is None or policy.application_id in applications)
        and (policy.key_id is None or policy.key_id == actor.key_id)
    ]
    concerned.sort(key=lambda policy: (policy.key_id is not None, policy.application_id is not None))
    concerned.sort(key=lambda policy: policy.workspace_id is not None)
    return concerned


async def _decide(one: _Compiled, subject: PolicyInput) -> Finding:
    if one.rule is None:
        return Finding(None, "This version does not know the rule")
    if isinstance(one.rule, PersonalData) and subject.content.characters > _LONG:
        return await asyncio.to_thread(decide, one.rule, subject)
    # Between two rules others get their turn: a search may take a while in a long text.
    await asyncio.sleep(0)
    return decide(one.rule, subject, one.matchers)


def _breaks(policy: PolicyEntry, finding: Finding) -> bool:
    return finding.broken if finding.broken is not None else not policy.fail_open


def _refusal(case: Case, finding: Finding) -> Forbidden:
    name = case.policy.name
    if finding.broken is None:
        return Forbidden(
            f'The policy "{name}" could not be checked, and blocks calls then. Try again, or ask who made it.',
            code="policy_undecided",
        )
    return Forbidden(f'Blocked by the policy "{name}".', code="policy_violation")
