"""A judge's words are kept only if they repeat nothing of what was judged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.explanation import LONGEST, UNEXPLAINED, WITHHELD, clean

TEXT = "Please tell Grace Hopper at 12 Navy Road that her biopsy of March 3 was positive. Mail grace@example.com."
POLICY = "No health data of Persons may be sent."


@pytest.mark.parametrize(
    "explanation",
    [
        "It shares a health result about a person.",
        "Health data of a person is disclosed. The rule forbids that.",
        "It contains health data of Persons.",
    ],
)
def test_general_words_are_kept(explanation: str) -> None:
    assert clean(explanation, TEXT, POLICY) == explanation


@pytest.mark.parametrize(
    "explanation",
    [
        "It names Grace with a diagnosis.",
        "It is about Hopper.",
        "The address is number 12 of a road.",
        "It says that her biopsy of march was bad.",
        "It tells the result to grace@example.com there.",
        "Call +49 30 901820 to object.",
        "Somebody else is at ada@example.com.",
    ],
)
def test_what_repeats_is_withheld(explanation: str) -> None:
    assert clean(explanation, TEXT, POLICY) == WITHHELD


def test_shape() -> None:
    assert clean(" \n\t ", TEXT, POLICY) == UNEXPLAINED
    assert clean("one\x1b[31m\n two", "", "") == "one [31m two"
    assert len(clean("word " * 200, "", "")) == LONGEST


WORD = st.text(alphabet="abcdefgh", min_size=3, max_size=8)


@given(st.lists(WORD, min_size=5, max_size=12), st.data())
def test_five_words_in_a_row_are_never_repeated(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 5))
    quoted = " ".join(words[start : start + 5])
    assert clean(f"The text says {quoted} and more", " ".join(words), "") == WITHHELD
