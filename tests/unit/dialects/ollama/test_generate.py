"""``/api/generate``: requests read, answers written, and both read back."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.core.chat import (
    ChatRequest,
    ChatResponse,
    Choice,
    Image,
    Media,
    Message,
    ReasoningOptions,
    ResponseFormat,
    Sampling,
    Text,
    ToolCall,
)
from trunkline.core.chat_events import ChatEvent, Failure, ImageDelta, Start, Stop, TextDelta
from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.dialects.ollama import DIALECT, GENERATE

from .fixture import PNG
from .strategies import responses, streams

QUICK = settings(max_examples=80, deadline=None)


def read(**fields: object) -> ChatRequest:
    return GENERATE.read_request(msgspec.json.encode({"model": "m", **fields}))


def test_a_prompt_is_one_turn() -> None:
    asked = read(
        prompt="Why?",
        system="Be brief.",
        images=[PNG],
        stream=False,
        think="low",
        format={"type": "object"},
        options={"num_predict": 9, "num_ctx": 4096},
        keep_alive="5m",
        raw=False,
    )
    assert asked == ChatRequest(
        model="m",
        messages=(
            Message("system", (Text("Be brief."),)),
            Message("user", (Text("Why?"), Image(Media(data=PNG, media_type="image/png")))),
        ),
        sampling=Sampling(max_tokens=9),
        response_format=ResponseFormat("json_schema", schema={"type": "object"}),
        reasoning=ReasoningOptions(effort="low"),
        extra={"ollama": {"keep_alive": "5m", "options": {"num_ctx": 4096}}},
    )


def test_streaming_is_the_default() -> None:
    assert read(prompt="Why?").stream
    assert not read(prompt="Why?", stream=False).stream


def test_without_a_prompt_the_model_is_only_loaded() -> None:
    assert read().messages == read(prompt="", system="Be brief.").messages == ()


@pytest.mark.parametrize(
    ("field", "value"), [("suffix", "}"), ("template", "{{ .Prompt }}"), ("context", [1, 2]), ("raw", True)]
)
def test_what_no_provider_can_be_told_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(InvalidInput, match=f"{field}: is .*; leave it out"):
        read(prompt="Why?", **{field: value})


def test_fields_that_are_empty_say_nothing() -> None:
    assert read(prompt="Why?", suffix="", template="", context=[], system="", raw=False) == read(prompt="Why?")


def test_wrong_fields_are_named() -> None:
    with pytest.raises(InvalidInput, match="prompt: Expected str"):
        read(prompt=1)
    with pytest.raises(InvalidInput, match="model: is required"):
        GENERATE.read_request(b'{"prompt": "Why?"}')


def test_an_answer_has_no_message() -> None:
    response = ChatResponse(id="", model="m", choices=(Choice((Text("Because."),)),), created=1)
    assert msgspec.json.decode(GENERATE.write_response(response)) == {
        "model": "m",
        "created_at": "1970-01-01T00:00:01Z",
        "response": "Because.",
        "done": True,
        "done_reason": "stop",
    }


def test_a_stream_has_no_messages() -> None:
    writer = GENERATE.stream_writer(ChatRequest(model="m", messages=()))
    events = (Start("", "m", 1), TextDelta("Be"), Stop(), Failure("It broke.", "server"))
    head = {"model": "m", "created_at": "1970-01-01T00:00:01Z"}
    assert [msgspec.json.decode(line) for line in b"".join(map(writer.write, events)).splitlines()] == [
        {**head, "response": "Be", "done": False},
        {"error": "It broke."},
    ]


def test_an_error_in_an_answer_is_one() -> None:
    with pytest.raises(UpstreamError) as raised:
        GENERATE.read_response(b'{"error": "out of memory"}')
    assert raised.value.detail == "out of memory"


@QUICK
@given(responses())
def test_an_answer_is_read_back_as_it_was(response: ChatResponse) -> None:
    (choice,) = response.choices
    parts = tuple(part for part in choice.parts if not isinstance(part, Image))
    natural = "tool_calls" if any(isinstance(part, ToolCall) for part in parts) else "stop"
    stop = choice.stop if choice.stop == "length" else natural
    plain = msgspec.structs.replace(response, choices=(msgspec.structs.replace(choice, parts=parts, stop=stop),))
    assert GENERATE.read_response(GENERATE.write_response(plain)) == plain
    assert GENERATE.read_response(DIALECT.write_response(plain)).choices[0].parts == ()


@QUICK
@given(streams(), st.lists(st.integers(0, 2000), max_size=12))
def test_a_stream_cut_anywhere_is_read_back_as_it_was(events: list[ChatEvent], cuts: list[int]) -> None:
    said = [event for event in events if not isinstance(event, ImageDelta)]
    writer = GENERATE.stream_writer(ChatRequest(model="m", messages=()))
    body = b"".join(writer.write(event) for event in said)
    reader = GENERATE.stream_reader()
    read: list[ChatEvent] = []
    for start, end in pairwise([0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]):
        read += reader.feed(body[start:end])
    assert read + reader.close() == said
