"""Requests as Ollama's clients send them, and as its servers get them."""

from __future__ import annotations

import msgspec
import pytest

from trunkline.core.chat import (
    Audio,
    AudioOptions,
    CacheHint,
    ChatRequest,
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
from trunkline.dialects.ollama import DIALECT

from .fixture import PNG, fixture, names


def read(name: str) -> ChatRequest:
    return DIALECT.read_request(fixture(f"requests/{name}.json"))


def write(*messages: Message, **fields: object) -> dict:
    return msgspec.json.decode(DIALECT.write_request(ChatRequest(model="m", messages=messages, **fields)).body)


def dropped(*messages: Message, **fields: object) -> set[str]:
    return set(DIALECT.write_request(ChatRequest(model="m", messages=messages, **fields)).dropped)


ASK = Message("user", (Text("Hi"),))


@pytest.mark.parametrize("name", names("requests"))
def test_every_recorded_request_survives_reading_and_writing(name: str) -> None:
    request = DIALECT.read_request(fixture(name))
    assert DIALECT.read_request(DIALECT.write_request(request).body) == request


def test_streaming_is_what_happens_unless_refused() -> None:
    assert read("text") == ChatRequest(
        model="llama3.2",
        messages=(Message("user", (Text("why is the sky blue?"),)),),
        stream=True,
        stream_usage=True,
    )
    assert read("history_options").stream is False
    assert write(ASK) == {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": False}


def test_options_that_others_know_are_sampling_and_the_rest_stays() -> None:
    request = read("history_options")
    assert [message.role for message in request.messages] == ["system", "user", "assistant", "user"]
    assert request.sampling == Sampling(
        max_tokens=100,
        temperature=0.0,
        top_p=0.9,
        top_k=20,
        min_p=0.05,
        seed=42,
        stop=("\n", "user:"),
        repetition_penalty=1.2,
        presence_penalty=1.5,
        frequency_penalty=1.0,
        logprobs=True,
        top_logprobs=2,
    )
    assert request.extra == {"ollama": {"keep_alive": "10m", "options": {"num_ctx": 1024, "mirostat": 1}}}
    body = msgspec.json.decode(DIALECT.write_request(request).body)
    assert body == msgspec.json.decode(fixture("requests/history_options.json"))


def test_whole_numbers_may_be_written_as_floats() -> None:
    body = b'{"model":"m","options":{"top_k":40.0,"seed":7.0,"num_predict":-2.0}}'
    request = DIALECT.read_request(body)
    assert request.sampling == Sampling(top_k=40, seed=7)
    assert request.extra == {"ollama": {"options": {"num_predict": -2}}}


def test_a_limit_without_end_is_no_limit() -> None:
    request = read("schema")
    assert request.sampling == Sampling(stop=("x",))
    assert request.extra == {"ollama": {"options": {"num_predict": -1}}}
    assert request.response_format is not None
    assert request.response_format.kind == "json_schema"


def test_json_thinking_and_unknown_fields() -> None:
    request = read("json")
    assert request.response_format == ResponseFormat("json")
    assert request.reasoning == ReasoningOptions(effort="high")
    assert request.extra == {"ollama": {"keep_alive": -1, "truncate": False}}


def test_pictures_get_their_media_type_from_their_first_bytes() -> None:
    assert read("images").messages[0].parts == (
        Text("what is in this image?"),
        Image(Media(data=PNG, media_type="image/png")),
        Image(Media(data="AAAA")),
    )


def test_calls_and_results_find_each_other() -> None:
    request = read("tools")
    assert request.messages[1:] == (
        Message(
            "assistant",
            (
                Reasoning("I look it up."),
                ToolCall("call_0_get_weather", "get_weather", '{"city":"Paris"}'),
                ToolCall("call_x", "get_weather", '{"city":"Oslo"}'),
            ),
        ),
        Message("tool", (ToolResult("call_0_get_weather", (Text("18 °C"),), name="get_weather"),)),
        Message("tool", (ToolResult("call_x", (Text("4 °C"),), name="get_weather"),)),
    )
    assert request.reasoning == ReasoningOptions(enabled=True)


def test_a_result_without_any_name_answers_the_oldest_open_call() -> None:
    body = {
        "model": "m",
        "messages": [
            {"role": "assistant", "tool_calls": [{"function": {"name": "a"}}, {"function": {"name": "b"}}]},
            {"role": "tool", "content": "1"},
            {"role": "tool", "content": "2"},
            {"role": "tool", "content": "3"},
        ],
    }
    results = [message.parts[0] for message in DIALECT.read_request(msgspec.json.encode(body)).messages[1:]]
    assert [(part.call_id, part.name) for part in results] == [
        ("call_0_a", "a"),
        ("call_1_b", "b"),
        ("call_2_tool", None),
    ]


def test_a_result_is_a_message_of_its_own_and_named() -> None:
    messages = write(
        ASK,
        Message("assistant", (ToolCall("a", "f", ""), ToolCall("b", "g", '{"x":1}'))),
        Message("tool", (ToolResult("a", (Text("one"), Text("two"))), ToolResult("b", (Text("3"),), is_error=True))),
    )["messages"]
    assert messages[1:] == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {"id": "a", "function": {"name": "f", "arguments": {}}},
                {"id": "b", "function": {"name": "g", "arguments": {"x": 1}}},
            ],
        },
        {"role": "tool", "content": "one\ntwo", "tool_name": "f", "tool_call_id": "a"},
        {"role": "tool", "content": "3", "tool_name": "g", "tool_call_id": "b"},
    ]


def test_texts_are_joined_and_thoughts_stand_apart() -> None:
    message = Message("assistant", (Reasoning("A"), Reasoning("B", "sig"), Text("C"), Refusal("D")))
    assert write(message)["messages"] == [{"role": "assistant", "content": "C\nD", "thinking": "A\nB"}]
    assert dropped(message) == {"reasoning.signature"}
    assert dropped(Message("assistant", (Text("A", signature="s"),))) == {"signature"}
    assert dropped(Message("assistant", (ToolCall("a", "f", signature="s"),))) == {"signature"}
    assert dropped(Message("tool", (ToolResult("a", is_error=True),))) == {"tool_result.is_error"}


@pytest.mark.parametrize(
    ("options", "think"),
    [
        (ReasoningOptions(enabled=True), True),
        (ReasoningOptions(enabled=False), False),
        (ReasoningOptions(effort="none"), False),
        (ReasoningOptions(effort="minimal"), "low"),
        (ReasoningOptions(effort="medium"), "medium"),
        (ReasoningOptions(effort="max"), "high"),
        (ReasoningOptions(budget_tokens=1024), True),
        (ReasoningOptions(budget_tokens=0), False),
        (ReasoningOptions(include=True), None),
    ],
)
def test_how_much_to_think(options: ReasoningOptions, think: bool | str | None) -> None:
    assert write(ASK, reasoning=options).get("think") == think


def test_the_choice_among_tools_is_made_by_leaving_tools_out() -> None:
    tools = (Tool("f", "does f"), Tool("g", parameters={"type": "object"}))
    empty = {"type": "object", "properties": {}}
    f = {"type": "function", "function": {"name": "f", "description": "does f", "parameters": empty}}
    g = {"type": "function", "function": {"name": "g", "parameters": {"type": "object"}}}
    assert write(ASK, tools=tools)["tools"] == [f, g]
    assert write(ASK, tools=tools, tool_choice=ToolChoice("auto", ("g",)))["tools"] == [g]
    assert "tools" not in write(ASK, tools=tools, tool_choice=ToolChoice("none"))


def test_what_is_harmless_to_leave_out_is_listed() -> None:
    names = dropped(
        Message("user", (Text("Hi", cache=CacheHint()), Image(Media(data=PNG), "low")), "Ann"),
        Message("assistant", (Opaque("gemini", {}), Audio(Media(file_id="a"), transcript="Yes"))),
        tools=(Tool("f", strict=True, cache=CacheHint(), extra={"anthropic_messages": {"defer": True}}),),
        parallel_tools=False,
        sampling=Sampling(logit_bias={"5": 1.0}, n=1),
        reasoning=ReasoningOptions(budget_tokens=9, summary="auto", include=False),
        response_format=ResponseFormat("json_schema", "n", "about", {"type": "object"}),
        modalities=("text",),
        audio=AudioOptions("alloy"),
        user="u",
        metadata={"a": "b"},
        service_tier="flex",
        store=True,
        extra={"gemini": {"safetySettings": []}},
    )
    assert names == {
        "cache",
        "detail",
        "name",
        "opaque",
        "audio",
        "tools.strict",
        "tools.extra.defer",
        "parallel_tools",
        "logit_bias",
        "reasoning.budget_tokens",
        "reasoning.summary",
        "reasoning.include",
        "response_format.description",
        "user",
        "metadata",
        "service_tier",
        "store",
        "extra.safetySettings",
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"sampling": Sampling(n=2)}, "n"),
        ({"tool_choice": ToolChoice("required")}, "tool_choice"),
        ({"modalities": ("text", "audio")}, "modalities"),
    ],
)
def test_what_would_change_the_answer_is_refused_by_name(fields: dict, field: str) -> None:
    with pytest.raises(Unsupported) as caught:
        write(ASK, **fields)
    assert caught.value.fields[0].field == field


@pytest.mark.parametrize(
    ("part", "field"),
    [
        (Image(Media(url="https://example.com/a.png")), "messages.0.parts.1.media"),
        (File(Media(data=PNG)), "messages.0.parts.1"),
        (Audio(Media(data=PNG)), "messages.0.parts.1"),
        (Opaque("gemini", {}), "messages.0.parts.1"),
    ],
)
def test_parts_that_ollama_does_not_take_are_refused(part: Image, field: str) -> None:
    with pytest.raises(Unsupported) as caught:
        write(Message("user", (Text("See"), part)))
    assert caught.value.fields[0].field == field


def test_arguments_that_are_no_object_are_refused_by_name() -> None:
    with pytest.raises(InvalidInput) as caught:
        write(ASK, Message("assistant", (ToolCall("a", "f", "[1]"),)))
    assert caught.value.fields[0].field == "messages.1.parts.0.arguments"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", ""),
        (b"[]", ""),
        (b'{"a":"\xff"}', ""),
        (b"[" * 100_000, ""),
        (b'{"messages":[]}', "model"),
        (b'{"model":"","messages":[]}', "model"),
        (b'{"model":"m","messages":{}}', "messages"),
        (b'{"model":"m","messages":[{"role":"x"}]}', "messages.0.role"),
        (b'{"model":"m","messages":[{"role":"user","content":[]}]}', "messages.0.content"),
        (b'{"model":"m","messages":[{"role":"user","images":[5]}]}', "messages.0.images.0"),
        (b'{"model":"m","messages":[{"role":"assistant","tool_calls":[{"function":{}}]}]}',
         "messages.0.tool_calls.0.function.name"),
        (b'{"model":"m","options":{"temperature":"hot"}}', "options.temperature"),
        (b'{"model":"m","options":{"stop":[1]}}', "options.stop.0"),
        (b'{"model":"m","format":"xml"}', "format"),
        (b'{"model":"m","think":"much"}', "think"),
        (b'{"model":"m","tools":[{"type":"function"}]}', "tools.0.function"),
        (b'{"model":"m","options":{"top_k":1.5}}', "options.top_k"),
        (b'{"model":"m","stream":"yes"}', "stream"),
    ],
)  # fmt: skip
def test_a_wrong_request_names_its_field(body: bytes, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        DIALECT.read_request(body)
    assert caught.value.fields[0].field == field


@pytest.mark.parametrize("dialect", ["openai_chat", "anthropic_messages", "openai_responses"])
def test_clients_of_every_dialect_may_say_what_only_ollama_knows(dialect: str) -> None:
    said = {"num_ctx": 8192, "options": {"num_gpu": 1}, "keep_alive": "1m", "think": "low", "prediction": {}}
    request = ChatRequest(model="m", messages=(Message("user", (Text("Hi"),)),), extra={dialect: said})
    written = DIALECT.write_request(request)
    wire = msgspec.json.decode(written.body)
    assert wire["options"] == {"num_ctx": 8192, "num_gpu": 1}
    assert (wire["keep_alive"], wire["think"]) == ("1m", "low")
    assert written.dropped == ("extra.prediction",)
