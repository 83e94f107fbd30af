from __future__ import annotations

import json

import pytest

from trunkline.core.capture import LARGEST_BYTES
from trunkline.gateway.capture.ear import BeginningEar, EventEar, SoundEar


def hear(ear: BeginningEar | EventEar | SoundEar, stream: bytes, size: int) -> bytes:
    for at in range(0, len(stream), size):
        ear.hear(stream[at : at + size])
    return ear.end()


@pytest.mark.parametrize("size", [1, 7, 1_000, 10_000])
def test_a_picture_in_an_event_is_counted_wherever_it_is_cut(size: int) -> None:
    ear = EventEar()
    event = b'data: {"type":"x","b64_json":"%b","text":"%b"}\n\n'
    assert hear(ear, event % (b"QU+/" * 1_000, b"a" * 1_024), size) == event % (b"[4,000 characters]", b"a" * 1_024)
    assert ear.leaves_out


def test_what_has_no_picture_is_kept_as_it_is() -> None:
    ear = EventEar()
    assert hear(ear, b"data: plain words, and no more", 5) == b"data: plain words, and no more"
    assert not ear.leaves_out


@pytest.mark.parametrize("ear", [BeginningEar(), EventEar()])
def test_no_more_is_kept_than_there_is_room_for(ear: BeginningEar | EventEar) -> None:
    kept = hear(ear, b"ab " * LARGEST_BYTES, 4_096)
    assert kept == (b"ab " * LARGEST_BYTES)[:LARGEST_BYTES]
    assert ear.leaves_out


def test_exactly_what_there_is_room_for_is_all_of_it() -> None:
    ear = BeginningEar()
    assert len(hear(ear, b"a" * LARGEST_BYTES, 4_096)) == LARGEST_BYTES
    assert not ear.leaves_out


def test_of_a_sound_the_kind_and_the_size_are_told() -> None:
    told = json.loads(hear(SoundEar("audio/wav"), b"x" * 5_000, 4_096))
    assert told == {"mediaType": "audio/wav", "bytes": 5_000}
