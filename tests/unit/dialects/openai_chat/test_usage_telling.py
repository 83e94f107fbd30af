"""Usage put into an answer that tells none, or what cannot be."""

from __future__ import annotations

import json

import pytest

from trunkline.core.chat import Usage
from trunkline.dialects.openai_chat.usage_telling import tell_usage, tell_whole_usage

OURS = Usage(3, 4, estimated=True)
HEAD = '"id":"c","object":"chat.completion.chunk","created":7,"model":"m"'
STOP = f'data: {{{HEAD},"choices":[{{"index":0,"delta":{{}},"finish_reason":"stop"}}]}}\n\n'.encode()
DONE = b"data: [DONE]\n\n"


def values(events: bytes) -> list[dict[str, object]]:
    return [json.loads(line[6:]) for line in events.splitlines() if line.startswith(b"data: {")]


@pytest.mark.parametrize("end", [DONE, b"data:[DONE]\n\n", b""])
def test_a_chunk_of_its_own_before_the_end(end: bytes) -> None:
    told = tell_usage(STOP + end, OURS, "other", "other")
    assert told.startswith(STOP)
    assert told.endswith(end)
    last = values(told)[-1]
    assert (last["id"], last["created"], last["model"], last["choices"]) == ("c", 7, "m", [])
    assert last["usage"] == {
        "prompt_tokens": 3,
        "completion_tokens": 4,
        "total_tokens": 7,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        "estimated": True,
    }


def test_what_was_told_is_replaced_where_it_stands() -> None:
    chunk = f'data: {{{HEAD},"choices":[],"usage":{{"prompt_tokens":0,"completion_tokens":0}}}}\n\n'.encode()
    told = values(tell_usage(STOP + chunk + DONE, OURS, "", ""))
    assert [("usage" in value, len(value["choices"])) for value in told] == [(False, 1), (True, 0)]  # type: ignore[arg-type] - a list
    assert told[1]["usage"]["prompt_tokens"] == 3  # type: ignore[index] - an object


def test_groqs_own_place_is_known() -> None:
    chunk = f'data: {{{HEAD},"choices":[],"x_groq":{{"id":"r","usage":{{"prompt_tokens":0}}}}}}\n\n'.encode()
    (told,) = values(tell_usage(chunk + DONE, OURS, "", ""))
    assert told["x_groq"]["usage"]["prompt_tokens"] == 3  # type: ignore[index] - an object


def test_a_stream_of_nothing_but_its_end() -> None:
    (told,) = values(tell_usage(DONE, OURS, "c-1", "m-1"))
    assert (told["id"], told["model"]) == ("c-1", "m-1")


def test_a_whole_answer() -> None:
    told = json.loads(tell_whole_usage(b'{"id":"c","choices":[]}', OURS))
    assert (told["id"], told["usage"]["estimated"]) == ("c", True)
