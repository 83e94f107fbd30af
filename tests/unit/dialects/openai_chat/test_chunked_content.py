"""Answers in chunks, as Mistral gives them, reach clients of OpenAI's wire as texts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from trunkline.dialects.openai_chat.passthrough import read_tap
from trunkline.dialects.openai_chat.tap import StreamTap
from trunkline.dialects.passthrough import Form

from .fixtures import edit

THOUGHT: dict[str, Any] = {"type": "thinking", "thinking": [{"type": "text", "text": "I look."}], "closed": True}
FINE: dict[str, Any] = {"type": "text", "text": "Fine."}
CALL = {"id": "abcdefghi", "type": "function", "function": {"name": "look", "arguments": "{}"}}


def whole(content: Any, **more: Any) -> dict[str, Any] | None:
    """The message that the client gets; None where it is the provider's own."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content, **more}}
    told = read_tap(json.dumps({"model": "m", "choices": [choice]}).encode())
    assert told.error is None
    return None if told.body is None else json.loads(told.body)["choices"][0]["message"]


def streamed(*contents: Any) -> list[dict[str, Any]]:
    """The deltas that the client gets."""
    tap = StreamTap()
    out = b""
    for place, content in enumerate(contents):
        reason = "stop" if place == len(contents) - 1 else None
        choice = {"index": 0, "delta": {"content": content}, "finish_reason": reason}
        out += tap.feed(b"data: %b\n\n" % json.dumps({"model": "m", "choices": [choice]}).encode())
    out += tap.feed(b"data: [DONE]\n\n") + tap.take_held()
    assert tap.complete
    return [json.loads(line[6:])["choices"][0]["delta"] for line in out.splitlines() if line.startswith(b"data: {")]


def test_a_whole_answer() -> None:
    assert whole([THOUGHT, FINE]) == {"role": "assistant", "content": "Fine.", "reasoning_content": "I look."}


def test_thoughts_between_texts() -> None:
    message = whole([FINE, THOUGHT, {"type": "text", "text": " Yes."}, THOUGHT])
    assert message == {"role": "assistant", "content": "Fine. Yes.", "reasoning_content": "I look.I look."}


def test_beside_calls_there_may_be_no_text() -> None:
    message = whole([THOUGHT], tool_calls=[CALL])
    assert message == {
        "role": "assistant", "content": None, "reasoning_content": "I look.", "tool_calls": [CALL],
    }  # fmt: skip


@pytest.mark.parametrize(
    "content", ["Fine.", 'the word "content":[', None, [THOUGHT, {"type": "reference", "reference_ids": [1]}]]
)
def test_what_is_a_text_or_has_other_chunks_is_the_providers_own(content: Any) -> None:
    assert whole(content) is None


def test_a_stream() -> None:
    begun = {"type": "thinking", "thinking": [{"type": "text", "text": "I "}]}
    deltas = streamed("", [begun], [THOUGHT, FINE], [{"type": "text", "text": " Yes."}], "")
    assert deltas == [
        {"role": "assistant", "content": ""},
        {"content": "", "reasoning_content": "I "},
        {"content": "Fine.", "reasoning_content": "I look."},
        {"content": " Yes."},
        {"content": ""},
    ]


def test_what_the_client_keeps_goes_back_in_chunks() -> None:
    message = whole([THOUGHT, FINE])
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}, message]}
    out, told = edit(json.dumps(body).encode(), model="m", form=Form(earlier="chunks"))
    assert (json.loads(out)["messages"][1]["content"], told) == ([THOUGHT, FINE], ())
