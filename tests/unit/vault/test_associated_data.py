"""Different fields never give the same bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trunkline.vault.associated_data import encode_fields

TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=8)
FIELDS = st.tuples(TEXT, TEXT, st.lists(TEXT, max_size=3), TEXT)


@given(FIELDS, FIELDS)
def test_it_is_injective(one: tuple[str, str, list[str], str], other: tuple[str, str, list[str], str]) -> None:
    assert (encode_fields("label", *one) == encode_fields("label", *other)) == (one == other)


def test_text_cannot_move_between_neighbours() -> None:
    assert encode_fields("l", "ab", "c") != encode_fields("l", "a", "bc")
    assert encode_fields("l", ["a", "b"], []) != encode_fields("l", ["a"], ["b"])
    assert encode_fields("l", ["a", "b"]) != encode_fields("l", ["ab"])


def test_the_form_on_disk_is_fixed() -> None:
    assert encode_fields("l", "é", 12, ("x",)).hex() == "000000016c00000002c3a9000000023132000000010000000178"
