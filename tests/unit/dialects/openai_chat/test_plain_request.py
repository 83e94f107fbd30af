"""Most requests are read at once; whatever is read so is what reading field by field gives."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.core.chat import ChatRequest
from trunkline.core.errors import InvalidInput
from trunkline.dialects.openai_chat import DIALECT
from trunkline.dialects.openai_chat.plain_request import read_plain_request
from trunkline.dialects.openai_chat.request import read_any_request

from .fixtures import load, names
from .strategies import requests

PLAIN: dict[str, Any] = {
    "model": "gpt-4.1",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "developer", "content": [{"type": "text", "text": "Be kind."}], "name": "ann"},
        {"role": "user", "content": ""},
        {
            "role": "assistant",
            "content": None,
            "refusal": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"a":1}'}}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "found", "name": "find"},
        {"role": "user", "content": "And now?"},
    ],
    "tools": [
        {
            "type": "function",
            "function": {"name": "find", "description": "Finds.", "parameters": {"type": "object"}, "strict": True},
        }
    ],
    "tool_choice": "auto",
    "parallel_tool_calls": False,
    "max_tokens": 5,
    "max_completion_tokens": 7,
    "temperature": 1,
    "top_p": 0.5,
    "frequency_penalty": 0.1,
    "presence_penalty": -0.1,
    "seed": 3,
    "n": 1,
    "stop": ["a", "b"],
    "stream": True,
    "stream_options": {"include_usage": True},
    "reasoning_effort": "low",
    "user": "u",
    "service_tier": "flex",
    "store": False,
}
ODD: list[Any] = [
    None, True, 0, -1, 3.0, 0.25, 1e13, 2**63, 2**64, "", "x", "none", "required", "max", "\ud7ff", [], ["a"], [None],
    {}, {"type": "text", "text": "x"}, [{"type": "text", "text": "x"}], [{"type": "image_url", "image_url": "x"}],
    {"include_usage": None}, {"include_usage": True, "include_obfuscation": False},
]  # fmt: skip


def encode(value: Any) -> bytes:
    return msgspec.json.encode(value)


def expect(body: bytes) -> ChatRequest | None:
    try:
        return read_any_request(body)
    except InvalidInput:
        return None


def agrees(body: bytes) -> bool:
    plain = read_plain_request(body)
    return plain is None or plain == expect(body)


def test_a_request_of_texts_tools_and_the_usual_options_is_plain() -> None:
    body = encode(PLAIN)
    plain = read_plain_request(body)
    assert plain is not None
    assert plain == read_any_request(body)


@pytest.mark.parametrize("name", PLAIN)
def test_each_field_is_read_alike_whatever_it_holds(name: str) -> None:
    rest = {key: value for key, value in PLAIN.items() if key != name}
    assert agrees(encode(rest))
    for odd in ODD:
        assert agrees(encode({**rest, name: odd})), odd


@pytest.mark.parametrize(
    ("place", "name"), [(place, name) for place, one in enumerate(PLAIN["messages"]) for name in one]
)
def test_so_is_each_field_of_a_message(place: int, name: str) -> None:
    for odd in ODD:
        messages = [dict(one) for one in PLAIN["messages"]]
        messages[place][name] = odd
        assert agrees(encode({**PLAIN, "messages": messages})), odd


@pytest.mark.parametrize("field", ["id", "type", "function"])
def test_so_are_the_fields_of_a_call(field: str) -> None:
    for odd in ODD:
        call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": "{}"}, field: odd}
        messages = [{"role": "assistant", "content": "x", "tool_calls": [call]}]
        assert agrees(encode({"model": "m", "messages": messages})), odd


@pytest.mark.parametrize(
    "field",
    ["top_k", "logit_bias", "response_format", "reasoning", "metadata", "audio", "safety_identifier", "functions", "x"],
)
def test_a_field_of_more_than_that_is_left_to_the_other_reader(field: str) -> None:
    body = encode({**PLAIN, field: {"effort": "low"} if field == "reasoning" else None})
    assert read_plain_request(body) is None
    assert DIALECT.read_request(body) == read_any_request(body)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"model":"m"}', b'{"model":"","messages":[]}'])
def test_what_is_wrong_is_left_to_the_reader_that_names_it(body: bytes) -> None:
    assert read_plain_request(body) is None
    with pytest.raises(InvalidInput):
        DIALECT.read_request(body)


@pytest.mark.parametrize("name", names("requests"))
def test_recorded_requests_are_read_alike(name: str) -> None:
    assert agrees(load(f"requests/{name}"))


@settings(max_examples=60, deadline=None)
@given(requests(), st.sampled_from([*PLAIN, "messages.0"]), st.sampled_from(ODD))
def test_any_request_is_read_alike(request: ChatRequest, name: str, odd: Any) -> None:
    body = DIALECT.write_request(request).body
    assert agrees(body)
    wire = msgspec.json.decode(body)
    if name == "messages.0":
        wire["messages"][0] = odd
    else:
        wire[name] = odd
    assert agrees(encode(wire))
