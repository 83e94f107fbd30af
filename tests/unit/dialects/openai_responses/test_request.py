"""Requests: what clients send, and what is sent to providers."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.core.chat import (
    Audio,
    AudioOptions,
    CacheHint,
    ChatRequest,
    Citation,
    File,
    Image,
    Media,
    Message,
    Opaque,
    Reasoning,
    ReasoningOptions,
    Refusal,
    ResponseFormat,
    Sampling,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.openai_responses import BINDING, DIALECT

from .fixture import load, names, parsed

NAME = "openai_responses"
HI = Message("user", (Text("Hi"),))


def read(**fields: Any) -> ChatRequest:
    return DIALECT.read_request(msgspec.json.encode({"model": "m", "input": "Hi", **fields}))


def recorded(name: str) -> ChatRequest:
    return DIALECT.read_request(load(f"requests/{name}.json"))


def write(*messages: Message, **fields: Any) -> Any:
    return msgspec.json.decode(DIALECT.write_request(ChatRequest(model="m", messages=messages or (HI,), **fields)).body)


def dropped(*messages: Message, **fields: Any) -> tuple[str, ...]:
    return DIALECT.write_request(ChatRequest(model="m", messages=messages or (HI,), **fields)).dropped


@pytest.mark.parametrize("name", names("requests"))
def test_what_is_written_reads_alike(name: str) -> None:
    request = DIALECT.read_request(load(f"requests/{name}"))
    written = DIALECT.write_request(request)
    assert set(written.dropped) <= {"cache"}
    again = DIALECT.read_request(written.body)
    assert again == _without_hints(request)


def _without_hints(request: ChatRequest) -> ChatRequest:
    """Breakpoints of the cache are read and never written."""
    messages = tuple(
        msgspec.structs.replace(
            message,
            parts=tuple(
                Text(part.text) if isinstance(part, Text) and part.cache is not None else part for part in message.parts
            ),
        )
        for message in request.messages
    )
    return msgspec.structs.replace(request, messages=messages)


def test_a_string_is_what_the_user_says() -> None:
    assert recorded("plain").messages == (
        Message("user", (Text("Tell me a three sentence bedtime story about a unicorn."),)),
    )


def test_many_turns() -> None:
    request = recorded("instructions_multi_turn")
    assert request.messages == (
        Message("system", (Text("You are terse."),)),
        Message("system", (Text("Answer in German."),)),
        Message("user", (Text("knock knock."),)),
        Message("assistant", (Text("Who's there?"),)),
        Message("user", (Text("Orange."),)),
    )
    assert request.sampling == Sampling(max_tokens=200, temperature=0.7, top_p=0.9)
    assert (request.user, request.service_tier, request.store) == ("u_1", "auto", False)
    assert request.metadata == {"topic": "jokes"}
    assert request.extra == {NAME: {"truncation": "auto"}}
    assert not request.stream
    assert not request.stream_usage


def test_a_turn_of_the_model_is_one_message() -> None:
    request = recorded("tools_round_trip")
    assert [message.role for message in request.messages] == ["user", "assistant", "tool", "tool", "assistant", "user"]
    thought = Reasoning(
        "**Looking things up**",
        signature="gAAAAABpIMzQm3Q3vHf0yq1Gq5u0kz3cO1dYqkYw==",
        id="rs_68af4030592c81938ec0a5fbab4a3e9f05438e46b5f69a3b",
        summary=True,
        format="openai-responses-v1",
    )
    assert request.messages[1].parts == (
        thought,
        ToolCall("call_dFqAVVd9bzHJlTGhE7cX4UFZ", "get_weather", '{"city":"Rome"}'),
        ToolCall("call_Wx", "get_time", "{}"),
    )
    assert request.messages[2].parts == (ToolResult("call_dFqAVVd9bzHJlTGhE7cX4UFZ", (Text('{"celsius":21}'),)),)
    result = request.messages[3].parts[0]
    assert isinstance(result, ToolResult)
    assert [type(part) for part in result.parts] == [Text, Image]
    assert request.messages[4].parts == (Text("21 degrees at noon."), Refusal("No more than that."))
    assert request.tools[1] == Tool("get_time", parameters={"type": "object", "properties": {}}, strict=False)
    assert request.tool_choice == ToolChoice("required", ("get_weather",))
    assert request.parallel_tools is False
    assert request.reasoning == ReasoningOptions(effort="low", summary="auto")
    assert request.extra == {}  # sealed thoughts are always asked for


def test_media() -> None:
    parts = recorded("media").messages[0].parts
    assert parts[0] == Text("What are these?", cache=CacheHint())
    assert parts[1] == Image(Media(url="https://example.com/cat.jpg"), "high")
    assert isinstance(parts[2], Image)
    assert parts[2].media.media_type == "image/png"
    assert parts[3] == Image(Media(file_id="file-6F2ksmvXxt4VdoqmHRw6kL"))
    detail: Any = {NAME: {"detail": "low"}}
    assert parts[4] == File(Media(data="JVBERi0xLjQ=", media_type="application/pdf", extra=detail), name="a.pdf")
    assert parts[5] == File(Media(url="https://www.berkshirehathaway.com/letters/2024ltr.pdf"))
    assert parts[6] == File(Media(file_id="file-abc"))
    assert parts[7] == Audio(Media(data="UklGRiQAAABXQVZF", media_type="audio/wav"))


def test_bare_base64_is_a_file_too() -> None:
    content = [{"type": "input_file", "filename": "a.pdf", "file_data": "JVBERi0xLjQ="}]
    request = read(input=[{"role": "user", "content": content}])
    assert request.messages[0].parts == (File(Media(data="JVBERi0xLjQ="), name="a.pdf"),)


def test_structured_output_and_the_rest() -> None:
    request = recorded("json_schema")
    assert request.response_format is not None
    assert (request.response_format.kind, request.response_format.name) == ("json_schema", "event")
    assert request.response_format.strict is True
    assert request.sampling == Sampling(logprobs=True, top_logprobs=2)
    assert request.stream
    assert request.stream_usage  # streams of this wire always tell it
    assert request.user == "hash_1"
    assert request.extra == {
        NAME: {
            "stream_options": {"include_obfuscation": False},
            "text": {"verbosity": "low"},
            "include": ["file_search_call.results"],
            "safety_identifier": "hash_1",
            "prompt_cache_key": "k",
            "prompt_cache_retention": "24h",
        }
    }


def test_what_only_this_wire_knows_is_opaque() -> None:
    request = recorded("built_in_tools")
    wire = parsed("requests/built_in_tools.json")
    opaque = [part.value for message in request.messages for part in message.parts if isinstance(part, Opaque)]
    assert opaque == wire["input"][:5]
    assert [message.role for message in request.messages] == ["assistant", "user", "user", "assistant", "user"]
    picture = request.messages[3].parts[0]
    assert isinstance(picture, Image)
    assert picture.media.extra == {NAME: {"id": "ig_123"}}
    extra = request.extra[NAME]
    assert extra["tools"] == wire["tools"][:-1]
    assert extra["tool_choice"] == wire["tool_choice"]
    assert {"tools", "tool_choice", "previous_response_id"} <= BINDING
    assert [tool.name for tool in request.tools] == ["get_weather"]
    body = msgspec.json.decode(DIALECT.write_request(request).body)
    assert body["input"] == [*wire["input"][:6], {"role": "user", "content": "Go on."}]
    assert body["tool_choice"] == wire["tool_choice"]
    assert body["previous_response_id"] == wire["previous_response_id"]


def test_messages_stand_in_for_input() -> None:
    """Clients of chat completions that took this address by mistake are understood."""
    request = read(input=None, messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}])
    assert request.messages == (Message("system", (Text("Be brief."),)), HI)
    assert "messages" not in request.extra.get(NAME, {})


def test_state_may_stand_for_input() -> None:
    request = recorded("prompt_template")
    assert request.messages == ()
    body = msgspec.json.decode(DIALECT.write_request(request).body)
    assert body == parsed("requests/prompt_template.json")


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"model": None}, "model"),
        ({"model": ""}, "model"),
        ({"input": None}, "input"),
        ({"input": []}, "input"),
        ({"input": 3}, "input"),
        ({"input": [], "instructions": "Be."}, "input"),
        ({"instructions": 3}, "instructions"),
        ({"input": ["x"]}, "input.0"),
        ({"input": [{}]}, "input.0.type"),
        ({"input": [{"role": "tool", "content": "x"}]}, "input.0.role"),
        ({"input": [{"role": "user", "content": 3}]}, "input.0.content"),
        ({"input": [{"role": "user", "content": [{"type": "image_url"}]}]}, "input.0.content.0.type"),
        ({"input": [{"role": "user", "content": [{"text": "x"}]}]}, "input.0.content.0.type"),
        ({"input": [{"role": "user", "content": [{"type": "input_text"}]}]}, "input.0.content.0.text"),
        ({"input": [{"role": "user", "content": [{"type": "input_image"}]}]}, "input.0.content.0.image_url"),
        (
            {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": {"url": "x"}}]}]},
            "input.0.content.0.image_url",
        ),
        ({"input": [{"role": "user", "content": [{"type": "input_file"}]}]}, "input.0.content.0.file_url"),
        ({"input": [{"role": "user", "content": [{"type": "input_audio"}]}]}, "input.0.content.0.input_audio"),
        ({"input": [{"type": "function_call", "name": "f"}]}, "input.0.call_id"),
        ({"input": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": {}}]}, "input.0.arguments"),
        ({"input": [{"type": "function_call_output", "output": "x"}]}, "input.0.call_id"),
        (
            {
                "input": [
                    {"type": "function_call_output", "call_id": "c", "output": [{"type": "refusal", "refusal": "x"}]}
                ]
            },
            "input.0.output.0",
        ),
        ({"input": [{"type": "reasoning", "id": "rs_1", "summary": ["x"]}]}, "input.0.summary.0"),
        ({"tools": [{"name": "f"}]}, "tools.0.type"),
        ({"tools": [{"type": "function"}]}, "tools.0.name"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools.0.name"),
        ({"tools": [{"type": "function", "name": "f", "parameters": "x"}]}, "tools.0.parameters"),
        ({"tool_choice": "any"}, "tool_choice"),
        ({"tool_choice": {"type": "function"}}, "tool_choice.name"),
        ({"tool_choice": {"type": "allowed_tools", "mode": "none", "tools": []}}, "tool_choice.mode"),
        ({"text": {"format": {"type": "xml"}}}, "text.format.type"),
        ({"text": {"format": {"type": "json_schema", "name": "x"}}}, "text.format.schema"),
        ({"text": {"format": {"type": "json_schema", "schema": {}}}}, "text.format.name"),
        ({"reasoning": {"effort": "huge"}}, "reasoning.effort"),
        ({"include": "x"}, "include"),
        ({"include": [3]}, "include.0"),
        ({"max_output_tokens": "9"}, "max_output_tokens"),
        ({"temperature": "hot"}, "temperature"),
        ({"stream": "yes"}, "stream"),
        ({"metadata": {"a": 1}}, "metadata.a"),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(**fields)
    assert [field.field for field in caught.value.fields] == [path]
    assert not isinstance(caught.value, Unsupported)


def test_thoughts_of_others_come_back_to_them() -> None:
    made_up = "rs_msg_01_0"
    item = {
        "type": "reasoning",
        "id": made_up,
        "summary": [],
        "content": [{"type": "reasoning_text", "text": "Two and two."}],
        "encrypted_content": "anthropic-claude-v1:EpIB",
    }
    parts = read(input=[item]).messages[0].parts
    assert parts == (Reasoning("Two and two.", signature="EpIB", format="anthropic-claude-v1"),)
    sealed = {"type": "reasoning", "id": made_up, "summary": [], "encrypted_content": "anthropic-claude-v1:EpIB"}
    assert read(input=[sealed]).messages[0].parts == (Reasoning(redacted="EpIB", format="anthropic-claude-v1"),)
    # What OpenAI did not seal it does not take.
    for thought in (*parts, Reasoning("Two and two."), Reasoning("x", signature="sig")):
        turn = Message("assistant", (thought, Text("4")))
        assert write(HI, turn)["input"][1:] == [{"role": "assistant", "content": "4"}]
        assert dropped(HI, turn) == ("reasoning",)


def test_thoughts_of_one_item_stay_together() -> None:
    ours = "openai-responses-v1"
    turn = Message(
        "assistant",
        (
            Reasoning("a", id="rs_1", summary=True),
            Reasoning("b", id="rs_1", summary=True, signature="S", format=ours),
            Reasoning(redacted="R", id="rs_2", format=ours),
            Reasoning(id="rs_3"),
        ),
    )
    assert write(HI, turn)["input"][1:] == [
        {
            "id": "rs_1",
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "a"}, {"type": "summary_text", "text": "b"}],
            "encrypted_content": "S",
        },
        {"id": "rs_2", "type": "reasoning", "summary": [], "encrypted_content": "R"},
        {"id": "rs_3", "type": "reasoning", "summary": []},
    ]


def test_the_system_speaks_first() -> None:
    system = Message("system", (Text("Be terse."),))
    body = write(system, HI, system)
    assert body["instructions"] == "Be terse."
    assert [item["role"] for item in body["input"]] == ["user", "system"]
    both = Message("system", (Text("a"), Text("b")))
    body = write(both, HI)
    assert "instructions" not in body
    assert body["input"][0] == {
        "role": "system",
        "content": [{"type": "input_text", "text": "a"}, {"type": "input_text", "text": "b"}],
    }
    assert write(system)["input"] == [{"role": "system", "content": "Be terse."}]  # no call is without input


def test_a_function_is_strict_only_if_it_says_so() -> None:
    assert write(tools=(Tool("f"),))["tools"] == [
        {"type": "function", "name": "f", "parameters": None, "strict": False}
    ]
    assert write(tools=(Tool("f", strict=True),))["tools"][0]["strict"] is True


def test_choices_of_tools() -> None:
    tools = (Tool("f"), Tool("g"))
    assert write(tools=tools, tool_choice=ToolChoice("required", ("f",)))["tool_choice"] == {
        "type": "function",
        "name": "f",
    }
    assert write(tools=tools, tool_choice=ToolChoice("auto", ("f",)))["tool_choice"] == {
        "type": "allowed_tools",
        "mode": "auto",
        "tools": [{"type": "function", "name": "f"}],
    }
    assert "parallel_tool_calls" not in write(parallel_tools=False)


@pytest.mark.parametrize(
    ("options", "wire", "names"),
    [
        (ReasoningOptions(effort="high", summary="detailed"), {"effort": "high", "summary": "detailed"}, ()),
        (ReasoningOptions(enabled=False), {"effort": "none"}, ()),
        (ReasoningOptions(enabled=True), {"effort": "medium"}, ()),
        (ReasoningOptions(enabled=True, budget_tokens=1024), {"effort": "low"}, ("reasoning.budget_tokens",)),
        (ReasoningOptions(budget_tokens=32_000), {"effort": "high"}, ("reasoning.budget_tokens",)),
        (ReasoningOptions(effort="high", include=True), {"effort": "high", "summary": "auto"}, ()),
        (ReasoningOptions(effort="low", summary="auto", include=False), {"effort": "low"}, ()),
    ],
)  # fmt: skip
def test_reasoning(options: ReasoningOptions, wire: Any, names: tuple[str, ...]) -> None:
    body = write(reasoning=options)
    assert body["reasoning"] == wire
    assert ("include" in body) == (wire["effort"] != "none")
    assert dropped(reasoning=options) == names


def test_json_schema_has_what_the_wire_demands() -> None:
    body = write(response_format=ResponseFormat("json_schema"))
    assert body["text"] == {"format": {"type": "json_schema", "name": "response", "schema": {}}}
    assert write(response_format=ResponseFormat("json"))["text"] == {"format": {"type": "json_object"}}


@pytest.mark.parametrize(
    ("message", "fields", "path"),
    [
        (HI, {"sampling": Sampling(n=2)}, "n"),
        (HI, {"sampling": Sampling(stop=("x",))}, "stop"),
        (HI, {"modalities": ("text", "audio")}, "modalities"),
        (HI, {"tool_choice": ToolChoice("required")}, "tool_choice"),
        (Message("user", (Audio(Media(url="https://x/a.wav")),)), {}, "messages.0.parts.0"),
        (Message("user", (Text("a"), Opaque("gemini", {}))), {}, "messages.0.parts.1"),
        (Message("assistant", (File(Media(file_id="x")),)), {}, "messages.0.parts.0"),
        (Message("tool", (Text("a"),)), {}, "messages.0.parts.0"),
    ],
)
def test_what_would_change_the_answer_is_refused(message: Message, fields: dict[str, Any], path: str) -> None:
    with pytest.raises(Unsupported) as caught:
        write(message, **fields)
    assert caught.value.fields[0].field == path


def test_what_is_harmless_is_dropped() -> None:
    turn = Message(
        "assistant",
        (
            Text("a", cache=CacheHint(), signature="s", citations=(Citation(title="no address"),)),
            Opaque("anthropic_messages", {"type": "server_tool_use"}),
            Audio(Media(file_id="a"), id="a", transcript="Hello."),
            ToolCall("c", "f", signature="s"),
        ),
        name="bot",
    )
    result = Message("tool", (ToolResult("c", (Text("x"),), name="f", is_error=True),))
    document = Message("user", (File(Media(data="JVBERi0=", media_type="application/pdf"), title="t"),))
    sampling = Sampling(top_k=1, min_p=0.1, seed=1, frequency_penalty=1, logit_bias={"1": 1.0})
    assert dropped(
        turn,
        result,
        document,
        sampling=sampling,
        audio=AudioOptions("alloy", "wav"),
        tools=(Tool("f", cache=CacheHint(), extra={"gemini": {"behavior": "x"}}),),
        extra={"openai_chat": {"verbosity": "low"}},
    ) == (
        "audio",
        "cache",
        "citations",
        "extra.verbosity",
        "file.title",
        "frequency_penalty",
        "logit_bias",
        "min_p",
        "name",
        "opaque",
        "seed",
        "signature",
        "tool.behavior",
        "tool_result.is_error",
        "top_k",
    )
    body = write(turn, result, document)
    assert body["input"][:3] == [
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "a", "annotations": []}],
        },
        {"role": "assistant", "content": "Hello."},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
    ]
    assert body["input"][4]["content"][0]["filename"] == "document"


def test_a_picture_that_another_model_made_is_shown() -> None:
    turn = Message("assistant", (Text("Here."), Image(Media(data="iVBO", media_type="image/png"))))
    assert write(HI, turn)["input"][2] == {
        "role": "user",
        "content": [{"type": "input_image", "image_url": "data:image/png;base64,iVBO"}],
    }


def test_proofs_of_google_travel_with_the_call() -> None:
    item = {
        "type": "function_call",
        "call_id": "c",
        "name": "f",
        "arguments": "{}",
        "extra_content": {"google": {"thought_signature": "Cg=="}},
    }
    assert read(input=[item]).messages[0].parts == (ToolCall("c", "f", "{}", signature="Cg=="),)
