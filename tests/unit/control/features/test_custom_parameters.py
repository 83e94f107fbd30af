"""Custom parameters: what OpenRouter takes, and never who is asked nor with which key."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.features.custom_parameters import check_custom_parameters

CREDENTIALS = [
    "api_key",
    "apiKey",
    "API-KEY",
    "x-api-key",
    "Authorization",
    "AUTHORIZATION",
    "access_token",
    "password",
]

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(values, st.sampled_from(CREDENTIALS), st.lists(st.sampled_from(["provider", "plugins", "x", 0]), max_size=6))
def test_a_credential_is_found_at_any_depth(value: Any, name: str, path: list[Any]) -> None:
    inner: Any = {name: value}
    for step in path:
        inner = [inner] if step == 0 else {step: inner}
    errors = check_custom_parameters({"transforms": inner})
    assert errors
    assert all(error.field.startswith("customParameters") for error in errors)


@given(st.dictionaries(st.text(max_size=8), values, max_size=4))
def test_whatever_comes_is_judged_and_never_a_fault(custom: dict[str, Any]) -> None:
    check_custom_parameters(custom)


@pytest.mark.parametrize(
    "text", ["Bearer abcdef", " bearer x", "sk-or-v1-0123456789abcdef0123", "sk-proj-0123456789abcdefgh", "tl1.k1-x.y"]
)
def test_texts_that_look_like_keys_are_refused_unseen(text: str) -> None:
    errors = check_custom_parameters({"plugins": [{"id": text}]})
    assert [error.field for error in errors] == ["customParameters.plugins[0].id"]
    assert text.strip() not in errors[0].message


def test_names_in_a_schema_are_free_but_not_below_it() -> None:
    def wrap(properties: Any) -> dict[str, Any]:
        schema = {"type": "object", "properties": properties}
        return {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}}

    assert check_custom_parameters(wrap({"model": {"type": "string"}, "api_key": {"type": "string"}})) == []
    assert check_custom_parameters(wrap({"car": {"api_key": "x"}}))


def test_depth_and_size_have_an_end() -> None:
    deep: Any = 1
    for _ in range(30):
        deep = {"x": deep}
    assert "nested" in check_custom_parameters({"provider": deep})[0].message
    assert "KiB" in check_custom_parameters({"provider": {"x": "a b " * 20_000}})[0].message
    assert check_custom_parameters({"logit_bias": {"5": 2**70}})
