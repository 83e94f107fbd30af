"""Requests: what clients send us, and what we send providers."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from pydantic import TypeAdapter
from tests.unit.dialects.openai_chat.request_forms import read, write

from trunkline.core.chat import (
    Audio,
    CacheHint,
    File,
    Image,
    Media,
    Message,
    Opaque,
    Reasoning,
    ReasoningOptions,
    Sampling,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from trunkline.core.errors import InvalidInput
from trunkline.dialects.openai_chat import DIALECT, OpenAIChat, WireOptions

from .fixtures import load, names, parsed


def test_every_plain_field_has_its_place() -> None:
    request = read("text")
    assert request.messages == (
        Message("system", (Text("Answer briefly."),)),
        Message("user", (Text("Who wrote Faust?"),)),
        Message("assistant", (Text("Goethe."),)),
        Message("user", (Text("When?"), Text("And where?")), "anna"),
    )
    assert request.sampling == Sampling(
        max_tokens=256,
        temperature=0.7,
        top_p=1,
        frequency_penalty=0.1,
        presence_penalty=-0.1,
        seed=7,
        stop=("END",),
        n=2,
        logprobs=True,
        top_logprobs=3,
        logit_bias={"50256": -100},
    )
    assert (request.stream, request.stream_usage) == (True, True)
    assert (request.user, request.service_tier, request.metadata, request.store) == (
        "u-1",
        "flex",
        {"team": "blue"},
        False,
    )
    assert request.extra == {
        "openai_chat": {
            "verbosity": "low",
            "prompt_cache_key": "k1",
            "prediction": {"type": "content", "content": "x"},
            "web_search_options": {},
            "stream_options": {"include_obfuscation": False},
        }
    }


def test_tools_and_their_results() -> None:
    request = read("tools")
    assert request.messages[1:] == (
        Message(
            "assistant",
            (
                ToolCall("call_1", "get_weather", '{"city":"Paris"}'),
                ToolCall("call_2", "get_weather", '{"city":"Rome"}', "CtsBAR=="),
            ),
        ),
        Message("tool", (ToolResult("call_1", (Text("18 degrees"),)),)),
        Message("tool", (ToolResult("call_2", (Text("24 degrees"),)),)),
    )
    (tool,) = request.tools
    assert (tool.name, tool.strict) == ("get_weather", True)
    assert request.tool_choice == ToolChoice("required", ("get_weather",))
    assert request.parallel_tools is False
    assert request.extra["openai_chat"]["tools"] == [parsed("requests/tools.json")["tools"][1]]


def test_legacy_functions_become_tools() -> None:
    request = read("legacy_functions")
    assert request.messages[1:] == (
        Message("assistant", (ToolCall("call_1", "get_weather", '{"city":"Paris"}'),)),
        Message("tool", (ToolResult("call_1", (Text("18 degrees"),), "get_weather"),)),
    )
    assert request.tools == (Tool("get_weather", "Current weather.", {"type": "object", "properties": {}}),)
    assert request.tool_choice == ToolChoice("required", ("get_weather",))
    assert request.sampling.max_tokens == 100
    assert (request.functions, request.parallel_tools) == (True, False)


def test_media() -> None:
    request = read("media")
    parts = request.messages[0].parts
    png = parts[2]
    assert isinstance(png, Image)
    assert (png.media.media_type, (png.media.data or "")[:6]) == ("image/png", "iVBORw")
    assert parts[1] == Image(Media(url="https://example.com/cat.png"), "low")
    assert parts[3:7] == (
        Audio(Media(data="UklGRg==", media_type="audio/wav")),
        Audio(Media(data="SUQz", media_type="audio/mpeg")),
        File(Media(data="JVBERi0=", media_type="application/pdf"), "a.pdf"),
        File(Media(file_id="file-abc123")),
    )
    assert parts[7] == Opaque("openai_chat", {"type": "video_url", "video_url": {"url": "https://example.com/v.mp4"}})
    assert request.messages[1].parts[1] == Audio(Media(file_id="audio_abc"), id="audio_abc")
    assert request.modalities == ("text", "audio")


def test_json_schema() -> None:
    wanted = read("json_schema").response_format
    assert wanted is not None
    assert (wanted.kind, wanted.name, wanted.description, wanted.strict) == ("json_schema", "person", "Somebody.", True)
    assert wanted.schema is not None
    assert wanted.schema["required"] == ["name"]


def test_openrouter_reasoning_and_cache_hints() -> None:
    request = read("openrouter")
    assert request.messages[0].parts == (Text("A long book.", CacheHint("1h")),)
    assert request.messages[2].parts == (
        Reasoning("Because of the question.", "EqQBCg==", id="r1", format="anthropic-claude-v1"),
        Reasoning(redacted="gAAAAA==", format="anthropic-claude-v1"),
        Reasoning("It thought.", redacted="enc==", id="rs_1", summary=True, format="openai-responses-v1"),
        Text("42"),
    )
    assert request.reasoning == ReasoningOptions(budget_tokens=2000, include=True)
    assert request.user == "s-9"
    assert request.extra["openai_chat"]["provider"] == {"order": ["anthropic"]}


@pytest.mark.parametrize("name", names("requests"))
def test_recorded_requests_survive_their_own_dialect(name: str) -> None:
    request = DIALECT.read_request(load(f"requests/{name}"))
    full = OpenAIChat(
        WireOptions(reasoning_field="reasoning", thoughts="details", cache_hints=True, google_extras=True)
    )
    # Whoever declared functions, a provider is told of tools.
    assert full.read_request(full.write_request(request).body) == msgspec.structs.replace(request, functions=False)


@pytest.mark.parametrize("name", ["text", "tools", "legacy_functions", "json_schema"])
def test_openai_own_type_takes_what_we_write(name: str) -> None:
    body = write(read(name), thoughts="none")
    TypeAdapter(CompletionCreateParamsBase).validate_python(body)
    assert not body.keys() - CompletionCreateParamsBase.__annotations__.keys() - {"stream", "stream_options"}


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("model", {"model": None}),
        ("model", {"model": 7}),
        ("messages", {"messages": None}),
        ("messages", {"messages": "hi"}),
        ("messages.0", {"messages": ["hi"]}),
        ("messages.0.role", {"messages": [{"content": "hi"}]}),
        ("messages.0.role", {"messages": [{"role": "robot", "content": "hi"}]}),
        ("messages.0.content", {"messages": [{"role": "user", "content": 5}]}),
        ("messages.0.content.0.type", {"messages": [{"role": "user", "content": [{"text": "x"}]}]}),
        (
            "messages.0.content.1.text",
            {"messages": [{"role": "user", "content": [{"type": "text", "text": ""}, {"type": "text"}]}]},
        ),
        (
            "messages.0.content.0.image_url.url",
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": 5}}]}]},
        ),
        ("messages.0.content.0.image_url", {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}),
        ("messages.0.content.0.input_audio", {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}),
        (
            "messages.0.content.0.file.file_data",
            {"messages": [{"role": "user", "content": [{"type": "file", "file": {}}]}]},
        ),
        ("messages.0.tool_call_id", {"messages": [{"role": "tool", "content": "x"}]}),
        ("messages.0.content.0", {"messages": [{"role": "tool", "tool_call_id": "a", "content": [{"type": "video"}]}]}),
        (
            "messages.0.tool_calls.0.id",
            {"messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": ""}}]}]},
        ),
        (
            "messages.0.tool_calls.0.function.arguments",
            {
                "messages": [
                    {"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": {}}}]}
                ]
            },
        ),
        ("messages.0.reasoning_details", {"messages": [{"role": "assistant", "reasoning_details": [5]}]}),
        ("temperature", {"temperature": "hot"}),
        ("max_tokens", {"max_tokens": True}),
        ("max_tokens", {"max_tokens": 1.5}),
        ("stream", {"stream": "yes"}),
        ("stop.1", {"stop": ["a", 1]}),
        ("logit_bias.5", {"logit_bias": {"5": "x"}}),
        ("tools.0.function", {"tools": [{"type": "function"}]}),
        ("tools.0.function.name", {"tools": [{"type": "function", "function": {}}]}),
        ("tools.0.function.parameters", {"tools": [{"type": "function", "function": {"name": "f", "parameters": []}}]}),
        ("tool_choice", {"tool_choice": "maybe"}),
        ("tool_choice.function", {"tool_choice": {"type": "function"}}),
        (
            "tool_choice.allowed_tools.mode",
            {"tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "x", "tools": []}}},
        ),
        ("response_format.type", {"response_format": {"type": "xml"}}),
        ("response_format.json_schema", {"response_format": {"type": "json_schema"}}),
        ("reasoning_effort", {"reasoning_effort": "huge"}),
        ("metadata.a", {"metadata": {"a": 1}}),
    ],
)
def test_wrong_types_are_named_by_their_path(path: str, change: dict[str, Any]) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], **change}
    with pytest.raises(InvalidInput) as raised:
        DIALECT.read_request(msgspec.json.encode(body))
    assert [field.field for field in raised.value.fields] == [path]
    assert (
        "must" in raised.value.message or "required" in raised.value.message or "name the model" in raised.value.message
    )


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b'{"model":"\xff"}', b'{"a":' + b"[" * 100_000])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        DIALECT.read_request(body)


@pytest.mark.parametrize(
    ("wire", "choice"),
    [
        ("auto", ToolChoice("auto")),
        ("any", ToolChoice("required")),
        (
            {
                "type": "allowed_tools",
                "allowed_tools": {"mode": "auto", "tools": [{"type": "function", "function": {"name": "f"}}]},
            },
            ToolChoice("auto", ("f",)),
        ),
        ({"type": "custom", "custom": {"name": "grep"}}, None),
    ],
)
def test_tool_choices(wire: Any, choice: ToolChoice | None) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "x"}], "tool_choice": wire}
    request = DIALECT.read_request(msgspec.json.encode(body))
    assert request.tool_choice == choice
    if choice is None:
        assert request.extra == {"openai_chat": {"tool_choice": wire}}


def test_nulls_count_as_absent() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
    nulls = dict.fromkeys(
        ["temperature", "stop", "tools", "tool_choice", "stream", "stream_options", "metadata", "foo"]
    )
    assert DIALECT.read_request(msgspec.json.encode({**body, **nulls})) == DIALECT.read_request(
        msgspec.json.encode(body)
    )


def test_texts_are_taken_as_they_are() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": " \n x \u00a0"}]}
    assert DIALECT.read_request(msgspec.json.encode(body)).messages[0].parts == (Text(" \n x \u00a0"),)


@pytest.mark.parametrize(
    ("url", "media"),
    [
        ("data:image/png;base64,QQ==", Media(data="QQ==", media_type="image/png")),
        ("DATA:image/png;BASE64,QQ==", Media(data="QQ==", media_type="image/png")),
        ("data:;base64,QQ==", Media(data="QQ==")),
        ("data:image/svg+xml,%3Csvg%3E", Media(url="data:image/svg+xml,%3Csvg%3E")),
        ("data:broken", Media(url="data:broken")),
        ("https://x/data:y;base64,z", Media(url="https://x/data:y;base64,z")),
    ],
)
def test_only_base64_data_urls_hold_bytes(url: str, media: Media) -> None:
    for image in ({"url": url}, url):  # the latter is Mistral's
        part = {"type": "image_url", "image_url": image}
        body = {"model": "m", "messages": [{"role": "user", "content": [part]}]}
        assert DIALECT.read_request(msgspec.json.encode(body)).messages[0].parts == (Image(media),)


def test_openais_own_hint_for_its_cache() -> None:
    part = {"type": "text", "text": "x", "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "30m"}}
    body = {"model": "m", "messages": [{"role": "user", "content": [part]}]}
    assert DIALECT.read_request(msgspec.json.encode(body)).messages[0].parts == (Text("x", CacheHint()),)


def test_the_longer_name_of_the_limit_wins() -> None:
    body = {"model": "m", "messages": [{"role": "user"}], "max_tokens": 5, "max_completion_tokens": 9}
    assert DIALECT.read_request(msgspec.json.encode(body)).sampling.max_tokens == 9
