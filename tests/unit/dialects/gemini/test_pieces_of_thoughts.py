"""A thought of another vendor whose pieces the client keeps as turns of their own, as Google's chats do."""

from __future__ import annotations

import json

from trunkline.core.chat import Reasoning
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
