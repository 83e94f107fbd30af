from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.chat import Usage
from trunkline.dialects.openai_operations.tap import SoundTap, TypedEventTap


def event(value: dict, name: str = "") -> bytes:
    return (f"event: {name}\n" if name else "").encode() + b"data: " + json.dumps(value).encode() + b"\n\n"


DELTA = event({"type": "transcript.text.delta", "delta": 'he said "transcript.text.done"'})
DONE = event({"type": "transcript.text.done", "text": "x", "usage": {"input_tokens": 2, "output_tokens": 3}})
FAILED = event({"type": "error", "error": {"message": "no", "code": "server_error"}}, "error")


@given(st.lists(st.integers(1, 40), max_size=20), st.integers(0, 4))
def test_deltas_pass_and_the_end_is_held_however_it_is_cut(cuts: list[int], deltas: int) -> None:
    raw, tap, passed = DELTA * deltas + DONE, TypedEventTap(), b""
    for cut in [*cuts, len(raw)]:
        passed += tap.feed(raw[:cut])
        raw = raw[cut:]
    tap.close()
    assert (passed, tap.take_held()) == (DELTA * deltas, DONE)
    assert (tap.usage, tap.error, tap.complete) == (Usage(2, 3), None, True)


@pytest.mark.parametrize(
    "end",
    [
        event({"type": "image_generation.completed", "b64_json": "x"}),
        event({"b64_json": "x"}, "image_edit.completed"),
        event({"type": "speech.audio.done"}) + b"data: [DONE]\n\n",
    ],
)
def test_every_end_is_known(end: bytes) -> None:
    tap = TypedEventTap()
    assert tap.feed(DELTA + end) == DELTA
    tap.close()
    assert (tap.take_held(), tap.complete, tap.usage) == (end, True, None)


def test_a_stream_without_end_is_not_complete() -> None:
    tap = TypedEventTap()
    assert tap.feed(DELTA) == DELTA
    tap.close()
    assert tap.error is not None
    assert not tap.complete


def test_an_error_is_held_and_told() -> None:
    tap = TypedEventTap()
    assert tap.feed(DELTA + FAILED + DELTA) == DELTA
    assert tap.error is not None
    assert (tap.error.kind, tap.told) == ("server", True)


def test_what_is_no_event_of_this_wire() -> None:
    tap = TypedEventTap()
    assert tap.feed(b"data: hello\n\n") == b""
    assert tap.error is not None
    assert tap.error.kind == "malformed"


@given(st.lists(st.binary(min_size=1), min_size=1))
def test_sound_passes(pieces: list[bytes]) -> None:
    tap = SoundTap()
    assert [tap.feed(piece) for piece in pieces] == pieces
    assert not tap.complete
    tap.close()
    assert (tap.complete, tap.take_held(), tap.usage) == (True, b"", None)


def test_no_sound_is_an_error() -> None:
    tap = SoundTap()
    tap.close()
    assert tap.error is not None
    assert not tap.complete
