from __future__ import annotations

import json
from typing import Any

import pytest

from trunkline.dialects.openai_operations.joined_stream import join_completion, join_events


def write(*told: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in told)


def read(joined: bytes | None) -> Any:
    return None if joined is None else json.loads(joined)


def test_chunks_of_text_are_one_completion() -> None:
    chunks = [
        {"id": "c", "object": "text_completion", "created": 1, "model": "m", "choices": [{"index": 0, "text": "Hel"}]},
        {"id": "c", "choices": [{"index": 0, "text": "lo", "finish_reason": "stop"}], "usage": None},
        {"id": "c", "choices": [], "usage": {"total_tokens": 5}},
    ]
    assert read(join_completion(write(*chunks) + b"data: [DONE]\n\n")) == {
        "id": "c",
        "object": "text_completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "text": "Hello", "finish_reason": "stop"}],
        "usage": {"total_tokens": 5},
    }


def test_an_error_after_some_text_is_told_with_it() -> None:
    joined = read(join_completion(write({"choices": [{"index": 0, "text": "Hel"}]}, {"error": {"message": "no"}})))
    assert (joined["choices"][0]["text"], joined["error"]) == ("Hel", {"message": "no"})


@pytest.mark.parametrize("join", [join_completion, join_events])
@pytest.mark.parametrize("stream", [b"", b"data: [DONE]\n\n", b"data: nothing\n\n", b": ping\n\n"])
def test_what_has_nothing_in_it_is_none(join: Any, stream: bytes) -> None:
    assert join(stream) is None


def test_parts_of_what_comes_whole_are_left_out() -> None:
    done = {"type": "transcript.text.done", "text": "Hello"}
    assert read(join_events(write({"type": "transcript.text.delta", "delta": "Hel"}, done))) == done


def test_several_wholes_are_a_list() -> None:
    wholes = [{"type": "image_generation.completed", "b64_json": name} for name in "ab"]
    assert read(join_events(write(wholes[0], {"type": "image_generation.partial_image"}, wholes[1]))) == wholes


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        (
            [{"type": "transcript.text.delta", "delta": "Hel"}, {"type": "transcript.text.delta", "delta": "lo"}],
            {"type": "transcript.text.delta", "delta": "Hello"},
        ),
        (
            [{"type": "image_generation.partial_image", "partial_image_index": number} for number in (0, 1)],
            {"type": "image_generation.partial_image", "partial_image_index": 1},
        ),
    ],
)
def test_of_a_stream_that_broke_off_the_parts_are_told(parts: list[Any], joined: Any) -> None:
    assert read(join_events(write(*parts) + b"data: {")) == joined
