"""Requests as clients of the Gemini API send them, and as providers get them."""

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
from trunkline.dialects.gemini import DIALECT

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


def test_the_model_and_streaming_stand_in_the_url() -> None:
    request = read("text")
    assert request == ChatRequest(model="", messages=(Message("user", (Text("Why is the sky blue?"),)),))
    assert write(ASK, stream=True) == {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}


def test_system_turns_and_sampling() -> None:
    request = read("system_multi_turn")
    assert [message.role for message in request.messages] == ["system", "user", "assistant", "user"]
    assert request.messages[0].parts == (Text("Answer briefly."), Text("In English."))
    assert request.sampling == Sampling(
        max_tokens=256,
        temperature=0.7,
        top_p=0.95,
        top_k=40,
        stop=("END", "\n\n"),
        n=2,
        seed=42,
        presence_penalty=0.1,
        frequency_penalty=-0.2,
        logprobs=True,
        top_logprobs=3,
    )


def test_snake_case_lone_objects_nulls_and_whole_floats_are_accepted() -> None:
    request = read("snake_case")
    assert request.messages == (
        Message("system", (Text("Answer briefly."),)),
        Message("user", (Image(Media(data=PNG, media_type="image/png")), Text("What is this?"))),
    )
    assert request.sampling == Sampling(max_tokens=64, top_k=40)
    assert request.reasoning == ReasoningOptions(budget_tokens=1024, include=True)
    assert request.tool_choice == ToolChoice("required", ("get_weather",))
    assert request.tools[0].parameters == {"type": "object", "properties": {"city_name": {"type": "string"}}}


def test_calls_without_ids_get_them_and_results_find_their_calls() -> None:
    request = read("tools_parallel")
    _, asked, answered, last = request.messages
    assert asked.parts == (
        ToolCall("call_0_get_weather", "get_weather", '{"city":"Paris"}', signature="CqgBAdHtim8="),
        ToolCall("call_1_get_weather", "get_weather", '{"city":"Oslo"}'),
        ToolCall("fc-7", "now", "{}"),
    )
    assert answered == Message(
        "tool",
        (
            ToolResult("call_0_get_weather", (Text("18 °C"),), name="get_weather"),
            ToolResult("call_1_get_weather", (Text('{"temperature":4,"unit":"C"}'),), name="get_weather"),
            ToolResult("fc-7", (Text("no clock"),), name="now", is_error=True),
        ),
    )
    assert last == Message("user", (Text("Be brief."),))


def test_tools_that_only_gemini_knows_travel_in_extra() -> None:
    request = read("tools_parallel")
    assert [tool.name for tool in request.tools] == ["get_weather", "now"]
    assert request.tool_choice == ToolChoice("auto")
    assert request.extra == {
        "gemini": {
            "tools": [{"googleSearch": {}}],
            "toolConfig": {
                "retrievalConfig": {"latLng": {"latitude": 48.85, "longitude": 2.35}},
                "functionCallingConfig": {"mode": "VALIDATED"},
            },
        }
    }


def test_media_of_every_kind() -> None:
    parts = read("media").messages[0].parts
    assert parts[:5] == (
        Image(Media(data=PNG, media_type="image/png")),
        Image(Media(url="https://example.com/cat.jpg", media_type="image/jpeg")),
        File(Media(url="gs://bucket/report.pdf", media_type="application/pdf")),
        Audio(
            Media(
                file_id="https://generativelanguage.googleapis.com/v1beta/files/abc-123",
                media_type="audio/mp3",
            )
        ),
        Audio(Media(data="UklGRiQAAABXQVZFZm10IA==", media_type="audio/wav")),
    )
    assert isinstance(parts[5], Opaque)
    assert parts[6] == File(Media(url="gs://bucket/film.mp4", media_type="video/mp4"))


def test_what_only_gemini_says_of_a_part_or_a_tool_comes_back() -> None:
    part = {
        "fileData": {"mimeType": "image/png", "fileUri": "gs://b/a.png"},
        "mediaResolution": {"level": "MEDIA_RESOLUTION_HIGH"},
    }
    tool = {"name": "f", "behavior": "NON_BLOCKING", "responseJsonSchema": {"type": "string"}}
    body = {"contents": [{"role": "user", "parts": [part]}], "tools": [{"functionDeclarations": [tool]}]}
    request = DIALECT.read_request(msgspec.json.encode(body))
    assert msgspec.json.decode(DIALECT.write_request(request).body) == body


def test_url_safe_base64_becomes_the_standard_alphabet() -> None:
    body = b'{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"-_-_-w"}}]}]}'
    assert DIALECT.read_request(body).messages[0].parts == (Image(Media(data="+/+/+w==", media_type="image/png")),)


def test_the_older_schema_language_becomes_json_schema() -> None:
    assert read("json_schema").response_format == ResponseFormat(
        "json_schema",
        schema={
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "steps": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                "note": {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
            },
            "required": ["name"],
        },
    )
    assert read("tools_parallel").tools[0].parameters == {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "A city"},
            "unit": {"type": ["string", "null"], "enum": ["C", "F", None]},
            "days": {"type": "integer", "format": "int32"},
            "hours": {"type": "array", "items": {"type": "integer"}, "maxItems": 24},
        },
        "required": ["city"],
    }


def test_schemas_are_written_as_json_schema() -> None:
    schema = {"type": "object", "properties": {"a": {"type": ["string", "null"]}}}
    body = write(
        ASK, tools=(Tool("f", parameters=schema),), response_format=ResponseFormat("json_schema", "n", schema=schema)
    )
    assert body["tools"] == [{"functionDeclarations": [{"name": "f", "parametersJsonSchema": schema}]}]
    assert body["generationConfig"] == {"responseMimeType": "application/json", "responseJsonSchema": schema}


def test_what_only_gemini_knows_comes_back() -> None:
    request = read("everything_else")
    assert request.audio == AudioOptions(voice="Kore")
    assert request.modalities == ("audio",)
    assert request.reasoning == ReasoningOptions(effort="high")
    assert request.tool_choice == ToolChoice("none")
    assert (request.service_tier, request.store) == ("flex", False)
    body = msgspec.json.decode(DIALECT.write_request(request).body)
    assert body == msgspec.json.decode(fixture("requests/everything_else.json"))


def test_a_form_of_answer_that_has_no_neutral_word_is_kept_whole() -> None:
    request = read("enum")
    assert request.response_format is None
    body = msgspec.json.decode(DIALECT.write_request(request).body)
    assert body["generationConfig"]["responseMimeType"] == "text/x.enum"


def test_thoughts_and_signatures_come_back_untouched() -> None:
    parts = read("thoughts_back").messages[1].parts
    assert parts[0] == Reasoning("I weigh it.", "AbCd==", summary=True, format="google-gemini-v1")
    assert parts[3] == Text("One.", signature="EfGh==")
    body = msgspec.json.decode(DIALECT.write_request(read("thoughts_back")).body)
    assert body == msgspec.json.decode(fixture("requests/thoughts_back.json"))


def test_a_signature_that_another_provider_made_stays_away() -> None:
    message = Message("assistant", (Reasoning("Hm.", "c2ln", format="anthropic-claude-v1"), Text("Yes")))
    assert write(ASK, message)["contents"][1]["parts"] == [{"text": "Hm.", "thought": True}, {"text": "Yes"}]
    assert dropped(ASK, message) == {"reasoning.signature"}
    assert dropped(ASK, Message("assistant", (Reasoning(redacted="xyz"), Text("Yes")))) == {"reasoning.redacted"}


def test_results_of_parallel_calls_share_one_turn() -> None:
    body = write(
        ASK,
        Message("assistant", (ToolCall("a", "f", ""), ToolCall("b", "g", '{"x":1}'))),
        Message("tool", (ToolResult("a", (Text("one"),)),)),
        Message("tool", (ToolResult("b", (Text('{"y":2}'), Image(Media(data=PNG, media_type="image/png")))),)),
        Message("user", (Text("Go on"),)),
    )
    assert body["contents"][1:] == [
        {
            "role": "model",
            "parts": [
                {"functionCall": {"id": "a", "name": "f", "args": {}}},
                {"functionCall": {"id": "b", "name": "g", "args": {"x": 1}}},
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"id": "a", "name": "f", "response": {"output": "one"}}},
                {
                    "functionResponse": {
                        "id": "b",
                        "name": "g",
                        "response": {"y": 2},
                        "parts": [{"inlineData": {"mimeType": "image/png", "data": PNG}}],
                    }
                },
            ],
        },
        {"role": "user", "parts": [{"text": "Go on"}]},
    ]


@pytest.mark.parametrize("text", ["", "plain", "{", "[1]", '{"output":"x"}', '{"error":"x"}', "{}"])
def test_the_text_of_a_result_comes_back(text: str) -> None:
    message = Message("tool", (ToolResult("a", (Text(text),), name="f"),))
    body = DIALECT.write_request(ChatRequest(model="", messages=(message,))).body
    assert DIALECT.read_request(body).messages[-1] == message


def test_every_system_message_goes_to_the_one_place_for_it() -> None:
    body = write(Message("system", (Text("A"),)), ASK, Message("system", (Text("B"),)))
    assert body["systemInstruction"] == {"parts": [{"text": "A"}, {"text": "B"}]}
    assert body["contents"] == [{"role": "user", "parts": [{"text": "Hi"}]}]


def test_a_lone_system_message_is_said_by_the_user() -> None:
    assert write(Message("system", (Text("A"),))) == {"contents": [{"role": "user", "parts": [{"text": "A"}]}]}


@pytest.mark.parametrize(
    ("options", "config"),
    [
        (ReasoningOptions(enabled=False), {"thinkingBudget": 0}),
        (ReasoningOptions(effort="none"), {"thinkingBudget": 0}),
        (ReasoningOptions(enabled=True), {"thinkingBudget": -1}),
        (ReasoningOptions(enabled=True, budget_tokens=2048), {"thinkingBudget": 2048}),
        (ReasoningOptions(effort="low"), {"thinkingLevel": "LOW"}),
        (ReasoningOptions(effort="max", include=True), {"thinkingLevel": "XHIGH", "includeThoughts": True}),
        (ReasoningOptions(effort="high", summary="auto"), {"thinkingLevel": "HIGH", "includeThoughts": True}),
        (ReasoningOptions(effort="high", budget_tokens=9), {"thinkingBudget": 9}),
    ],
)
def test_how_much_to_think(options: ReasoningOptions, config: dict) -> None:
    assert write(ASK, reasoning=options)["generationConfig"]["thinkingConfig"] == config


def test_files_by_name_and_sound_by_its_words() -> None:
    message = Message(
        "user",
        (
            Image(Media(url="https://example.com/A.PNG?size=2#top")),
            Image(Media(url="https://example.com/picture")),
            File(Media(file_id="files/abc", media_type="application/pdf")),
        ),
    )
    assert [part["fileData"] for part in write(message)["contents"][0]["parts"]] == [
        {"mimeType": "image/png", "fileUri": "https://example.com/A.PNG?size=2#top"},
        {"fileUri": "https://example.com/picture"},
        {"mimeType": "application/pdf", "fileUri": "https://generativelanguage.googleapis.com/v1beta/files/abc"},
    ]
    spoken = Message("assistant", (Audio(Media(), id="audio_1", transcript="Yes"),))
    assert write(ASK, spoken)["contents"][1]["parts"] == [{"text": "Yes"}]
    assert dropped(ASK, spoken) == {"audio"}


def test_results_of_tools_at_their_edges() -> None:
    message = Message("tool", (ToolResult("a", is_error=True), ToolResult("b")))
    answered = [part["functionResponse"] for part in write(message)["contents"][0]["parts"]]
    assert answered == [
        {"id": "a", "name": "a", "response": {"error": ""}},
        {"id": "b", "name": "b", "response": {}},
    ]


def test_speech_that_is_more_than_a_voice_is_kept_whole() -> None:
    speech = {"multiSpeakerVoiceConfig": {"speakerVoiceConfigs": []}}
    request = DIALECT.read_request(msgspec.json.encode({"contents": [], "generationConfig": {"speechConfig": speech}}))
    assert request.audio is None
    assert request.extra == {"gemini": {"generationConfig": {"speechConfig": speech}}}


def test_names_without_force_are_written_as_validated() -> None:
    config = write(ASK, tool_choice=ToolChoice("auto", ("f",)))["toolConfig"]["functionCallingConfig"]
    assert config == {"mode": "VALIDATED", "allowedFunctionNames": ["f"]}


def test_a_seed_of_64_bits_is_cut_to_32() -> None:
    assert write(ASK, sampling=Sampling(seed=2**40 + 7))["generationConfig"]["seed"] == 7


def test_what_is_harmless_to_leave_out_is_listed() -> None:
    names = dropped(
        Message("user", (Text("Hi", cache=CacheHint()), Image(Media(data=PNG, media_type="image/png"), "low")), "Ann"),
        tools=(Tool("f", strict=True, cache=CacheHint(), extra={"anthropic_messages": {"defer": True}}),),
        parallel_tools=False,
        sampling=Sampling(min_p=0.1, repetition_penalty=1.1, logit_bias={"5": 1.0}),
        response_format=ResponseFormat("json_schema", "n", "about", {"type": "object"}),
        audio=AudioOptions("Kore", "mp3"),
        user="u",
        metadata={"a": "b"},
        service_tier="scale",
        extra={"openai_chat": {"verbosity": "low"}},
    )
    assert names == {
        "cache",
        "detail",
        "name",
        "tools.strict",
        "tools.extra.defer",
        "parallel_tools",
        "min_p",
        "repetition_penalty",
        "logit_bias",
        "response_format.description",
        "audio.format",
        "user",
        "metadata",
        "service_tier",
        "extra.verbosity",
    }


@pytest.mark.parametrize(
    "part",
    [
        Image(Media(url="http://example.com/a.png")),
        Image(Media(data=PNG)),
        File(Media(file_id="file-abc")),
        Opaque("anthropic_messages", {"type": "container_upload"}),
    ],
)
def test_what_would_change_the_answer_is_refused_by_name(part: Image | File | Opaque) -> None:
    with pytest.raises(Unsupported) as caught:
        write(Message("user", (Text("See"), part)))
    assert caught.value.fields[0].field.startswith("messages.0.parts.1")


def test_parts_of_other_dialects_in_an_answer_are_left_out() -> None:
    message = Message("assistant", (Refusal("No."), Opaque("anthropic_messages", {})))
    assert write(ASK, message)["contents"][1]["parts"] == [{"text": "No."}]
    assert dropped(ASK, message) == {"opaque"}


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
        (b"{}", "contents"),
        (b'{"contents":[5]}', "contents.0"),
        (b'{"contents":[{"role":"system","parts":[]}]}', "contents.0.role"),
        (b'{"contents":[{"parts":"x"}]}', "contents.0.parts"),
        (b'{"contents":[{"parts":[{"text":5}]}]}', "contents.0.parts.0.text"),
        (b'{"contents":[{"parts":[{"inlineData":{"mimeType":"a/b"}}]}]}', "contents.0.parts.0.inlineData.data"),
        (b'{"contents":[{"parts":[{"fileData":{}}]}]}', "contents.0.parts.0.fileData.fileUri"),
        (b'{"contents":[{"parts":[{"functionCall":{"name":"f","args":[]}}]}]}', "contents.0.parts.0.functionCall.args"),
        (b'{"contents":[{"parts":[{"functionResponse":{}}]}]}', "contents.0.parts.0.functionResponse.name"),
        (b'{"contents":[],"generationConfig":{"temperature":"hot"}}', "generationConfig.temperature"),
        (b'{"contents":[],"generationConfig":{"topK":1.5}}', "generationConfig.topK"),
        (b'{"contents":[],"generationConfig":{"stopSequences":[1]}}', "generationConfig.stopSequences.0"),
        (b'{"contents":[],"generationConfig":{"thinkingConfig":{"thinkingLevel":"X"}}}',
         "generationConfig.thinkingConfig.thinkingLevel"),
        (b'{"contents":[],"tools":[{"functionDeclarations":[{}]}]}', "tools.0.functionDeclarations.0.name"),
        (b'{"contents":[],"toolConfig":{"functionCallingConfig":{"mode":"SOME"}}}',
         "toolConfig.functionCallingConfig.mode"),
        (b'{"contents":[],"store":"yes"}', "store"),
        (b'{"contents":[],"tools":{}}', "tools"),
        (b'{"contents":[{"parts":[{"functionResponse":{"name":"f","parts":[{"text":"x"}]}}]}]}',
         "contents.0.parts.0.functionResponse.parts.0"),
    ],
)  # fmt: skip
def test_a_wrong_request_names_its_field(body: bytes, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        DIALECT.read_request(body)
    assert caught.value.fields[0].field == field


def test_pieces_of_a_stream_that_a_chat_keeps_as_turns_are_one_turn() -> None:
    turns = [{"role": "model", "parts": [{"text": text}]} for text in ("Hello!", " ", "Bye.", "")]
    body = {
        "contents": [{"role": "user", "parts": [{"text": "hi"}]}, *turns, {"role": "user", "parts": [{"text": "?"}]}]
    }
    messages = DIALECT.read_request(msgspec.json.encode(body)).messages
    assert messages[1] == Message("assistant", (Text("Hello! Bye."),))
    assert len(messages) == 3


def test_a_signed_piece_stays_apart() -> None:
    turns = [
        {"role": "model", "parts": [{"text": "a"}]},
        {"role": "model", "parts": [{"text": "", "thoughtSignature": "c2ln"}]},
    ]
    body = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}, *turns]}
    assert DIALECT.read_request(msgspec.json.encode(body)).messages[1:] == (
        Message("assistant", (Text("a"), Text("", signature="c2ln"))),
    )


def test_without_a_word_of_the_user_the_system_prompt_is_the_users() -> None:
    wire = write(Message("system", (Text("You are a potato."),)), Message("assistant", (Text("I am"),)))
    assert "systemInstruction" not in wire
    assert [turn["role"] for turn in wire["contents"]] == ["user", "model"]


def test_a_conversation_in_which_nothing_is_said_is_refused() -> None:
    with pytest.raises(InvalidInput, match="messages"):
        write(Message("user"))
