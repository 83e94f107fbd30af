"""Counts as providers write them."""

from __future__ import annotations

import pytest

from trunkline.core.chat import JsonValue
from trunkline.dialects import anthropic_messages, bedrock_converse, gemini, ollama, openai_chat, openai_responses
from trunkline.dialects.dialect import Dialect
from trunkline.dialects.figure import read_count

ANSWERS: list[tuple[Dialect, str]] = [
    (
        anthropic_messages.DIALECT,
        (
            '{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"hi"}],'
            '"stop_reason":"end_turn","usage":{"input_tokens":COUNT,"output_tokens":7}}'
        ),
    ),
    (
        openai_chat.DIALECT,
        (
            '{"id":"m","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant",'
            '"content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":COUNT,"completion_tokens":7}}'
        ),
    ),
    (
        gemini.DIALECT,
        (
            '{"candidates":[{"content":{"role":"model","parts":[{"text":"hi"}]},"finishReason":"STOP"}],'
            '"usageMetadata":{"promptTokenCount":COUNT,"candidatesTokenCount":7}}'
        ),
    ),
    (
        ollama.DIALECT,
        (
            '{"model":"m","created_at":"2024-01-01T00:00:00Z","message":{"role":"assistant","content":"hi"},"done":true,'
            '"done_reason":"stop","prompt_eval_count":COUNT,"eval_count":7}'
        ),
    ),
    (
        bedrock_converse.DIALECT,
        (
            '{"output":{"message":{"role":"assistant","content":[{"text":"hi"}]}},"stopReason":"end_turn",'
            '"usage":{"inputTokens":COUNT,"outputTokens":7,"totalTokens":7}}'
        ),
    ),
    (
        openai_responses.DIALECT,
        (
            '{"id":"r","object":"response","model":"m","status":"completed","output":[{"type":"message","id":"x",'
            '"role":"assistant","status":"completed","content":[{"type":"output_text","text":"hi","annotations":[]}]}],'
            '"usage":{"input_tokens":COUNT,"output_tokens":7,"total_tokens":7}}'
        ),
    ),
]


@pytest.mark.parametrize(
    ("told", "count"),
    [(3, 3), (3.0, 3), ("12", 12), (-5, 0), (None, 0), ("many", 0), ([], 0), ({}, 0), (True, 0), (1e300, int(1e300))],
)
def test_what_is_no_count_is_none(told: JsonValue, count: int) -> None:
    assert read_count(told) == count


@pytest.mark.parametrize("count", ["9223372036854775808", "1e30", "-5", '"12"', "1.5", "null", "[]", "true"])
@pytest.mark.parametrize(("dialect", "answer"), ANSWERS, ids=[dialect.name for dialect, _ in ANSWERS])
def test_a_count_that_is_nonsense_never_costs_the_answer(dialect: Dialect, answer: str, count: str) -> None:
    read = dialect.read_response(answer.replace("COUNT", count).encode())
    assert [part for choice in read.choices for part in choice.parts] != []
    assert read.usage is None or read.usage.input >= 0
