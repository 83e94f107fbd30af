from __future__ import annotations

import base64
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
from trunkline.dialects.anthropic_messages import DIALECT

HELLO = Message("user", (Text("Hi"),))
F = Tool("f", parameters={"type": "object"})
G = Tool("g", parameters={"type": "object"})


def write(*messages: Message, **fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    written = DIALECT.write_request(ChatRequest(model="claude", messages=messages or (HELLO,), **fields))
    return msgspec.json.decode(written.body), written.dropped


def test_the_limit_that_this_wire_demands_is_made_up():
    assert write()[0]["max_tokens"] == 4096
    assert write(sampling=Sampling(max_tokens=7))[0]["max_tokens"] == 7


def test_system_messages_from_everywhere_go_to_the_top_in_order():
    wire, dropped = write(
        Message("system", (Text("one"),)), HELLO, Message("system", (Text("two", cache=CacheHint()),)), HELLO
    )
    assert wire["system"] == [
        {"type": "text", "text": "one"},
        {"type": "text", "text": "two", "cache_control": {"type": "ephemeral"}},
    ]
    assert wire["messages"] == [{"role": "user", "content": [{"type": "text", "text": "Hi"}] * 2}]
    assert dropped == ()
    assert write(Message("system", (Text("one"),)), HELLO)[0]["system"] == "one"


def test_neighbours_of_one_side_become_one_turn_with_results_first():
    wire, _ = write(
        HELLO,
        Message("assistant", (ToolCall("a", "f"),)),
        Message("assistant", (ToolCall("b", "f", '{"x":1}'),)),
        Message("tool", (ToolResult("a", (Text("1"),)),)),
        Message("user", (Text("wait"),)),
        Message("tool", (ToolResult("b", (Text("2"),)),)),
    )
    assert [turn["role"] for turn in wire["messages"]] == ["user", "assistant", "user"]
    assert [block["input"] for block in wire["messages"][1]["content"]] == [{}, {"x": 1}]
    assert wire["messages"][2]["content"] == [
        {"type": "tool_result", "tool_use_id": "a", "content": "1"},
        {"type": "tool_result", "tool_use_id": "b", "content": "2"},
        {"type": "text", "text": "wait"},
    ]


def test_the_user_is_first_also_where_the_assistant_greets():
    for greeting in ((Text("Hello?"),), (Text("Hello?"), ToolCall("a", "f"))):
        wire, told = write(Message("assistant", greeting), HELLO)
        assert wire["messages"][0] == {"role": "user", "content": "(The conversation begins.)"}
        assert [turn["role"] for turn in wire["messages"]] == ["user", "assistant", "user"]
        assert told == ()


def test_empty_texts_and_empty_messages_are_left_out():
    wire, _ = write(HELLO, Message("assistant", (Text(""), ToolCall("a", "f"))), Message("user", (Text(""),)))
    assert wire["messages"][1:] == [
        {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {}}]}
    ]


def test_ids_of_calls_fit_the_wire_and_results_still_find_them():
    wire, _ = write(
        Message("assistant", (ToolCall("functions.f:0", "f"), ToolCall("functions.f:1", "f"), ToolCall("", "f"))),
        Message("tool", (ToolResult("functions.f:0"), ToolResult("functions.f:1"), ToolResult(""))),
    )
    called = [block["id"] for block in wire["messages"][1]["content"]]
    assert called == [block["tool_use_id"] for block in wire["messages"][2]["content"]]
    assert len(set(called)) == 3
    assert all(identity.isascii() and identity.replace("_", "").replace("-", "").isalnum() for identity in called)


@pytest.mark.parametrize("arguments", ["{", "[]", "1", '"x"', '{"a":1}}'])
def test_arguments_must_be_an_object(arguments):
    with pytest.raises(InvalidInput) as caught:
        write(HELLO, Message("assistant", (ToolCall("a", "f", arguments),)))
    assert caught.value.fields[0].field == "messages.1"


def test_thoughts_of_others_are_left_out():
    wire, dropped = write(
        HELLO,
        Message(
            "assistant",
            (
                Reasoning(text="unsigned"),
                Reasoning(text="s", signature="x", id="rs_1"),
                Reasoning(text="s", signature="x", summary=True),
                Reasoning(text="s", signature="x", format="google-gemini-v1"),
                Reasoning(redacted="x", format="openai-responses-v1"),
                Reasoning(text="ours", signature="sig"),
                Text("Hi"),
            ),
        ),
    )
    assert wire["messages"][1]["content"][0] == {"type": "thinking", "thinking": "ours", "signature": "sig"}
    assert len(wire["messages"][1]["content"]) == 2
    assert dropped == ("reasoning",)


def test_what_other_vendors_attach_is_left_out_and_told():
    _, dropped = write(
        Message(
            "user",
            (Text("a", signature="s"), Image(Media(url="https://x/y.png"), detail="low"), Text("", cache=CacheHint())),
            name="ann",
        ),
        Message(
            "assistant", (Text("b", citations=(Citation(url="https://x"),)), Opaque("openai_responses", {"type": "x"}))
        ),
        Message("user", (Text("c", cache=CacheHint("24h")),)),
    )
    assert dropped == ("cache", "cache.ttl", "citations", "detail", "name", "opaque", "signature")


def test_a_refusal_and_spoken_words_are_told_as_text():
    wire, dropped = write(
        HELLO,
        Message("assistant", (Refusal("No."), Audio(Media(file_id="audio_1"), transcript="Never."))),
    )
    assert [block["text"] for block in wire["messages"][1]["content"]] == ["No.", "Never."]
    assert dropped == ("audio",)


def test_text_files_are_sent_as_text_and_named():
    plain = base64.b64encode("größer".encode()).decode()
    wire, _ = write(Message("user", (File(Media(data=plain, media_type="text/markdown"), name="a.md"),)))
    assert wire["messages"][0]["content"] == [
        {
            "type": "document",
            "source": {"type": "text", "media_type": "text/plain", "data": "größer"},
            "title": "a.md",
        }
    ]


def test_kinds_of_files_are_told_by_their_first_bytes():
    wire, _ = write(
        Message(
            "user", (Image(Media(data="iVBORw0KGgoAAA")), Image(Media(data="/9j/4AAQ")), File(Media(data="JVBERi0x")))
        )
    )
    assert [block["source"]["media_type"] for block in wire["messages"][0]["content"]] == [
        "image/png",
        "image/jpeg",
        "application/pdf",
    ]


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (Message("user", (Audio(Media(data="UklGR", media_type="audio/wav")),)), "messages.0"),
        (Message("user", (Image(Media(data="????")),)), "messages.0"),
        (Message("user", (File(Media(data="UEsDBA==", media_type="application/zip")),)), "messages.0"),
        (Message("user", (File(Media(data="UEsDBA==")),)), "messages.0"),
        (Message("user", (File(Media(data="/w==", media_type="text/plain")),)), "messages.0"),
        (Message("user", (Opaque("gemini", {"executableCode": {}}),)), "messages.0"),
        (Message("system", (Image(Media(url="https://x/y.png")),)), "messages.0"),
        (Message("assistant", (Image(Media(url="https://x/y.png")),)), "messages.0"),
        (Message("tool", (ToolResult("a", (Audio(Media(data="UklGR")),)),)), "messages.0"),
    ],
)
def test_parts_that_cannot_be_said_are_refused(message, field):
    with pytest.raises(InvalidInput) as caught:
        write(message)
    assert caught.value.fields[0].field == field


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"sampling": Sampling(n=2)}, "n"),
        ({"sampling": Sampling(stop=("\n",))}, "stop"),
        ({"sampling": Sampling(stop=("",))}, "stop"),
        ({"modalities": ("text", "audio")}, "modalities"),
        ({"tool_choice": ToolChoice("required")}, "tool_choice"),
        ({"tools": (F,), "tool_choice": ToolChoice("auto", ("h",))}, "tool_choice"),
        (
            {"sampling": Sampling(max_tokens=1024), "reasoning": ReasoningOptions(budget_tokens=2048)},
            "max_tokens",
        ),
    ],
)
def test_fields_that_would_change_the_answer_are_refused(fields, field):
    with pytest.raises(Unsupported) as caught:
        write(**fields)
    assert caught.value.fields[0].field == field


def test_fields_that_are_harmless_to_lose_are_listed():
    wire, dropped = write(
        sampling=Sampling(
            n=1,
            min_p=0.1,
            frequency_penalty=0.1,
            presence_penalty=0.1,
            repetition_penalty=1.1,
            seed=1,
            logprobs=True,
            top_logprobs=2,
            logit_bias={"1": 2},
        ),
        metadata={"a": "b"},
        store=True,
        audio=AudioOptions("alloy"),
        modalities=("text",),
        service_tier="flex",
        extra={"openai_chat": {"prediction": {}, "verbosity": "low"}},
    )
    assert dropped == (
        "audio",
        "extra.prediction",
        "extra.verbosity",
        "frequency_penalty",
        "logit_bias",
        "logprobs",
        "metadata",
        "min_p",
        "presence_penalty",
        "repetition_penalty",
        "seed",
        "service_tier",
        "store",
        "top_logprobs",
    )
    assert set(wire) == {"model", "max_tokens", "messages"}


def test_temperature_is_clamped_never_scaled():
    assert write(sampling=Sampling(temperature=0.7))[0]["temperature"] == 0.7
    wire, dropped = write(sampling=Sampling(temperature=1.6))
    assert wire["temperature"] == 1.0
    assert dropped == ("temperature>1",)


def test_thinking_fixes_the_sampling():
    wire, dropped = write(
        sampling=Sampling(temperature=0.3, top_k=5, top_p=0.5), reasoning=ReasoningOptions(enabled=True)
    )
    assert not {"temperature", "top_k", "top_p"} & set(wire)
    assert dropped == ("temperature", "top_k", "top_p")
    wire, dropped = write(sampling=Sampling(temperature=0.3), reasoning=ReasoningOptions(enabled=False))
    assert (wire["temperature"], dropped) == (0.3, ())


@pytest.mark.parametrize(
    ("reasoning", "thinking", "effort"),
    [
        (ReasoningOptions(effort="none"), {"type": "disabled"}, None),
        (ReasoningOptions(effort="minimal"), None, "low"),
        (ReasoningOptions(effort="low"), None, "low"),
        (ReasoningOptions(effort="medium"), None, "medium"),
        (ReasoningOptions(effort="high"), None, "high"),
        (ReasoningOptions(effort="xhigh"), None, "xhigh"),
        (ReasoningOptions(effort="max"), None, "max"),
        (ReasoningOptions(enabled=True), {"type": "adaptive"}, None),
        (ReasoningOptions(enabled=True, include=True), {"type": "adaptive", "display": "summarized"}, None),
        (ReasoningOptions(enabled=True, include=False), {"type": "adaptive", "display": "omitted"}, None),
        (ReasoningOptions(enabled=True, summary="auto"), {"type": "adaptive", "display": "summarized"}, None),
        (ReasoningOptions(budget_tokens=-1), {"type": "adaptive"}, None),
        (ReasoningOptions(budget_tokens=0), {"type": "disabled"}, None),
        (ReasoningOptions(enabled=False, budget_tokens=2000), {"type": "disabled"}, None),
        (ReasoningOptions(budget_tokens=2000, effort="low"), {"type": "enabled", "budget_tokens": 2000}, "low"),
    ],
)
def test_how_much_to_think(reasoning, thinking, effort):
    wire, dropped = write(reasoning=reasoning)
    assert wire.get("thinking") == thinking
    assert wire.get("output_config", {}).get("effort") == effort
    assert dropped == ()


def test_a_budget_leaves_room_for_the_answer():
    assert write(reasoning=ReasoningOptions(budget_tokens=9000))[0]["max_tokens"] == 9000 + 4096
    wire, dropped = write(sampling=Sampling(max_tokens=3000), reasoning=ReasoningOptions(budget_tokens=3000))
    assert wire["thinking"]["budget_tokens"] == 2999
    assert dropped == ("reasoning.budget_tokens>max_tokens",)
    wire, dropped = write(reasoning=ReasoningOptions(budget_tokens=512))
    assert wire["thinking"]["budget_tokens"] == 1024
    assert dropped == ("reasoning.budget_tokens<1024",)


def test_whether_to_show_thoughts_says_nothing_without_thinking():
    assert write(reasoning=ReasoningOptions(include=True, summary="auto"))[1] == (
        "reasoning.include",
        "reasoning.summary",
    )


def test_the_form_of_the_answer():
    schema = {"type": "object", "properties": {}}
    wire, dropped = write(response_format=ResponseFormat("json_schema", name="n", schema=schema, strict=True))
    assert wire["output_config"] == {"format": {"type": "json_schema", "schema": schema}}
    assert dropped == ("response_format.name",)
    assert write(response_format=ResponseFormat("json"))[1] == ("response_format",)
    assert write(response_format=ResponseFormat("text"))[1] == ()


def test_tools_always_have_a_schema_of_an_object():
    wire, _ = write(tools=(Tool("a"), Tool("b", parameters={"properties": {"x": {}}})))
    assert [tool["input_schema"] for tool in wire["tools"]] == [
        {"type": "object", "properties": {}},
        {"type": "object", "properties": {"x": {}}},
    ]


@pytest.mark.parametrize(
    ("choice", "parallel", "wire", "names"),
    [
        (None, None, None, ["f", "g"]),
        (None, True, None, ["f", "g"]),
        (None, False, {"type": "auto", "disable_parallel_tool_use": True}, ["f", "g"]),
        (ToolChoice(), None, {"type": "auto"}, ["f", "g"]),
        (ToolChoice("none"), False, {"type": "none"}, ["f", "g"]),
        (ToolChoice("required"), True, {"type": "any", "disable_parallel_tool_use": False}, ["f", "g"]),
        (ToolChoice("required", ("g",)), None, {"type": "tool", "name": "g"}, ["f", "g"]),
        (ToolChoice("required", ("f", "g")), None, {"type": "any"}, ["f", "g"]),
        (ToolChoice("auto", ("g",)), None, {"type": "auto"}, ["g"]),
    ],
)
def test_the_choice_among_tools(choice, parallel, wire, names):
    written, _ = write(tools=(F, G), tool_choice=choice, parallel_tools=parallel)
    assert written.get("tool_choice") == wire
    assert [tool["name"] for tool in written["tools"]] == names


def test_a_choice_without_tools_is_not_sent():
    assert "tool_choice" not in write(tool_choice=ToolChoice(), parallel_tools=False)[0]


def test_fields_of_a_tool_that_another_dialect_knows_are_told():
    _, dropped = write(tools=(Tool("f", extra={"gemini": {"behavior": "BLOCKING"}}),))
    assert dropped == ("tools.extra.behavior",)


def test_the_ordinary_tier_of_others_is_the_standard_one():
    assert write(service_tier="default")[0]["service_tier"] == "standard_only"


BLANK = "  \n"


@pytest.mark.parametrize(
    ("messages", "sent"),
    [
        ((HELLO, Message("assistant", (Text(BLANK),)), HELLO), ["Hi", "Hi"]),
        ((Message("user", (Text("Hi"), Text(BLANK))),), ["Hi"]),
        ((HELLO, Message("assistant", (Refusal(BLANK),)), HELLO), ["Hi", "Hi"]),
    ],
)
def test_no_text_of_white_space_is_sent_as_the_vendor_refuses_it(messages: tuple[Message, ...], sent: list[str]):
    wire, _ = write(*messages)
    texts = [
        text
        for turn in wire["messages"]
        for text in ([turn["content"]] if isinstance(turn["content"], str) else [b["text"] for b in turn["content"]])
    ]
    assert texts == sent


def test_white_space_that_was_left_out_is_told():
    assert write(HELLO, Message("system", (Text(BLANK),))) == (write()[0], ("blank_text",))
    assert write(HELLO, Message("assistant", (Text(""),)))[1] == ()


def test_a_blank_result_is_an_empty_one():
    call = Message("assistant", (ToolCall("c", "f", "{}"),))
    wire, _ = write(HELLO, call, Message("tool", (ToolResult("c", (Text(BLANK),)),)), tools=(F,))
    assert wire["messages"][2]["content"] == [{"type": "tool_result", "tool_use_id": "c"}]


@pytest.mark.parametrize("parts", [(Text("<answer>\n"),), (Text("one "), Text("<answer> ", cache=CacheHint()))])
def test_an_answer_to_go_on_from_ends_without_white_space(parts: tuple[Text, ...]):
    wire, dropped = write(HELLO, Message("assistant", parts))
    content = wire["messages"][-1]["content"]
    assert (content if isinstance(content, str) else content[-1]["text"]) == "<answer>"
    assert dropped == ("prefill.white_space",)


def test_white_space_within_a_conversation_stays():
    wire, dropped = write(HELLO, Message("assistant", (Text("Yes.\n"),)), HELLO)
    assert (wire["messages"][1]["content"], dropped) == ("Yes.\n", ())


def test_without_a_word_of_the_user_the_system_prompt_is_the_users():
    wire, _ = write(Message("system", (Text("You are a potato."),)))
    assert "system" not in wire
    assert wire["messages"] == [{"role": "user", "content": "You are a potato."}]
    wire, _ = write(Message("system", (Text("You are a potato."),)), Message("assistant", (Text("I am"),)))
    assert [turn["role"] for turn in wire["messages"]] == ["user", "assistant"]


@pytest.mark.parametrize("messages", [(Message("user", (Text(BLANK),)),), (Message("user"),)])
def test_a_conversation_in_which_nothing_is_said_is_refused(messages: tuple[Message, ...]):
    with pytest.raises(InvalidInput) as caught:
        write(*messages)
    assert caught.value.fields[0].field == "messages"


@pytest.mark.parametrize(
    ("said", "data", "sent"),
    [
        ("image/jpg", "/9j/4AAQ", "image/jpeg"),
        ("image/jpg", "AAAA", "image/jpeg"),
        ("image/jpeg", "iVBORw0KGgoA", "image/png"),
    ],
)
def test_pictures_are_of_the_type_that_they_are(said: str, data: str, sent: str):
    wire, _ = write(Message("user", (Image(Media(data=data, media_type=said)),)))
    assert wire["messages"][0]["content"][0]["source"]["media_type"] == sent
