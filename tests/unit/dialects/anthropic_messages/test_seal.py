from __future__ import annotations

import json

import pytest

from trunkline.core.chat import ChatRequest, ChatResponse, Choice, Reasoning, Text, ToolCall
from trunkline.core.chat_events import End, Start, Stop, ToolCallDelta, ToolCallStart
from trunkline.dialects.anthropic_messages import DIALECT
from trunkline.dialects.anthropic_messages.seal import (
    OURS,
    Seal,
    is_signed_here,
    join_proofs,
    read_seal,
    write_proof,
    write_seal,
)


@pytest.mark.parametrize(
    ("seal", "wire"),
    [
        (Seal("EqQB/+=="), "EqQB/+=="),
        (Seal("CiQB", "google-gemini-v1"), "google-gemini-v1::CiQB"),
        (Seal("gAAA:x", "openai-responses-v1", "rs_1"), "openai-responses-v1:rs_1:gAAA:x"),
    ],
)
def test_a_seal_tells_whose_it_is_and_comes_back(seal, wire):
    assert write_seal(seal) == wire
    assert read_seal(wire) == seal


def test_a_seal_of_unknown_form_is_taken_for_the_vendors():
    assert read_seal(write_seal(Seal("abc", None))) == Seal("abc", OURS)
    assert read_seal("one:colon") == Seal("one:colon")


@pytest.mark.parametrize(
    ("form", "identity", "summary", "ours"),
    [
        (OURS, "id", True, True),
        ("google-gemini-v1", None, False, False),
        (None, None, False, True),
        (None, "rs_1", False, False),
        (None, None, True, False),
    ],
)
def test_which_thoughts_the_vendor_takes_back(form, identity, summary, ours):
    assert is_signed_here(form, identity, summary=summary) is ours


def test_the_signature_of_a_call_goes_with_it():
    call = ToolCall("t1", "f", "{}", signature="CiQB")
    block = write_proof("CiQB")
    assert block == {"type": "redacted_thinking", "data": "tool_call::CiQB"}
    whole = ChatResponse(id="m", model="m", choices=(Choice((Text("so"), call), "tool_calls"),))
    assert DIALECT.read_response(DIALECT.write_response(whole)).choices[0].parts == (Text("so"), call)


def test_a_streamed_signature_of_a_call_stands_before_it():
    writer = DIALECT.stream_writer(ChatRequest(model="m", messages=()))
    events = [ToolCallStart(0, "t1", "f", signature="CiQB"), ToolCallDelta(0, "{}"), ToolCallStart(1, "t2", "g")]
    body = b"".join(map(writer.write, [Start(), *events, Stop("tool_calls"), End()]))
    blocks = [json.loads(line[6:]) for line in body.split(b"\n") if b'"content_block_start"' in line[6:]]
    assert [(block["index"], block["content_block"]["type"]) for block in blocks] == [
        (0, "redacted_thinking"),
        (1, "tool_use"),
        (2, "tool_use"),
    ]
    assert body.count(b"event: content_block_stop") == 3


def test_a_signature_that_no_call_follows_is_left_out():
    proof = Reasoning(redacted="CiQB", format="tool_call")
    assert join_proofs([proof, Text("x"), ToolCall("t1", "f")]) == (Text("x"), ToolCall("t1", "f"))
    assert join_proofs([proof]) == ()
