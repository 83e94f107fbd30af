"""Which models somebody may have meant."""

from __future__ import annotations

import difflib

import pytest

from trunkline.providers.nearest import nearest

IDS = [
    "anthropic/claude-haiku-4.5",
    "anthropic/claude-sonnet-4.5",
    "google/gemma-3-27b-it",
    "google/gemini-2.5-flash",
    "openai/gpt-4o-mini",
    "openai/gpt-4o",
    "meta-llama/llama-3.3-70b-instruct",
]


def test_a_model_that_is_gone_is_followed_by_its_family() -> None:
    assert nearest("anthropic/claude-3.5-sonnet", IDS)[0] == "anthropic/claude-sonnet-4.5"
    assert nearest("google/gemma-2-27b-it", IDS)[0] == "google/gemma-3-27b-it"


def test_a_slip_of_the_pen_finds_what_was_meant() -> None:
    assert nearest("openai/gpt4o-mini", IDS)[0] == "openai/gpt-4o-mini"
    assert nearest("gpt-4o-mini", IDS)[0] == "openai/gpt-4o-mini"


def test_there_are_few_and_none_where_nothing_is_alike() -> None:
    assert len(nearest("acme/model", [f"acme/model-{number}" for number in range(9)])) == 3
    assert nearest("zzz", IDS) == ()
    assert nearest("x", []) == ()


def test_a_long_list_is_judged_as_each_part_of_it_would_be() -> None:
    makers, families = ("openai", "meta-llama", "google", "acme"), ("gpt-4o", "llama-3.3", "gemma-3", "mini", "pro")
    ids = [f"{maker}/{family}-{number}b" for maker in makers for family in families for number in range(60)]
    for model in ("openai/gpt-4o-mini", "llama-3.1-7b", "gemma", "acme/none", "zzzz"):
        # The best of all are among the best of any part in which they are.
        chunks = [nearest(model, ids[start : start + 50]) for start in range(0, len(ids), 50)]
        assert nearest(model, ids) == nearest(model, [each for chunk in chunks for each in chunk])


def test_a_long_list_is_hardly_spelled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    ratio = difflib.SequenceMatcher.ratio

    def count(matcher: difflib.SequenceMatcher[str]) -> float:
        compared.append("")
        return ratio(matcher)

    monkeypatch.setattr(difflib.SequenceMatcher, "ratio", count)
    ids = [f"{maker}/{family}-{number}" for maker in "abcde" for family in ("one", "two") for number in range(1_000)]
    assert len(nearest("c/two-500-beta", ids)) == 3
    assert len(compared) < len(ids) / 10
