"""Records are copies of rows, by the names of their fields."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import msgspec
import pytest

from trunkline.control.record import read_record


class Person(msgspec.Struct, kw_only=True):
    name: str
    tags: tuple[str, ...]
    mask: str | None = None


@dataclass(frozen=True)
class Named:
    name: str


ROW = SimpleNamespace(name="Ann", tags=["a", "b"], password="not of the record")


def test_fields_are_the_rows() -> None:
    assert read_record(Person, ROW) == Person(name="Ann", tags=("a", "b"))
    assert read_record(Named, ROW) == Named("Ann")


def test_what_stands_beside_the_row_wins() -> None:
    assert read_record(Person, ROW, name="Bob", mask="…x") == Person(name="Bob", tags=("a", "b"), mask="…x")


def test_what_is_missing_or_of_another_type_is_a_fault() -> None:
    with pytest.raises(msgspec.ValidationError, match="missing required field `tags`"):
        read_record(Person, SimpleNamespace(name="Ann"))
    with pytest.raises(msgspec.ValidationError, match="Expected `str`"):
        read_record(Person, ROW, name=5)
