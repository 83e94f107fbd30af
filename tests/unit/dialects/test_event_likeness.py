"""Events that are alike but for what is said, told without a search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.dialects.anthropic_messages.passthrough import PASSTHROUGH as ANTHROPIC
from trunkline.dialects.event_likeness import Likeness
from trunkline.dialects.gemini.passthrough import PASSTHROUGH as GEMINI
from trunkline.dialects.openai_chat.passthrough import PASSTHROUGH as OPENAI
from trunkline.dialects.passthrough import Passthrough

CHUNK = b'data: {"id":"c","choices":[{"index":0,"delta":{"content":"%b"},"finish_reason":null}],"obfuscation":"%b"}\n\n'
DELTA = b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"text":"%b"}}\n\n'


def learned(*events: bytes) -> Likeness:
    likeness = Likeness()
    for event in events:
        likeness.learn(event)
    return likeness


def test_two_alike_are_enough() -> None:
    likeness = learned(CHUNK % (b"a", b"xyz"), CHUNK % (b"b", b"zy"))
    assert likeness.holds(CHUNK % (b"something else", b""))
    assert likeness.holds(CHUNK % ("\u2028 für [DONE], event: error".encode(), b"q"))
    assert learned(DELTA % b"a", DELTA % b"b").holds(DELTA % b"c")


def test_one_or_the_same_twice_is_nothing() -> None:
    assert not learned(DELTA % b"a").holds(DELTA % b"a")
    assert not learned(DELTA % b"a", DELTA % b"a").holds(DELTA % b"a")


@pytest.mark.parametrize(
    "event",
    [
        CHUNK.replace(b"null", b'"stop"') % (b"c", b""),
        CHUNK.replace(b'"index":0', b'"index":1') % (b"c", b""),
        CHUNK.replace(b'"obf', b'"usage":{},"obf') % (b"c", b""),
        CHUNK % (b'c","tool_calls":[],"refusal":"', b""),
        CHUNK % (b'c \\"quoted\\"', b""),
        CHUNK % (b"c", b"") + CHUNK % (b"d", b""),
        CHUNK % (b"c\n\ndata: [DONE]\n\n", b""),
        (CHUNK % (b"c", b""))[:-1],
        CHUNK % (b"c", b"") + b"data: [DONE]\n\n",
        b"data: [DONE]\n\n",
        b"",
    ],
)
def test_what_differs_in_more_is_searched(event: bytes) -> None:
    assert not learned(CHUNK % (b"a", b"x"), CHUNK % (b"b", b"y")).holds(event)


@pytest.mark.parametrize(
    "event",
    [
        b'data: {"type":"%b"}\n\n',
        b'data: {"delta":{},"finish_reason":"%b"}\n\n',
        b'data: {"content":"x","number":%b}\n\n',
        b'data: {"content":["%b"]}\n\n',
        b'data: {"content":"\\"%b"}\n\n',
        b": %b\n\n",
        b"%b",
    ],
)
def test_only_texts_may_differ(event: bytes) -> None:
    likeness = learned(event % b"1", event % b"2")
    assert not likeness.holds(event % b"3")


def test_what_is_remembered_is_short() -> None:
    likeness = learned(DELTA % (b"a" * 999), DELTA % (b"b" * 999))
    assert not likeness.holds(DELTA % b"c")


def test_a_stream_without_likeness_gives_up() -> None:
    numbered = (b'data: {"number":%d,"content":"a"}\n\n' % number for number in range(99))
    likeness = learned(*numbered, DELTA % b"a", DELTA % b"b")
    assert not likeness.holds(DELTA % b"c")


EVENTS = {
    "openai": [
        CHUNK % (b"a", b"x"),
        CHUNK % (b"b", b"y"),
        CHUNK % (b'say \\"error\\"', b"y"),
        CHUNK.replace(b"null", b'"stop"') % (b"", b""),
        CHUNK.replace(b"}\n", b',"usage":{"prompt_tokens":3,"completion_tokens":4}}\n') % (b"c", b"z"),
        b'data: {"error":{"message":"no"}}\n\n',
        b"data: [DONE]\n\n",
        b": ping\n\n",
    ],
    "anthropic": [
        DELTA % b"a",
        DELTA % b"b",
        DELTA % b'\\"message_stop\\"',
        b'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":3}}}\n\n',
        b'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}\n\n',
        b'event: message_stop\ndata: {"type":"message_stop"}\n\n',
        b'event: error\ndata: {"type":"error","error":{"message":"no"}}\n\n',
        b'data: {"type":"ping"}\n\n',
    ],
    "gemini": [
        b'data: {"candidates":[{"content":{"parts":[{"text":"a"}]}}]}\n\n',
        b'data: {"candidates":[{"content":{"parts":[{"text":"b"}]}}]}\n\n',
        b'data: {"candidates":[{"content":{"parts":[{"text":"c"}]},"finishReason":"STOP"}]}\n\n',
        b'data: {"candidates":[],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4}}\n\n',
    ],
}
PASSTHROUGHS: dict[str, Passthrough] = {"openai": OPENAI, "anthropic": ANTHROPIC, "gemini": GEMINI}


@given(st.sampled_from(sorted(EVENTS)).flatmap(lambda wire: st.tuples(st.just(wire), st.lists(st.integers(0, 7)))))
def test_a_tap_that_knows_events_by_their_likeness_hears_the_same(case: tuple[str, list[int]]) -> None:
    wire, numbers = case
    events = EVENTS[wire]
    stream = [events[number % len(events)] for number in numbers]
    # Two events that come together are never known by their likeness, and a comment between them says nothing.
    quick, slow = PASSTHROUGHS[wire].tap(), PASSTHROUGHS[wire].tap()
    out = b"".join([*map(quick.feed, stream), quick.take_held()])
    searched = b"".join([*(slow.feed(b": x\n\n" + event) for event in stream), slow.take_held()])
    assert out == searched.replace(b": x\n\n", b"")
    assert (quick.error, quick.done, quick.stops, quick.usage, quick.begun) == (
        slow.error,
        slow.done,
        slow.stops,
        slow.usage,
        slow.begun,
    )
    assert quick.heard.text == slow.heard.text
