"""What the vendor is sent, from what clients of any dialect say."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

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
from trunkline.dialects.bedrock_converse import DIALECT
from trunkline.dialects.bedrock_converse.seal import SEALED, SIGNED

HI = Message("user", (Text("Hi"),))
CALLED = (
    HI,
    Message("assistant", (ToolCall("c1", "f", '{"x":1}'),)),
    Message("tool", (ToolResult("c1", (Text("2"),), name="f"),)),
)
PDF = base64.b64encode(b"%PDF-1.4").decode()


def write(*messages: Message, dropped: tuple[str, ...] = (), **fields: Any) -> dict[str, Any]:
    written = DIALECT.write_request(ChatRequest(model="m", messages=messages or (HI,), **fields))
    assert written.dropped == dropped
    return json.loads(written.body)


def user(*parts: Any) -> Message:
    return Message("user", parts)


def blocks(*parts: Any, dropped: tuple[str, ...] = ()) -> list[Any]:
    return write(user(*parts), dropped=dropped)["messages"][0]["content"]


def test_the_smallest():
    assert write() == {"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}


def test_neither_model_nor_stream_is_in_the_body():
    assert write(stream=True, stream_usage=True) == write()


def test_system_messages_go_to_the_prompt_and_neighbours_join():
    wire = write(
        Message("system", (Text("A"),)), HI, Message("system", (Text("B"),)), user(Text("there")),
        Message("assistant", (Text("Yes"),)), Message("assistant", (Text("?"),)),
    )  # fmt: skip
    assert wire["system"] == [{"text": "A"}, {"text": "B"}]
    assert [(turn["role"], len(turn["content"])) for turn in wire["messages"]] == [("user", 2), ("assistant", 2)]


def test_results_and_what_the_user_says_next_are_one_turn():
    wire = write(*CALLED, user(Text("go on")), tools=(Tool("f"),))
    assert [turn["role"] for turn in wire["messages"]] == ["user", "assistant", "user"]
    assert wire["messages"][2]["content"] == [
        {"toolResult": {"toolUseId": "c1", "content": [{"text": "2"}]}},
        {"text": "go on"},
    ]


def test_blank_texts_are_left_out_as_the_service_refuses_them():
    assert write(HI, Message("assistant", (Text("  \n"),)), user(Text("?")), dropped=("blank_text",)) == {
        "messages": [{"role": "user", "content": [{"text": "Hi"}, {"text": "?"}]}]
    }


def test_an_answer_to_go_on_from_ends_without_white_space():
    wire = write(HI, Message("assistant", (Text("<answer>\n"),)), dropped=("prefill.white_space",))
    assert wire["messages"][-1] == {"role": "assistant", "content": [{"text": "<answer>"}]}


def test_without_a_word_of_the_user_the_system_prompt_is_the_users():
    assert write(Message("system", (Text("You are a potato."),))) == {
        "messages": [{"role": "user", "content": [{"text": "You are a potato."}]}]
    }


def test_the_user_opens_the_conversation_as_the_service_demands():
    wire = write(Message("system", (Text("Be kind."),)), Message("assistant", (Text("Hello!"),)), HI)
    assert [turn["role"] for turn in wire["messages"]] == ["user", "assistant", "user"]
    assert wire["system"] == [{"text": "Be kind."}]


def test_a_conversation_in_which_nothing_is_said_is_refused():
    with pytest.raises(InvalidInput, match="messages"):
        write(user(Text(" ")), dropped=("blank_text",))


def test_an_empty_result_has_content_all_the_same():
    wire = write(*CALLED[:2], Message("tool", (ToolResult("c1", is_error=True),)), tools=(Tool("f"),))
    assert wire["messages"][2]["content"][0]["toolResult"] == {
        "toolUseId": "c1",
        "content": [{"text": "(no output)"}],
        "status": "error",
    }


def test_pictures():
    assert blocks(Image(Media(data="iVBORw0KGgoAAA==", media_type="image/png"))) == [
        {"image": {"format": "png", "source": {"bytes": "iVBORw0KGgoAAA=="}}}
    ]
    assert blocks(Image(Media(data="/9j/4AAQ")))[0]["image"]["format"] == "jpeg"
    assert blocks(Image(Media(url="s3://bucket/a.webp")))[0]["image"] == {
        "format": "webp", "source": {"s3Location": {"uri": "s3://bucket/a.webp"}},
    }  # fmt: skip
    for said in ("image/png", "image/jpg", "application/octet-stream"):
        (block,) = blocks(Image(Media(data="/9j/4AAQ", media_type=said)))
        assert block["image"]["format"] == "jpeg"
    assert blocks(Image(Media(data="/9j/4AAQ", media_type="image/jpg"), detail="low"), dropped=("detail",))


@pytest.mark.parametrize(
    "part",
    [
        Image(Media(url="https://example.com/a.png")),
        Image(Media(file_id="file-1")),
        Image(Media(data="AAAA", media_type="image/tiff")),
        Image(Media(data="AAAA")),
        File(Media(data="AAAA", media_type="application/zip")),
        Audio(Media(data="AAAA", media_type="audio/midi")),
        Opaque("openai_chat", {"x": 1}),
    ],
)
def test_what_cannot_be_said_is_refused(part: Any):
    with pytest.raises(Unsupported) as caught:
        blocks(part)
    assert caught.value.fields[0].field == "messages.0"


def test_documents_get_the_names_that_the_wire_allows():
    names = [
        block["document"]["name"]
        for block in blocks(
            File(Media(data=PDF), name="Q1 report_2024.pdf"),
            File(Media(data=PDF), title="Q1 report_2024.pdf"),
            File(Media(data=PDF)),
            File(Media(data=PDF), name="ü"),
        )
    ]
    assert names == ["Q1 report-2024-pdf", "Q1 report-2024-pdf (2)", "document", "-"]


def test_formats_of_documents():
    forms = [
        block["document"]["format"]
        for block in blocks(
            File(Media(data=PDF), name="a"),
            File(Media(data="YQ==", media_type="text/x-python; charset=utf-8"), name="b"),
            File(Media(data="YQ==", media_type="application/octet-stream"), name="c.xlsx"),
            File(Media(data="YQ==", media_type="text/markdown"), name="d"),
        )
    ]
    assert forms == ["pdf", "txt", "xlsx", "md"]


def test_sound():
    assert blocks(Audio(Media(data="AAAA", media_type="audio/wav"))) == [
        {"audio": {"format": "wav", "source": {"bytes": "AAAA"}}}
    ]
    spoken = Message("assistant", (Audio(Media(file_id="a"), transcript="Hello"),))
    assert write(HI, spoken, dropped=("audio",))["messages"][1]["content"] == [{"text": "Hello"}]


def test_only_thoughts_that_were_signed_here_go_back():
    ours = Message(
        "assistant",
        (
            Reasoning("a", signature="s", format=SIGNED),
            Reasoning("b", signature="s"),
            Reasoning(redacted="x", format=SEALED),
            Text("A"),
        ),
    )
    assert [next(iter(block)) for block in write(HI, ours)["messages"][1]["content"]] == [
        "reasoningContent", "reasoningContent", "reasoningContent", "text",
    ]  # fmt: skip
    others = Message(
        "assistant",
        (
            Reasoning("a"),
            Reasoning("b", signature="s", format="google-gemini-v1"),
            Reasoning(redacted="x", format=SIGNED),
            Reasoning("c", signature="s", id="rs_1"),
            Text("A"),
        ),
    )
    assert write(HI, others, dropped=("reasoning",))["messages"][1]["content"] == [{"text": "A"}]


def test_foreign_citations_and_refusals():
    said = Message("assistant", (Text("x", citations=(Citation(url="https://a.example"),)), Refusal("no")))
    assert write(HI, said, dropped=("citations",))["messages"][1]["content"] == [{"text": "x"}, {"text": "no"}]


def test_cache_points():
    assert blocks(Text("x", cache=CacheHint("1h"))) == [
        {"text": "x"},
        {"cachePoint": {"type": "default", "ttl": "1h"}},
    ]
    assert blocks(Text("x", cache=CacheHint("24h")), dropped=("cache.ttl",))[1] == {"cachePoint": {"type": "default"}}
    tools = write(tools=(Tool("f", cache=CacheHint()),))["toolConfig"]["tools"]
    assert tools[1] == {"cachePoint": {"type": "default"}}


def test_tools_and_choices():
    tools = (Tool("f", description="", parameters={"properties": {}}), Tool("g"))
    wire = write(tools=tools)
    assert wire["toolConfig"] == {
        "tools": [
            {"toolSpec": {"name": "f", "inputSchema": {"json": {"type": "object", "properties": {}}}}},
            {"toolSpec": {"name": "g", "inputSchema": {"json": {"type": "object", "properties": {}}}}},
        ]
    }
    choices = {
        ToolChoice(): {"auto": {}},
        ToolChoice("required"): {"any": {}},
        ToolChoice("required", ("g",)): {"tool": {"name": "g"}},
    }
    for choice, expected in choices.items():
        assert write(tools=tools, tool_choice=choice)["toolConfig"]["toolChoice"] == expected
    narrowed = write(tools=tools, tool_choice=ToolChoice("auto", ("g",)))["toolConfig"]
    assert [tool["toolSpec"]["name"] for tool in narrowed["tools"]] == ["g"]


def test_no_tools_are_sent_where_none_shall_be_called():
    assert "toolConfig" not in write(tools=(Tool("f"),), tool_choice=ToolChoice("none"))


def test_tools_cannot_be_forbidden_after_a_call():
    with pytest.raises(Unsupported, match="tool_choice"):
        write(*CALLED, tools=(Tool("f"),), tool_choice=ToolChoice("none"))


def test_a_choice_among_no_tools():
    with pytest.raises(Unsupported, match="tool_choice"):
        write(tool_choice=ToolChoice("required"))
    with pytest.raises(Unsupported, match="tool_choice"):
        write(tools=(Tool("f"),), tool_choice=ToolChoice("required", ("a", "b")))


def test_tools_of_earlier_turns_are_named_where_the_caller_left_them_out():
    assert [tool["toolSpec"]["name"] for tool in write(*CALLED)["toolConfig"]["tools"]] == ["f"]


def test_ids_that_the_wire_does_not_take():
    odd = "call|ä" * 20
    wire = write(
        HI,
        Message("assistant", (ToolCall(odd, "f"),)),
        Message("tool", (ToolResult(odd, (Text("2"),)),)),
        tools=(Tool("f"),),
    )
    called = wire["messages"][1]["content"][0]["toolUse"]
    assert called["toolUseId"] == wire["messages"][2]["content"][0]["toolResult"]["toolUseId"]
    assert len(called["toolUseId"]) <= 64
    assert called["toolUseId"].isascii()
    assert called["input"] == {}


def test_arguments_must_be_an_object():
    with pytest.raises(InvalidInput, match=r"messages\.0"):
        write(Message("assistant", (ToolCall("c", "f", "[1]"),)))


def test_sampling():
    wire = write(
        sampling=Sampling(max_tokens=5, temperature=1.5, top_p=0.9, top_k=7, stop=("a",), seed=1, n=1),
        dropped=("seed", "temperature>1"),
    )
    assert wire["inferenceConfig"] == {"maxTokens": 5, "temperature": 1.0, "topP": 0.9, "stopSequences": ["a"]}
    assert wire["additionalModelRequestFields"] == {"top_k": 7}
    with pytest.raises(Unsupported, match="n:"):
        write(sampling=Sampling(n=2))
    with pytest.raises(Unsupported, match="stop:"):
        write(sampling=Sampling(stop=("",)))


@pytest.mark.parametrize(
    ("reasoning", "thinking"),
    [
        (ReasoningOptions(enabled=False), {"type": "disabled"}),
        (ReasoningOptions(effort="none"), {"type": "disabled"}),
        (ReasoningOptions(budget_tokens=2000), {"type": "enabled", "budget_tokens": 2000}),
        (ReasoningOptions(enabled=True), {"type": "adaptive"}),
        (ReasoningOptions(budget_tokens=-1, include=False), {"type": "adaptive", "display": "omitted"}),
    ],
)
def test_thinking(reasoning: ReasoningOptions, thinking: dict[str, Any]):
    assert write(reasoning=reasoning)["additionalModelRequestFields"] == {"thinking": thinking}


def test_effort_is_the_services_own():
    wire = write(reasoning=ReasoningOptions(effort="minimal"))
    assert wire["outputConfig"] == {"effort": "low"}
    assert "additionalModelRequestFields" not in wire


def test_budgets_fit_below_the_limit():
    wire = write(
        reasoning=ReasoningOptions(budget_tokens=9000),
        sampling=Sampling(max_tokens=5000),
        dropped=("reasoning.budget_tokens>max_tokens",),
    )
    assert wire["additionalModelRequestFields"]["thinking"]["budget_tokens"] == 4999
    wire = write(reasoning=ReasoningOptions(budget_tokens=5), dropped=("reasoning.budget_tokens<1024",))
    assert wire["additionalModelRequestFields"]["thinking"]["budget_tokens"] == 1024
    with pytest.raises(Unsupported, match="max_tokens"):
        write(reasoning=ReasoningOptions(budget_tokens=5000), sampling=Sampling(max_tokens=500))


def test_forms_of_answers():
    form = ResponseFormat("json_schema", name="n", schema={"type": "object"}, strict=True)
    assert write(response_format=form, dropped=("response_format.strict",))["outputConfig"]["textFormat"] == {
        "type": "json_schema",
        "structure": {"jsonSchema": {"schema": '{"type":"object"}', "name": "n"}},
    }
    assert "outputConfig" not in write(response_format=ResponseFormat("json"), dropped=("response_format",))


def test_the_rest():
    wire = write(
        parallel_tools=False,
        user="u",
        store=True,
        metadata={"a": "b c"},
        service_tier="standard_only",
        extra={"bedrock_converse": {"guardrailConfig": {"x": 1}}, "openai_chat": {"prediction": {}}},
        dropped=("extra.prediction", "parallel_tools", "store", "user"),
    )
    assert wire["requestMetadata"] == {"a": "b c"}
    assert wire["serviceTier"] == {"type": "default"}
    assert wire["guardrailConfig"] == {"x": 1}
    assert write(metadata={"a": "ü"}, service_tier="x", dropped=("metadata", "service_tier")) == write()
    assert write(service_tier="auto") == write()
    with pytest.raises(Unsupported, match="modalities"):
        write(modalities=("text", "audio"))


def test_system_prompts_hold_text_only():
    with pytest.raises(Unsupported, match=r"messages\.0"):
        write(Message("system", (Image(Media(data="/9j/", media_type="image/jpeg")),)), HI)


def test_fields_of_the_configuration_and_of_the_call_join():
    wire = write(
        sampling=Sampling(top_k=3),
        extra={"bedrock_converse": {"additionalModelRequestFields": {"a": 1}}},
    )
    assert wire["additionalModelRequestFields"] == {"a": 1, "top_k": 3}
