from __future__ import annotations

import pytest

from trunkline.core.chat import ChatRequest, JsonObject, Message, ResponseFormat, Text, ToolResult
from trunkline.providers import adapt, quirk
from trunkline.providers.closed_schema import loosened

USER = Message("user", (Text("Who is it?"),))
SYSTEM = Message("system", (Text("Be brief."),))
SCHEMA: JsonObject = {"type": "object", "properties": {"name": {"type": "string"}}}
WANTED = ResponseFormat("json_schema", "person", schema=SCHEMA, strict=True)
TOLD = (
    "Answer with one JSON object that fits this JSON Schema, and with nothing else:\n"
    '{"type":"object","properties":{"name":{"type":"string"}}}'
)


def fit(provider: str, model: str, wanted: ResponseFormat, *messages: Message) -> tuple[ChatRequest, tuple[str, ...]]:
    request = ChatRequest(model=model, messages=messages or (USER,), response_format=wanted)
    return adapt(request, quirk(provider, model))


class TestASchema:
    @pytest.mark.parametrize(
        ("provider", "model"),
        [("deepseek", "deepseek-v4-pro"), ("deepseek", "deepseek-chat"), ("groq", "llama-3.3-70b-versatile")],
    )
    def test_is_told_in_words_where_none_is_taken(self, provider: str, model: str) -> None:
        request, told = fit(provider, model, WANTED, SYSTEM, USER)
        assert request.messages == (SYSTEM, Message("system", (Text(TOLD),)), USER)
        assert (request.response_format, told) == (ResponseFormat("json"), ("response_format.schema",))

    @pytest.mark.parametrize(
        ("provider", "model"),
        [("openai", "gpt-5.2"), ("groq", "openai/gpt-oss-20b"), ("mistral", "mistral-small-latest"), ("vllm", "m")],
    )
    def test_goes_as_it_is_where_it_is_taken(self, provider: str, model: str) -> None:
        request, told = fit(provider, model, WANTED)
        assert (request.messages, request.response_format, told) == ((USER,), WANTED, ())

    def test_of_a_strict_caller_holds_the_answer(self) -> None:
        request, _ = fit("deepseek", "deepseek-v4-pro", WANTED)
        assert loosened(WANTED, request.response_format) == SCHEMA

    def test_brings_its_description(self) -> None:
        request, _ = fit("deepseek", "deepseek-chat", ResponseFormat("json_schema", "p", "A person.", SCHEMA))
        assert request.messages[0].text == f"A person.\n{TOLD}"


class TestJson:
    @pytest.mark.parametrize("provider", ["openai", "azure-openai", "deepseek", "groq"])
    def test_is_named_where_a_message_must_name_it(self, provider: str) -> None:
        request, told = fit(provider, "gpt-4.1", ResponseFormat("json"), SYSTEM, USER)
        assert request.messages == (SYSTEM, Message("system", (Text("Answer with JSON."),)), USER)
        assert told == ()

    @pytest.mark.parametrize(
        "message",
        [
            Message("user", (Text("As Json, please."),)),
            Message("tool", (ToolResult("c", (Text('{"format": "json"}'),)),)),
        ],
    )
    def test_is_not_named_twice(self, message: Message) -> None:
        request, _ = fit("openai", "gpt-4.1", ResponseFormat("json"), USER, message)
        assert request.messages == (USER, message)

    def test_needs_no_name_elsewhere(self) -> None:
        assert fit("gemini", "gemini-3-flash", ResponseFormat("json"))[0].messages == (USER,)
