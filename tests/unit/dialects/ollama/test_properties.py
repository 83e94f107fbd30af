"""What is written is read back as it was, whole or cut anywhere."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trunkline.core.chat import ChatRequest, ChatResponse
from trunkline.dialects.ollama import DIALECT

from .strategies import requests, responses, streams

QUICK = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


@QUICK
@given(requests())
def test_a_request_is_read_back_as_it_was(request: ChatRequest) -> None:
    written = DIALECT.write_request(request)
    assert DIALECT.read_request(written.body) == request
    assert written.dropped == ()


@QUICK
@given(responses())
def test_an_answer_is_read_back_as_it_was(response: ChatResponse) -> None:
    assert DIALECT.read_response(DIALECT.write_response(response)) == response


@QUICK
@given(streams(), st.lists(st.integers(0, 2000), max_size=12))
def test_a_stream_cut_anywhere_is_read_back_as_it_was(events: list[object], cuts: list[int]) -> None:
    writer = DIALECT.stream_writer(ChatRequest(model="m", messages=()))
    body = b"".join(writer.write(event) for event in events)
    reader = DIALECT.stream_reader()
    read: list[object] = []
    for start, end in pairwise([0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]):
        read += reader.feed(body[start:end])
    assert read + reader.close() == events
