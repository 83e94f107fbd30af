"""Whole answers."""

from __future__ import annotations

import msgspec
import pytest
from openai.types.chat import ChatCompletion

from trunkline.core.chat import (
    Audio,
    ChatResponse,
    Choice,
    Citation,
    Image,
    LogProb,
    Media,
    Opaque,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    Usage,
)
from trunkline.core.errors import UpstreamError
from trunkline.dialects.openai_chat import DIALECT

from .fixtures import load, names

USAGE = Usage(input=19, output=10, cached=4, reasoning=2)


def read(name: str) -> ChatResponse:
    return DIALECT.read_response(load(f"responses/{name}.json"))


def choice(name: str) -> Choice:
    (only,) = read(name).choices
    return only


def test_text() -> None:
    assert read("text") == ChatResponse(
        id="chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
        model="gpt-4.1-2025-04-14",
        choices=(Choice((Text("Hello! How can I assist you today?"),)),),
        created=1741569952,
        usage=USAGE,
        service_tier="default",
    )


@pytest.mark.parametrize(
    ("name", "parts", "stop"),
    [
        ("refusal", (Refusal("I'm sorry, I can't assist with that."),), "refusal"),
        ("length", (Text("Once upon a"),), "length"),
        ("content_filter", (), "content_filter"),
        (
            "tools",
            (
                ToolCall("call_abc", "get_weather", '{"city": "Paris"}'),
                ToolCall("call_def", "get_weather", '{"city": "Rome"}'),
            ),
            "tool_calls",
        ),
        ("forced_tool_says_stop", (ToolCall("call_abc", "pick", "{}"),), "tool_calls"),
        ("ollama", (ToolCall("call_9", "get_weather", '{"city":"Paris"}'),), "tool_calls"),
        (
            "google_compat",
            (ToolCall("function-call-1", "check_flight", '{"flight":"AA100"}', "CvcQAdHtim=="),),
            "tool_calls",
        ),
        ("deepseek", (Reasoning("Compare 9.11 and 9.8."), Text("9.8")), "stop"),
        ("mistral_thinking", (Reasoning("First, count."), Text("Three.")), "stop"),
        (
            "citations",
            (Text("The capital is Paris.", citations=(Citation("https://example.com/paris", "Paris", None, 15, 20),)),),
            "stop",
        ),
        ("audio", (Audio(Media(data="UklGRg=="), "audio_6725", "Hi.", 1730234879),), "stop"),
    ],
)
def test_parts_and_reasons(name: str, parts: tuple[object, ...], stop: str) -> None:
    assert (choice(name).parts, choice(name).stop) == (parts, stop)


@pytest.mark.parametrize(("arguments", "meant"), [(" \n", ""), ('"{\\"x\\": 1}"', '{"x": 1}'), ('"x"', '"x"')])
def test_arguments_are_read_as_they_were_meant(arguments: str, meant: str) -> None:
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": arguments}}
    body = msgspec.json.encode({"choices": [{"message": {"tool_calls": [call]}, "finish_reason": "tool_calls"}]})
    (part,) = DIALECT.read_response(body).choices[0].parts
    assert isinstance(part, ToolCall)
    assert part.arguments == meant


def test_openrouter_thoughts_and_pictures() -> None:
    thought, text, picture = choice("openrouter").parts
    assert thought == Reasoning("Let me paint.", "EqQB", format="anthropic-claude-v1")
    assert text == Text("A cat for you.")
    assert isinstance(picture, Image)
    assert picture.media.media_type == "image/png"


def test_vllm_tells_the_stop_sequence() -> None:
    assert (choice("vllm_stop_sequence").stop, choice("vllm_stop_sequence").stop_sequence) == ("stop_sequence", "three")


def test_logprobs() -> None:
    assert choice("logprobs").logprobs == (
        LogProb("Hi", -0.31, (72, 105), (LogProb("Hi", -0.31, (72, 105)), LogProb("Yo", -2.5))),
    )


@pytest.mark.parametrize(
    ("name", "usage"),
    [
        ("deepseek", Usage(input=16, output=30, cached=10, reasoning=25)),
        (
            "openrouter",
            Usage(input=10, output=1300, cache_write=6, reasoning=9, image_output=1290, cost_nanos=39_025_000),
        ),
        ("audio", Usage(input=20, output=40, audio_input=5, audio_output=30, image_input=3)),
        ("xai", Usage(input=32, output=103, cached=6, reasoning=94)),
        ("google_compat", Usage(input=72, output=198, reasoning=180)),
        ("ollama", Usage(input=165, output=19)),
    ],
)
def test_usage_of_every_kind(name: str, usage: Usage) -> None:
    assert read(name).usage == usage


@pytest.mark.parametrize(
    ("wire", "cost"),
    [
        ({"cost": 0.00045, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.0015}}, 1_950_000),
        ({"cost": 0.00045, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.0015}}, 450_000),
        ({"cost": {"input_tokens_cost": 0.1, "total_cost": 0.25}}, 250_000_000),  # Perplexity
        ({"cost": 0}, 0),
        ({"cost": None}, None),
        ({}, None),
    ],
)
def test_cost_in_nano_dollars(wire: dict[str, object], cost: int | None) -> None:
    body = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1, **wire}}
    usage = DIALECT.read_response(msgspec.json.encode(body)).usage
    assert usage is not None
    assert usage.cost_nanos == cost


@pytest.mark.parametrize("usage", [None, "many", {"prompt_tokens": "x"}, []])
def test_strange_usage_does_not_cost_the_answer(usage: object) -> None:
    body = {"id": "x", "choices": [{"message": {"content": "Hi"}}], "usage": usage}
    response = DIALECT.read_response(msgspec.json.encode(body))
    assert response.usage is None
    assert response.choices[0].parts == (Text("Hi"),)


@pytest.mark.parametrize(
    ("name", "kind", "detail"),
    [
        (
            "openrouter_error_in_200",
            "rate_limit",
            "Provider returned error anthropic is temporarily rate-limited upstream",
        ),
        ("openrouter_choice_error", "server", "Upstream overloaded"),
    ],
)
def test_errors_within_a_200(name: str, kind: str, detail: str) -> None:
    with pytest.raises(UpstreamError) as raised:
        read(name)
    assert (raised.value.kind, raised.value.detail) == (kind, detail)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"choices":5}',
        b'{"choices":[{"message":{"content":7}}]}',
        b"\xff",
        b"[" * 99_999,
    ],
)
def test_anything_else_is_malformed(body: bytes) -> None:
    with pytest.raises(UpstreamError) as raised:
        DIALECT.read_response(body)
    assert raised.value.kind == "malformed"


@pytest.mark.parametrize("name", [name for name in names("responses") if "error" not in name])
def test_openai_own_type_takes_what_we_write(name: str) -> None:
    response = DIALECT.read_response(load(f"responses/{name}"))
    again = ChatCompletion.model_validate_json(DIALECT.write_response(response), strict=True)
    assert again.object == "chat.completion"
    assert again.usage is not None
    assert again.usage.total_tokens == again.usage.prompt_tokens + again.usage.completion_tokens


@pytest.mark.parametrize(
    ("choice_", "finish"),
    [
        (Choice((Refusal("No."),), "refusal"), "stop"),
        (Choice((Text("No."),), "refusal"), "content_filter"),
        (Choice((), "stop_sequence", "x"), "stop"),
        (Choice((), "pause"), "stop"),
        (Choice((), "length"), "length"),
    ],
)
def test_reasons_that_the_wire_lacks(choice_: Choice, finish: str) -> None:
    body = DIALECT.write_response(ChatResponse(id="a", model="m", choices=(choice_,)))
    assert msgspec.json.decode(body)["choices"][0]["finish_reason"] == finish


def test_what_other_dialects_alone_know_is_left_out() -> None:
    response = ChatResponse(
        id="a",
        model="m",
        choices=(Choice((Text("a"), Opaque("gemini", {"x": 1}), Text("b"), ToolCall("c", "f"))),),
        extra={"openai_chat": {"system_fingerprint": "fp", "id": "no"}, "gemini": {"y": 1}},
    )
    body = msgspec.json.decode(DIALECT.write_response(response))
    assert body["choices"][0]["message"] == {
        "role": "assistant",
        "content": "ab",
        "refusal": None,
        "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
    }
    assert (body["id"], body["system_fingerprint"], "y" in body) == ("a", "fp", False)
