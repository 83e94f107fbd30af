"""Other vendors' signatures on their way through a client of the Gemini API."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode

import msgspec
import pytest
from google.genai import types

from trunkline.core.chat import ChatRequest, ChatResponse, Choice, Message, Part, Reasoning, Text
from trunkline.core.chat_events import ChatEvent, End, ReasoningDelta, Stop, TextDelta
from trunkline.dialects.gemini import DIALECT

FOREIGN = [
    Reasoning("Hm.", "c2lnbmF0dXJl", format="anthropic-claude-v1"),
    Reasoning(redacted="c2VhbGVk??>>", format="anthropic-claude-v1"),
    Reasoning("In short.", "gAAAA", id="rs_1", summary=True, format="openai-responses-v1"),
]


def sent_back(parts: list[dict]) -> tuple[Part, ...]:
    """What a client sends back of an answer: Google's own client writes bytes in the URL-safe alphabet."""
    for part in parts:
        signature = types.Part.model_validate(part).thought_signature
        if signature is not None:
            assert signature == b64decode(part["thoughtSignature"])
            part["thoughtSignature"] = urlsafe_b64encode(signature).decode()
    body = {"contents": [{"role": "model", "parts": parts}]}
    return DIALECT.read_request(msgspec.json.encode(body)).messages[0].parts


@pytest.mark.parametrize("thought", FOREIGN)
def test_a_foreign_signature_comes_back_from_a_client(thought: Reasoning) -> None:
    response = ChatResponse(id="", model="", choices=(Choice((thought, Text("Yes"))),))
    (candidate,) = msgspec.json.decode(DIALECT.write_response(response))["candidates"]
    assert sent_back(candidate["content"]["parts"]) == (thought, Text("Yes"))


def test_a_foreign_signature_is_told_apart_from_the_text_that_it_signs_and_finds_it_again() -> None:
    events: list[ChatEvent] = [
        ReasoningDelta("Let me "),
        ReasoningDelta("think."),
        ReasoningDelta(signature="c2ln", format="anthropic-claude-v1"),
        ReasoningDelta(redacted="c2VhbA==", format="anthropic-claude-v1"),
        TextDelta("Yes"),
        Stop(),
        End(),
    ]
    writer = DIALECT.stream_writer(ChatRequest(model="m", messages=()))
    body = b"".join(writer.write(event) for event in events)
    pieces = [msgspec.json.decode(line[6:]) for line in body.split(b"\n\n") if line]
    parts = [part for piece in pieces for part in piece["candidates"][0]["content"]["parts"]]
    assert sent_back(parts) == (
        Reasoning("Let me think.", "c2ln", format="anthropic-claude-v1"),
        Reasoning(redacted="c2VhbA==", format="anthropic-claude-v1"),
        Text("Yes"),
    )


def test_googles_own_signature_joins_nothing() -> None:
    parts = [{"text": "A", "thought": True}, {"thought": True, "text": "", "thoughtSignature": "U2ln"}]
    assert sent_back(parts) == (
        Reasoning("A", summary=True),
        Reasoning(signature="U2ln", summary=True, format="google-gemini-v1"),
    )


def test_a_foreign_signature_never_goes_to_google() -> None:
    for thought in FOREIGN:
        request = ChatRequest(model="m", messages=(Message("user", (Text("Hi"),)), Message("assistant", (thought,))))
        assert b"thoughtSignature" not in DIALECT.write_request(request).body


@pytest.mark.parametrize("inside", ["", "!", "AAAA", "W10="])
def test_a_spoilt_wrapping_is_no_signature(inside: str) -> None:
    part = {"text": "Hm.", "thought": True, "thoughtSignature": "dHJ1bmtsaW5lLzE6" + inside}
    body = msgspec.json.encode({"contents": [{"role": "model", "parts": [part]}]})
    assert DIALECT.read_request(body).messages[0].parts == (Reasoning("Hm.", summary=True),)
