"""What clients of the vendor send."""

from __future__ import annotations

import json

import pytest

from trunkline.core.chat import (
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
    ToolCall,
    ToolChoice,
    ToolResult,
)
from trunkline.core.errors import InvalidInput
from trunkline.dialects.bedrock_converse import DIALECT
from trunkline.dialects.bedrock_converse.seal import SEALED, SIGNED

from .fixture import load, parse


def read(name: str):
    return DIALECT.read_request(load("requests", name))


def test_text():
    request = read("text")
    assert [message.role for message in request.messages] == ["system", "user"]
    assert request.sampling == Sampling(max_tokens=1000, temperature=0.5, top_p=0.9, stop=("END",))
    assert (request.model, request.stream, request.extra) == ("", False, {})


def test_pictures_by_bytes_and_by_place():
    _, inline, placed = read("image").messages[0].parts
    assert isinstance(inline, Image)
    assert inline.media.media_type == "image/png"
    assert placed == Image(
        Media(
            url="s3://my-bucket/a.jpeg",
            media_type="image/jpeg",
            extra={"bedrock_converse": {"bucketOwner": "111122223333"}},
        )
    )


def test_documents():
    _, pdf, note = read("document").messages[0].parts
    assert isinstance(pdf, File)
    assert (pdf.name, pdf.context, pdf.citations, pdf.media.media_type) == (
        "Annual Report", "of 2024", True, "application/pdf",
    )  # fmt: skip
    assert note == File(Media(data="UGxhaW4gd29yZHMu", media_type="text/plain"), name="note")


def test_results_are_messages_of_their_own():
    request = read("tool_result")
    assert [message.role for message in request.messages] == ["user", "assistant", "tool", "user"]
    assert request.messages[1].parts[1] == ToolCall("tooluse_hbTgdi0CSLq_hM4P8csZJA", "top_song", '{"sign":"WZPZ"}')
    assert request.messages[2].parts == (
        ToolResult("tooluse_hbTgdi0CSLq_hM4P8csZJA", (Text('{"song":"Elemental Hotel","artist":"8 Storey Hike"}'),)),
    )
    assert request.tool_choice == ToolChoice("required")
    failed = read("tool_results_parallel").messages[2].parts[1]
    assert isinstance(failed, ToolResult)
    assert failed.is_error


def test_forced_tool_and_the_services_own():
    request = read("tool_forced")
    assert request.tool_choice == ToolChoice("required", ("top_song",))
    assert [tool.name for tool in request.tools] == ["top_song"]
    assert request.extra["bedrock_converse"]["tools"] == [{"systemTool": {"name": "nova_grounding"}}]


def test_thoughts_and_fields_of_the_model():
    request = read("reasoning")
    signed, sealed, _ = request.messages[1].parts
    assert isinstance(signed, Reasoning)
    assert (signed.text, signed.format) == ("27 * 453 = 12231", SIGNED)
    assert isinstance(sealed, Reasoning)
    assert sealed.format == SEALED
    assert request.reasoning == ReasoningOptions(enabled=True, budget_tokens=4000)
    assert request.sampling.top_k == 200
    assert request.extra["bedrock_converse"] == {
        "additionalModelRequestFields": {"anthropic_beta": ["interleaved-thinking-2025-05-14"]},
        "additionalModelResponseFieldPaths": ["/stop_sequence"],
    }


def test_cache_points_belong_to_what_is_before_them():
    request = read("cache")
    system, user = request.messages
    assert system.parts == (Text("Long instructions.", cache=CacheHint("1h")),)
    assert user.parts == (Text("A long text.", cache=CacheHint()), Text("A question."))
    assert request.tools[0].cache == CacheHint()


def test_a_cache_point_that_follows_nothing_stays():
    body = json.dumps({"messages": [{"role": "user", "content": [{"cachePoint": {"type": "default"}}, {"text": "x"}]}]})
    part, _ = DIALECT.read_request(body.encode()).messages[0].parts
    assert part == Opaque("bedrock_converse", {"cachePoint": {"type": "default"}})


def test_what_only_this_wire_knows_is_kept():
    request = read("guard")
    assert request.messages[1].parts[1] == Opaque(
        "bedrock_converse", parse("requests", "guard")["messages"][0]["content"][1]
    )
    assert request.metadata == {"team": "search"}
    assert request.service_tier == "priority"
    assert set(request.extra["bedrock_converse"]) == {"guardrailConfig", "performanceConfig"}
    assert isinstance(read("video").messages[0].parts[1], Opaque)


def test_form_and_effort():
    request = read("schema")
    assert request.response_format is not None
    assert request.response_format.schema == {"type": "object", "properties": {"name": {"type": "string"}}}
    assert request.reasoning == ReasoningOptions(effort="medium", effort_of_answer=True)


def test_a_system_turn_stays_where_it_is():
    turns = [{"role": role, "content": [{"text": "x"}]} for role in ("user", "system", "user")]
    request = DIALECT.read_request(json.dumps({"messages": turns}).encode())
    assert [message.role for message in request.messages] == ["user", "system", "user"]
    assert request.messages[1] == Message("system", (Text("x"),))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", ""),
        (b"[]", ""),
        (b"[" * 100_000, ""),
        (b"{}", "messages"),
        (b'{"messages":{}}', "messages"),
        (b'{"messages":[1]}', "messages.0"),
        (b'{"messages":[{"content":[]}]}', "messages.0.role"),
        (b'{"messages":[{"role":"bot","content":[]}]}', "messages.0.role"),
        (b'{"messages":[{"role":"user"}]}', "messages.0.content"),
        (b'{"messages":[{"role":"user","content":"x"}]}', "messages.0.content"),
        (b'{"messages":[{"role":"user","content":[{}]}]}', "messages.0.content.0"),
        (b'{"messages":[{"role":"user","content":[{"text":5}]}]}', "messages.0.content.0.text"),
        (
            b'{"messages":[{"role":"user","content":[{"image":{"format":"png"}}]}]}',
            "messages.0.content.0.image.source",
        ),
        (
            b'{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":1}}}]}]}',
            "messages.0.content.0.image.source.bytes",
        ),
        (
            b'{"messages":[{"role":"user","content":[{"toolResult":{"content":[]}}]}]}',
            "messages.0.content.0.toolResult.toolUseId",
        ),
        (b'{"messages":[],"inferenceConfig":{"maxTokens":"1"}}', "inferenceConfig.maxTokens"),
        (b'{"messages":[],"inferenceConfig":{"stopSequences":[1]}}', "inferenceConfig.stopSequences.0"),
        (b'{"messages":[],"toolConfig":{"toolChoice":{"none":{}}}}', "toolConfig.toolChoice"),
        (
            b'{"messages":[],"toolConfig":{"tools":[{"toolSpec":{"name":"f"}}]}}',
            "toolConfig.tools.0.toolSpec.inputSchema",
        ),
        (b'{"messages":[],"requestMetadata":{"a":1}}', "requestMetadata.a"),
        (
            b'{"messages":[],"outputConfig":{"textFormat":{"structure":{"jsonSchema":{"schema":"{"}}}}}',
            "outputConfig.textFormat.structure.jsonSchema.schema",
        ),
        (
            b'{"messages":[],"additionalModelRequestFields":{"thinking":{"type":"enabled"}}}',
            "additionalModelRequestFields.thinking.budget_tokens",
        ),
    ],
)
def test_wrong_fields_are_named(body: bytes, field: str):
    with pytest.raises(InvalidInput) as caught:
        DIALECT.read_request(body)
    assert caught.value.fields[0].field == field
