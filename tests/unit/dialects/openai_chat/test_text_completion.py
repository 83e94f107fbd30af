from __future__ import annotations

import json
from typing import Any

import pytest

from trunkline.core.chat import ChatResponse, Choice, Reasoning, Refusal, Sampling, Text, Usage
from trunkline.core.chat_events import (
    ChatEvent,
    End,
    Failure,
    ReasoningDelta,
    RefusalDelta,
    Start,
    Stop,
    TextDelta,
    UsageReport,
)
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.openai_chat.text_completion import TextCompletions

COMPLETIONS = TextCompletions()


def read(**fields: Any):
    return COMPLETIONS.read_request(json.dumps({"model": "m", "prompt": "once", **fields}).encode())


def stream(events: list[ChatEvent], **fields: Any) -> list[Any]:
    writer = COMPLETIONS.stream_writer(read(stream=True, **fields))
    raw = b"".join(writer.write(event) for event in events)
    pieces = [piece.removeprefix(b"data: ") for piece in raw.split(b"\n\n") if piece]
    return [piece.decode() if piece == b"[DONE]" else json.loads(piece) for piece in pieces]


def test_a_request() -> None:
    request = read(
        max_tokens=5, temperature=0.5, top_p=0.9, n=2, best_of=2, stop="x", seed=1, presence_penalty=1,
        frequency_penalty=-1, logit_bias={"50256": -100}, user="u", stream=True, stream_options={"include_usage": True},
    )  # fmt: skip
    assert [message.text for message in request.messages] == ["once"]
    assert request.sampling == Sampling(
        max_tokens=5, temperature=0.5, top_p=0.9, n=2, stop=("x",), seed=1, presence_penalty=1, frequency_penalty=-1,
        logit_bias={"50256": -100},
    )  # fmt: skip
    assert (request.user, request.stream, request.stream_usage, request.extra) == ("u", True, True, {})
    assert read(prompt=["once"]).messages == request.messages
    assert read(stop=["a", "b"], new=1).extra == {"openai_completions": {"new": 1}}


def test_what_changes_nothing_is_accepted() -> None:
    assert read(echo=False, suffix="", best_of=1, logprobs=None, suffixes=None) == read()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"echo": True}, "echo"), ({"suffix": "end"}, "suffix"), ({"logprobs": 0}, "logprobs"),
        ({"best_of": 3}, "best_of"), ({"prompt": ["a", "b"]}, "prompt"), ({"prompt": [1]}, "prompt"),
        ({"prompt": [[1]]}, "prompt"),
    ],
)  # fmt: skip
def test_what_would_change_the_answer_is_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(Unsupported) as raised:
        read(**fields)
    assert raised.value.fields[0].field == field


@pytest.mark.parametrize("fields", [{"prompt": None}, {"prompt": ""}, {"prompt": []}, {"prompt": 1}, {"echo": "yes"}])
def test_what_is_wrong(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        read(**fields)


def test_a_whole_answer() -> None:
    choices = (
        Choice((Reasoning("hm"), Text("a"), Text("b")), "length"),
        Choice((Refusal("no"),), "refusal", index=1),
        Choice((), "stop_sequence", index=2),
    )
    answer = ChatResponse(id="i", model="m", created=5, choices=choices, usage=Usage(9, 4))
    told = json.loads(COMPLETIONS.write_response(answer))
    assert (told["id"], told["object"], told["created"], told["model"]) == ("i", "text_completion", 5, "m")
    assert [(one["index"], one["text"], one["finish_reason"], one["logprobs"]) for one in told["choices"]] == [
        (0, "ab", "length", None), (1, "no", "stop", None), (2, "", "stop", None),
    ]  # fmt: skip
    assert told["usage"]["total_tokens"] == 13


def test_a_stream() -> None:
    events = [
        Start("i", "m", 5), ReasoningDelta("hm"), TextDelta("a"), TextDelta(""), TextDelta("b", 1), Stop("length"),
        RefusalDelta("no", 1), Stop("refusal", choice=1), UsageReport(Usage(9, 4)), End(), TextDelta("late"),
    ]  # fmt: skip
    *chunks, done = stream(events)
    assert done == "[DONE]"
    assert {(chunk["id"], chunk["object"], chunk["created"], chunk["model"]) for chunk in chunks} == {
        ("i", "text_completion", 5, "m")
    }
    told = [chunk["choices"][0] for chunk in chunks]
    assert [(one["index"], one["text"], one["finish_reason"]) for one in told] == [
        (0, "a", None), (1, "b", None), (0, "", "length"), (1, "no", None), (1, "", "stop"),
    ]  # fmt: skip
    last = stream(events, stream_options={"include_usage": True})[-2]
    assert (last["choices"], last["usage"]["total_tokens"]) == ([], 13)


def test_a_stream_that_broke_off() -> None:
    first, failure, done = stream([Start("i", "m"), TextDelta("a"), Failure("broke", "server"), End()])
    assert (first["choices"][0]["text"], failure["error"]["message"], done) == ("a", "broke", "[DONE]")
