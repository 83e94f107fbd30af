"""Streams that are relayed unchanged."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.strategies.chat import cuts

from trunkline.core.chat import ChatRequest, Usage
from trunkline.core.chat_events import ChatEvent, End, Failure, Start, Stop, UsageReport
from trunkline.core.heard import Heard
from trunkline.dialects.gemini import DIALECT
from trunkline.dialects.gemini.passthrough import read_tap
from trunkline.dialects.gemini.tap import StreamTap
from trunkline.dialects.sse import MAX_EVENT

from .fixture import PNG, fixture, names
from .strategies import streams

EARLY = Failure("The provider ended the stream early.", "malformed")
MALFORMED = Failure("The provider sent something that is not its own format.", "malformed")
BODIES = [fixture(name) for name in names("streams")]


def piece(text: str = "x", finish: str | None = None, tokens: int | None = None, **candidate: Any) -> bytes:
    candidate = {"content": {"parts": [{"text": text}], "role": "model"}, **candidate}
    if finish is not None:
        candidate["finishReason"] = finish
    answer: dict[str, Any] = {"candidates": [candidate], "modelVersion": "m"}
    if tokens is not None:
        answer["usageMetadata"] = {"promptTokenCount": 4, "candidatesTokenCount": tokens}
    return b"data: %b\r\n\r\n" % msgspec.json.encode(answer)


def run(*pieces: bytes) -> tuple[bytes, bytes, StreamTap]:
    """What was forwarded, what was held, and the tap."""
    tap = StreamTap()
    forwarded = b"".join(tap.feed(data) for data in pieces)
    tap.close()
    return forwarded, tap.take_held(), tap


@pytest.mark.parametrize("name", names("streams"))
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_every_byte_of_recorded_streams_is_relayed_once(name: str, data: st.DataObject) -> None:
    body = fixture(name)
    forwarded, held, tap = run(*data.draw(cuts(body)))
    assert forwarded + held + tap.tail == body


@pytest.mark.parametrize("name", names("streams"))
def test_the_tap_and_the_reader_agree(name: str) -> None:
    body = fixture(name)
    reader = DIALECT.stream_reader()
    events = reader.feed(body) + reader.close()
    tap = run(body)[2]
    assert tap.error == (None if isinstance(events[-1], End) else events[-1])
    told = [event.usage for event in events if isinstance(event, UsageReport)]
    if told:
        assert tap.usage == told[-1]
    assert tap.model == next((event.model for event in events if isinstance(event, Start)), "")
    assert tap.stops.keys() == {event.choice for event in events if isinstance(event, Stop)}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(streams(), st.data(), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_every_byte_is_relayed_once(events: list[ChatEvent], data: st.DataObject, end: bytes) -> None:
    writer = DIALECT.stream_writer(ChatRequest(model="m", messages=()))
    body = b"".join(map(writer.write, events)).replace(b"\n", end)
    forwarded, held, tap = run(*data.draw(cuts(body)))
    # The last CR may be half of a CRLF: the blank line is made whole.
    assert forwarded + held in {body, body + b"\n"}
    reader = DIALECT.stream_reader()
    read = reader.feed(body) + reader.close()
    assert [tap.usage] == ([event.usage for event in read if isinstance(event, UsageReport)][-1:] or [None])
    assert (tap.done, tap.complete, tap.error) == (True, True, None)
    assert tap.stops.keys() == {event.choice for event in read if isinstance(event, Stop)}


def test_everything_from_the_finish_on_is_held() -> None:
    forwarded, held, tap = run(piece(), piece("y") + piece("", "STOP", 7), piece("late"))
    assert (forwarded, held) == (piece() + piece("y"), piece("", "STOP", 7) + piece("late"))
    assert (tap.stops, tap.usage, tap.done, tap.model) == ({0: "stop"}, Usage(input=4, output=7), True, "m")


def test_the_last_of_several_finishes_counts() -> None:
    _, held, tap = run(piece("a", "STOP", 1), piece("b", "STOP", 2), piece("c", "MAX_TOKENS", 3))
    assert held == piece("a", "STOP", 1) + piece("b", "STOP", 2) + piece("c", "MAX_TOKENS", 3)
    assert (tap.stops, tap.usage) == ({0: "length"}, Usage(input=4, output=3))


def test_no_reason_yet_is_none() -> None:
    forwarded, held, tap = run(piece("a", "FINISH_REASON_UNSPECIFIED"))
    assert (forwarded, held, tap.error) == (piece("a", "FINISH_REASON_UNSPECIFIED"), b"", EARLY)


@pytest.mark.parametrize("second", [piece("b"), piece("b", tokens=1)])
def test_every_candidate_must_end(second: bytes) -> None:
    assert run(piece(), piece("b", index=1), piece("", "STOP"))[2].error == EARLY
    assert run(piece(), second, piece("b", index=1), piece("", "STOP", index=1), piece("", "STOP"))[2].complete
    assert run(piece(), piece("b", index=1), piece("", "STOP", index=1))[2].error == EARLY


def test_an_ordinary_piece_passes_at_once_as_the_same_object() -> None:
    tap = StreamTap()
    tap.feed(piece())
    data = piece("hello", tokens=5, index=0)
    assert tap.feed(data) is data


def test_the_usage_of_a_stream_that_broke_off_is_what_the_last_piece_told() -> None:
    _, held, tap = run(piece("a", tokens=1), piece("b", tokens=2), piece("c", tokens=3) + piece("d"))
    assert (held, tap.error) == (b"", EARLY)
    assert (tap.usage, tap.usage) == (Usage(input=4, output=3),) * 2
    tap = StreamTap()
    tap.feed(piece("a", tokens=1) + piece("b", tokens=2))
    assert tap.usage == Usage(input=4, output=2)
    tap.feed(piece("c", tokens=9))
    assert tap.usage == Usage(input=4, output=9)


def test_pictures_and_searches_are_counted() -> None:
    picture = {"content": {"parts": [{"inlineData": {"mimeType": "image/png", "data": PNG}}, {"text": "a"}]}}
    sound = {"content": {"parts": [{"inlineData": {"mimeType": "audio/wav", "data": PNG}}]}}
    tap = run(
        piece(),
        piece(**picture),
        piece(**sound),
        piece(**picture),
        piece(groundingMetadata={"webSearchQueries": ["a", "b"]}),
        piece("", "STOP", 3, groundingMetadata={"webSearchQueries": ["a"]}),
    )[2]
    assert tap.usage == Usage(input=4, output=3, images=2, searches=2)


def test_an_error_is_held_with_what_follows() -> None:
    error = b'data: {"error":{"code":503,"message":"Busy.","status":"UNAVAILABLE"}}\n\n'
    forwarded, held, tap = run(piece(), error, piece())
    assert (forwarded, held) == (piece(), error + piece())
    assert tap.error == Failure("The provider is overloaded. Busy.", "overloaded", "UNAVAILABLE")
    assert (tap.told, tap.complete, tap.begun) == (True, False, True)


def test_an_error_at_first_is_none_of_the_answer() -> None:
    tap = StreamTap()
    assert tap.feed(b'data: {"error":{"code":503,"message":"Busy."}}\n\n') == b""
    assert not tap.begun


def test_words_that_look_like_fields_change_nothing() -> None:
    words = piece('"finishReason":"STOP","error":{},"index":1 [DONE] event: error')
    forwarded, held, tap = run(piece(), words, words + words, piece("", "STOP"))
    assert (forwarded, held) == (piece() + words * 3, piece("", "STOP"))
    assert tap.complete


def test_the_end_of_another_wire_passes() -> None:
    _, held, tap = run(piece(), piece("", "STOP"), b"data: [DONE]\n\n")
    assert held == piece("", "STOP") + b"data: [DONE]\n\n"
    assert tap.complete


@pytest.mark.parametrize("broken", [b'data: "error" x\n\n', b'data: {"candidates":5,"error":null}\n\n'])
def test_a_broken_event_and_what_follows_are_not_relayed(broken: bytes) -> None:
    # A delta is only looked at where it could be more than that.
    forwarded, held, tap = run(piece(), broken, piece(), piece("", "STOP"))
    assert (forwarded, held, tap.error, tap.told) == (piece(), b"", MALFORMED, False)


def test_a_line_end_may_be_cut_in_two() -> None:
    tap = StreamTap()
    tap.feed(piece())
    assert tap.feed(piece()[:-1]) == b""
    assert tap.feed(b"\n" + piece()) == piece() * 2
    lone = piece().replace(b"\r\n", b"\r")
    assert tap.feed(lone) == b""
    assert tap.feed(lone) == lone


def test_a_torn_event_never_goes_out() -> None:
    forwarded, held, tap = run(piece(), piece()[:30])
    assert (forwarded, held, tap.tail, tap.error) == (piece(), b"", piece()[:30], EARLY)


def test_a_last_event_without_its_blank_line_gets_it() -> None:
    _, held, tap = run(piece(), piece("", "STOP").rstrip())
    assert (held, tap.done) == (piece("", "STOP").rstrip() + b"\n\n", True)


def test_more_candidates_than_anyone_asks_for_are_refused() -> None:
    tap = run(piece(), *(piece(index=index) for index in range(200)))[2]
    assert tap.error == MALFORMED


def test_what_was_said_is_heard() -> None:
    tap = StreamTap()
    tap.feed(piece("a"))
    tap.feed(piece("b") + piece("c"))
    assert tap.heard == Heard("abc")
    tap.feed(piece("d", "STOP"))
    assert tap.heard == Heard("abcd"), "what is held was received as well"


def test_calls_and_pictures_are_heard() -> None:
    tap = StreamTap()
    parts = '[{"functionCall":{"name":"find","args":{"a":1}}},{"inlineData":{"mimeType":"image/png","data":"aa"}}]'
    tap.feed(b'data: {"candidates":[{"content":{"parts":%b}}]}\n\n' % parts.encode())
    assert tap.heard == Heard('find{"a":1}', calls=1, pictures=1)


@pytest.mark.parametrize("held_first", [False, True])
def test_memory_is_bounded(held_first: bool) -> None:
    tap = StreamTap()
    tap.feed(piece("", "STOP") if held_first else piece())
    data = b"data: x\n" * 8192
    for _ in range(MAX_EVENT // len(data) + 2):
        assert tap.feed(data) == b""
    assert tap.error == MALFORMED
    assert tap.feed(piece()) == b""
    assert len(tap.take_held()) <= MAX_EVENT


BITS = [
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b"\xff",
    b"\xef\xbb\xbf",
    b'"',
    b"{",
    b"null",
    b"1e999",
    b": x\n\n",
    b'"finishReason":"STOP"',
    b'"usageMetadata":{"promptTokenCount":-1}',
    b'"index":9999999999999999999999',
    b'data: {"error":[]}\n\n',
    b'data: {"promptFeedback":{"blockReason":1}}\n\n',
    b"data: [DONE]\n\n",
]


@pytest.mark.parametrize("seed", range(3))
def test_taps_survive_damage(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(500):
        body = bytearray(dice.choice(BODIES))
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(body) + 1)
            match dice.randrange(4):
                case 0:
                    del body[at : at + dice.randint(1, 60)]
                case 1:
                    body[at:at] = dice.choice(BITS)
                case 2:
                    body[at : at + 1] = bytes([dice.randrange(256)])
                case _:
                    body[at:at] = body[at : at + dice.randint(1, 400)]
        data = bytes(body)
        cut = sorted(dice.randrange(len(data) + 1) for _ in range(4))
        tap = StreamTap()
        out = b"".join(tap.feed(data[a:b]) for a, b in zip([0, *cut], [*cut, len(data)], strict=True))
        tap.close()
        out += tap.take_held()
        assert tap.complete is (tap.error is None)
        assert len(out) <= len(data) + 2
        whole = StreamTap()
        whole.feed(data)
        whole.close()
        assert (whole.usage, whole.done, whole.error is None) == (tap.usage, tap.done, tap.error is None)
        read_tap(data)
