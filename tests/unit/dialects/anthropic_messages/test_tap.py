"""Streams that are relayed unchanged."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.strategies.chat import cuts

from trunkline.core.chat import ChatRequest, Usage
from trunkline.core.chat_events import ChatEvent, End, Failure, Start, UsageReport
from trunkline.core.heard import Heard
from trunkline.core.terms import note_tier
from trunkline.dialects.anthropic_messages import DIALECT
from trunkline.dialects.anthropic_messages.passthrough import DONE, read_tap
from trunkline.dialects.anthropic_messages.tap import StreamTap
from trunkline.dialects.sse import MAX_EVENT

from .fixture import load, names
from .strategies import streams
from .test_hostile_streams import BODIES, mutate

EARLY = Failure("The provider ended the stream early.", "malformed")
MALFORMED = Failure("The provider sent something that is not its own format.", "malformed")


def event(kind: str, rest: str = "") -> bytes:
    return f'event: {kind}\ndata: {{"type":"{kind}"{rest}}}\n\n'.encode()


START = event("message_start", ',"message":{"id":"a","model":"m","usage":{"input_tokens":7,"output_tokens":1}}')
OPEN = event("content_block_start", ',"index":0,"content_block":{"type":"text","text":""}')
SHUT = event("content_block_stop", ',"index":0')
STOP = event("message_delta", ',"delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}')
PING = event("ping")


def text(words: str = "x") -> bytes:
    return event("content_block_delta", f',"index":0,"delta":{{"type":"text_delta","text":"{words}"}}')


def run(*pieces: bytes) -> tuple[bytes, bytes, StreamTap]:
    """What was forwarded, what was held, and the tap."""
    tap = StreamTap()
    forwarded = b"".join(tap.feed(piece) for piece in pieces)
    tap.close()
    return forwarded, tap.take_held(), tap


@pytest.mark.parametrize("name", names("streams"))
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_every_byte_of_recorded_streams_is_relayed_once(name: str, data: st.DataObject) -> None:
    body = load("streams", name)
    forwarded, held, _ = run(*data.draw(cuts(body)))
    assert (forwarded + held).rstrip() == body.replace(b"data: [DONE]", b"").rstrip()


@pytest.mark.parametrize("name", names("streams"))
def test_the_tap_and_the_reader_agree(name: str) -> None:
    body = load("streams", name)
    reader = DIALECT.stream_reader()
    events = reader.feed(body) + reader.close()
    tap = run(body)[2]
    assert tap.error == (None if isinstance(events[-1], End) else events[-1])
    assert tap.usage == told(events)
    assert tap.model == next((event.model for event in events if isinstance(event, Start)), "")


def told(events: Sequence[ChatEvent]) -> Usage | None:
    """The last word on what was used, with the tier that stands beside the first."""
    reports = [event.usage for event in events if isinstance(event, (UsageReport, Start))]
    tier = next((event.service_tier for event in events if isinstance(event, Start)), None)
    return note_tier(reports[-1] if reports else None, tier)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(streams(), st.data(), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_every_byte_is_relayed_once(events: list[ChatEvent], data: st.DataObject, end: bytes) -> None:
    writer = DIALECT.stream_writer(ChatRequest(model="m", messages=()))
    body = b"".join(map(writer.write, events)).replace(b"\n", end)
    forwarded, held, tap = run(*data.draw(cuts(body)))
    # The last CR may be half of a CRLF: the blank line is made whole.
    assert forwarded + held in {body, body + b"\n"}
    assert b"event: message_stop" not in forwarded
    assert b"stop_reason" not in forwarded.partition(b"content_block")[2].replace(b'\\"', b"")
    reader = DIALECT.stream_reader()
    read = reader.feed(body) + reader.close()
    assert tap.usage == told(read)
    assert (tap.done, tap.complete, tap.error, list(tap.stops)) == (True, True, None, [0])


def test_everything_from_the_stop_reason_on_is_held() -> None:
    forwarded, held, tap = run(START, OPEN + text() + SHUT + STOP, PING, DONE)
    assert forwarded == START + OPEN + text() + SHUT
    assert held == STOP + PING + DONE
    assert (tap.stops, tap.usage, tap.done, tap.model) == ({0: "stop"}, Usage(input=7, output=5), True, "m")


def test_a_report_of_usage_without_a_stop_reason_passes() -> None:
    report = event("message_delta", ',"delta":{"stop_reason":null},"usage":{"output_tokens":3}')
    forwarded, held, tap = run(START, text(), report)
    assert (forwarded, held) == (START + text() + report, b"")
    assert (tap.usage, tap.error) == (Usage(input=7, output=3), EARLY)


def test_counts_are_cumulative_and_the_cache_is_input() -> None:
    start = event(
        "message_start",
        ',"message":{"usage":{"input_tokens":7,"cache_read_input_tokens":100,"cache_creation_input_tokens":20}}',
    )
    assert run(start, STOP)[2].usage == Usage(input=127, output=5, cached=100, cache_write=20)


def test_an_ordinary_delta_passes_at_once_as_the_same_object() -> None:
    tap = StreamTap()
    tap.feed(START)
    piece = text("hello")
    assert tap.feed(piece) is piece


def test_an_answer_begins_with_its_first_block() -> None:
    tap = StreamTap()
    for opening in (b": hi\n\n", START, PING):
        assert tap.feed(opening) == opening
        assert not tap.begun
    tap.feed(OPEN)
    assert tap.begun


def test_an_overloaded_vendor_opens_a_stream_and_fails() -> None:
    error = event("error", ',"error":{"type":"overloaded_error","message":"Overloaded"}')
    forwarded, held, tap = run(START, PING, error, PING)
    assert (forwarded, held) == (START + PING, error + PING)
    assert tap.error == Failure("The provider is overloaded. Overloaded", "overloaded", "overloaded_error")
    assert (tap.begun, tap.told, tap.complete) == (False, True, False)


def test_an_error_without_its_type_in_the_data_is_not_of_this_wire() -> None:
    assert run(START, text(), b'event: error\ndata: {"words":"x"}\n\n')[2].error == MALFORMED


def test_words_that_look_like_fields_change_nothing() -> None:
    words = text('\\"type\\":\\"message_stop\\",\\"error\\" \\"message_delta\\"  [DONE] event: error')
    forwarded, held, tap = run(START, words, words + words, STOP)
    assert (forwarded, held) == (START + words * 3, STOP)
    assert not tap.done


def test_a_stream_without_its_end_can_be_completed() -> None:
    forwarded, held, tap = run(START, text(), STOP)
    assert (tap.done, tap.complete, tap.error) == (False, True, None)
    reader = DIALECT.stream_reader()
    assert isinstance(reader.feed(forwarded + held + DONE)[-1], End)


def test_the_end_of_another_wire_is_left_out() -> None:
    forwarded, held, tap = run(START, text() + b"data: [DONE]\n\n")
    assert (forwarded, held, tap.error) == (START + text(), b"", EARLY)
    _, held, tap = run(START, text(), STOP, b"data: [DONE]\n\n")
    assert (held, tap.done, tap.complete) == (STOP, False, True)


@pytest.mark.parametrize(
    "broken", [b'data: "message_ x\n\n', b'data: {"type":5,"message_":1}\n\n', b'data: "error"\xff\n\n']
)
def test_a_broken_event_and_what_follows_are_not_relayed(broken: bytes) -> None:
    # A delta is only looked at where it could be more than that.
    forwarded, held, tap = run(START, broken, text(), STOP)
    assert (forwarded, held, tap.error, tap.told) == (START, b"", MALFORMED, False)


def test_a_torn_event_never_goes_out() -> None:
    forwarded, held, tap = run(START, text()[:30])
    assert (forwarded, held, tap.tail, tap.error) == (START, b"", text()[:30], EARLY)


@pytest.mark.parametrize("cut", [1, 2])
def test_a_last_event_without_its_blank_line_gets_it(cut: int) -> None:
    _, held, tap = run(START, text(), STOP, DONE[:-cut])
    assert (held, tap.done) == (STOP + DONE, True)


def test_what_was_said_is_heard() -> None:
    tap = StreamTap()
    tap.feed(START + PING)
    tap.feed(OPEN)
    assert tap.heard == Heard()
    tap.feed(text("a") + text("b"))
    assert tap.heard == Heard("ab")
    tap.feed(STOP + DONE)
    assert tap.heard == Heard("ab")


@pytest.mark.parametrize("told", [b"", b',"usage":{"input_tokens":9223372036854775807,"output_tokens":1}'])
def test_an_opening_without_figures_that_can_be_has_zeros(told: bytes) -> None:
    tap = StreamTap()
    out = tap.feed(b'data: {"type":"message_start","message":{"id":"m","model":"c"%b}}\n\n' % told)
    assert msgspec.json.decode(out.removeprefix(b"data: "))["message"]["usage"]["input_tokens"] == 0
    assert tap.usage is None


def test_thoughts_and_calls_are_heard() -> None:
    tap = StreamTap()
    tap.feed(START)
    for event in (
        b'{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}',
        b'{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm. "}}',
        b'{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}',
        b'{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"find","input":{}}}',
        b'{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{}"}}',
    ):
        tap.feed(b"data: %b\n\n" % event)
    assert tap.heard == Heard("Hm. find{}", calls=1)


def test_a_long_stream_is_heard_by_its_beginning() -> None:
    tap = StreamTap()
    tap.feed(START)
    for _ in range(2_000):
        tap.feed(text("word "))
    heard = tap.heard
    assert heard.text.startswith("word word ")
    assert heard.text.count("word") < 1_000
    assert round(heard.text.count("word") * heard.scale) == 2_000


@pytest.mark.parametrize("held_first", [False, True])
def test_memory_is_bounded(held_first: bool) -> None:
    tap = StreamTap()
    tap.feed(START)
    tap.feed(STOP if held_first else text())
    piece = b"data: x\n" * 8192
    for _ in range(MAX_EVENT // len(piece) + 2):
        assert tap.feed(piece) == b""
    assert tap.error == MALFORMED
    assert tap.feed(text()) == b""
    assert len(tap.take_held()) <= MAX_EVENT


def test_an_error_that_is_too_large_to_hold_is_not_told() -> None:
    tap = StreamTap()
    tap.feed(START)
    tap.feed(event("error", ',"error":{"type":"api_error"}'))
    piece = text("z" * 60_000) * 4
    for _ in range(MAX_EVENT // len(piece) + 2):
        tap.feed(piece)
    assert (tap.told, tap.error is not None, tap.complete) == (False, True, False)


@pytest.mark.parametrize("seed", range(3))
def test_taps_survive_damage(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(500):
        body = mutate(chance.choice(BODIES), chance)
        cut = sorted(chance.randrange(len(body) + 1) for _ in range(4))
        tap = StreamTap()
        pieces = [body[a:b] for a, b in zip([0, *cut], [*cut, len(body)], strict=True)]
        out = b"".join(map(tap.feed, pieces))
        tap.close()
        out += tap.take_held()
        assert tap.complete is (tap.error is None)
        opened = out.count(b"message_start") * 200
        assert len(out) <= len(body) + 2 + opened, "only an opening grows, whose usage was damaged"
        whole = StreamTap()
        whole.feed(body)
        whole.close()
        assert (whole.usage, whole.done, whole.error is None) == (tap.usage, tap.done, tap.error is None)
        read_tap(body)
