"""Characters whose two escapes come in two events, or of which one never comes."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies.chat import cuts

from trunkline.dialects.half_characters import HalfCharacters, join_halves
from trunkline.dialects.ndjson import LineReader
from trunkline.dialects.openai_chat.tap import StreamTap
from trunkline.dialects.sse import EventReader


def joined(*bodies: bytes) -> list[str]:
    halves = HalfCharacters()
    return [msgspec.json.decode(halves.join(body))["t"] for body in bodies]


def written(text: str) -> bytes:
    return json.dumps({"t": text}).encode()


def in_units(text: str, size: int) -> list[bytes]:
    """``text`` as a server writes it in pieces of so many UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    pieces = [units[start : start + 2 * size] for start in range(0, len(units), 2 * size)]
    return [written(piece.decode("utf-16-le", "surrogatepass")) for piece in pieces]


def test_halves_are_joined_in_the_second_text() -> None:
    assert joined(rb'{"t":"a \ud83d"}', rb'{"t":"\uDE00 b"}') == ["a ", "😀 b"]


@settings(deadline=None)
@given(st.text(), st.integers(1, 4))
def test_every_text_arrives_whole_however_it_is_cut(text: str, size: int) -> None:
    assert "".join(joined(*in_units(text, size))) == text


@pytest.mark.parametrize(
    ("alone", "told"),
    [
        (rb'{"t":"a\ud83d"}', "a"),
        (rb'{"t":"a\ud83db"}', "a\ufffdb"),
        (rb'{"t":"\ude00a"}', "\ufffda"),
        (rb'{"t":"a\ude00\ud83d b"}', "a\ufffd\ufffd b"),
    ],
)
def test_a_half_that_stays_alone_is_none(alone: bytes, told: str) -> None:
    assert joined(alone) == [told]
    assert msgspec.json.decode(join_halves(alone)) == {"t": told}


def test_a_text_between_them_does_not_part_them() -> None:
    assert joined(rb'{"t":"\ud83d"}', rb'{"t":"b"}', rb'{"t":"\ude00"}') == ["", "b", "😀"]


def test_what_is_said_twice_is_joined_twice() -> None:
    halves = HalfCharacters()
    halves.join(rb'{"reasoning":"\ud83d","details":[{"text":"\ud83d"}]}')
    assert msgspec.json.decode(halves.join(rb'{"reasoning":"\ude00","details":[{"text":"\ude00"}]}')) == {
        "reasoning": "😀",
        "details": [{"text": "😀"}],
    }


@pytest.mark.parametrize("whole", [rb'{"t":"\\ud83d"}', rb'{"t":"\ud83d\ude00"}', rb'{"t":"\ud55c\u00e9 \\\\ude00"}'])
def test_what_is_whole_is_not_touched(whole: bytes) -> None:
    assert HalfCharacters().join(whole) == whole
    assert join_halves(whole) == whole


@settings(deadline=None)
@given(st.data())
def test_readers_of_events_and_lines_join_them(data: st.DataObject) -> None:
    bodies = in_units("a😀😀b😀", 1)
    events, lines = EventReader(), LineReader()
    stream = b"".join(b"data: %b\n\n" % body for body in bodies)
    got = [event.data for piece in data.draw(cuts(stream)) for event in events.feed(piece)]
    assert "".join(msgspec.json.decode(one)["t"] for one in got) == "a😀😀b😀"
    stream = b"".join(body + b"\n" for body in bodies)
    told = [line for piece in data.draw(cuts(stream)) for line in lines.feed(piece)]
    assert "".join(msgspec.json.decode(one)["t"] for one in told) == "a😀😀b😀"


def test_a_stream_that_passes_has_them_whole() -> None:
    def chunk(text: bytes, finish: bytes = b"null") -> bytes:
        choice = b'{"index":0,"delta":{"role":"assistant","content":"%b"},"finish_reason":%b}' % (text, finish)
        return b'data: {"id":"a","model":"m","choices":[%b]}\n\n' % choice

    tap = StreamTap()
    pieces = (chunk(rb"\ud83d"), chunk(rb"\ude00"), chunk(rb"\ud83d"), chunk(rb"\ude00", b'"stop"'))
    passed = b"".join(tap.feed(piece) for piece in pieces)
    tap.close()
    assert tap.error is None
    told = [msgspec.json.decode(event.data) for event in EventReader().feed(passed + tap.take_held())]
    assert [one["choices"][0]["delta"]["content"] for one in told] == ["", "😀", "", "😀"]
