"""Makes broken streams of recorded ones: what providers, proxies and networks do to them, and worse."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.contract.v1.matrix.vendors.bedrock_converse import frame

FIXTURES = Path(__file__).parents[1] / "fixtures"
NUMBER = re.compile(rb"(?<=[:,\[])-?\d+(?:\.\d+)?(?=[,}\]])")
TEXT = re.compile(rb'(?<=:)"(?:[^"\\]|\\.)*"')
NAME = re.compile(rb'"[A-Za-z_]+"(?=:)')
BAD_UTF8 = (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f\x98", b"\xc0\x80", b"\x00", b"\xe2\x80\xa8")
NUMBERS = (
    b"-1",
    b"0",
    b"1e400",
    b"4294967296",
    b"99999999999999999999",
    b"1.5",
    b"null",
    b'"7"',
    b"true",
    b"[]",
    b"{}",
)
VALUES = (b"null", b'""', b"[]", b"{}", b"7", b"false", b'"\\ud800"', b'"\\u0000"', b'["x"]', b'{"a":1}')
NESTED = tuple(b"[" * depth + b"]" * depth for depth in (50, 600, 3000))
ERRORS = (
    b'{"error":{"message":"Overloaded","type":"overloaded_error","code":529}}',
    b'{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
    b'{"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}',
    b'{"error":"overloaded"}',
    b'{"error":null}',
    b'{"error":[7]}',
    b"[DONE]",
    b"{}",
    b"[1]",
    b"null",
    b"{",
    b"",
)


@dataclass(frozen=True)
class Corpus:
    """The recorded streams of one wire, cut into events. ``wrap`` makes an event of JSON."""

    streams: tuple[tuple[bytes, ...], ...]
    wrap: Callable[[bytes], bytes]
    framed: bool = False

    def mutate(self, chance: random.Random) -> bytes:
        """A broken stream."""
        events = list(chance.choice(self.streams))
        for _ in range(chance.randint(0, 2)):
            self._shuffle(events, chance)
        for _ in range(chance.randint(0, 2)):
            if events:
                place = chance.randrange(len(events))
                events[place] = self._rewrite(events[place], chance)
        body = b"".join(map(self.pack, events))
        for _ in range(chance.randint(0, 2)):
            body = self._damage(body, chance)
        return body

    def _shuffle(self, events: list[bytes], chance: random.Random) -> None:
        place, other = (chance.randrange(len(events) + 1) for _ in range(2))
        match chance.randrange(7):
            case 0:
                events[place:place] = events[other : other + 2]
            case 1:
                del events[place : place + 2]
            case 2:
                chance.shuffle(events)
            case 3:
                events[place:] = chance.choice(self.streams)[other:]
            case 4:
                events[place:place] = [self.wrap(chance.choice(ERRORS))]
            case 5:
                del events[place:]
            case _:
                events[place:place] = events[place : place + 1] * 40

    def _rewrite(self, event: bytes, chance: random.Random) -> bytes:
        pattern, values = chance.choice(
            ((NUMBER, NUMBERS), (TEXT, VALUES), (TEXT, NESTED), (NAME, (b'"x"', b'"type"')))
        )
        found = list(pattern.finditer(event))
        if not found:
            return event
        spot = chance.choice(found)
        return event[: spot.start()] + chance.choice(values) + event[spot.end() :]

    def pack(self, event: bytes) -> bytes:
        """An event as it is sent."""
        if not self.framed:
            return event
        kind, _, payload = event.partition(b"\n")
        return frame(kind.decode(), payload)

    def _damage(self, body: bytes, chance: random.Random) -> bytes:
        place = chance.randrange(len(body) + 1)
        match chance.randrange(7):
            case 0:
                return body[:place]
            case 1:
                return body[:place] + chance.choice(BAD_UTF8) + body[place:]
            case 2:
                return body[:place] + chance.randbytes(3) + body[place + 3 :]
            case 3:
                return body.replace(b"\n", b"\r\n")
            case 4:
                return body.replace(b"\n", chance.choice((b"\r", b"\n\n", b"")), 3)
            case 5:
                return b"\xef\xbb\xbf: hello\n\n" + body
            case _:
                return body[:place] + body[place + chance.randint(1, 80) :]

    def long_line(self, size: int) -> bytes:
        """An event with a line of that many bytes."""
        return self.pack(self.wrap(b'{"x":"' + b"y" * size + b'"}'))


def cut(body: bytes, chance: random.Random) -> list[bytes]:
    """The pieces in which a body arrives, at least one: whole, cut at any places, or between CR and LF."""
    return [piece for piece in _cut(body, chance) if piece] or [b""]


def _cut(body: bytes, chance: random.Random) -> list[bytes]:
    match chance.randrange(4):
        case 0:
            return [body]
        case 1 if len(body) < 1000:
            return [body[place : place + 1] for place in range(len(body))]
        case 2:
            return body.replace(b"\r\n", b"\r\0\n").split(b"\0")
        case _:
            places = sorted(chance.randrange(len(body) + 1) for _ in range(chance.randint(1, 12)))
            return [body[start:end] for start, end in zip([0, *places], [*places, len(body)], strict=True)]


def _events(name: str, kind: str, end: bytes) -> tuple[tuple[bytes, ...], ...]:
    streams: list[tuple[bytes, ...]] = []
    for path in sorted((FIXTURES / name / "streams").glob(f"*.{kind}")):
        body = path.read_bytes().replace(b"\r\n", b"\n")
        if len(body) < 20_000:
            streams.append(tuple(event + end for event in body.split(end) if event))
    return tuple(streams)


def read_sse(name: str) -> Corpus:
    """The recorded server-sent events of a dialect."""
    return Corpus(_events(name, "sse", b"\n\n"), lambda data: b"data: " + data + b"\n\n")


def read_lines(name: str) -> Corpus:
    """The recorded lines of a dialect."""
    return Corpus(_events(name, "ndjson", b"\n"), lambda data: data + b"\n")


def read_frames(name: str) -> Corpus:
    """The recorded messages of a dialect in Amazon's frames, whose checksums are right unless bytes are damaged."""
    streams = tuple(
        tuple(f"{kind}\n{json.dumps(payload)}".encode() for kind, payload in json.loads(path.read_bytes()))
        for path in sorted((FIXTURES / name / "streams").glob("*.json"))
    )
    return Corpus(streams, lambda data: b"contentBlockDelta\n" + data, framed=True)
