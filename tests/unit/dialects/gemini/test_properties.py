"""What is written is read back as it was, whole or cut anywhere; and Google's own client accepts it."""

from __future__ import annotations

from itertools import pairwise

import msgspec
from google.genai import types
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trunkline.core.chat import ChatRequest, ChatResponse
from trunkline.dialects.gemini import DIALECT

from .strategies import requests, responses, streams

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
ASKED = ChatRequest(model="gemini", messages=())


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
@given(streams(), st.lists(st.integers(0, 4000), max_size=12))
def test_a_stream_cut_anywhere_is_read_back_as_it_was(events: list[object], cuts: list[int]) -> None:
    writer = DIALECT.stream_writer(ASKED)
    body = b"".join(writer.write(event) for event in events)
    reader = DIALECT.stream_reader()
    read: list[object] = []
    for start, end in pairwise([0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]):
        read += reader.feed(body[start:end])
    assert read + reader.close() == events


@QUICK
@given(streams())
def test_a_stream_written_as_an_array_says_the_same(events: list[object]) -> None:
    plain, array = DIALECT.stream_writer(ASKED), DIALECT.stream_writer(ASKED, array=True)
    lines = b"".join(plain.write(event) for event in events).split(b"\n\n")
    pieces = [msgspec.json.decode(line.removeprefix(b"data: ")) for line in lines if line]
    assert msgspec.json.decode(b"".join(array.write(event) for event in events)) == pieces


@QUICK
@given(responses())
def test_googles_client_accepts_our_answers(response: ChatResponse) -> None:
    wire = msgspec.json.decode(DIALECT.write_response(response))
    read = types.GenerateContentResponse.model_validate(wire)
    assert read.response_id == response.id
    assert read.candidates is not None
    assert [len(candidate.content.parts) for candidate in read.candidates] == [
        len(choice.parts) for choice in response.choices
    ]


@QUICK
@given(requests())
def test_googles_types_know_every_field_of_our_requests(request: ChatRequest) -> None:
    wire = msgspec.json.decode(DIALECT.write_request(request).body)
    for content in wire["contents"]:
        types.Content.model_validate(content)
    types.GenerationConfig.model_validate(wire.get("generationConfig", {}))
    types.ToolConfig.model_validate(wire.get("toolConfig", {}))
    for tool in wire.get("tools", []):
        types.Tool.model_validate(tool)
