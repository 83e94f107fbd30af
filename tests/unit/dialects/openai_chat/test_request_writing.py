"""Writing requests in OpenAI's chat dialect, as servers differ in what they take."""

from __future__ import annotations

import msgspec
import pytest
from tests.unit.dialects.openai_chat.request_forms import dropped, said, write

from trunkline.core.chat import (
    Audio,
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
    ResponseFormat,
    Sampling,
    Text,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from trunkline.core.errors import Unsupported
from trunkline.dialects.openai_chat import DIALECT


def test_the_defaults_are_what_most_servers_take() -> None:
    request = ChatRequest(
        model="m",
        messages=(
            Message("system", (Text("Be kind.", CacheHint()),)),
            Message("user", (Text("Hi"),)),
            Message(
                "assistant", (Reasoning("Hm", "sig"), Text("Ho", signature="g"), ToolCall("a", "f", signature="g"))
            ),
            Message("tool", (ToolResult("a", (Text("ok"),), is_error=True),)),
        ),
        sampling=Sampling(max_tokens=5),
        reasoning=ReasoningOptions(budget_tokens=9000),
    )
    body = write(request)
    assert body == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Hi"},
            {
                "role": "assistant",
                "content": "Ho",
                "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
                "reasoning_content": "Hm",
            },
            {"role": "tool", "tool_call_id": "a", "content": "ok"},
        ],
        "max_tokens": 5,
        "reasoning_effort": "high",
    }
    assert dropped(request) == (
        "cache",
        "reasoning.budget_tokens",
        "reasoning.signature",
        "signature",
        "tool_result.is_error",
    )


def test_options_choose_names() -> None:
    request = ChatRequest(
        model="m",
        messages=(Message("system", (Text("x"),)), Message("assistant", (Reasoning("Hm"), Text("Ho")))),
        sampling=Sampling(max_tokens=5),
        reasoning=ReasoningOptions(budget_tokens=9000, include=False),
    )
    body = write(
        request,
        max_tokens_field="max_completion_tokens",
        system_role="developer",
        reasoning_field="reasoning",
        thoughts="none",
    )
    assert body["max_completion_tokens"] == 5
    assert body["messages"] == [{"role": "developer", "content": "x"}, {"role": "assistant", "content": "Ho"}]
    assert body["reasoning"] == {"max_tokens": 9000, "exclude": True}
    assert dropped(request, thoughts="none") == ("reasoning", "reasoning.budget_tokens", "reasoning.include")


@pytest.mark.parametrize(
    ("options", "effort"),
    [
        (ReasoningOptions(enabled=False), "none"),
        (ReasoningOptions(enabled=True), "medium"),
        (ReasoningOptions(budget_tokens=0), "none"),
        (ReasoningOptions(budget_tokens=1024), "low"),
        (ReasoningOptions(budget_tokens=8192), "medium"),
        (ReasoningOptions(effort="xhigh", budget_tokens=1), "xhigh"),
        (ReasoningOptions(summary="auto"), None),
    ],
)
def test_how_much_to_think_in_one_word(options: ReasoningOptions, effort: str | None) -> None:
    request = msgspec.structs.replace(said(Text("x")), reasoning=options)
    assert write(request).get("reasoning_effort") == effort


def test_pictures_from_a_tool_follow_in_a_users_message() -> None:
    request = ChatRequest(
        model="m",
        messages=(
            Message("assistant", (ToolCall("a", "shot"), ToolCall("b", "time"))),
            Message(
                "tool", (ToolResult("a", (Image(Media(url="https://x/y.png")),)), ToolResult("b", (Text("noon"),)))
            ),
            Message("user", (Text("So?"),)),
        ),
    )
    wire = write(request)["messages"]
    assert [message["role"] for message in wire] == ["assistant", "tool", "tool", "user", "user"]
    assert wire[3]["content"] == [
        {"type": "text", "text": "Result of the tool call a:"},
        {"type": "image_url", "image_url": {"url": "https://x/y.png"}},
    ]
    apart = msgspec.structs.replace(
        request,
        messages=(
            request.messages[0],
            *(Message("tool", (result,)) for result in request.messages[1].parts),
            request.messages[2],
        ),
    )
    assert write(apart)["messages"] == wire
    last = msgspec.structs.replace(request, messages=request.messages[:2])
    assert write(last)["messages"][3] == wire[3]


def test_several_texts_are_joined_for_servers_that_take_strings_only() -> None:
    request = said(Text("a"), Text("b"))
    (array,) = write(request)["messages"]
    assert array["content"] == [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    (joined,) = write(request, text_arrays=False)["messages"]
    assert joined["content"] == "a\n\nb"
    (mixed,) = write(said(Text("a"), Image(Media(url="https://x"))), text_arrays=False)["messages"]
    assert isinstance(mixed["content"], list)


def test_a_hint_on_a_tools_result_stands_on_its_last_part() -> None:
    request = said(ToolResult("a", (Text("x"), Text("y")), cache=CacheHint()), role="tool")
    (message,) = write(request, cache_hints=True)["messages"]
    assert message["content"] == [
        {"type": "text", "text": "x"},
        {"type": "text", "text": "y", "cache_control": {"type": "ephemeral"}},
    ]
    assert dropped(request) == ("cache",)


def test_harmless_losses_are_listed() -> None:
    request = ChatRequest(
        model="m",
        messages=(
            Message("user", (File(Media(data="QQ=="), title="T", citations=True),)),
            Message(
                "assistant",
                (Text("x", citations=(Citation("https://x"),)), Opaque("anthropic_messages", {"type": "y"})),
            ),
        ),
        extra={"gemini": {"safetySettings": []}, "openai_chat": {"verbosity": "low"}},
    )
    assert dropped(request) == ("citations", "extra.safetySettings", "file.citations", "file.title", "opaque")
    assert write(request)["verbosity"] == "low"


@pytest.mark.parametrize(
    "request_",
    [
        said(Audio(Media(url="https://x/y.mp3"))),
        said(Image(Media(file_id="f"))),
        said(Opaque("gemini", {"executableCode": {}})),
        said(Reasoning("x")),
        said(Text("x"), role="tool"),
        said(Audio(Media(data="QQ==")), role="assistant"),
        msgspec.structs.replace(said(Text("x")), tool_choice=ToolChoice("required")),
    ],
)
def test_what_would_change_the_answer_is_refused(request_: ChatRequest) -> None:
    with pytest.raises(Unsupported) as raised:
        DIALECT.write_request(request_)
    assert raised.value.fields[0].field.startswith(("messages.0.parts.0", "tool_choice"))


def test_the_streams_options() -> None:
    request = msgspec.structs.replace(said(Text("x")), stream=True)
    assert "stream_options" not in write(request)
    assert write(msgspec.structs.replace(request, stream_usage=True))["stream_options"] == {"include_usage": True}
    assert "stream" not in write(said(Text("x")))


def test_a_format_without_a_name_gets_one() -> None:
    request = msgspec.structs.replace(said(Text("x")), response_format=ResponseFormat("json_schema", schema={}))
    assert write(request)["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "response", "schema": {}},
    }
