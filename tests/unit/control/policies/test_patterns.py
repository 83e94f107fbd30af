"""Patterns: what they find, what is refused, and that none takes long whatever the text."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.policies.patterns import compile_pattern
from trunkline.core.errors import InvalidInput


@given(st.text(alphabet=string.ascii_letters + " é", max_size=20), st.text(alphabet="abcé", min_size=1, max_size=3))
def test_plain_words_are_found_where_they_are(text: str, word: str) -> None:
    assert compile_pattern(re.escape(word))(text) is (word in text)


def test_syntax() -> None:
    assert compile_pattern(r"(?i)\bgeheim\b")("ist GEHEIM!")
    assert not compile_pattern(r"\bgeheim\b")("geheimnis")
    assert compile_pattern(r"AKIA[0-9A-Z]{16}")("key AKIAABCDEFGHIJKLMNOP.")
    assert compile_pattern(r"(?x) secret  # a comment")("a secret")
    assert compile_pattern(r"\d{4}[- ]?\d{4}[- ]?\d{4}[- ]?\d{4}")("4111 1111 1111 1111")


def test_half_a_character_hides_nothing() -> None:
    assert compile_pattern("secret")("\ud800 secret")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "unclosed group"),
        ("a)(b", "unopened group"),
        ("a){1}(?:b", "unopened group"),
        ("(?=a)", "look-around"),
        (r"(a)\1", "backreferences"),
        (r"\w{1000}", "it would be slow"),
        (r"\w{25}", "it would be slow"),
        ("(a{1000}){1000}", "it would be slow"),
    ],
)
def test_what_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        compile_pattern(pattern)
    assert reason in caught.value.message
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    "pattern",
    [r"(a+)+$", r"(a|a)*b", r"(\w*\s*)*!", r"([a-z]+)*\d", r"(.*)(.*)(.*)(.*)x", r"[a-z]{1,1000}!", r"(.{1,20}b){9}c"],
)
def test_patterns_that_make_others_explode_do_not(pattern: str) -> None:
    """The search is linear. In an engine that goes back the suite's time limit would end these."""
    matches = compile_pattern(pattern)
    for text in ("a" * 1_000_000, "ab" * 500_000, "aé ß1x " * 150_000):
        matches(text)
