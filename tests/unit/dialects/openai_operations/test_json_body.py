from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import InvalidInput
from trunkline.dialects.openai_operations.json_body import JsonBody

values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8), values, max_size=5), st.text(min_size=1), st.text(min_size=1))
def test_only_the_model_changes(fields: dict, model: str, theirs: str) -> None:
    body = JsonBody(json.dumps({**fields, "model": model}).encode())
    assert body.model == model
    assert json.loads(body.edit(theirs)) == {**fields, "model": theirs}


def test_numbers_keep_their_spelling() -> None:
    assert JsonBody(b'{"a":1.50,"model":"x","b":[1e400]}').edit("y") == b'{"a":1.50,"model":"y","b":[1e400]}'


def test_defaults_fill_what_is_open() -> None:
    body = JsonBody(b'{"model":"x","n":null,"stop":"a"}')
    assert json.loads(body.edit("y", defaults={"n": 2, "stop": "b", "seed": 1})) == {
        "model": "y", "n": 2, "stop": "a", "seed": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("stream", "options", "edited"),
    [
        ("true", '{"a":1}', {"a": 1, "include_usage": True}),
        ("true", "null", {"include_usage": True}),
        ("false", '{"a":1}', {"a": 1}),
    ],
)
def test_usage_is_asked_for_in_streams(stream: str, options: str, edited: dict) -> None:
    body = JsonBody(f'{{"model":"x","stream":{stream},"stream_options":{options}}}'.encode())
    assert json.loads(body.edit("y", stream_usage=True))["stream_options"] == edited
    assert not body.stream_usage
    assert JsonBody(b'{"model":"x","stream_options":{"include_usage":true}}').stream_usage


def test_text_is_counted_wherever_it_is() -> None:
    body = JsonBody(b'{"model":"x","input":["ab",{"type":"text","text":"cde"},7],"query":"f","documents":[["gh"]]}')
    assert body.characters("input", "query", "documents", "none") == 8
    assert (body.text("query"), body.text("input"), body.text("none")) == ("f", None, None)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b'"a"', b"{", b"\xff", b'{"model":""}', b'{"model":null}', b'{"model":1}', b"{}"]
)
def test_what_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInput):
        JsonBody(raw)
