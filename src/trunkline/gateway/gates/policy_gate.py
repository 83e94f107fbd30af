"""Holds calls to the policies that concern them. Every call of every face passes here, whatever it is and carries."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Protocol

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, Unavailable
from trunkline.core.ids import new_id_pair
from trunkline.core.policy import BLOCK, Content, Finding, ViolationEvent
from trunkline.gateway.context import JUDGE
from trunkline.gateway.gates.judge import Judge
from trunkline.gateway.gates.judge_queue import Case, JudgeQueue
from trunkline.gateway.gates.pattern_search import CompilePatterns
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.gates.policy_input import find_host, make_policy_input
from trunkline.gateway.gates.policy_set import PolicyBook, PolicySet, is_broken
from trunkline.gateway.prices import Prices
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import PolicyEntry, Snapshot
from trunkline.logs import get_logger
from trunkline.providers.provider import Provider

_log: Final = get_logger(__name__)

_LONG: Final = 20_000
"""Characters from which on a search through a text takes a while."""

_BOOKS: Final = 10_000
"""Workspaces whose policies are kept compiled."""


class Notes(Protocol):
    """The journal, as the gate sees it. ``note`` is done when the record would survive the death of this process."""

    def note(self, event_id: bytes, payload: bytes) -> Awaitable[None]:
        """Write down something that stands for itself. Raises :class:`Unavailable` while shutting down."""
        ...


class PolicyGate:
    """Implements :class:`~trunkline.gateway.gates.gate.Gate`.

    Policies add up: those of the installation, the workspace, the application and the key that concern a call all
    count, and the first that blocks is named. ``compile_patterns`` is as
    :class:`~trunkline.gateway.gates.pattern_search.PatternSearch` has it; ``clock`` is seconds since the epoch.
    """

    def __init__(
        self,
        *,
        notes: Notes,
        prices: Prices,
        providers: Mapping[str, Provider],
        compile_patterns: CompilePatterns,
        judge: Judge,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._notes = notes
        self._prices = prices
        self._providers = providers
        self._compile_patterns = compile_patterns
        self._judge = judge
        self._clock = clock
        self._books: dict[str, PolicyBook] = {}
        self.judging = JudgeQueue(judge, self._hear)

    def concerns(self, snapshot: Snapshot, actor: Actor, candidate: Candidate) -> bool:
        """See :class:`~trunkline.gateway.gates.gate.Gate`. Rules about providers need not see what they let by."""
        if not (snapshot.policies or candidate.part.policies):
            return False
        return self._find(snapshot, actor, candidate).concerns(candidate.entry.provider)

    def asks(self, snapshot: Snapshot, actor: Actor, candidate: Candidate) -> bool:
        """Whether a model must judge calls of ``actor`` to ``candidate``, before or after they are made."""
        policies = self._find(snapshot, actor, candidate)
        return bool(policies.waiting or policies.later)

    async def enter(self, call: PendingCall) -> None:
        """See :class:`~trunkline.gateway.gates.gate.Gate`. Policies look at calls to a target, so all may come in."""

    async def admit(self, call: PendingCall, candidate: Candidate, target: Target) -> None:
        """Return when the call may go to ``candidate``; :class:`Forbidden`, naming the policy, when one blocks it."""
        if call.context.purpose == JUDGE:
            return
        actor, exchange, request_id = call.actor, call.exchange, call.request_id
        policies = self._find(call.snapshot, actor, candidate)
        if policies.is_empty:
            return
        content = exchange.content() if policies.reads else Content()
        if content.characters > _LONG:
            # A search takes a while in a long text: others get their turn before.
            await asyncio.sleep(0)
        at = int(self._clock() * 1_000_000)
        policy_input = make_policy_input(candidate, content, self._providers, self._prices, at)

        def make_case(policy: PolicyEntry) -> Case:
            return self._case(actor, candidate, policy, content, request_id)

        blocked: list[tuple[Case, Finding]] = []
        for policy, finding in await policies.find_broken(policy_input):
            blocked += await self._tell(make_case(policy), finding)
        # Where nothing is sent there is nothing that a model could judge; of a realtime session the sound is no text.
        judged = call.operation not in {None, "realtime"} or bool(content.texts)
        if not blocked and judged and policies.waiting:
            waiting = [make_case(policy) for policy in policies.waiting]
            for case, finding in zip(waiting, await self._ask(waiting, request_id), strict=True):
                if is_broken(case.policy, finding):
                    blocked += await self._tell(case, finding)
        if blocked:
            raise _refusal(*blocked[0])
        for policy in policies.later if judged else ():
            self.judging.add(make_case(policy))

    def _find(self, snapshot: Snapshot, actor: Actor, candidate: Candidate) -> PolicySet:
        """The policies that concern a call, the widest first."""
        place = candidate.part.id
        book = self._books.get(place)
        if book is None or not book.is_of(snapshot, candidate):
            if len(self._books) >= _BOOKS:
                self._books.clear()
            book = self._books[place] = PolicyBook(snapshot.policies, candidate.part.policies, self._compile_set)
        return book.find(actor, candidate)

    def _compile_set(self, policies: Sequence[PolicyEntry]) -> PolicySet:
        return PolicySet(policies, self._compile_patterns)

    async def _ask(self, cases: Sequence[Case], request_id: str) -> Sequence[Finding]:
        judged = (
            self._judge.judge(case.actor, case.part, case.policy, case.content, request_id, limit=self._judge.limit)
            for case in cases
        )
        return await asyncio.gather(*judged)

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
        if is_broken(case.policy, finding):
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


def _refusal(case: Case, finding: Finding) -> Forbidden:
    name = case.policy.name
    if finding.broken is None:
        return Forbidden(
            f'The policy "{name}" could not be checked, and blocks calls then. Try again, or ask who made it.',
            code="policy_undecided",
        )
    return Forbidden(f'Blocked by the policy "{name}".', code="policy_violation")
