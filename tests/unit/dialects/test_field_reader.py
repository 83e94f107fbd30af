"""Reading single fields: what is refused, with whose words, and where it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from trunkline.core.chat import JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.core.number import REMEDY, WHOLE_REMEDY
from trunkline.dialects.field_reader import FieldReader, Remedies, join, optional

reader = FieldReader(
    Remedies(text="TEXT", flag="FLAG", integer="INT", number="NUM", mapping="MAP", listing="LIST", required="MISSING")
)


@pytest.mark.parametrize(
    ("check", "good", "bad", "remedy"),
    [
        (reader.text, "a", 1, "TEXT"),
        (reader.flag, True, 1, "FLAG"),
        (reader.integer, 3, True, "INT"),
        (reader.integer, 3, 3.0, "INT"),
        (reader.integer, 2**63 - 1, 10**30, WHOLE_REMEDY),
        (reader.number, 0.5, True, "NUM"),
        (reader.number, 0.5, 10**400, REMEDY),
        (reader.mapping, {}, [], "MAP"),
        (reader.listing, [], {}, "LIST"),
    ],
)
def test_a_wrong_type_is_named_by_its_path(
    check: Callable[[JsonValue, str], object], good: JsonValue, bad: JsonValue, remedy: str
) -> None:
    assert check(good, "a.b") == good
    with pytest.raises(InvalidInput) as caught:
        check(bad, "a.b")
    assert [(field.field, field.message) for field in caught.value.fields] == [("a.b", remedy)]


def test_a_field_that_must_be_there() -> None:
    assert reader.required({"n": 1}, "n", "a", reader.integer) == 1
    with pytest.raises(InvalidInput, match=r"^a\.n: MISSING$"):
        reader.required({}, "n", "a", reader.integer)
    with pytest.raises(InvalidInput, match=r"^n: INT$"):
        reader.required({"n": None}, "n", "", reader.integer)


def test_a_field_that_may_be_absent_or_null() -> None:
    assert optional({}, "n", "", reader.integer) is optional({"n": None}, "n", "", reader.integer) is None
    with pytest.raises(InvalidInput, match=r"^n: INT$"):
        optional({"n": "x"}, "n", "", reader.integer)


def test_paths() -> None:
    assert join(join("", "messages"), 0) == "messages.0"
