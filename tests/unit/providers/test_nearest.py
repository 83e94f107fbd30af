"""Which models somebody may have meant."""

from __future__ import annotations

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
