"""Streamed answers, read and written."""

from __future__ import annotations

import random
import tracemalloc

import msgspec
import pytest

from trunkline.core.chat import ChatRequest, Citation, JsonValue, LogProb, Media, Usage
from trunkline.core.chat_events import (
    AudioDelta,
    ChatEvent,
    CitationDelta,
    End,
    Failure,
    ImageDelta,
    OpaqueDelta,
    ReasoningDelta,
    RefusalDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.dialects import ndjson
from trunkline.dialects.ollama import DIALECT, GENERATE, OllamaDialect

from .fixture import PNG, fixture, names

START = Start(model="llama3.2", created=1702390423)
DURATIONS: dict[str, dict[str, JsonValue]] = {
    "ollama": {
        "total_duration": 5191566416,
        "load_duration": 2154458,
        "prompt_eval_duration": 383809000,
        "eval_duration": 4799921000,
    }
}
ENDING = [UsageReport(Usage(input=26, output=298)), End()]


def read(*pieces: bytes) -> list[ChatEvent]:
    reader = DIALECT.stream_reader()
    events = [event for piece in pieces for event in reader.feed(piece)]
    return events + reader.close()


def stream(name: str) -> list[ChatEvent]:
    return read(fixture(f"streams/{name}.ndjson"))


def write(*events: ChatEvent) -> list[dict]:
    writer = DIALECT.stream_writer(ChatRequest(model="m", messages=()))
    body = b"".join(writer.write(event) for event in events)
    return [msgspec.json.decode(line) for line in body.split(b"\n") if line]


@pytest.mark.parametrize("dialect", [DIALECT, GENERATE])
def test_a_line_has_no_end_within(dialect: OllamaDialect) -> None:
    """Python's client cuts lines as ``str.splitlines`` does."""
    said = "a\x85b\u2028c\u2029d\ve\nf"
    line = dialect.stream_writer(ChatRequest(model="m", messages=())).write(TextDelta(said))
    assert len(line.decode().splitlines()) == 1
    assert dialect.stream_reader().feed(line)[1] == TextDelta(said)


def test_text() -> None:
    assert stream("text") == [
        START,
        TextDelta("Be"),
        TextDelta("cause of naïve "),
        TextDelta("light ☀."),
        Stop("stop", extra=DURATIONS),
        *ENDING,
    ]


def test_thoughts_and_calls() -> None:
    assert stream("thinking_tools") == [
        START,
        ReasoningDelta("I look"),
        ReasoningDelta(" it up."),
        TextDelta("One moment."),
        ToolCallStart(0, "call_0_get_weather_5a175a175a17", "get_weather"),
        ToolCallDelta(0, '{"city":"Paris"}'),
        ToolCallStart(1, "call_9", "get_weather"),
        ToolCallDelta(1, '{"city":"Oslo"}'),
        Stop("tool_calls", extra=DURATIONS),
        *ENDING,
    ]


def test_the_last_line_may_say_something_too() -> None:
    assert stream("last_line_with_text") == [START, TextDelta("All at once."), Stop("stop", extra=DURATIONS), *ENDING]
    assert stream("length")[-3] == Stop("length", extra=DURATIONS)


def test_one_line_may_say_everything() -> None:
    line = {
        "message": {"thinking": "Hm.", "content": "Yes", "images": [PNG]},
        "logprobs": [{"token": "Yes", "logprob": -0.5}],
        "done": True,
    }
    assert read(msgspec.json.encode(line)) == [
        Start(),
        ReasoningDelta("Hm."),
        TextDelta("Yes", logprobs=(LogProb("Yes", -0.5),)),
        ImageDelta(Media(data=PNG, media_type="image/png")),
        Stop(),
        End(),
    ]


def test_an_error_is_last() -> None:
    assert stream("error")[2:] == [
        Failure("The provider failed. an error was encountered while running the model", "server")
    ]
    assert read(b'{"error":"slow down","status":429}') == [
        Failure("The provider's rate limit is reached. slow down", "rate_limit")
    ]


def test_a_body_that_ends_early_is_a_failure() -> None:
    assert stream("cut")[-1] == Failure("The provider ended the stream early.", "malformed")
    body = fixture("streams/text.ndjson")
    for end in range(len(body) - 1):  # only the last line end may be missing
        assert read(body[:end])[-1] == Failure("The provider ended the stream early.", "malformed")
    assert read() == [Failure("The provider ended the stream early.", "malformed")]


@pytest.mark.parametrize("name", names("streams"))
def test_bytes_may_be_cut_anywhere(name: str) -> None:
    body = fixture(name)
    whole = read(body)
    for step in (1, 2, 3, 7, 64):
        assert read(*(body[index : index + step] for index in range(0, len(body), step))) == whole
    assert read(body.replace(b"\n", b"\r\n")) == read(b"\xef\xbb\xbf" + body.rstrip()) == whole


@pytest.mark.parametrize("bad", [b"{", b"[]", b'{"message":[]}', b'{"model":"\xff"}', b"[" * 100_000])
def test_nonsense_is_a_final_failure(bad: bytes) -> None:
    good = b'{"message":{"content":"a"}}\n'
    reader = DIALECT.stream_reader()
    assert reader.feed(good + bad + b"\n" + good) == [
        Start(),
        TextDelta("a"),
        Failure("The provider sent something that is not Ollama's format.", "malformed"),
    ]
    assert reader.feed(good) == reader.close() == []


def test_nothing_follows_the_end() -> None:
    body = fixture("streams/text.ndjson")
    assert read(body + b'{"message":{"content":"more"}}\n') == read(body)


def test_a_line_without_end_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ndjson, "MAX_LINE", 100_000)
    reader = DIALECT.stream_reader()
    events = [event for _ in range(200) for event in reader.feed(b"x" * 1000)]
    assert events == [Failure("The provider sent a line that is too large.", "malformed")]


def mutate(body: bytes, chance: random.Random) -> bytes:
    out = bytearray(body)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(out) + 1)
        match chance.randrange(5):
            case 0:
                del out[at : at + chance.randint(1, 40)]
            case 1:
                out[at:at] = bytes(chance.randbytes(chance.randint(1, 8)))
            case 2:
                out[at:at] = chance.choice([b"\r\n", b"\n\n", b"\r", b"\xff\xfe", b"null", b'"', b"{", b"}", b"1e999"])
            case 3:
                out[at:at] = out[max(0, at - 60) : at]
            case _ if at < len(out):
                out[at] ^= 1 << chance.randrange(8)
            case _:
                pass
    return bytes(out)


def test_thousands_of_bent_streams_never_crash_nor_grow() -> None:
    chance = random.Random(20251121)
    bodies = [fixture(name) for name in names("streams")]
    tracemalloc.start()
    for number in range(2500):
        body = mutate(bodies[number % len(bodies)], chance)
        cut = chance.randrange(len(body) + 1)
        events = read(body[:cut], body[cut:])
        assert isinstance(events[-1], End | Failure)
        assert sum(isinstance(found, End | Failure) for found in events) == 1
        write(*events)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 32 * 1024 * 1024


def test_every_line_names_the_model_and_the_last_one_counts() -> None:
    head = {"model": "llama3.2", "created_at": "2023-12-12T14:13:43Z"}
    assert write(START, TextDelta("Hi ☀"), Stop("length"), UsageReport(Usage(input=3, output=2, cached=1)), End()) == [
        {**head, "message": {"role": "assistant", "content": "Hi ☀"}, "done": False},
        {
            **head,
            "message": {"role": "assistant", "content": ""},
            "done": True,
            "done_reason": "length",
            "prompt_eval_count": 3,
            "prompt_eval_cached_count": 1,
            "eval_count": 2,
        },
    ]


def test_a_client_of_ollama_gets_the_durations() -> None:
    body = fixture("streams/text.ndjson")
    last = write(*read(body))[-1]
    assert last == msgspec.json.decode(body.splitlines()[-1]) | {"created_at": "2023-12-12T14:13:43Z"}


def test_arguments_are_gathered_until_the_call_is_whole() -> None:
    lines = write(
        ToolCallStart(0, "a", "f"),
        ToolCallStart(1, "b", "g"),
        ToolCallDelta(0, '{"x"'),
        ToolCallDelta(1, '{"y":'),
        ToolCallDelta(0, ":1}"),
        TextDelta("Then"),
        ToolCallDelta(1, "2}"),
        ToolCallStart(2, "c", "broken"),
        ToolCallDelta(2, "{"),
        ToolCallDelta(7, "{}"),
        Stop("tool_calls"),
        End(),
    )
    assert [line["message"].get("tool_calls", line["message"]["content"]) for line in lines] == [
        [{"id": "a", "function": {"name": "f", "arguments": {"x": 1}}}],
        "Then",
        [{"id": "b", "function": {"name": "g", "arguments": {"y": 2}}}],
        "",
    ]


def test_one_choice_and_what_has_a_place_on_this_wire() -> None:
    lines = write(
        Start(),
        TextDelta("other", choice=1),
        TextDelta(""),
        ReasoningDelta("Hm."),
        ReasoningDelta("", "sig"),
        RefusalDelta("No."),
        ImageDelta(Media(data=PNG)),
        ImageDelta(Media(url="https://example.com/a.png")),
        AudioDelta("AAAA"),
        CitationDelta(Citation("https://example.com")),
        OpaqueDelta("gemini", {}),
        Stop("length", choice=1),
        Stop("refusal"),
        End(),
    )
    assert [line["message"] for line in lines] == [
        {"role": "assistant", "content": "", "thinking": "Hm."},
        {"role": "assistant", "content": "No."},
        {"role": "assistant", "content": "", "images": [PNG]},
        {"role": "assistant", "content": ""},
    ]
    assert lines[-1]["done_reason"] == "stop"


def test_a_failure_is_an_error_line() -> None:
    assert write(TextDelta("Half"), Failure("The provider is overloaded.", "overloaded"))[1] == {
        "error": "The provider is overloaded."
    }
