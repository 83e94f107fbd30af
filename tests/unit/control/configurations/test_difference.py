"""What differs between two states."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.configurations.difference import ChangedField, compare, split

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
states = st.dictionaries(st.text("abc", min_size=1, max_size=2), values, max_size=4)


def test_objects_are_compared_member_by_member_and_lists_as_a_whole() -> None:
    before: dict[str, Any] = {"name": "a", "configuration": {"x": 1, "stop": ["a"]}, "gone": 1}
    after: dict[str, Any] = {"name": "a", "configuration": {"x": 2, "stop": ["a", "b"]}, "new": None}
    assert compare(before, after) == [
        ChangedField("configuration.stop", ["a"], ["a", "b"]),
        ChangedField("configuration.x", 1, 2),
        ChangedField("gone", 1, None),
    ]


def test_what_shows_a_secret_is_one_value() -> None:
    old, new = {"mask": "…1", "fingerprint": "f"}, {"mask": "…2", "fingerprint": "g"}
    assert compare({"apiKey": old}, {"apiKey": new}) == [ChangedField("apiKey", old, new)]


@given(states)
def test_nothing_differs_from_itself(state: dict[str, Any]) -> None:
    assert compare(state, state) == []


@given(states, states)
def test_swapping_the_states_swaps_the_differences(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert split(compare(one, other)) == split(compare(other, one))[::-1]
