"""The signature that Google puts on a text, on its way through a client of this wire and back."""

from __future__ import annotations

import json

from trunkline.core.chat import ChatResponse, Choice, Message, Reasoning, Text, ToolCall
from trunkline.core.chat_events import ChatEvent, End, Start, Stop, TextDelta
from trunkline.dialects.anthropic_messages import DIALECT
from trunkline.dialects.anthropic_messages.foreign_thoughts import has_foreign


def next_turn(content: object) -> Message:
    """What is read of an answer that a client sends back."""
    body = {"model": "m", "max_tokens": 1, "messages": [{"role": "assistant", "content": content}]}
    return DIALECT.read_request(json.dumps(body).encode()).messages[0]


def streamed(*events: ChatEvent) -> list[dict[str, object]]:
    """The blocks that a client puts together of a stream."""
    hi = DIALECT.read_request(b'{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"hi"}]}')
    writer = DIALECT.stream_writer(hi)
    out = b"".join(writer.write(event) for event in (Start("i", "m"), *events, Stop(), End()))
    blocks: list[dict[str, object]] = []
    for line in out.decode().splitlines():
        event = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
        if event.get("type") == "content_block_start":
            blocks.append(event["content_block"])
        elif event.get("type") == "content_block_delta":
            blocks[-1]["text"] = f"{blocks[-1]['text']}{event['delta']['text']}"
    return blocks


def test_a_whole_answer_keeps_it() -> None:
    parts = (Text("ok", signature="c2ln"), ToolCall("c1", "f", "{}", signature="Y2FsbA=="))
    wire = json.loads(DIALECT.write_response(ChatResponse(id="i", model="m", choices=(Choice(parts),))))
    assert [block["type"] for block in wire["content"]] == [
        "text",
        "redacted_thinking",
        "redacted_thinking",
        "tool_use",
    ]
    assert next_turn(wire["content"]).parts == parts


def test_a_stream_tells_it_at_the_end_of_the_text() -> None:
    blocks = streamed(TextDelta("o"), TextDelta("k"), TextDelta("", signature="c2ln"))
    assert next_turn(blocks).parts == (Text("ok", signature="c2ln"),)


def test_what_follows_is_a_text_of_its_own() -> None:
    blocks = streamed(TextDelta("a", signature="c2ln"), TextDelta("b"))
    assert next_turn(blocks).parts == (Text("a", signature="c2ln"), Text("b"))


def test_one_without_a_text_is_kept_too() -> None:
    assert next_turn(streamed(TextDelta("", signature="c2ln"))).parts == (Text("", signature="c2ln"),)


def test_the_vendor_itself_never_sees_it() -> None:
    blocks = streamed(TextDelta("a", signature="c2ln"))
    assert has_foreign(json.dumps(blocks).encode())
    assert not any(isinstance(part, Reasoning) for part in next_turn(blocks).parts)
