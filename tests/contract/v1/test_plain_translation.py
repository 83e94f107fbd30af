"""Calls that are translated without a task give the same as all others do, whatever their provider speaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.v1.generated_calls import answered, asked
from tests.contract.v1.plain_lane import Lane, answer, hang_up, request, same, start
from trunkline.gateway.plain.plain_call import PlainCall

ANTHROPIC: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-5-20250929",
    "content": [{"type": "text", "text": "Hello."}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 21, "output_tokens": 9},
}
GEMINI: dict[str, Any] = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "Hello."}]}, "finishReason": "STOP", "index": 0}],
    "usageMetadata": {"promptTokenCount": 21, "candidatesTokenCount": 9, "totalTokenCount": 30},
    "modelVersion": "gemini-2.5-flash",
    "responseId": "r-1",
}
OLLAMA: dict[str, Any] = {
    "model": "llama3.2",
    "created_at": "2025-01-01T00:00:00Z",
    "message": {"role": "assistant", "content": "Hello."},
    "done": True,
    "done_reason": "stop",
    "prompt_eval_count": 21,
    "eval_count": 9,
}
MISTRAL: dict[str, Any] = {
    "id": "c-1",
    "object": "chat.completion",
    "created": 1,
    "model": "mistral-small-latest",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 21, "completion_tokens": 9, "total_tokens": 30},
}
PROVIDERS = {
    "anthropic": ("claude-sonnet-4-5", "", ANTHROPIC),
    "gemini": ("gemini-2.5-flash", "", GEMINI),
    "ollama": ("llama3.2", "", OLLAMA),
    "mistral": ("mistral-small-latest", "/v1", MISTRAL),
}

TOOL = {"type": "function", "function": {"name": "look up!", "parameters": {"type": "object", "properties": {}}}}
CALLED = {"id": "call_1", "type": "function", "function": {"name": "look up!", "arguments": "{}"}}
HI = {"role": "user", "content": "Hi"}
BODIES: dict[str, dict[str, Any]] = {
    "usual": {"temperature": 0.5, "max_tokens": 50},
    "system": {"messages": [{"role": "system", "content": "Be brief."}, HI]},
    "tools": {"tools": [TOOL], "tool_choice": "required"},
    "results": {
        "tools": [TOOL],
        "messages": [
            HI,
            {"role": "assistant", "tool_calls": [CALLED]},
            {"role": "tool", "tool_call_id": "call_1", "content": "42"},
        ],
    },
    "functions": {"functions": [TOOL["function"]]},
    "left out": {"seed": 7, "logit_bias": {"5": 1}, "store": True},
    "several answers": {"n": 3},
    "wrong": {"messages": [{"role": "nobody", "content": "Hi"}]},
    "thinking": {"reasoning_effort": "low"},
    "form": {"response_format": {"type": "json_object"}, "messages": [{"role": "user", "content": "Hi, in JSON"}]},
    "picture": {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": "data:image/gif;base64,R0lGODlhAQABAAAAACw="}},
                ],
            }
        ]
    },
    "tier": {"service_tier": "flex"},
    "usual tier": {"service_tier": "auto"},
}


def ask(**fields: Any) -> bytes:
    return request(json.dumps({"model": "gpt", "messages": [HI], **fields}).encode())


def edit(usual: dict[str, Any], **fields: Any) -> bytes:
    return json.dumps({**usual, **fields}).encode()


@pytest.fixture(scope="module", params=PROVIDERS)
def lanes(request: pytest.FixtureRequest) -> Iterator[tuple[Lane, Lane]]:
    """The same gateway twice, before a provider of another dialect: without a task, and as all other calls."""
    model, path, usual = PROVIDERS[request.param]
    yield from start(
        gated=False, provider=request.param, model=model, path=path, usual=answer(json.dumps(usual).encode())
    )


def find_usual(lane: Lane) -> dict[str, Any]:
    return json.loads(lane.usual.partition(b"\r\n\r\n")[2])


@pytest.mark.parametrize("name", BODIES)
def test_whatever_a_client_sends(lanes: tuple[Lane, Lane], name: str) -> None:
    seen = same(lanes, [ask(**BODIES[name])], [lanes[0].usual])
    if name == "usual":
        assert seen.client.startswith(b"HTTP/1.1 200 ")
        assert seen.client.count(b"Hello.") == 1
        assert seen.books[0]["cost_nanos"] == 114_000


def test_it_is_served_without_a_task(lanes: tuple[Lane, Lane], monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    hear = PlainCall.hear
    monkeypatch.setattr(PlainCall, "hear", lambda call: (begun.append(1), hear(call))[1])
    lanes[0].call([ask(tools=[TOOL], temperature=0.5)], [lanes[0].usual])
    assert begun, "nothing of this file would be tested"


NO_USAGE = {"usage": None, "usageMetadata": None, "prompt_eval_count": None, "eval_count": None}
EMPTY = {"content": [], "candidates": [], "message": {"role": "assistant", "content": ""}, "choices": []}


@pytest.mark.parametrize("changes", [NO_USAGE, EMPTY, {"padding": "x" * 200_000}, {"id": "", "model": ""}])
def test_whatever_a_provider_answers(lanes: tuple[Lane, Lane], changes: dict[str, Any]) -> None:
    same(lanes, [ask()], [answer(edit(find_usual(lanes[0]), **changes))])


FAULTS = {
    "refused": [answer(b'{"error":{"message":"bad","type":"invalid_request_error"}}', "400 Bad Request")],
    "error within": [answer(b'{"error":{"message":"out of memory","code":500}}')],
    "no json": [answer(b"<html>")],
    "key within": [answer(b'{"error":"your key sk-secret-key-1234567890 is bad"}', "401 Unauthorized")],
}


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_goes_wrong(lanes: tuple[Lane, Lane], name: str) -> None:
    seen = same(lanes, [ask()], FAULTS[name])
    assert len(seen.books) == 1
    assert b"sk-secret" not in seen.client


@pytest.mark.refused_by_vendor("what callers make up is the vendor's to judge")
@settings(max_examples=40, deadline=None)
@given(sent=asked(), data=st.data())
def test_whatever_is_asked_and_answered(lanes: tuple[Lane, Lane], sent: bytes, data: st.DataObject) -> None:
    same(lanes, [sent], data.draw(answered(lanes[0].usual)))


def test_it_is_asked_again(lanes: tuple[Lane, Lane]) -> None:
    busy = answer(b'{"error":{"message":"busy"}}', "503 Service Unavailable")
    seen = same(lanes, [ask()], [busy, lanes[0].usual])
    assert len(seen.provider) == 2
    assert seen.client.startswith(b"HTTP/1.1 200 ")


def test_a_client_that_goes_away_ends_the_call(lanes: tuple[Lane, Lane]) -> None:
    for lane in lanes:
        hang_up(lane)
    ends = [lane.bare.books.last() for lane in lanes]
    assert [(one.outcome, one.usage, one.usage_estimated) for one in ends] == [
        ("cancelled", ends[1].usage, True),
        ("cancelled", ends[1].usage, True),
    ]
    assert ends[0].usage.input > 0
