"""Reading what was written gives back what was said, for all that this dialect can express."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.core.chat import ChatRequest, ChatResponse
from trunkline.core.chat_events import ChatEvent, End, Start
from trunkline.dialects.anthropic_messages import DIALECT

from . import strategies
from .fixture import load, names

REQUEST = ChatRequest(model="claude", messages=())


def write(events: list[ChatEvent]) -> bytes:
    writer = DIALECT.stream_writer(REQUEST)
    return b"".join(writer.write(event) for event in events)


def read(body: bytes, cuts: list[int] | None = None) -> list[ChatEvent]:
    reader = DIALECT.stream_reader()
    edges = [0, *sorted(cut % (len(body) + 1) for cut in cuts or []), len(body)]
    events: list[ChatEvent] = []
    for start, end in pairwise(edges):
        events += reader.feed(body[start:end])
    return events + reader.close()


@given(strategies.requests())
@settings(max_examples=150, deadline=None)
def test_a_request_comes_back(request: ChatRequest):
    written = DIALECT.write_request(request)
    assert written.dropped == ()
    assert DIALECT.read_request(written.body) == request


@given(strategies.responses)
@settings(max_examples=150, deadline=None)
def test_an_answer_comes_back(response: ChatResponse):
    assert DIALECT.read_response(DIALECT.write_response(response)) == response


@given(strategies.streams(), st.lists(st.integers(0, 10**6), max_size=8))
@settings(max_examples=150, deadline=None)
def test_a_stream_comes_back_however_it_is_cut(events: list[ChatEvent], cuts: list[int]):
    body = write(events)
    assert read(body, cuts) == events
    assert read(body.replace(b"\n", b"\r\n"), cuts) == events


def test_every_recorded_stream_reads_the_same_byte_by_byte():
    for name in names("streams"):
        body = load("streams", name)
        whole = read(b"\xef\xbb\xbf: a comment\n\n" + body)
        reader = DIALECT.stream_reader()
        single = [event for byte in body for event in reader.feed(bytes([byte]))] + reader.close()
        assert single == whole, name


def test_every_recorded_request_survives_a_second_trip():
    for name in names("requests"):
        request = DIALECT.read_request(load("requests", name))
        assert DIALECT.read_request(DIALECT.write_request(request).body) == request, name


def test_every_complete_recorded_stream_survives_a_second_trip():
    for name in names("streams"):
        events = read(load("streams", name))
        if isinstance(events[0], Start) and isinstance(events[-1], End):
            assert read(write(events)) == events, name
