"""Streams that are broken in every way: reading never raises, ends once, and keeps no more than it was given."""

from __future__ import annotations

import random
import struct
from zlib import crc32

import pytest

from trunkline.core.chat_events import ChatEvent, End, Failure, Start, TextDelta
from trunkline.dialects.bedrock_converse import DIALECT
from trunkline.dialects.bedrock_converse.event_stream import MAX_EVENT
from trunkline.dialects.bedrock_converse.stream_reader import MAX_OPEN, Reader

from .fixture import frame, header, load, names, pack, parse

ROUNDS = 3000
BODIES = [load("streams", name) for name in names("streams")]
FRAMES = [(kind, payload) for name in names("streams") for kind, payload in parse("streams", name)]
EVENT = header(":event-type", "contentBlockDelta") + header(":message-type", "event")
HELLO = frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "hello"}})

# Frames whose checksums are right and whose content is not: what only a hostile sender makes.
FORGED = [
    pack(b"", b"{}"),
    pack(EVENT, b"{"),
    pack(EVENT, b"\xff"),
    pack(EVENT, b"[1]"),
    pack(EVENT + EVENT, b"{}"),
    pack(EVENT[:-3], b"{}"),
    pack(b"\x01a\x63", b"{}"),
    pack(b"\x01a\x07\xff\xff", b"{}"),
    pack(b"\x02\xff\xfe\x00", b"{}"),
    pack(header(":message-type", "error") + header(":error-code", "x"), b""),
    pack(header(":message-type", "exception"), b"[]"),
    pack(b"\x0d:message-type\x00", b"{}"),
    frame("contentBlockDelta", {"contentBlockIndex": "0", "delta": {"text": 5}}),
    frame("contentBlockDelta", {"contentBlockIndex": 10**30, "delta": {"text": "x"}}),
    frame("contentBlockDelta", {"delta": {"toolUse": {"input": "{"}}}),
    frame("contentBlockDelta", {"delta": {"citation": [1]}}),
    frame("contentBlockStart", {"start": {"toolUse": {"toolUseId": 5}}}),
    frame("contentBlockStart", {"start": {"toolUse": {"type": "x"}, "image": {"format": 5}}}),
    frame("contentBlockStart", {"start": {"image": {}}}),
    frame("contentBlockDelta", {"delta": {"image": {"source": {"bytes": "é"}}}}),
    frame("contentBlockStop", {}),
    frame("messageStop", {"stopReason": "new", "additionalModelResponseFields": [1]}),
    frame("metadata", {"usage": {"inputTokens": -5, "cacheDetails": [{"ttl": "1h"}]}}),
    frame("metadata", {"usage": []}),
    frame("!", {"message": 5}),
    frame("messageStop", b'{"additionalModelResponseFields":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
]


def mutate(body: bytes, chance: random.Random) -> bytes:
    out = bytearray(body)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(out) + 1)
        match chance.randrange(6):
            case 0:
                out[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del out[at : at + chance.randint(1, 40)]
            case 2:
                out[at:at] = out[at : at + chance.randint(1, 400)]
            case 3:
                del out[at:]
            case _:
                out[at:] = chance.choice(BODIES)[chance.randrange(100) :]
    return bytes(out)


def shuffle(chance: random.Random) -> bytes:
    """Whole frames in any order, so that what is behind the checksums is reached too."""
    chosen = [frame(*chance.choice(FRAMES)) for _ in range(chance.randint(1, 12))]
    for _ in range(chance.randint(0, 2)):
        chosen.insert(chance.randrange(len(chosen) + 1), chance.choice(FORGED[:-1]))
    return b"".join(chosen)


def kept(reader: Reader) -> int:
    held = [getattr(block, "pieces", []) for block in reader._open.values()]
    return len(repr(held)) + reader._frames.waiting


@pytest.mark.parametrize("seed", range(4))
def test_mutated_streams(seed: int):
    chance = random.Random(seed)
    for number in range(ROUNDS // 4):
        body = mutate(chance.choice(BODIES), chance) if number % 2 else shuffle(chance)
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


@pytest.mark.parametrize("forged", FORGED)
def test_forged_frames(forged: bytes):
    reader = DIALECT.stream_reader()
    events = reader.feed(HELLO + forged) + reader.close()
    assert events[:2] == [Start(), TextDelta("hello")]
    assert isinstance(events[-1], End | Failure)


def test_a_wrong_checksum_is_malformed():
    for at in (3, 9, 30, len(HELLO) - 1):
        broken = bytearray(HELLO)
        broken[at] ^= 1
        (failure,) = DIALECT.stream_reader().feed(bytes(broken) + HELLO * 3)
        assert isinstance(failure, Failure)
        assert failure.kind == "malformed"


def test_a_wrong_checksum_is_malformed_also_where_the_headers_came_before():
    for at in (30, len(HELLO) - 6, len(HELLO) - 1):
        reader = DIALECT.stream_reader()
        assert reader.feed(HELLO * 2)[1:] == [TextDelta("hello")] * 2
        broken = bytearray(HELLO)
        broken[at] ^= 1
        (failure,) = reader.feed(bytes(broken))
        assert isinstance(failure, Failure)
        assert failure.kind == "malformed"


def test_a_length_with_a_wrong_checksum_is_not_waited_for():
    broken = bytearray(HELLO)
    broken[1] ^= 1
    assert [type(event) for event in DIALECT.stream_reader().feed(bytes(broken))] == [Failure]


def test_arguments_of_a_call_that_was_never_begun():
    events = DIALECT.stream_reader().feed(
        frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"toolUse": {"input": "{}"}}})
    )
    assert [type(event) for event in events] == [Start, Failure]


@pytest.mark.parametrize(("total", "headers"), [(0, 0), (15, 0), (16, 100), (100, 4_000_000_000), (4_000_000_000, 0)])
def test_impossible_lengths(total: int, headers: int):
    prelude = struct.pack("!II", total, headers)
    body = prelude + struct.pack("!I", crc32(prelude)) + b"\x00" * 64
    reader = DIALECT.stream_reader()
    events = reader.feed(body) + reader.close()
    assert [type(event) for event in events] == [Failure]


def test_an_endless_message_is_given_up():
    prelude = struct.pack("!II", MAX_EVENT + 1_000_000, 0)
    reader = DIALECT.stream_reader()
    events = reader.feed(prelude + struct.pack("!I", crc32(prelude)))
    piece = b"\x00" * 1_000_000
    for _ in range(MAX_EVENT // len(piece) + 1):
        events += reader.feed(piece)
    assert [type(event) for event in events] == [Failure]


def test_blocks_without_end_are_given_up():
    reader = DIALECT.stream_reader()
    events: list[ChatEvent] = []
    for index in range(MAX_OPEN + 2):
        start = {"toolUse": {"toolUseId": str(index), "name": "f"}}
        events += reader.feed(frame("contentBlockStart", {"contentBlockIndex": index, "start": start}))
    assert isinstance(events[-1], Failure)
