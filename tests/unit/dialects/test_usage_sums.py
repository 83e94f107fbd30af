"""Usage from one wire to another: every vendor's own sums, and nothing lost or counted twice on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.core.chat import ChatResponse, Choice, Text, Usage
from trunkline.core.usage_bound import believe
from trunkline.dialects import anthropic_messages, bedrock_converse, gemini, ollama, openai_chat, openai_responses
from trunkline.dialects.dialect import Dialect

DIALECTS: dict[str, Dialect] = {
    module.DIALECT.name: module.DIALECT
    for module in (anthropic_messages, bedrock_converse, gemini, ollama, openai_chat, openai_responses)
}
NO_THOUGHTS = {"bedrock_converse", "ollama"}
NO_WRITES = {"gemini", "ollama"}


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    cached, written, fresh = (draw(st.integers(0, 10_000)) for _ in range(3))
    thought, said = draw(st.integers(0, 10_000)), draw(st.integers(1, 10_000))
    return Usage(
        input=cached + written + fresh + 1, output=thought + said, cached=cached, cache_write=written, reasoning=thought
    )


def write(name: str, usage: Usage) -> bytes:
    answer = ChatResponse(id="a", model="m", choices=(Choice((Text("hi"),), "stop"),), usage=usage)
    return DIALECTS[name].write_response(answer)


def read(name: str, body: bytes) -> Usage:
    usage = believe(DIALECTS[name].read_response(body).usage)
    assert usage is not None
    return usage


@pytest.mark.parametrize("second", DIALECTS)
@pytest.mark.parametrize("first", DIALECTS)
@settings(max_examples=25, deadline=None)
@given(usage=usages())
def test_totals_survive_any_way(first: str, second: str, usage: Usage) -> None:
    there = read(first, write(first, usage))
    back = read(second, write(second, there))
    assert (back.input, back.output, back.cached) == (usage.input, usage.output, usage.cached)
    ways = {first, second}
    assert back.reasoning == (0 if ways & NO_THOUGHTS else usage.reasoning)
    assert back.cache_write == (0 if ways & NO_WRITES else usage.cache_write)
    assert back.cached + back.cache_write <= back.input
    assert back.reasoning <= back.output


@settings(max_examples=50, deadline=None)
@given(usage=usages())
def test_each_wire_has_its_vendors_sums(usage: Usage) -> None:
    wire: dict[str, dict[str, Any]] = {name: json.loads(write(name, usage)) for name in DIALECTS}
    fresh = usage.input - usage.cached - usage.cache_write
    # https://platform.claude.com/docs/en/build-with-claude/prompt-caching#tracking-cache-performance
    told = wire["anthropic_messages"]["usage"]
    assert (told["input_tokens"], told["cache_read_input_tokens"]) == (fresh, usage.cached)
    assert told["cache_creation_input_tokens"] == usage.cache_write
    # https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
    told = wire["bedrock_converse"]["usage"]
    assert (told["inputTokens"], told["totalTokens"]) == (fresh, usage.total)
    # https://ai.google.dev/api/generate-content#UsageMetadata
    told = wire["gemini"]["usageMetadata"]
    assert told["promptTokenCount"] == usage.input
    assert told["candidatesTokenCount"] + told.get("thoughtsTokenCount", 0) == usage.output
    assert told["totalTokenCount"] == usage.total
    # https://platform.openai.com/docs/api-reference/chat/object#chat-object-usage
    told = wire["openai_chat"]["usage"]
    assert (told["prompt_tokens"], told["completion_tokens"]) == (usage.input, usage.output)
    assert told["total_tokens"] == usage.total
    assert told["completion_tokens_details"]["reasoning_tokens"] == usage.reasoning
    told = wire["openai_responses"]["usage"]
    assert (told["input_tokens"], told["output_tokens"]) == (usage.input, usage.output)
    assert told["input_tokens_details"]["cached_tokens"] == usage.cached


def test_what_gemini_counts_apart_is_in_the_totals() -> None:
    body = json.loads(write("gemini", Usage(1, 1)))
    body["usageMetadata"] = {
        "promptTokenCount": 10, "toolUsePromptTokenCount": 5, "candidatesTokenCount": 7, "thoughtsTokenCount": 3,
        "totalTokenCount": 25,
    }  # fmt: skip
    assert read("gemini", json.dumps(body).encode()) == Usage(15, 10, reasoning=3)


@pytest.mark.parametrize("name", DIALECTS)
def test_a_mark_of_an_estimate_survives(name: str) -> None:
    assert read(name, write(name, Usage(3, 4, estimated=True))).estimated
    assert b"estimated" not in write(name, Usage(3, 4))


def chat_usage(**fields: Any) -> Usage:
    body = json.loads(write("openai_chat", Usage(1, 1)))
    body["usage"] = fields
    return read("openai_chat", json.dumps(body).encode())


def test_parts_that_were_counted_beside_their_whole_are_added() -> None:
    claude = chat_usage(prompt_tokens=12, completion_tokens=9, prompt_tokens_details={"cached_tokens": 2_000})
    assert (claude.input, claude.cached) == (2_012, 2_000)
    thoughts = chat_usage(
        prompt_tokens=12, completion_tokens=9, completion_tokens_details={"reasoning_tokens": 100}, total_tokens=21
    )
    assert (thoughts.output, thoughts.reasoning) == (109, 100)
    whole = chat_usage(prompt_tokens=12, completion_tokens=9, prompt_tokens_details={"cached_tokens": 12})
    assert (whole.input, whole.cached) == (12, 12)
