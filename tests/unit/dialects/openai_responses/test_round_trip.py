"""``read(write(x)) == x`` for everything that the wire can express."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.strategies.chat import cuts

from trunkline.core.chat import ChatRequest, ChatResponse
from trunkline.core.chat_events import ChatEvent
from trunkline.dialects.openai_responses import DIALECT

from .strategies import requests, responses, streams

ASKED = ChatRequest(model="m", messages=(), stream=True, stream_usage=True)

RELAXED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def write(events: list[ChatEvent]) -> bytes:
    writer = DIALECT.stream_writer(ASKED)
    return b"".join(writer.write(event) for event in events)


def read(pieces: list[bytes]) -> list[ChatEvent]:
    reader = DIALECT.stream_reader()
    events = [event for piece in pieces for event in reader.feed(piece)]
    return events + reader.close()


@RELAXED
@given(requests())
def test_requests(request: ChatRequest) -> None:
    written = DIALECT.write_request(request)
    assert written.dropped == ()
    assert DIALECT.read_request(written.body) == request


@RELAXED
@given(responses())
def test_responses(response: ChatResponse) -> None:
    assert DIALECT.read_response(DIALECT.write_response(response)) == response


@RELAXED
@given(streams(), st.data())
def test_streams_cut_anywhere(events: list[ChatEvent], data: st.DataObject) -> None:
    assert read(data.draw(cuts(write(events)))) == events


@settings(RELAXED, max_examples=10)
@given(streams())
def test_line_ends_do_not_matter(events: list[ChatEvent]) -> None:
    body = write(events)
    for end in (b"\r\n", b"\r"):
        changed = b"\xef\xbb\xbf: hello" + end + body.replace(b"\n", end)
        assert read([changed[place : place + 1] for place in range(len(changed))]) == events
