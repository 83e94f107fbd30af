"""Policies that are decided together are broken by what would break each of them alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.policies.patterns import compile_patterns
from trunkline.core.errors import InvalidInput
from trunkline.core.policy import Content, Matcher, PolicyInput
from trunkline.core.policy_decision import decide
from trunkline.core.policy_rule import Patterns, read_rule
from trunkline.gateway.gates.ceiling_bounds import CeilingBounds
from trunkline.gateway.gates.pattern_search import PatternSearch
from trunkline.gateway.gates.policy_set import PolicySet, is_broken
from trunkline.gateway.snapshot import PolicyEntry

RULES = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.just("allowedModels"),
            "models": st.lists(st.sampled_from(["gpt-*", "openai/*", "flash"]), min_size=1),
            "mode": st.sampled_from(["allow", "deny"]),
        }
    ),
    st.just({"kind": "allowedProviders", "providers": ["openai"], "mode": "deny"}),
    st.just({"kind": "paidModels", "mode": "block"}),
    st.fixed_dictionaries({"kind": st.just("ceilings"), "maxInputTokens": st.sampled_from([0, 5, 9])}),
    st.fixed_dictionaries({"kind": st.just("ceilings"), "maxOutputTokens": st.sampled_from([0, 5, 9])}),
    st.fixed_dictionaries({"kind": st.just("ceilings"), "maxCostUSD": st.sampled_from([0.0, 1.0])}),
    st.fixed_dictionaries({"kind": st.just("ceilings"), "maxImages": st.sampled_from([0, 1])}),
    st.fixed_dictionaries(
        {
            "kind": st.just("patterns"),
            "patterns": st.lists(
                st.sampled_from(["alpha", "(?i)BETA", r"\d{4}", "(?x) gamma # a comment"]), min_size=1
            ),
        }
    ),
    st.just({"kind": "personalData", "kinds": ["email"]}),
    st.just({"kind": "personalData", "kinds": ["phone", "iban"], "countries": ["DE"]}),
    st.just({"kind": "ofTomorrow"}),
)
CONTENTS = st.builds(
    Content,
    texts=st.lists(
        st.sampled_from(["alpha", "beta", "gamma", "1234", "ann@example.com", "\ud800 alpha", "nothing"]), max_size=3
    ).map(tuple),
    whole=st.booleans(),
    input_tokens=st.integers(0, 10),
    output_limit=st.sampled_from([None, 1, 6]),
    answers=st.integers(1, 2),
    images=st.integers(0, 2),
    models=st.sampled_from([(), ("flash",)]),
)
SUBJECTS = st.builds(
    PolicyInput,
    provider=st.sampled_from(["openai", "gemini"]),
    model=st.sampled_from(["gpt-5", "flash"]),
    paid=st.sampled_from([None, True, False]),
    cost_nanos=st.sampled_from([None, 0, 2_000_000_000]),
    content=CONTENTS,
)


def policy(number: int, rule: Any, *, fail_open: bool = True) -> PolicyEntry:
    return PolicyEntry(id=f"p-{number}", name="", content="", risk_type="LOW", action=2, rule=rule, fail_open=fail_open)


def breaks_alone(one: PolicyEntry, subject: PolicyInput) -> bool:
    try:
        rule = read_rule(one.rule or {})
    except InvalidInput:
        return not one.fail_open
    matchers = [compile_patterns([pattern]) for pattern in rule.patterns] if isinstance(rule, Patterns) else ()
    return is_broken(one, decide(rule, subject, matchers))


@given(st.lists(st.tuples(RULES, st.booleans()), max_size=8), st.lists(SUBJECTS, min_size=1, max_size=3))
async def test_together_as_alone(rules: list[tuple[Any, bool]], subjects: list[PolicyInput]) -> None:
    policies = [policy(number, rule, fail_open=fail_open) for number, (rule, fail_open) in enumerate(rules)]
    together = PolicySet(policies, compile_patterns)
    for subject in subjects:
        found = await together.find_broken(subject)
        assert [one.id for one, _ in found] == [one.id for one in policies if breaks_alone(one, subject)]


def test_patterns_that_nothing_holds_are_looked_for_once() -> None:
    looked: list[str] = []

    def compile_counted(patterns: Sequence[str]) -> Matcher:
        matches = compile_patterns(patterns)

        def occurs(text: str) -> bool:
            looked.append(text)
            return matches(text)

        return occurs

    search = PatternSearch([[f"project {number}\\b"] for number in range(100)], compile_counted)
    assert search.find(["a harmless text", "another"]) == []
    assert len(looked) == 2
    assert 17 in search.find(["of project 17."])


def test_patterns_that_are_too_large_together_are_looked_for_in_parts() -> None:
    def compile_small(patterns: Sequence[str]) -> Matcher:
        if len(patterns) > 2 or "no pattern" in patterns:
            raise InvalidInput("too large")
        return lambda text: any(re.search(pattern, text) for pattern in patterns)

    search = PatternSearch([["one"], ["two"], ["no pattern"], ["three"], ["four"]], compile_small)
    assert set(search.find(["two"])) >= {1, 2}
    assert search.matchers(2) is None
    assert 4 not in search.find(["two"])


def test_bounds_without_ceilings_hold() -> None:
    assert CeilingBounds.of([]).hold(PolicyInput(provider="p", model="m"))
