"""Streams that are relayed unchanged."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.strategies.chat import cuts

from trunkline.core.chat import Usage
from trunkline.core.chat_events import ChatEvent, End, Failure, Start, Stop, ToolCallDelta, UsageReport
from trunkline.core.terms import note_tier
from trunkline.dialects.openai_chat import DIALECT
from trunkline.dialects.openai_chat.passthrough import StreamTap
from trunkline.dialects.sse import MAX_EVENT

from .fixtures import load, names
from .strategies import streams
from .test_round_trip import write

USAGE_CHUNK = b'data: {"id":"a","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n'
EARLY = Failure("The provider ended the stream early.", "malformed")
MALFORMED = Failure("The provider sent something that is not its own format.", "malformed")


def chunk(text: str = "x", finish: str = "null", index: int = 0) -> bytes:
    return b'data: {"id":"a","model":"m","choices":[{"index":%d,"delta":{"content":%b},"finish_reason":%b}]}\n\n' % (
        index,
        msgspec.json.encode(text),
        finish.encode(),
    )


BEGUN = chunk().replace(b'{"content"', b'{"role":"assistant","content"')


def run(*pieces: bytes, strip_usage: bool = False) -> tuple[bytes, bytes, StreamTap]:
    """What was forwarded, what was held, and the tap."""
    tap = StreamTap(strip_usage=strip_usage)
    forwarded = b"".join(tap.feed(piece) for piece in pieces)
    tap.close()
    return forwarded, tap.take_held(), tap


MENDED = frozenset(
    f"{name}.sse"
    for name in (
        "careless_tools", "mistral_thinking", "google_compat", "images", "openrouter", "azure", "legacy_function",
    )
)  # fmt: skip
"""Calls have no index or are of functions, content is a list, or a role comes with every delta or never."""


@pytest.mark.parametrize("name", [name for name in names("streams") if name not in MENDED])
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_every_byte_of_recorded_streams_is_relayed_once(name: str, data: st.DataObject) -> None:
    body = load(f"streams/{name}")
    forwarded, held, _ = run(*data.draw(cuts(body)))
    assert forwarded + held == body


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(streams(), st.data(), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_every_byte_is_relayed_once_but_for_the_usage(events: list[ChatEvent], data: st.DataObject, end: bytes) -> None:
    # Arguments that begin like `null` or like a text wait until they are known to be none.
    assume(not any(isinstance(event, ToolCallDelta) and event.arguments[:1] in {"n", '"'} for event in events))
    body = write(events).replace(b"\n", end)
    forwarded, held, tap = run(*data.draw(cuts(body)))
    tier = next(event.service_tier for event in events if isinstance(event, Start))
    told = [note_tier(event.usage, tier) for event in events if isinstance(event, UsageReport)]
    if end == b"\r" and body.endswith(b"\r\r"):
        body += b"\n"  # the last CR may be half of a CRLF: the blank line is made whole
        assert (forwarded + held) in {body, body[:-1]}
    else:
        assert forwarded + held == body
    assert tap.usage == (told[-1] if told else None)
    assert tap.done
    assert tap.complete
    (start,) = [event for event in events if isinstance(event, Start)]
    assert tap.model == start.model
    assert tap.stops.keys() == {event.choice for event in events if isinstance(event, Stop)}

    quiet, held_quiet, tap_quiet = run(*data.draw(cuts(body)), strip_usage=True)
    without = write([event for event in events if not isinstance(event, UsageReport)]).replace(b"\n", end)
    assert (quiet + held_quiet).rstrip(b"\r\n") == without.rstrip(b"\r\n")
    assert tap_quiet.usage == tap.usage


def test_everything_from_the_stop_on_is_held() -> None:
    forwarded, held, tap = run(BEGUN, chunk("y") + chunk("", '"stop"'), chunk("late"), USAGE_CHUNK, b"data: [DONE]\n\n")
    assert forwarded == BEGUN + chunk("y")
    assert held == chunk("", '"stop"') + chunk("late") + USAGE_CHUNK + b"data: [DONE]\n\n"
    assert (tap.stops, tap.usage, tap.done, tap.error) == ({0: "stop"}, Usage(input=1, output=2), True, None)


def test_an_ordinary_chunk_passes_at_once_as_the_same_object() -> None:
    tap = StreamTap()
    tap.feed(BEGUN)
    piece = chunk("hello")
    assert tap.feed(piece) is piece


def test_an_unfinished_event_waits() -> None:
    tap = StreamTap()
    assert tap.feed(BEGUN + chunk("y")[:20]) == BEGUN
    assert tap.feed(chunk("y")[20:]) == chunk("y")


def test_a_line_is_no_event_whatever_its_end() -> None:
    tap = StreamTap()
    tap.feed(BEGUN)
    line = chunk("y")[:-2]
    assert tap.feed(line + b"\r\n") == b""
    assert tap.feed(b"\r\n" + chunk()) == line + b"\r\n\r\n" + chunk()
    assert tap.feed(b'event: error\r\ndata: {"message":"x"}\r\n\r\n') == b""
    assert tap.error == Failure("The provider broke off: x")


def test_the_stop_may_come_with_words_and_usage() -> None:
    delta = b'{"role":"assistant","content":"x"}'
    body = b'data: {"choices":[{"delta":%b,"finish_reason":"length"}],"usage":{"prompt_tokens":4}}\n\n' % delta
    forwarded, held, tap = run(body, strip_usage=True)
    assert (forwarded, held) == (b"", body)
    assert (tap.stops, tap.usage) == ({0: "length"}, Usage(input=4))


def test_words_that_look_like_fields_change_nothing() -> None:
    text = '"finish_reason":"stop","usage":{"prompt_tokens":9},"error":{} [DONE] event: error'
    forwarded, held, tap = run(BEGUN, chunk(text), chunk(text), chunk("", '"stop"'))
    assert forwarded == BEGUN + chunk(text) * 2
    assert held == chunk("", '"stop"')
    assert (tap.usage, tap.error) == (None, None)


def test_spaces_do_not_matter() -> None:
    body = b'data: {"model" : "m", "choices" : [ {"delta" : {}, "finish_reason" : "stop" } ], "usage" : null}\n\n'
    _, held, tap = run(BEGUN, body)
    assert held == body
    assert tap.stops == {0: "stop"}


def test_an_empty_reason_is_none() -> None:
    forwarded, held, tap = run(BEGUN, chunk("", '""'), chunk("", '""'))
    assert (forwarded, held) == (BEGUN + chunk("", '""') * 2, b"")
    assert (tap.stops, tap.error) == ({}, EARLY)


def test_usage_at_groq() -> None:
    body = b'data: {"choices":[{"delta":{},"finish_reason":"stop"}],"x_groq":{"usage":{"prompt_tokens":3}}}\n\n'
    assert run(body)[2].usage == Usage(input=3)


def test_the_last_of_several_usages_counts() -> None:
    first = b'data: {"choices":[{"delta":{},"finish_reason":null}],"usage":{"prompt_tokens":1}}\n\n'
    forwarded, _held, tap = run(first, first.replace(b":1}", b":5}"), chunk("", '"stop"'), strip_usage=True)
    assert forwarded.count(b"data:") == 2
    assert tap.usage == Usage(input=5)


@pytest.mark.parametrize("name", ["openrouter_broken", "cut_off", "no_done", "text"])
def test_the_tap_and_the_reader_agree_on_the_end(name: str) -> None:
    body = load(f"streams/{name}.sse")
    reader = DIALECT.stream_reader()
    last = (reader.feed(body) + reader.close())[-1]
    tap = run(body)[2]
    assert tap.error == (None if isinstance(last, End) else last)


def test_an_error_is_held_with_what_follows() -> None:
    error = b'data: {"error":{"message":"boom","code":503}}\n\n'
    forwarded, held, tap = run(BEGUN, error, b"data: [DONE]\n\n")
    assert (forwarded, held) == (BEGUN, error + b"data: [DONE]\n\n")
    assert tap.error == Failure("The provider broke off: boom", "overloaded", "503")
    assert not tap.complete


@pytest.mark.parametrize("broken", [b"data: nonsense\n\n", b'data: {"choices":5}\n\n', b"data: {\xff}\n\n"])
def test_a_broken_event_and_what_follows_are_not_relayed(broken: bytes) -> None:
    # A delta is only looked at where it could be more than that.
    odd = broken[:-2] + b' "error"\n\n'
    forwarded, held, tap = run(BEGUN, odd, chunk("y"), chunk("", '"stop"'))
    assert (forwarded, held) == (BEGUN, b"")
    assert tap.error == MALFORMED


def test_a_torn_event_never_goes_out() -> None:
    forwarded, held, tap = run(BEGUN, b'data: {"choi')
    assert (forwarded, held, tap.tail) == (BEGUN, b"", b'data: {"choi')
    assert tap.error == EARLY


@pytest.mark.parametrize(("end", "added"), [(b"", b"\n\n"), (b"\n", b"\n")])
def test_a_last_event_without_its_blank_line_gets_it(end: bytes, added: bytes) -> None:
    _forwarded, held, tap = run(BEGUN, chunk("", '"stop"'), b"data: [DONE]" + end)
    assert held == chunk("", '"stop"') + b"data: [DONE]" + end + added
    assert (tap.done, tap.error, tap.tail) == (True, None, b"")


def test_a_last_delta_without_its_blank_line_is_whole_but_early() -> None:
    _, held, tap = run(BEGUN, chunk("y")[:-2])
    assert held == chunk("y")
    assert tap.error == EARLY


@pytest.mark.parametrize("body", [b"", b"\n", b": hi\n\n", b": hi"])
def test_an_empty_stream_ended_early(body: bytes) -> None:
    assert run(body)[2].error == EARLY


def test_comments_pass() -> None:
    assert run(b": PING\n\n", BEGUN)[0] == b": PING\n\n" + BEGUN


@pytest.mark.parametrize("held_first", [False, True])
def test_memory_is_bounded(held_first: bool) -> None:
    tap = StreamTap()
    tap.feed(chunk("", '"stop"') if held_first else BEGUN)
    piece = b"data: x\n" * 8192
    for _ in range(MAX_EVENT // len(piece) + 2):
        assert tap.feed(piece) == b""
    assert tap.error == MALFORMED
    assert tap.feed(BEGUN) == b""
    assert len(tap.take_held()) <= MAX_EVENT


def test_whole_events_after_the_stop_are_bounded_too() -> None:
    tap = StreamTap()
    tap.feed(chunk("", '"stop"'))
    piece = chunk("z" * 60_000) * 4
    for _ in range(MAX_EVENT // len(piece) + 2):
        tap.feed(piece)
    assert tap.error == MALFORMED
    assert len(tap.take_held()) <= MAX_EVENT


def test_held_bytes_are_given_once() -> None:
    tap = StreamTap()
    tap.feed(chunk("", '"stop"'))
    assert tap.take_held() != b""
    assert tap.take_held() == b""
