"""Whole answers, read and written."""

from __future__ import annotations

import json

import pytest
from tests.unit.dialects.conftest import SALT

from trunkline.core.chat import (
    Audio,
    ChatResponse,
    Choice,
    Citation,
    Image,
    Media,
    Opaque,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    Usage,
)
from trunkline.core.errors import UpstreamError
from trunkline.dialects.bedrock_converse import DIALECT
from trunkline.dialects.bedrock_converse.seal import SEALED, SIGNED

from .fixture import load


def read(name: str) -> ChatResponse:
    return DIALECT.read_response(load("responses", name))


def write(*parts, **fields) -> dict:
    return json.loads(DIALECT.write_response(ChatResponse(id="", model="", choices=(Choice(parts, **fields),))))


def test_text():
    answer = read("text")
    assert answer.choices == (Choice((Text("Here is an article."),), "stop"),)
    assert answer.usage == Usage(input=125, output=60)
    assert answer.extra == {}


@pytest.mark.parametrize(
    ("name", "stop"),
    [
        ("tool", "tool_calls"),
        ("length", "length"),
        ("context", "length"),
        ("stop_sequence", "stop_sequence"),
        ("guardrail", "content_filter"),
        ("filtered", "content_filter"),
        ("malformed_tool", "error"),
    ],
)
def test_stops(name: str, stop: str):
    assert read(name).choices[0].stop == stop


def test_the_stop_text_that_was_met():
    assert read("stop_sequence").choices[0].stop_sequence == "three"


def test_tool_calls():
    _, call = read("tool").choices[0].parts
    assert call == ToolCall("tooluse_hbTgdi0CSLq_hM4P8csZJA", "top_song", '{"sign":"WZPZ"}')
    assert [call.arguments for call in read("tools_parallel").choices[0].parts if isinstance(call, ToolCall)] == [
        '{"sign":"WZPZ"}',
        "{}",
    ]


def test_cached_input_is_added_to_the_total():
    answer = read("cache")
    assert answer.usage == Usage(input=2360, output=5, cached=2048, cache_write=300, cache_write_1h=100)
    assert answer.service_tier == "default"


def test_a_guardrails_trace_is_kept_and_its_zeros_count_as_untold():
    answer = read("guardrail")
    assert answer.usage is None
    assert answer.extra["bedrock_converse"]["stopReason"] == "guardrail_intervened"
    assert "guardrail" in answer.extra["bedrock_converse"]["trace"]


def test_thoughts():
    signed, sealed, text = read("reasoning").choices[0].parts
    assert signed == Reasoning("27 * 453 = 12231", signature="EqoBCkgIARABGAI=", format=SIGNED)
    assert sealed == Reasoning(redacted="RW13S0Fo", format=SEALED)
    assert text == Text("12231")
    assert read("unsigned_reasoning").choices[0].parts[0] == Reasoning("Let me see.")


def test_citations():
    (text,) = read("cited").choices[0].parts
    assert text == Text(
        "In 1815.",
        citations=(
            Citation(
                url="https://example.com/ada",
                title="Life",
                quote="born in 1815",
                extra={"location": {"web": {"url": "https://example.com/ada", "domain": "example.com"}}},
            ),
        ),
    )


def test_pictures_and_the_services_own_tools():
    assert isinstance(read("image").choices[0].parts[0], Image)
    assert [type(part) for part in read("server_tool").choices[0].parts] == [Opaque, Opaque, Text]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"output":{}}',
        b'{"output":{"message":{"content":"x"}}}',
        b'{"output":{"message":{"content":[{"text":5}]}}}',
        b'{"output":' + b"[" * 100_000,
    ],
)
def test_what_is_no_answer(body: bytes):
    with pytest.raises(UpstreamError) as caught:
        DIALECT.read_response(body)
    assert caught.value.kind == "malformed"


def test_nulls_and_missing_fields_are_tolerated():
    answer = DIALECT.read_response(b'{"output":{"message":{"role":"assistant","content":null}},"usage":null,"new":1}')
    assert answer.choices == (Choice(),)
    assert answer.usage is None
    assert answer.extra == {"bedrock_converse": {"new": 1}}


def test_an_error_with_status_200():
    with pytest.raises(UpstreamError) as caught:
        DIALECT.read_response(b'{"__type":"x#ThrottlingException","message":"slow down"}')
    assert (caught.value.kind, caught.value.detail) == ("rate_limit", "slow down")


def test_what_the_wire_has_no_word_for_becomes_text():
    content = write(Refusal("no"), Audio(Media(data="AA=="), transcript="hello"), Image(Media(url="https://a.example")))
    assert content["output"]["message"]["content"] == [
        {"text": "no"},
        {"text": "hello"},
        {"text": "https://a.example"},
    ]


def test_broken_arguments():
    with pytest.raises(UpstreamError):
        write(ToolCall("c", "f", '{"x'))
    assert write(ToolCall("c", "f", '{"x'), stop="length")["output"]["message"]["content"][0]["toolUse"]["input"] == {}


@pytest.mark.parametrize("given", [{}, {"toolUseId": ""}])
def test_a_call_without_an_id_gets_one(given: dict[str, object]):
    message = {"role": "assistant", "content": [{"toolUse": {"name": "look", "input": {}, **given}}]}
    read = DIALECT.read_response(json.dumps({"output": {"message": message}, "stopReason": "tool_use"}).encode())
    assert read.choices[0].parts == (ToolCall(f"call_0_look_{SALT}", "look", "{}"),)
