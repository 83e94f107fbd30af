"""Our own counts, beside those of vendors for the same calls."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from trunkline.core.chat import ChatRequest, ChatResponse, Message, Opaque, Reasoning, Text, Tool, ToolChoice
from trunkline.core.heard import hear_choices
from trunkline.dialects import openai_responses
from trunkline.dialects.dialect import Dialect
from trunkline.gateway.estimate import Estimate, find_family, quick_tokens, request_tokens
from trunkline.providers.dialect_choice import DIALECTS

CALLS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parents[3] / "fixtures/counts/calls.jsonl").read_text("utf-8").splitlines()
]
PLAIN = [call for call in CALLS if call["kind"] == "text"]
FORMED = [call for call in CALLS if call["kind"] != "text"]


def wire(call: dict[str, Any]) -> Dialect:
    return openai_responses.DIALECT if call["dialect"] == "openai_responses" else DIALECTS[call["dialect"]]


def request_of(call: dict[str, Any]) -> ChatRequest:
    return wire(call).read_request(json.dumps(call["request"]).encode())


def answer_of(call: dict[str, Any]) -> ChatResponse:
    return wire(call).read_response(json.dumps(call["response"]).encode())


def count_input(call: dict[str, Any]) -> int:
    return request_tokens(request_of(call), find_family(call["model"]))


def count_output(call: dict[str, Any]) -> int:
    return Estimate(find_family(call["model"]), lambda: 0).output(hear_choices(answer_of(call).choices))


def name(call: dict[str, Any]) -> str:
    return f"{call['model']}-{call['input']}"


@pytest.mark.parametrize("call", PLAIN, ids=name)
def test_messages_are_counted_within_an_eighth(call: dict[str, Any]) -> None:
    assert count_input(call) == pytest.approx(call["input"], rel=0.125, abs=12)


@pytest.mark.parametrize("call", FORMED, ids=name)
def test_tools_and_schemas_are_counted_within_two_fifths(call: dict[str, Any]) -> None:
    assert count_input(call) == pytest.approx(call["input"], rel=0.42, abs=30)


def test_most_tools_and_schemas_are_counted_within_a_tenth() -> None:
    assert median(abs(count_input(call) / call["input"] - 1) for call in FORMED if call["input"] > 60) < 0.1


@pytest.mark.parametrize("call", CALLS, ids=name)
def test_answers_are_counted_within_a_sixth(call: dict[str, Any]) -> None:
    assert count_output(call) == pytest.approx(call["output"], rel=0.17, abs=20)


def test_answers_of_some_length_are_counted_within_three_hundredths() -> None:
    long = [call for call in PLAIN if call["output"] >= 60]
    assert len(long) >= 12
    for call in long:
        assert count_output(call) == pytest.approx(call["output"], rel=0.03, abs=2), call["model"]


def ask(*messages: Message, **fields: Any) -> ChatRequest:
    return ChatRequest(model="m", messages=messages, **fields)


def user(*parts: Any) -> Message:
    return Message("user", parts)


def test_what_was_thought_before_the_last_question_is_forgotten() -> None:
    family = find_family("claude-sonnet-4-5")
    thought = Message("assistant", (Reasoning("word " * 100), Text("So.")))
    earlier = request_tokens(ask(user(Text("a")), thought, user(Text("b"))), family)
    still = request_tokens(ask(user(Text("a")), thought), family)
    assert still - earlier > 90


def test_what_a_vendor_adds_for_tools_depends_on_whether_one_is_forced() -> None:
    family = find_family("claude-3-7-sonnet")
    free = ask(user(Text("a")), tools=(Tool("find"),))
    forced = ask(user(Text("a")), tools=(Tool("find"),), tool_choice=ToolChoice("required"))
    assert request_tokens(free, family) - request_tokens(forced, family) == 346 - 313


def test_the_words_of_what_only_one_dialect_knows_are_counted() -> None:
    family = find_family("gpt-4o")
    part = Opaque("openai_responses", {"type": "computer_call_output", "output": "some words that are read"})
    assert request_tokens(ask(user(part)), family) > request_tokens(ask(user()), family) + 4


def test_a_quick_count_is_a_quarter_of_the_characters() -> None:
    assert quick_tokens(ask(user(Text("x" * 400)))) == 100
    assert quick_tokens(ask(user(Text("x")))) == 1
    assert quick_tokens(ask()) == 0
