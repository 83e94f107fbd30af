"""What each kind of rule finds."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.policy import LONGEST_TEXT, Content, PolicyInput
from trunkline.core.policy_decision import decide, reads_content
from trunkline.core.policy_rule import (
    AllowedModels,
    AllowedProviders,
    Ceilings,
    PaidModels,
    Patterns,
    PersonalData,
)

GPT = PolicyInput(provider="openai", model="gpt-4o-mini")
NAME = st.text(alphabet="abc-.*?/", min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("globs", "listed"),
    [
        (("gpt-4o-mini",), True),
        (("GPT-4o-*",), True),
        (("openai/*",), True),
        (("openai/gpt-4o",), False),
        (("gpt-4o",), False),
        (("*",), True),
        (("claude-*", "gpt-?o-mini"), True),
        (("o*",), True),  # a provider's name is a part of the longer form
        (("azure-openai/*",), False),
    ],
)
def test_models(globs: tuple[str, ...], listed: bool) -> None:
    assert decide(AllowedModels(models=globs), GPT).broken is not listed
    assert decide(AllowedModels(models=globs, mode="deny"), GPT).broken is listed


def test_models_that_a_body_names_besides_count_too() -> None:
    subject = PolicyInput(provider="openrouter", model="a/small", content=Content(models=("a/small", "b/large")))
    assert decide(AllowedModels(models=("a/*",)), subject).explanation == "The model openrouter/b/large is not allowed."
    assert decide(AllowedModels(models=("b/*",), mode="deny"), subject).broken is True
    assert decide(AllowedModels(models=("a/*", "b/*")), subject).broken is False


@given(st.lists(NAME, min_size=1, max_size=4), NAME)
def test_allow_and_deny_are_opposites(globs: list[str], model: str) -> None:
    subject = PolicyInput(provider="p", model=model)
    allow = decide(AllowedModels(models=tuple(globs)), subject).broken
    deny = decide(AllowedModels(models=tuple(globs), mode="deny"), subject).broken
    assert allow is not deny
    assert deny == any(fnmatchcase(model, glob) or fnmatchcase(f"p/{model}", glob) for glob in globs)


def test_providers() -> None:
    assert decide(AllowedProviders(providers=("OpenAI",)), GPT).broken is False
    assert decide(AllowedProviders(providers=("anthropic",)), GPT).broken is True
    assert decide(AllowedProviders(providers=("openai",), mode="deny"), GPT).broken is True


@pytest.mark.parametrize(("paid", "broken"), [(True, True), (False, False), (None, None)])
def test_paid(paid: bool | None, broken: bool | None) -> None:
    subject = PolicyInput(provider="p", model="m", paid=paid)
    assert decide(PaidModels(mode="block"), subject).broken is broken
    assert decide(PaidModels(mode="alert"), subject).broken is broken
    assert decide(PaidModels(mode="allow"), subject).broken is False


AMOUNT = st.integers(0, 50)
LIMIT = st.none() | AMOUNT


@given(AMOUNT, LIMIT, st.integers(1, 3), AMOUNT, LIMIT, LIMIT, LIMIT, LIMIT, LIMIT)
def test_ceilings(
    tokens: int,
    output: int | None,
    answers: int,
    images: int,
    cost: int | None,
    most_in: int | None,
    most_out: int | None,
    most_images: int | None,
    most_cost: int | None,
) -> None:
    content = Content(input_tokens=tokens, output_limit=output, answers=answers, images=images)
    subject = PolicyInput(
        provider="p", model="m", content=content, cost_nanos=None if cost is None else cost * 1_000_000_000
    )
    rule = Ceilings(
        max_input_tokens=most_in, max_output_tokens=most_out, max_images=most_images, max_cost_usd=most_cost
    )
    over = [
        most_in is not None and tokens > most_in,
        most_out is not None and (output is None or output * answers > most_out),
        most_images is not None and images > most_images,
        most_cost is not None and cost is not None and cost > most_cost,
    ]
    expected = True if any(over) else None if most_cost is not None and cost is None else False
    assert decide(rule, subject).broken is expected


def test_patterns() -> None:
    rule = Patterns(patterns=("a", "b"))
    matchers = ("aa".__eq__, "bb".__eq__)

    def found(*texts: str) -> str | None:
        finding = decide(rule, PolicyInput(provider="p", model="m", content=Content(texts=texts)), matchers)
        return finding.explanation if finding.broken else None

    assert found() is None
    assert found("x", "y") is None
    assert found("x", "bb") == "Pattern 2 of the policy was found in what was sent."


@pytest.mark.parametrize(
    "content", [Content(whole=False), Content(texts=("x" * LONGEST_TEXT, "x"))], ids=["tokens", "too long"]
)
def test_what_cannot_be_read_is_undecided(content: Content) -> None:
    subject = PolicyInput(provider="p", model="m", content=content)
    assert decide(Patterns(patterns=("a",)), subject, ("x".__eq__,)).broken is None
    assert decide(PersonalData(kinds=("email",)), subject).broken is None


def test_an_explanation_names_kinds_and_not_data() -> None:
    content = Content(texts=("ada@example.com", "DE89370400440532013000"))
    finding = decide(
        PersonalData(kinds=("phone", "iban", "email")), PolicyInput(provider="p", model="m", content=content)
    )
    assert finding.explanation == "Personal data was found: iban, email."


def test_only_some_rules_need_the_text() -> None:
    assert not reads_content(AllowedProviders(providers=("a",)))
    others = (AllowedModels(models=("a",)), PaidModels(), Ceilings(), Patterns(patterns=("a",)))
    assert all(map(reads_content, (*others, PersonalData(kinds=("email",)))))
