"""Thousands of damaged streams: nothing raises, nothing follows the end, memory stays bounded."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from trunkline.core.chat_events import End, Failure
from trunkline.core.errors import UpstreamError
from trunkline.dialects.openai_chat import DIALECT
from trunkline.dialects.openai_chat.passthrough import StreamTap, _read_unusual, read_tap

from .fixtures import load, names

STREAMS = [load(f"streams/{name}") for name in names("streams")]
BITS = [
    b"\n",
    b"\n\n",
    b"\r",
    b"\r\n",
    b"data:",
    b"data: ",
    b"[DONE]",
    b"data: [DONE]\n\n",
    b"\xff",
    b"\xe2\x80",
    b"\x00",
    b"{",
    b"}",
    b'"',
    b"\\",
    b"null",
    b"[[[[",
    b"event: error\n",
    b": x\n",
    b'"finish_reason":"stop"',
    b'"usage":{}',
    b'"error":{}',
    b"1e999",
    b"\xef\xbb\xbf",
    b"-1",
    b"99999999999999999999",
    b'"\\ud800"',
]


def mutate(dice: random.Random, data: bytes) -> bytes:
    for _ in range(dice.randint(1, 4)):
        start = dice.randrange(len(data) + 1)
        end = min(len(data), start + dice.choice([0, 1, 3, 20, 200]))
        match dice.randrange(5):
            case 0:
                data = data[:start] + data[end:]
            case 1:
                data = data[:start] + dice.choice(BITS) + data[end:]
            case 2:
                data = data[:start] + bytes([dice.randrange(256)]) + data[start + 1 :]
            case 3:
                data = data[:end] + data[start:end] * dice.randint(1, 5) + data[end:]
            case _:
                other = dice.choice(STREAMS)
                data = data[:start] + other[dice.randrange(len(other)) :]
    return data


def pieces(dice: random.Random, data: bytes) -> list[bytes]:
    cuts = sorted(dice.randrange(len(data) + 1) for _ in range(dice.randrange(6)))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


@pytest.mark.parametrize("seed", range(4))
def test_readers_survive(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(600):
        data = mutate(dice, dice.choice(STREAMS))
        reader = DIALECT.stream_reader()
        events = [event for piece in pieces(dice, data) for event in reader.feed(piece)] + reader.close()
        assert isinstance(events[-1], (End, Failure))
        assert not any(isinstance(event, (End, Failure)) for event in events[:-1])
        assert reader.feed(data) == reader.close() == []
        assert len(events) <= len(data)
        whole = DIALECT.stream_reader()
        assert whole.feed(data) + whole.close() == events


@pytest.mark.parametrize("seed", range(4))
def test_taps_survive(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(600):
        data = mutate(dice, dice.choice(STREAMS))
        tap = StreamTap(strip_usage=dice.random() < 0.5)
        out = b"".join(tap.feed(piece) for piece in pieces(dice, data))
        tap.close()
        out += tap.take_held()
        assert tap.complete is (tap.error is None)
        calls = data.count(b"tool_calls") + data.count(b"function_call")
        assert len(out) <= len(data) + 2 + 64 * calls + 40 * data.count(b"data:")
        read_tap(data)


def test_usual_answers_are_read_as_all_others_are() -> None:
    dice = random.Random(0)
    bodies = [load(f"responses/{name}") for name in names("responses")]
    for body in bodies:
        assert read_tap(body) == _read_unusual(body)
    for _ in range(3_000):
        body = mutate(dice, dice.choice(bodies))
        assert read_tap(body) == _read_unusual(body), body


def test_mutated_answers_raise_one_kind_of_error_only() -> None:
    dice = random.Random(0)
    bodies = [load(f"responses/{name}") for name in names("responses")]
    refused = 0
    for _ in range(1_000):
        body = mutate(dice, dice.choice(bodies))
        with suppress(UpstreamError):
            DIALECT.read_response(body)
            refused -= 1
        refused += 1
        read_tap(body)
        DIALECT.read_error(dice.choice([200, 400, 500, 999]), body, {})
    assert refused > 100
