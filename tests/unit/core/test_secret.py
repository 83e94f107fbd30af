"""Secrets as a type."""

from __future__ import annotations

import copy
import json
import pickle

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.secret import MASK_MINIMUM, Secret, is_mask, mask

KEY = "sk-proj-abcdefghijklmnop"


def test_only_reveal_shows_it() -> None:
    secret = Secret(KEY)
    assert secret.reveal() == KEY
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret:>40}", f"{[secret]}"):
        assert "abcdef" not in shown


def test_it_is_no_text() -> None:
    secret = Secret(KEY)
    assert not isinstance(secret, str)
    with pytest.raises(TypeError):
        "".join([secret])  # type: ignore[list-item] - the point of the test
    with pytest.raises(TypeError):
        json.dumps(secret)
    with pytest.raises(TypeError):
        msgspec.json.encode(secret)


def test_it_is_equal_to_the_same_secret_alone() -> None:
    assert Secret(KEY) == Secret(KEY)
    assert Secret(KEY) != Secret("other")
    assert Secret(KEY) != KEY
    assert len({Secret(KEY), Secret(KEY)}) == 1


@pytest.mark.parametrize("leave", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_does_not_leave_the_process(leave: object) -> None:
    with pytest.raises(TypeError, match="pickled"):
        leave(Secret(KEY))  # type: ignore[operator] - a function


def test_it_has_no_dict_to_look_into() -> None:
    assert not hasattr(Secret(KEY), "__dict__")
    with pytest.raises(AttributeError):
        Secret(KEY).value = "x"  # type: ignore[attr-defined] - the point of the test


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        (KEY, "sk-proj-…mnop"),
        ("sk-abcdefghijklmnopqrst", "sk-…qrst"),
        ("AIzaSyAbCdEfGhIjKlMnOp", "…MnOp"),
        ("hf_abcdefghijklmnopqrst", "…qrst"),
        ("abcdefghi-jklmnopqrstuv", "…stuv"),
        ("x" * (MASK_MINIMUM - 1), "…"),
        ("", "…"),
    ],
)
def test_masks(key: str, shown: str) -> None:
    assert mask(key) == shown


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=80))
def test_a_mask_shows_little_and_is_told_from_a_key(key: str) -> None:
    shown = mask(key)
    assert is_mask(shown)
    assert not is_mask(key)
    assert len(shown) <= 8 + 1 + 4
    if len(key) < MASK_MINIMUM:
        assert shown == "…"
