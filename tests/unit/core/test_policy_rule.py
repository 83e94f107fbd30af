"""How rules are read: every kind as it is written, and every mistake by its field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import InvalidInput
from trunkline.core.policy_rule import (
    KINDS,
    AllowedModels,
    Ceilings,
    PaidModels,
    Patterns,
    read_rule,
    require_patterns,
    write_rule,
)

NAMES = st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5)
AMOUNTS = st.none() | st.integers(0, 1_000_000_000)
RULES = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.just("allowedModels"), "models": NAMES}, optional={"mode": st.sampled_from(["allow", "deny"])}
    ),
    st.fixed_dictionaries({"kind": st.just("allowedProviders"), "providers": NAMES}),
    st.fixed_dictionaries(
        {"kind": st.just("paidModels")}, optional={"mode": st.sampled_from(["allow", "block", "alert"])}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("ceilings"), "maxImages": st.integers(0, 9)},
        optional={"maxInputTokens": AMOUNTS, "maxOutputTokens": AMOUNTS, "maxCostUSD": st.none() | st.floats(0, 9)},
    ),
    st.fixed_dictionaries({"kind": st.just("patterns"), "patterns": NAMES}),
    st.fixed_dictionaries(
        {
            "kind": st.just("personalData"),
            "kinds": st.lists(st.sampled_from(["email", "phone", "iban", "creditCard"]), min_size=1),
        },
        optional={"countries": st.lists(st.sampled_from(["DE", "US"]))},
    ),
)


@given(RULES)
def test_what_is_written_is_read_again(given: dict[str, Any]) -> None:
    rule = read_rule(given)
    written = write_rule(rule)
    assert read_rule(written) == rule
    assert {**written, **{name: value for name, value in given.items() if value is not None}} == written


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({}, "rule.kind"),
        ({"kind": None}, "rule.kind"),
        ({"kind": ["patterns"]}, "rule.kind"),
        ({"kind": "allowedModels", "models": "gpt"}, "rule.models"),
        ({"kind": "allowedModels", "models": [""]}, "rule.models[0]"),
        ({"kind": "allowedModels", "models": ["a", None]}, "rule.models[1]"),
        ({"kind": "allowedModels", "models": ["a"], "mode": "perhaps"}, "rule.mode"),
        ({"kind": "paidModels", "models": ["a"]}, "rule"),
        ({"kind": "ceilings", "maxInputTokens": 1.5}, "rule.maxInputTokens"),
        ({"kind": "ceilings", "maxCostUSD": -0.1}, "rule.maxCostUSD"),
        ({"kind": "ceilings", "maxImages": None}, "rule"),
        ({"kind": "patterns", "patterns": ["x" * 501]}, "rule.patterns[0]"),
        ({"kind": "patterns", "patterns": ["x"] * 51}, "rule.patterns"),
        ({"kind": "personalData", "kinds": ["email", "shoes"]}, "rule.kinds[1]"),
        ({"kind": "personalData", "kinds": ["nationalId"], "countries": []}, "rule.countries"),
        ({"kind": "personalData", "kinds": ["nationalId"], "countries": ["AQ"]}, "rule.countries"),
        ({"kind": "personalData", "kinds": ["phone"], "countries": ["DE", "de"]}, "rule.countries[1]"),
    ],
)
def test_mistakes_are_named(rule: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_rule(rule)
    assert wrong_fields(rule) == [field]
    assert caught.value.fields[0].message.endswith(".")


@given(st.dictionaries(st.sampled_from(["kind", "models", "mode", "kinds", "x"]), st.sampled_from([*KINDS, 1, [], {}])))
def test_nothing_else_is_raised(rule: dict[str, Any]) -> None:
    assert all(field.startswith("rule") for field in wrong_fields(rule))


def wrong_fields(rule: dict[str, Any]) -> list[str]:
    try:
        read_rule(rule)
    except InvalidInput as error:
        return [wrong.field for wrong in error.fields]
    return []


def test_defaults() -> None:
    assert read_rule({"kind": "allowedModels", "models": ["a"]}) == AllowedModels(models=("a",), mode="allow")
    assert read_rule({"kind": "ceilings", "maxCostUSD": 1}) == Ceilings(max_cost_usd=1.0)
    actions = {mode: PaidModels(mode=mode).action for mode in ("allow", "alert", "block")}
    assert actions == {"allow": None, "alert": 1, "block": 2}


def test_a_pattern_is_refused_by_its_place() -> None:
    def compile_pattern(pattern: str) -> object:
        if pattern == "bad":
            raise InvalidInput("is bad.")
        return pattern

    require_patterns(Patterns(patterns=("good",)), compile_pattern)
    with pytest.raises(InvalidInput) as caught:
        require_patterns(Patterns(patterns=("good", "bad")), compile_pattern)
    assert caught.value.message == "rule.patterns[1]: is bad."
