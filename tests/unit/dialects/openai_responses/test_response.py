"""Whole answers."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from openai.types.responses import Response

from trunkline.core.chat import (
    Audio,
    ChatRequest,
    ChatResponse,
    Choice,
    Citation,
    Image,
    LogProb,
    Media,
    Message,
    Opaque,
    Part,
    Reasoning,
    ReasoningOptions,
    Refusal,
    Sampling,
    StopReason,
    Text,
    Tool,
    ToolCall,
    Usage,
)
from trunkline.core.errors import UpstreamError
from trunkline.dialects.openai_responses import DIALECT, echo_request

from .fixture import load, names, parsed

NAME = "openai_responses"
OURS = "openai-responses-v1"
SEAL = "gAAAAABpIMzQm3Q3vHf0yq1Gq5u0kz3cO1dYqkYw=="
FAILURES = {"failed.json", "error_in_200.json"}


def recorded(name: str) -> ChatResponse:
    return DIALECT.read_response(load(f"responses/{name}.json"))


def choice(name: str) -> Choice:
    return recorded(name).choices[0]


def write(*parts: Part, stop: StopReason = "stop", **fields: Any) -> Any:
    response = ChatResponse(id="resp_1", model="m", choices=(Choice(parts, stop),), **fields)
    return msgspec.json.decode(DIALECT.write_response(response))


@pytest.mark.parametrize("name", sorted(set(names("responses")) - FAILURES))
def test_what_is_written_reads_alike(name: str) -> None:
    response = DIALECT.read_response(load(f"responses/{name}"))
    if name == "queued.json":  # the wire has no other word for an answer that may be continued
        response = msgspec.structs.replace(response, choices=(Choice(),))
    if name == "parallel_tools.json":
        calls = (response.choices[0].parts[0], ToolCall("call_2", "get_time", "{}"))
        response = msgspec.structs.replace(response, choices=(Choice(calls, "tool_calls"),))
    body = DIALECT.write_response(response)
    assert DIALECT.read_response(body) == response
    Response.model_validate_json(body)


def test_text() -> None:
    response = recorded("text")
    assert response.id == "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b"
    assert response.model == "gpt-5.1-2025-11-13"
    assert response.created == 1741476542
    assert response.service_tier == "default"
    assert response.usage == Usage(input=36, output=87)
    assert response.choices[0].stop == "stop"
    assert response.choices[0].parts[0] == Text(
        "In a peaceful grove beneath a silver moon, a unicorn named Lumina discovered a hidden pool."
    )
    assert response.choices[0].logprobs is None


def test_usage() -> None:
    assert recorded("usage_full").usage == Usage(
        input=2006, output=300, cached=1920, cache_write=64, reasoning=192, searches=2
    )
    assert recorded("openrouter").usage == Usage(input=12, output=5, cost_nanos=12_300)
    assert recorded("queued").usage is None
    assert write()["usage"] is None
    wire = write(usage=Usage(input=10, output=4, cached=3, reasoning=2))
    assert wire["usage"] == {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 0},
        "output_tokens": 4,
        "output_tokens_details": {"reasoning_tokens": 2},
        "total_tokens": 14,
    }


def test_calls() -> None:
    found = choice("parallel_tools")
    assert found.stop == "tool_calls"
    assert found.parts == (
        ToolCall("call_unLAR8MvFNptuiZK6K6HCy5k", "get_weather", '{"city":"Rome"}'),
        ToolCall("call_2", "get_time"),
    )


def test_thoughts() -> None:
    identity = "rs_6876cf02e0bc8192b74af0fb64b715ff06fa2fcced15a5ac"
    assert choice("reasoning_tools").parts[:2] == (
        Reasoning("**Looking up the weather**", id=identity, summary=True),
        Reasoning("**And the time**", SEAL, id=identity, summary=True, format=OURS),
    )
    assert choice("reasoning_bare").parts == (Text("4"),)  # nothing to show, nothing to send back
    assert choice("open_weights").parts == (Reasoning("Two and two.", id="rs_abc"), Text("4"))
    assert choice("sealed_only").parts[0] == Reasoning(redacted=SEAL, id="rs_1", format=OURS)


@pytest.mark.parametrize(
    ("name", "stop"),
    [
        ("refusal", "refusal"),
        ("max_output_tokens", "length"),
        ("content_filter", "content_filter"),
        ("custom_tool", "tool_calls"),
        ("queued", "pause"),
        ("reasoning_tools", "tool_calls"),
    ],
)
def test_ends(name: str, stop: str) -> None:
    assert choice(name).stop == stop


def test_sources() -> None:
    opaque, text = choice("web_search").parts
    assert isinstance(opaque, Opaque)
    assert opaque.value == parsed("responses/web_search.json")["output"][0]
    assert isinstance(text, Text)
    link, file, made = text.citations
    assert link == Citation(url="https://www.example.com/?utm_source=chatgpt.com", title="Good news", start=0, end=20)
    assert file.title == "deep_research_blog.pdf"
    assert (made.title, made.start, made.end) == ("plot.png", 3, 9)
    message = parsed("responses/web_search.json")["output"][1]
    assert write(text)["output"][0]["content"][0]["annotations"] == message["content"][0]["annotations"]


def test_pictures() -> None:
    picture = choice("image").parts[0]
    assert isinstance(picture, Image)
    assert picture.media.media_type == "image/webp"
    assert picture.media.extra == {NAME: {"id": "ig_67cc8000"}}
    item = write(Image(Media(data="iVBO", media_type="image/png")))["output"][0]
    assert item == {"id": "ig_resp_1_0", "type": "image_generation_call", "status": "completed", "result": "iVBO"}


def test_log_probabilities() -> None:
    rivals = (LogProb("Hi", -0.1, (72, 105)), LogProb("Yo", -2.5, (89, 111)))
    assert choice("logprobs").logprobs == (LogProb("Hi", -0.1, (72, 105), rivals),)


def test_what_an_answer_repeats_is_kept_as_far_as_it_tells_something() -> None:
    assert set(recorded("text").extra[NAME]) == {"store", "text", "top_logprobs"}
    assert recorded("nulls").extra == {}


@pytest.mark.parametrize(
    ("body", "kind", "detail"),
    [
        (b"", "malformed", None),
        (b"<html>", "malformed", None),
        (b"[]", "malformed", None),
        (b"{}", "malformed", None),
        (b'{"output":{}}', "malformed", None),
        (b'{"output":[{"type":"message","content":[{"text":3}]}]}', "malformed", None),
        (b'{"choices":[]}', "malformed", None),
        (load("responses/failed.json"), "server", "The model failed to generate a response."),
        (load("responses/error_in_200.json"), "rate_limit", "Provider returned error"),
        (b'{"status":"cancelled","output":[]}', "server", None),
        (b'{"status":"failed","error":{"code":"rate_limit_exceeded","message":"m"},"output":[]}', "rate_limit", "m"),
    ],
)
def test_what_is_no_answer(body: bytes, kind: str, detail: str | None) -> None:
    with pytest.raises(UpstreamError) as caught:
        DIALECT.read_response(body)
    assert caught.value.kind == kind
    assert caught.value.detail == detail


@pytest.mark.parametrize(
    ("stop", "status", "details"),
    [
        ("stop", "completed", None),
        ("stop_sequence", "completed", None),
        ("tool_calls", "completed", None),
        ("pause", "completed", None),
        ("length", "incomplete", {"reason": "max_output_tokens"}),
        ("content_filter", "incomplete", {"reason": "content_filter"}),
        ("refusal", "incomplete", {"reason": "content_filter"}),
        ("error", "failed", None),
    ],
)
def test_status(stop: StopReason, status: str, details: Any) -> None:
    wire = write(Text("a"), stop=stop)
    assert (wire["status"], wire["incomplete_details"]) == (status, details)
    assert (wire["error"] is None) == (status != "failed")
    Response.model_validate(wire)


def test_a_refusal_in_words_is_complete() -> None:
    assert write(Refusal("No."), stop="refusal")["status"] == "completed"


def test_items_and_their_ids() -> None:
    output = write(
        Reasoning("Hm.", signature="EpIB", format="anthropic-claude-v1"),
        Reasoning("Short.", id="rs_9", summary=True),
        Reasoning(redacted="XYZ", id="rs_9", format="anthropic-claude-v1"),
        Text("a"),
        Refusal("b"),
        ToolCall("c", "f", signature="Cg=="),
        Text("d"),
        Audio(Media(data="UklG"), transcript="e"),
        Opaque("gemini", {"x": 1}),
    )["output"]
    assert [item["id"] for item in output] == ["rs_resp_1_0", "rs_9", "msg_resp_1_2", "fc_resp_1_3", "msg_resp_1_4"]
    assert output[0]["content"] == [{"type": "reasoning_text", "text": "Hm."}]
    assert output[0]["encrypted_content"] == "anthropic-claude-v1:EpIB"
    assert output[1]["encrypted_content"] == "anthropic-claude-v1:XYZ"
    assert [part["type"] for part in output[2]["content"]] == ["output_text", "refusal"]
    assert output[3] == {
        "id": "fc_resp_1_3",
        "type": "function_call",
        "status": "completed",
        "call_id": "c",
        "name": "f",
        "arguments": "{}",
        "extra_content": {"google": {"thought_signature": "Cg=="}},
    }
    assert [part["text"] for part in output[4]["content"]] == ["d", "e"]


def test_a_signature_without_its_text_is_no_seal() -> None:
    body = write(Reasoning(None, signature="EpIB", format="anthropic-claude-v1"), Text("a"))
    assert DIALECT.read_response(msgspec.json.encode(body)).choices[0].parts[0] == Reasoning(
        "", signature="EpIB", format="anthropic-claude-v1"
    )


def test_ids_are_never_told_twice() -> None:
    twice = Reasoning(redacted="A", id="rs_1", format=OURS)
    assert [item["id"] for item in write(twice, twice)["output"]] == ["rs_1", "rs_resp_1_1"]


def test_an_answer_repeats_its_request() -> None:
    request = ChatRequest(
        model="alias",
        messages=(Message("system", (Text("Be."),)), Message("user", (Text("Hi"),))),
        tools=(Tool("f"),),
        sampling=Sampling(temperature=0.2, max_tokens=9),
        reasoning=ReasoningOptions(effort="low"),
        metadata={"a": "b"},
        service_tier="flex",
        extra={NAME: {"previous_response_id": "resp_0", "text": {"verbosity": "low"}, "include": ["x"]}},
    )
    wire = write(Text("a"), extra={NAME: echo_request(request)}, service_tier="default")
    assert wire["instructions"] == "Be."
    assert wire["tools"] == [{"type": "function", "name": "f", "parameters": None, "strict": False}]
    assert (wire["temperature"], wire["max_output_tokens"]) == (0.2, 9)
    assert wire["reasoning"] == {"effort": "low"}
    assert wire["text"] == {"verbosity": "low", "format": {"type": "text"}}
    assert wire["metadata"] == {"a": "b"}
    assert wire["previous_response_id"] == "resp_0"
    assert wire["service_tier"] == "default"
    assert wire["model"] == "m"
    assert "include" not in wire
    assert "input" not in wire


def test_what_an_answer_says_of_itself_is_not_repeated() -> None:
    echo: Any = {"id": "x", "status": "queued", "output": [1], "usage": {}, "error": {}, "tools": []}
    wire = write(Text("a"), extra={NAME: echo})
    assert (wire["id"], wire["status"], wire["usage"], wire["error"]) == ("resp_1", "completed", None, None)
    assert len(wire["output"]) == 1


def test_arguments_that_are_json_twice_are_told_as_they_were_meant() -> None:
    twice = msgspec.json.encode('{"city":"Rome"}').decode()
    call = {"type": "function_call", "call_id": "call_1", "name": "get_weather", "arguments": twice}
    body = msgspec.json.encode({"id": "r", "object": "response", "status": "completed", "output": [call]})
    (choice,) = DIALECT.read_response(body).choices
    (found,) = choice.parts
    assert isinstance(found, ToolCall)
    assert found.arguments == '{"city":"Rome"}'
