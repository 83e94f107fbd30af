"""Thoughts go to the models that sign them."""

from __future__ import annotations

import msgspec
import pytest

from trunkline.core.chat import ChatRequest, Message, Reasoning, Text
from trunkline.dialects.bedrock_converse.request import write_request
from trunkline.dialects.bedrock_converse.seal import SIGNED, takes_thoughts


@pytest.mark.parametrize(
    ("model", "taken"),
    [
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", True),
        ("anthropic.claude-3-7-sonnet-20250219-v1:0", True),
        ("arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-opus-4-7", True),
        ("arn:aws:bedrock:us-east-1:1:application-inference-profile/a1b2c3", True),
        ("us.amazon.nova-pro-v1:0", False),
        ("amazon.nova-lite-v1:0", False),
        ("us.meta.llama3-3-70b-instruct-v1:0", False),
        ("arn:aws:bedrock:us-east-1::foundation-model/mistral.mistral-large-2407-v1:0", False),
    ],
)
def test_whose_they_are(model: str, taken: bool) -> None:
    assert takes_thoughts(model) is taken
    thought = Reasoning("Hm.", signature="c2ln", format=SIGNED)
    messages = (Message("user", (Text("Hi."),)), Message("assistant", (thought, Text("Hello."))))
    written = write_request(ChatRequest(model=model, messages=messages))
    content = msgspec.json.decode(written.body)["messages"][1]["content"]
    assert ("reasoningContent" in content[0]) is taken
    assert written.dropped == (() if taken else ("reasoning",))
