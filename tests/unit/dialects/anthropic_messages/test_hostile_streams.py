"""Streams that are broken in every way: reading never raises, ends once, and keeps no more than it was given."""

from __future__ import annotations

import random

import pytest

from trunkline.core.chat import ChatRequest
from trunkline.core.chat_events import ChatEvent, End, Failure, Start, TextDelta
from trunkline.dialects.anthropic_messages import DIALECT
from trunkline.dialects.anthropic_messages.stream_reader import Reader

from .fixture import load, names

ROUNDS = 3000
BODIES = [load("streams", name) for name in names("streams")]
INSERTS = [
    b"\r",
    b"\n",
    b"\n\n",
    b"\r\n\r\n",
    b"\xff",
    b"\xe2\x80\xa8",
    b"\xef\xbb\xbf",
    b"\x00",
    b": ping\n\n",
    b"data: [DONE]\n\n",
    b"data:\n\n",
    b'data: {"type":"error"}\n\n',
    b'data: {"type":"error","error":"x"}\n\n',
    b'data: {"type":"message_stop"}\n\n',
    b'data: {"type":"content_block_stop"}\n\n',
    b'data: {"type":"content_block_stop","index":-99999999999999999999999}\n\n',
    b'data: {"type":"content_block_start","content_block":{"type":"tool_use","input":[1],"id":3}}\n\n',
    b'data: {"type":"content_block_start","index":1,"content_block":{"type":["x"]}}\n\n',
    b'data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{"}}\n\n',
    b'data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":-5}}\n\n',
    b'"',
    b"{",
    b"null",
    b"1e999",
    b"\\ud800",
]


DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    "event",
    [
        b'{"type":"error","error":%b}',
        b'{"type":"ping","extra":%b}',
        b'{"type":"content_block_start","index":0,"content_block":{"type":"x","value":%b}}',
    ],
)
def test_events_that_are_nested_beyond_reason(event: bytes):
    events = DIALECT.stream_reader().feed(b"data: " + event % DEEP + b"\n\n")
    assert isinstance(events[-1], Failure)


def test_what_can_just_be_read_is_written_or_left_out():
    for depth in range(900, 1000):
        block = b'{"type":"x","value":%b}' % (b"[" * depth + b"]" * depth)
        body = b'data: {"type":"content_block_start","index":0,"content_block":%b}\n\n' % block
        reader, writer = DIALECT.stream_reader(), DIALECT.stream_writer(ChatRequest(model="m", messages=()))
        written = writer.write(TextDelta("a"))
        events = reader.feed(body + b'data: {"type":"message_stop"}\n\n')
        written += b"".join(writer.write(event) for event in events if not isinstance(event, Start))
        if not isinstance(events[-1], Failure):
            assert written.count(b"event: content_block_start") == written.count(b"event: content_block_stop")


def mutate(body: bytes, chance: random.Random) -> bytes:
    out = bytearray(body)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(out) + 1)
        match chance.randrange(6):
            case 0:
                out[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del out[at : at + chance.randint(1, 40)]
            case 2:
                out[at:at] = chance.choice(INSERTS)
            case 3:
                out[at:at] = out[at : at + chance.randint(1, 400)]
            case 4:
                del out[at:]
            case _:
                other = chance.choice(BODIES)
                out[at:] = other[chance.randrange(len(other)) :]
    return bytes(out)


def kept(reader: Reader) -> int:
    """The bytes that a reader holds back, roughly: what a repr of all its state shows."""
    held = [getattr(block, name) for block in reader._open.values() for name in block.__slots__]
    return len(repr(held)) + sum(len(piece) for piece in reader._events._pieces)


@pytest.mark.parametrize("seed", range(4))
def test_mutated_streams(seed: int):
    chance = random.Random(seed)
    for _ in range(ROUNDS // 4):
        body = mutate(chance.choice(BODIES), chance)
        reader = DIALECT.stream_reader()
        assert isinstance(reader, Reader)
        events: list[ChatEvent] = []
        at, sizes = 0, chance.choice([[1], [1, 2, 7, 64], [64, 4096]])
        while at < len(body):
            size = chance.choice(sizes)
            events += reader.feed(body[at : at + size])
            at += size
        assert kept(reader) <= 4 * len(body) + 1000
        events += reader.close()
        assert [isinstance(event, End | Failure) for event in events].count(True) == 1, body
        assert isinstance(events[-1], End | Failure)
        assert reader.feed(body) == []
        assert reader.close() == []
