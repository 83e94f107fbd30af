"""``read(write(x)) == x`` for everything that the wire can express."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from tests.strategies.chat import cuts

from trunkline.core.chat import ChatRequest, ChatResponse
from trunkline.core.chat_events import ChatEvent
from trunkline.dialects.openai_chat import OpenAIChat, WireOptions
from trunkline.dialects.sse import EventReader

from .strategies import requests, responses, streams

FULL = OpenAIChat(
    WireOptions(
        max_tokens_field="max_completion_tokens",
        system_role="developer",
        reasoning_field="reasoning",
        thoughts="details",
        cache_hints=True,
        google_extras=True,
    )
)
ASKED = ChatRequest(model="m", messages=(), stream=True, stream_usage=True)

RELAXED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def write(events: list[ChatEvent]) -> bytes:
    writer = FULL.stream_writer(ASKED)
    return b"".join(writer.write(event) for event in events)


def read(pieces: list[bytes]) -> list[ChatEvent]:
    reader = FULL.stream_reader()
    events = [event for piece in pieces for event in reader.feed(piece)]
    return events + reader.close()


@RELAXED
@given(requests())
def test_requests(request: ChatRequest) -> None:
    written = FULL.write_request(request)
    assert written.dropped == ()
    assert FULL.read_request(written.body) == request


@RELAXED
@given(responses())
def test_responses(response: ChatResponse) -> None:
    body = FULL.write_response(response)
    assert FULL.read_response(body) == response


@RELAXED
@given(responses())
def test_openai_own_type_takes_responses(response: ChatResponse) -> None:
    for choice in response.choices:
        if choice.stop == "error":  # OpenRouter's word, which OpenAI's type does not list
            return
    ChatCompletion.model_validate_json(FULL.write_response(response), strict=True)


@RELAXED
@given(streams(), st.data())
def test_streams_cut_anywhere(events: list[ChatEvent], data: st.DataObject) -> None:
    assert read(data.draw(cuts(write(events)))) == events


@settings(RELAXED, max_examples=15)
@given(streams())
def test_line_ends_do_not_matter(events: list[ChatEvent]) -> None:
    body = write(events)
    for end in (b"\r\n", b"\r"):
        changed = b"\xef\xbb\xbf: hello" + end + body.replace(b"\n", end)
        assert read([changed[place : place + 1] for place in range(len(changed))]) == events


@settings(RELAXED, max_examples=25)
@given(streams())
def test_openai_own_type_takes_chunks(events: list[ChatEvent]) -> None:
    *chunks, done = EventReader().feed(write(events))
    assert done.data == b"[DONE]"
    for chunk in chunks:
        if b'"finish_reason":"error"' not in chunk.data:
            parsed = ChatCompletionChunk.model_validate_json(chunk.data, strict=True)
            assert parsed.usage is None or isinstance(parsed.usage, CompletionUsage)
