from __future__ import annotations

from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from trunkline.cli.declared.yaml_text import DEEPEST, read_yaml
from trunkline.core.errors import InvalidInput


def read(text: str) -> object:
    return read_yaml("f.yaml", text.encode()).value


def test_only_what_looks_like_json_is_no_text() -> None:
    assert read("[no, on, 22:30, 2026-01-31, 0x1f, 'true', \"1\", ~, null, true, -3, 1.5, 1e3, .5, =, 1_000]") == [
        "no", "on", "22:30", "2026-01-31", "0x1f", "true", "1", None, None, True, -3, 1.5, 1000.0, 0.5, "=", "1_000",
    ]  # fmt: skip
    assert read("a: |\n  two\n  lines\nb:\n") == {"a": "two\nlines\n", "b": None}


def test_each_value_has_its_line() -> None:
    text = read_yaml("f.yaml", b"a: 1\nb:\n  - x\n  - c:\n      d: 2\n")
    assert [text.find_line(place) for place in (("a",), ("b", 1), ("b", 1, "c", "d"), ("b", 1, "c", "gone", 3))] == [
        1, 4, 5, 4,
    ]  # fmt: skip


def test_an_alias_is_what_it_stands_for() -> None:
    assert read("a: &x [1, 2]\nb: *x\n") == {"a": [1, 2], "b": [1, 2]}


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\na: 2\n", "f.yaml:2: 'a' stands here twice"),
        ("a: &x [*x]\n", "f.yaml:1: an alias leads to what it stands in"),
        ("a: &x {b: {c: *x}}\n", "f.yaml:1: an alias leads to what it stands in"),
        (BOMB, "aliases make more than 200,000 values"),
        ("b: 1\nc: *a\n", "f.yaml:2: this is not valid YAML: found undefined alias"),
        ("a: 1\n---\nb: 2\n", "found another document"),
        ("a: !!python/object/apply:os.system [x]\n", "f.yaml:1: types of YAML"),
        ("a: !!binary aGk=\n", "f.yaml:1: types of YAML"),
        ("a: &a {b: 1}\nc:\n  <<: *a\n", "f.yaml:3: `<<` is not read"),
        ("? [a]\n: 1\n", "f.yaml:1: the name of a field must be a text"),
        ("a: 1e999\n", "f.yaml:1: this number is too large"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), f"nested more than {DEEPEST} deep"),
        ("[" * 100_000, f"nested more than {DEEPEST} deep"),
        ("a: [1\n", "f.yaml:2: this is not valid YAML"),
        ("a: \0", "f.yaml holds a character"),
        ("", "f.yaml is empty"),
        ("# nothing\n", "f.yaml is empty"),
    ],
)
def test_what_json_cannot_say_is_refused(text: str, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(text)
    assert told in refused.value.message


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no text in UTF-8"):
        read_yaml("f.yaml", b"a: \xff")
    with pytest.raises(InvalidInput, match="larger than 4 MB"):
        read_yaml("f.yaml", b" " * ((4 << 20) + 1))


NAMES = st.text("abcé: -", min_size=1, max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9).map(lambda one: round(one, 4))
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=10,
)  # fmt: skip


@given(JSON)
def test_what_is_dumped_is_read_as_it_was(value: object) -> None:
    assert read(yaml.safe_dump({"value": value}, allow_unicode=True)) == {"value": value}


@given(st.text(max_size=60) | st.text("{}[]&*:-?!|>'\"#\n ab1<", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InvalidInput):
        read_yaml("f.yaml", text.encode(errors="replace"))
