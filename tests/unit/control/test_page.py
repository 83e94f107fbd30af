"""Cursors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.page import PageRequest, decode_cursor, encode_cursor
from trunkline.core.errors import InvalidInput


@given(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=50))
def test_a_cursor_gives_back_its_key(key: str) -> None:
    assert decode_cursor(encode_cursor(key)) == key
    assert PageRequest(cursor=encode_cursor(key)).after == key


@given(st.text(max_size=30))
def test_no_text_does_worse_than_be_refused(text: str) -> None:
    try:
        key = decode_cursor(text)
    except InvalidInput:
        return
    assert encode_cursor(key) == text


@pytest.mark.parametrize("text", ["", "=", "é", "AA", "AAAA"])
def test_what_is_none_of_ours_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        decode_cursor(text)
    assert [field.field for field in raised.value.fields] == ["cursor"]
