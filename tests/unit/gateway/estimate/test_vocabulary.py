"""Texts in tokens of public vocabularies. The counts are those of the vendors' own tokenizers."""

from __future__ import annotations

import subprocess
import sys

import pytest

from trunkline.gateway.estimate.vocabulary import MOST, count_tokens


@pytest.mark.parametrize(
    ("vocabulary", "text", "tokens"),
    [
        # https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb
        ("cl100k_base", "antidisestablishmentarianism", 6),
        ("o200k_base", "antidisestablishmentarianism", 6),
        ("cl100k_base", "2 + 2 = 4", 7),
        ("o200k_base", "2 + 2 = 4", 7),
        ("cl100k_base", "お誕生日おめでとう", 9),
        ("o200k_base", "お誕生日おめでとう", 8),
    ],
)
def test_public_counts(vocabulary: str, text: str, tokens: int) -> None:
    assert count_tokens(vocabulary, text) == tokens


def test_marks_of_a_model_are_text() -> None:
    assert count_tokens("o200k_base", "<|endoftext|>") > 1


def test_half_of_a_surrogate_pair_is_counted() -> None:
    assert count_tokens("o200k_base", "a\ud800b") >= 3


def test_of_a_long_text_samples_are_counted() -> None:
    text = "The quick brown fox jumps over the lazy dog. " * 40_000
    assert len(text) > 100 * MOST
    assert count_tokens("o200k_base", text) == pytest.approx(400_000, rel=0.03)


def test_samples_are_taken_from_all_over() -> None:
    text = "word " * 40_000 + "言葉" * 100_000
    whole = sum(count_tokens("o200k_base", text[at : at + MOST]) for at in range(0, len(text), MOST))
    assert count_tokens("o200k_base", text) == pytest.approx(whole, rel=0.05)


def test_who_does_not_count_loads_nothing() -> None:
    code = "import sys, trunkline.gateway.estimate, trunkline.gateway.gateway; sys.exit('splintr' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
