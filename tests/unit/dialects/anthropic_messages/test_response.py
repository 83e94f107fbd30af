from __future__ import annotations

import msgspec
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
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    Usage,
)
from trunkline.core.errors import UpstreamError
from trunkline.dialects.anthropic_messages import DIALECT

from .fixture import load, names

NAME = "anthropic_messages"


def read(name: str) -> ChatResponse:
    return DIALECT.read_response(load("responses", name))


def write(*parts: Part, **fields):
    choice = Choice(parts, **fields)
    return msgspec.json.decode(DIALECT.write_response(ChatResponse(id="msg_1", model="m", choices=(choice,))))


def test_the_plainest_answer():
    assert read("text") == ChatResponse(
        id="msg_013Zva2CMHLNnXjNJJKqJ2EF",
        model="claude-sonnet-4-5-20250929",
        choices=(Choice((Text("Hi! My name is Claude."),)),),
        usage=Usage(input=2095, output=503),
    )


def test_input_is_the_total_and_its_parts_are_told():
    response = read("usage_full")
    assert response.usage == Usage(
        input=3 * 2051,
        output=503,
        cached=2051,
        cache_write=2051,
        cache_write_1h=1000,
        reasoning=200,
        searches=3,
        geo="",
    )
    assert response.service_tier == "standard"
    assert response.extra == {}


@pytest.mark.parametrize(
    ("name", "stop", "sequence"),
    [
        ("text", "stop", None),
        ("max_tokens", "length", None),
        ("context_window_exceeded", "length", None),
        ("stop_sequence", "stop_sequence", "three"),
        ("tool_use", "tool_calls", None),
        ("pause_turn", "pause", None),
        ("refusal", "refusal", None),
        ("nulls", "stop", None),
    ],
)
def test_why_it_ended(name, stop, sequence):
    (choice,) = read(name).choices
    assert (choice.stop, choice.stop_sequence) == (stop, sequence)


def test_calls_of_tools():
    assert read("tool_use").choices[0].parts[1:] == (
        ToolCall("toolu_01A09q90qw90lq917835lq9", "get_weather", '{"location":"San Francisco, CA","unit":"celsius"}'),
        ToolCall("toolu_02", "get_time", "{}"),
    )


def test_thoughts_shown_sealed_and_omitted():
    thought, sealed, _ = read("thinking").choices[0].parts
    assert isinstance(thought, Reasoning)
    assert (thought.text, bool(thought.signature)) == ("Let me analyze this step by step...", True)
    assert sealed == Reasoning(redacted="EmwKAhgBEgy3va3pzix", format="anthropic-claude-v1")
    omitted = read("thinking_omitted").choices[0].parts[0]
    assert isinstance(omitted, Reasoning)
    assert (omitted.text, bool(omitted.signature)) == ("", True)


def test_citations_keep_what_only_this_wire_says():
    parts = read("citations").choices[0].parts
    assert isinstance(parts[1], Text)
    assert parts[1].citations == (
        Citation(
            title="Example Document",
            quote="The grass is green.",
            extra={
                "type": "char_location",
                "document_index": 0,
                "start_char_index": 0,
                "end_char_index": 20,
                "file_id": None,
            },
        ),
    )
    assert isinstance(parts[3], Text)
    assert [citation.url for citation in parts[3].citations] == [None, "https://example.com/sky", None, None]


def test_what_server_tools_did_is_opaque():
    parts = read("web_search").choices[0].parts
    assert [type(part) for part in parts] == [Text, Opaque, Opaque, Text]
    assert read("web_search").usage == Usage(input=6039, output=931, searches=1)


def test_the_reason_of_a_refusal_is_kept():
    assert read("refusal").extra[NAME]["stop_details"] == {
        "type": "refusal",
        "category": "cyber",
        "explanation": None,
    }


def test_nulls_and_unknown_fields_of_compatible_servers():
    response = read("nulls")
    assert response.usage is None
    assert response.extra == {}


@pytest.mark.parametrize("name", [name for name in names("responses") if name not in {"error_in_200", "nulls"}])
def test_an_answer_is_written_as_it_came(name):
    wire = msgspec.json.decode(load("responses", name))
    again = msgspec.json.decode(DIALECT.write_response(read(name)))
    for key in ("inference_geo",):
        wire["usage"].pop(key, None)
    wire = {key: value for key, value in wire.items() if value is not None or key == "stop_sequence"}
    for key, count in wire["usage"].items():
        assert again["usage"][key] == count
    assert {**again, "usage": None} == {**wire, "usage": None}


def test_a_reason_that_was_kept_gives_way_when_the_answer_changed():
    (choice,) = read("context_window_exceeded").choices
    changed = msgspec.structs.replace(
        read("context_window_exceeded"), choices=(msgspec.structs.replace(choice, stop="refusal"),)
    )
    assert msgspec.json.decode(DIALECT.write_response(changed))["stop_reason"] == "refusal"


def test_an_error_where_an_answer_was_expected():
    with pytest.raises(UpstreamError) as caught:
        read("error_in_200")
    assert (caught.value.kind, caught.value.detail) == ("overloaded", "Overloaded")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b"{}",
        b'{"content":7}',
        b'{"content":[{"type":"text","text":5}]}',
        b'{"content":[5],"usage":[1]}',
        b"\xff",
        b'{"content":' + b"[" * 100_000,
    ],
)
def test_what_is_no_message_is_malformed(body):
    with pytest.raises(UpstreamError) as caught:
        DIALECT.read_response(body)
    assert caught.value.kind == "malformed"


def test_answers_of_others_are_told_with_what_this_wire_has():
    wire = write(
        Refusal("No."),
        Image(Media(url="https://x/y.png")),
        Image(Media(data="AAAA", media_type="image/webp")),
        Audio(Media(data="AAAA"), transcript="Hear."),
        Audio(Media(data="AAAA")),
        Opaque("gemini", {}),
        Reasoning(text="hm"),
        ToolCall("functions.f:0", "f"),
    )
    assert [block.get("text") for block in wire["content"][:4]] == [
        "No.",
        "![image](https://x/y.png)",
        "[A picture (image/webp) was left out: this API has no place for one in an answer.]",
        "Hear.",
    ]
    assert wire["content"][4] == {"type": "thinking", "thinking": "hm", "signature": ""}
    assert wire["content"][5]["input"] == {}
    assert len(wire["content"]) == 6


def test_citations_of_others_become_web_results_and_are_not_taken_back():
    wire = write(Text("It is blue.", citations=(Citation(url="https://x", title="X", start=6, end=10), Citation())))
    assert wire["content"][0]["citations"] == [
        {
            "type": "web_search_result_location",
            "url": "https://x",
            "title": "X",
            "cited_text": "blue",
            "encrypted_index": "",
        }
    ]
    turn = {"role": "assistant", "content": wire["content"]}
    request = DIALECT.read_request(msgspec.json.encode({"model": "m", "max_tokens": 1, "messages": [turn]}))
    assert DIALECT.write_request(request).dropped == ("citations",)


@pytest.mark.parametrize(
    ("stop", "reason"),
    [("content_filter", "refusal"), ("refusal", "refusal"), ("pause", "pause_turn"), ("error", "refusal")],
)
def test_reasons_of_others(stop, reason):
    assert write(stop=stop)["stop_reason"] == reason


def test_broken_arguments_are_no_call():
    with pytest.raises(UpstreamError) as caught:
        write(ToolCall("a", "f", '{"x":'))
    assert caught.value.kind == "malformed"
    assert write(ToolCall("a", "f", '{"x":'), stop="length")["content"][0]["input"] == {}


def test_the_wire_always_has_an_id_and_usage():
    wire = msgspec.json.decode(DIALECT.write_response(ChatResponse(id="", model="m", choices=())))
    assert wire["id"].startswith("msg_")
    assert wire["usage"]["input_tokens"] == wire["usage"]["output_tokens"] == 0


@pytest.mark.parametrize("given", [{}, {"id": ""}, {"id": None}])
def test_a_call_of_a_server_that_gives_no_id_gets_one(given: dict[str, object]):
    call = {"type": "tool_use", "name": "look", "input": {}, **given}
    (part,) = DIALECT.read_response(msgspec.json.encode({"type": "message", "content": [call]})).choices[0].parts
    assert part == ToolCall(f"call_0_look_{SALT}", "look", "{}")
