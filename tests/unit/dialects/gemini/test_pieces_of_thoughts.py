"""A thought of another vendor whose pieces the client keeps as turns of their own, as Google's chats do."""

from __future__ import annotations

import json

from trunkline.core.chat import ChatRequest, Reasoning
from trunkline.core.chat_events import ReasoningDelta
from trunkline.dialects.gemini import DIALECT
from trunkline.dialects.gemini.seal import seal


def test_the_signature_is_that_of_the_whole_thought() -> None:
    signed = seal(Reasoning(signature="c2ln", format="anthropic-claude-v1")).signature
    pieces = [
        {"text": "Let me ", "thought": True},
        {"text": "look.", "thought": True},
        {"text": "", "thought": True, "thoughtSignature": signed},
        {"text": "Done."},
    ]
    body = {"contents": [{"role": "model", "parts": [piece]} for piece in pieces]}
    (turn,) = DIALECT.read_request(json.dumps(body).encode()).messages
    thought = turn.parts[0]
    assert isinstance(thought, Reasoning)
    assert (thought.text, thought.signature) == ("Let me look.", "c2ln")
    assert len(turn.parts) == 2


def test_pieces_that_nobody_signed_are_one_thought() -> None:
    pieces = [{"text": "Let me ", "thought": True}, {"text": "look.", "thought": True}, {"text": "Done."}]
    body = {"contents": [{"role": "model", "parts": [piece]} for piece in pieces]}
    (turn,) = DIALECT.read_request(json.dumps(body).encode()).messages
    assert [part.text for part in turn.parts if isinstance(part, Reasoning)] == ["Let me look."]


def test_a_signature_beside_the_last_piece_comes_after_it() -> None:
    writer = DIALECT.stream_writer(ChatRequest(model="m", messages=(), stream=True))
    told = writer.write(ReasoningDelta("look.", signature="c2ln", format="anthropic-claude-v1")).decode()
    events = [json.loads(line.removeprefix("data: ")) for line in told.splitlines() if line.startswith("data: ")]
    parts = [part for event in events for part in event["candidates"][0]["content"]["parts"]]
    assert [(part["text"], "thoughtSignature" in part) for part in parts] == [("look.", False), ("", True)]


def test_a_sealed_thought_of_googles_own_survives_another_wire() -> None:
    sealed = Reasoning(redacted="c2VhbA==", id="tool_0", format="google-gemini-v1")
    shown = seal(sealed)
    assert shown.redacted is None
    body = {
        "contents": [{"role": "model", "parts": [{"text": "", "thought": True, "thoughtSignature": shown.signature}]}]
    }
    (turn,) = DIALECT.read_request(json.dumps(body).encode()).messages
    assert turn.parts == (sealed,)
