"""A conversation's title is its first words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.conversations.titles import LONGEST, make_title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Why is the sky blue?", "Why is the sky blue?"),
        ("\n\n  # Hello   there \nand more", "Hello there"),
        ("```\nprint(1)\n```", "print(1)"),
        ("…", "…"),
        ("", "Picture"),
        ("   \n", "Picture"),
        (
            "Please write me a long and thorough essay about the history of tea",
            "Please write me a long and thorough essay about the history…",
        ),
        ("x" * 100, "x" * 59 + "…"),
        ("a\u202eb\u2028c", "ab"),
    ],
)
def test_titles(text: str, title: str) -> None:
    assert make_title(text) == title


@given(st.text(max_size=300))
def test_a_title_is_short_and_printable(text: str) -> None:
    title = make_title(text)
    assert title
    assert len(title) <= LONGEST
    assert title.isprintable()
