"""The policies that concern some calls, compiled together, and which those are in a workspace.

What nothing breaks costs one look for all policies of a kind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, ParamSpec, TypeAlias, TypeVar

from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput
from trunkline.core.personal_data import find_kinds
from trunkline.core.policy import BLOCK, KEPT, Finding, PolicyInput
from trunkline.core.policy_decision import decide, reads_content
from trunkline.core.policy_rule import Ceilings, Patterns, PersonalData, Rule, read_rule
from trunkline.gateway.gates.ceiling_bounds import CeilingBounds
from trunkline.gateway.gates.pattern_search import CompilePatterns, PatternSearch
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import PolicyEntry, Snapshot

_P = ParamSpec("_P")
_T = TypeVar("_T")

_LONG: Final = 20_000
"""Characters from which on a search for personal data leaves the event loop to others."""

_REMEMBERED: Final = 1_000
"""Models of which it is kept what the rules about models say."""

_UNKNOWN: Final = Finding(None, "This version does not know the rule")

Broken: TypeAlias = tuple[PolicyEntry, Finding]


class _Ruled(NamedTuple):
    """A policy with its rule, and its place among all."""

    place: int
    policy: PolicyEntry
    rule: Rule


_Found: TypeAlias = dict[int, Broken]
"""What a call breaks, by the policy's place."""


def is_broken(policy: PolicyEntry, finding: Finding) -> bool:
    """Whether a finding counts as a violation: where it is undecided, as the policy's fail mode says."""
    return finding.broken if finding.broken is not None else not policy.fail_open


class PolicySet:
    """``policies`` in the order in which they count; ``compile_patterns`` is as :class:`PatternSearch` has it.

    ``waiting`` and ``later`` are those in plain language, which a model judges: before a call goes on, or afterwards.
    ``reads`` says whether any policy looks into the body.
    """

    def __init__(self, policies: Iterable[PolicyEntry], compile_patterns: CompilePatterns) -> None:
        self._unknown: _Found = {}
        ruled: list[_Ruled] = []
        plain: list[PolicyEntry] = []
        for place, policy in enumerate(policies):
            if policy.rule is None:
                plain.append(policy)
                continue
            try:
                ruled.append(_Ruled(place, policy, read_rule(policy.rule)))
            except InvalidInput:
                # What another version has stored may be no rule of this one: it is undecided then.
                self._note(self._unknown, place, policy, _UNKNOWN)
        self.waiting = tuple(policy for policy in plain if policy.action == BLOCK)
        self.later = tuple(policy for policy in plain if policy.action != BLOCK)
        self.reads = bool(plain) or any(reads_content(each.rule) for each in ruled)
        self.is_empty = not (plain or ruled or self._unknown)
        self._ceilings = [each for each in ruled if isinstance(each.rule, Ceilings)]
        self._patterns = [each for each in ruled if isinstance(each.rule, Patterns)]
        self._personal = [each for each in ruled if isinstance(each.rule, PersonalData)]
        self._served = [each for each in ruled if not isinstance(each.rule, Ceilings | Patterns | PersonalData)]
        self._of_models: dict[object, _Found] = {}
        self._of_providers: dict[str, bool] = {}
        self._bounds = CeilingBounds.of(each.rule for each in ruled if isinstance(each.rule, Ceilings))
        self._search = PatternSearch(
            [each.rule.patterns for each in self._patterns if isinstance(each.rule, Patterns)], compile_patterns
        )
        personal = [each.rule for each in ruled if isinstance(each.rule, PersonalData)]
        self._kinds = tuple({kind: None for rule in personal for kind in rule.kinds})
        self._countries = tuple({country: None for rule in personal for country in rule.countries})

    def concerns(self, provider: str) -> bool:
        """Whether a policy must see each call to a provider: those that look only at that let by all calls or none."""
        known = self._of_providers.get(provider)
        if known is None:
            policy_input = PolicyInput(provider=provider, model="")
            known = self.reads or bool(self._unknown)
            known = known or any(decide(each.rule, policy_input) is not KEPT for each in self._served)
            self._of_providers[provider] = known
        return known

    async def find_broken(self, policy_input: PolicyInput) -> list[Broken]:
        """The policies with a rule that a call breaks, in their order."""
        found = dict(self._unknown)
        if self._served:
            found |= self._look_at_model(policy_input)
        if self._ceilings and not self._bounds.hold(policy_input):
            for each in self._ceilings:
                self._note(found, each.place, each.policy, decide(each.rule, policy_input))
        if self._patterns:
            self._look_for_patterns(policy_input, found)
        if self._personal:
            await self._look_for_personal_data(policy_input, found)
        return [broken for _, broken in sorted(found.items())]

    @staticmethod
    def _note(found: _Found, place: int, policy: PolicyEntry, finding: Finding) -> None:
        if is_broken(policy, finding):
            found[place] = policy, finding

    def _look_at_model(self, policy_input: PolicyInput) -> _Found:
        """What rules find that only look at who serves: the same for each call to a model."""
        asked = (policy_input.provider, policy_input.model, policy_input.paid, policy_input.content.models)
        found = self._of_models.get(asked)
        if found is None:
            if len(self._of_models) >= _REMEMBERED:
                self._of_models.clear()
            found = self._of_models[asked] = {}
            for each in self._served:
                self._note(found, each.place, each.policy, decide(each.rule, policy_input))
        return found

    def _look_for_patterns(self, policy_input: PolicyInput, found: _Found) -> None:
        readable = policy_input.content.readable
        numbers = self._search.find(policy_input.content.texts) if readable else range(len(self._patterns))
        for number in numbers:
            each, matchers = self._patterns[number], self._search.matchers(number)
            finding = decide(each.rule, policy_input, matchers) if matchers is not None else _UNKNOWN
            self._note(found, each.place, each.policy, finding)

    async def _look_for_personal_data(self, policy_input: PolicyInput, found: _Found) -> None:
        content = policy_input.content
        if content.readable:
            # Most texts hold none at all: that is known after one pass for everybody.
            asked = (content.texts, self._kinds, self._countries)
            if not await _run(content.characters, find_kinds, *asked):
                return
        for each in self._personal:
            finding = await _run(content.characters, decide, each.rule, policy_input)
            self._note(found, each.place, each.policy, finding)


async def _run(characters: int, search: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Search a text, in a thread where it is long."""
    if characters > _LONG:
        return await asyncio.to_thread(search, *args, **kwargs)
    return search(*args, **kwargs)


Policies = tuple[PolicyEntry, ...]


class PolicyBook:
    """Over the installation's policies and a workspace's. Calls differ by application and key, if any policy does."""

    def __init__(self, installation: Policies, own: Policies, compile_set: Callable[[Policies], PolicySet]) -> None:
        self._installation = installation
        self._own = own
        self._compile_set = compile_set
        # The widest first: the installation's, the workspace's, an application's, a key's.
        self._policies = sorted(
            (*installation, *own),
            key=lambda policy: (
                policy.workspace_id is not None,
                policy.key_id is not None,
                policy.application_id is not None,
            ),
        )
        self._applications = {policy.application_id for policy in self._policies} - {None}
        self._keys = {policy.key_id for policy in self._policies} - {None}
        self._sets: dict[tuple[frozenset[str | None], str | None], PolicySet] = {}

    def is_of(self, snapshot: Snapshot, candidate: Candidate) -> bool:
        """Whether it still is what holds there."""
        return self._installation is snapshot.policies and self._own is candidate.part.policies

    def find(self, actor: Actor, candidate: Candidate) -> PolicySet:
        """The policies that concern calls of ``actor`` to ``candidate``."""
        applications = self._applications & {actor.application_id, candidate.entry.application_id}
        key = actor.key_id if actor.key_id in self._keys else None
        place = (frozenset(applications), key)
        found = self._sets.get(place)
        if found is None:
            concerned = tuple(
                policy
                for policy in self._policies
                if (policy.application_id is None or policy.application_id in applications)
                and (policy.key_id is None or policy.key_id == key)
            )
            found = self._sets[place] = self._compile_set(concerned)
        return found
