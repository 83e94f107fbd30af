"""A limit on the length of an answer, as each wire says it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from trunkline.gateway.exchanges.output_bound import bound_output


@pytest.mark.parametrize(
    ("dialect", "sent", "becomes"),
    [
        ("openai_chat", {}, {"max_tokens": 50}),
        ("openai_chat", {"max_tokens": 40}, {"max_tokens": 40}),
        ("openai_chat", {"max_tokens": 60}, {"max_tokens": 50}),
        ("openai_chat", {"max_completion_tokens": 60}, {"max_completion_tokens": 50}),
        ("openai_chat", {"max_tokens": None}, {"max_tokens": 50}),
        ("openai_responses", {"max_output_tokens": 60}, {"max_output_tokens": 50}),
        ("anthropic_messages", {"max_tokens": 60}, {"max_tokens": 50}),
        ("gemini", {}, {"generationConfig": {"maxOutputTokens": 50}}),
        (
            "gemini",
            {"generationConfig": {"temperature": 0.5, "maxOutputTokens": 60}},
            {"generationConfig": {"temperature": 0.5, "maxOutputTokens": 50}},
        ),
        ("gemini", {"generation_config": {"max_output_tokens": 60}}, {"generation_config": {"max_output_tokens": 50}}),
        ("ollama", {"options": {"num_predict": -1}}, {"options": {"num_predict": 50}}),
        ("bedrock_converse", {}, {"inferenceConfig": {"maxTokens": 50}}),
        ("something_else", {}, {}),
    ],
)
def test_bound(dialect: str, sent: dict[str, Any], becomes: dict[str, Any]) -> None:
    rest = {"model": "m", "unknown": [1.25, None]}
    bounded = bound_output(dialect, json.dumps({**rest, **sent}).encode(), 50)
    assert json.loads(bounded) == {**rest, **becomes}


def test_what_is_no_object_stays_as_it_is() -> None:
    assert bound_output("openai_chat", b"[1]", 5) == b"[1]"
    assert bound_output("openai_chat", b"{", 5) == b"{"
