from __future__ import annotations

import pytest

from trunkline.core.chat import Usage
from trunkline.core.terms import USUAL, Terms, bind_terms, note_tier, read_term, read_terms, settle_terms


@pytest.mark.parametrize("word", ["auto", "default", "standard", "STANDARD", "on_demand", "global", "not_available"])
def test_usual_words_are_empty(word: str) -> None:
    assert read_term(word) == ""
    assert read_terms(word) == USUAL


@pytest.mark.parametrize("word", [None, "", 7, ["flex"], "x" * 65])
def test_what_is_no_term_says_nothing(word: object) -> None:
    assert read_term(word) is None


def test_the_answer_decides_and_the_request_fills_what_it_leaves_open() -> None:
    asked = Terms("priority", "fast", "us")
    assert settle_terms(Usage(), asked) == asked
    assert settle_terms(Usage(tier=""), asked) == Terms("", "fast", "us")
    assert settle_terms(Usage(tier="flex", speed="", geo=""), asked) == Terms("flex")


def test_an_address_binds_what_is_not_asked_for() -> None:
    assert bind_terms(USUAL, "eu") == Terms(geo="eu")
    assert bind_terms(Terms(geo="us"), "eu") == Terms(geo="us")
    assert bind_terms(USUAL, "") is USUAL


def test_a_tier_is_noted_beside_the_counts() -> None:
    assert note_tier(Usage(input=1), "flex") == Usage(input=1, tier="flex")
    assert note_tier(Usage(input=1, tier="flex"), None) == Usage(input=1, tier="flex")
    assert note_tier(None, "flex") is None
