"""Streamed answers, whole, cut, broken and bent."""

from __future__ import annotations

import random
import tracemalloc

import msgspec
import pytest

from trunkline.core.chat import Citation, Media, Usage
from trunkline.core.chat_events import (
    AudioDelta,
    ChatEvent,
    CitationDelta,
    End,
    Failure,
    ImageDelta,
    OpaqueDelta,
    ReasoningDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.dialects import sse
from trunkline.dialects.gemini import DIALECT

from .fixture import PNG, fixture, names

START = Start("mAitaLmkHPPlz7IPvtfUqQ4", "gemini-2.5-flash", usage=Usage(input=8))


def read(*pieces: bytes) -> list[ChatEvent]:
    reader = DIALECT.stream_reader()
    events = [event for piece in pieces for event in reader.feed(piece)]
    return events + reader.close()


def event(value: object) -> bytes:
    return b"data: " + msgspec.json.encode(value) + b"\n\n"


def stream(name: str) -> list[ChatEvent]:
    return read(fixture(f"streams/{name}.sse"))


def test_text() -> None:
    assert stream("text") == [
        START,
        TextDelta("Be"),
        TextDelta("cause of naïve "),
        TextDelta("light ☀."),
        Stop("stop"),
        UsageReport(Usage(input=8, output=12)),
        End(),
    ]


def test_a_reason_in_every_piece_ends_the_choice_once_and_last() -> None:
    events = stream("stop_in_every_piece")
    assert events[1:] == [
        TextDelta("One"),
        TextDelta(" two"),
        Stop("stop"),
        UsageReport(Usage(input=8, output=12)),
        End(),
    ]


def test_thoughts_calls_and_signatures() -> None:
    assert stream("thinking_and_calls")[1:] == [
        ReasoningDelta("**Plan**", summary=True),
        ReasoningDelta(" call it", summary=True),
        TextDelta("I look."),
        ToolCallStart(0, "call_0_get_weather_5a175a175a17", "get_weather", signature="Sig=="),
        ToolCallDelta(0, '{"city":"Paris"}'),
        ToolCallStart(1, "call_1_get_weather_5a175a175a17", "get_weather"),
        ToolCallDelta(1, '{"city":"Oslo"}'),
        TextDelta("", signature="End=="),
        Stop("tool_calls"),
        UsageReport(Usage(input=8, output=50, reasoning=30)),
        End(),
    ]


def test_a_blocked_prompt_ends_with_the_filter() -> None:
    feedback = {"gemini": {"promptFeedback": {"blockReason": "SAFETY"}}}
    assert stream("blocked") == [
        msgspec.structs.replace(START, extra=feedback),
        Stop("content_filter"),
        UsageReport(Usage(input=8)),
        End(),
    ]


def test_what_only_gemini_says_of_the_end_is_kept() -> None:
    (stop,) = (found for found in stream("grounded") if isinstance(found, Stop))
    kept = stop.extra["gemini"]["groundingMetadata"]
    assert isinstance(kept, dict)
    assert kept["searchEntryPoint"] == {"renderedContent": "<div></div>"}
    ended = read(event({"candidates": [{"finishReason": "RECITATION", "finishMessage": "A book."}]}))
    assert ended[1] == Stop(
        "content_filter", extra={"gemini": {"finishReason": "RECITATION", "finishMessage": "A book."}}
    )


def test_a_blocked_answer_ends_with_the_filter() -> None:
    assert stream("safety")[1:] == [
        TextDelta("Well"),
        Stop("content_filter"),
        UsageReport(Usage(input=8)),
        End(),
    ]


def test_an_error_in_the_stream_is_last() -> None:
    assert stream("error")[-2:] == [
        TextDelta("Half an ans"),
        Failure("The provider is overloaded. The model is overloaded.", "overloaded", "UNAVAILABLE"),
    ]


def test_an_error_never_shows_a_key() -> None:
    body = event({"error": {"code": 403, "message": "key AIzaSyD-1234567890abcdefghijklmnopqrstu is bad"}})
    (failure,) = read(body)
    assert isinstance(failure, Failure)
    assert "AIza" not in failure.message


def test_a_body_that_ends_early_is_a_failure() -> None:
    assert stream("cut")[-1] == Failure("The provider ended the stream early.", "malformed")
    body = fixture("streams/text.sse")
    for end in range(len(body) - 4):  # only the last blank line may be missing
        assert read(body[:end])[-1] == Failure("The provider ended the stream early.", "malformed")
    assert read() == [Failure("The provider ended the stream early.", "malformed")]


def test_sources_come_once_and_in_characters() -> None:
    events = stream("grounded")
    url = "https://vertexaisearch.cloud.google.com/"
    assert [event.citation for event in events if isinstance(event, CitationDelta)] == [
        Citation(f"{url}1", "uefa.com", "España won.", 0, 11),
        Citation(f"{url}2", "aljazeera.com", "España won.", 0, 11),
        Citation(f"{url}2", "aljazeera.com", "2-1!", 12, 16),
    ]
    assert events[-2] == UsageReport(Usage(input=98, output=9, searches=2))


def test_pictures_are_counted() -> None:
    events = stream("image")
    assert events[2] == ImageDelta(Media(data=PNG, media_type="image/png"))
    assert events[-2] == UsageReport(Usage(input=8, output=12, images=1))


def test_sound_and_what_has_no_delta() -> None:
    sound = {"inlineData": {"mimeType": "audio/L16;codec=pcm;rate=24000", "data": "AAAA"}}
    film = {"fileData": {"mimeType": "video/mp4", "fileUri": "gs://b/film.mp4"}}
    events = read(event({"candidates": [{"content": {"parts": [sound, film]}, "finishReason": "STOP"}]}))
    assert events[1:3] == [AudioDelta("AAAA"), OpaqueDelta("gemini", film)]


def test_streamed_arguments_are_left_to_who_asked_for_them() -> None:
    part = {
        "functionCall": {"name": "f", "partialArgs": [{"jsonPath": "$.a", "stringValue": "x"}], "willContinue": True}
    }
    events = read(event({"candidates": [{"content": {"parts": [part]}, "finishReason": "STOP"}]}))
    assert events == [Start(), OpaqueDelta("gemini", part), Stop("stop"), End()]


def test_a_call_that_goes_on_is_left_to_who_asked_for_it() -> None:
    for call in ({"name": "f", "willContinue": True}, {"name": "f", "partialArgs": []}, {}):
        part = {"functionCall": call}
        events = read(event({"candidates": [{"content": {"parts": [part]}}]}))
        assert events[1] == OpaqueDelta("gemini", part)


def test_candidates_end_each_for_itself() -> None:
    events = read(
        event({"candidates": [{"index": 1, "content": {"parts": [{"text": "b"}]}, "finishReason": "STOP"}]}),
        event({"candidates": [{"index": 0, "content": {"parts": [{"text": "a"}]}}]}),
        event({"candidates": [{"index": 0, "finishReason": "MAX_TOKENS"}]}),
    )
    assert events == [Start(), TextDelta("b", 1), TextDelta("a", 0), Stop("stop", choice=1), Stop("length"), End()]
    assert read(
        event(
            {"candidates": [{"index": 0, "content": {"parts": [{"text": "a"}]}, "finishReason": "STOP"}, {"index": 1}]}
        )
    )[-1] == Failure("The provider ended the stream early.", "malformed")


@pytest.mark.parametrize("name", names("streams"))
def test_bytes_may_be_cut_anywhere(name: str) -> None:
    body = fixture(name)
    whole = read(body)
    assert read(*(body[index : index + 1] for index in range(len(body)))) == whole
    for step in (2, 3, 7, 64):
        assert read(*(body[index : index + step] for index in range(0, len(body), step))) == whole


@pytest.mark.parametrize("name", names("streams"))
def test_line_ends_comments_marks_and_a_missing_last_blank_line_change_nothing(name: str) -> None:
    body = fixture(name)
    whole = read(body)
    unix = body.replace(b"\r\n", b"\n")
    assert read(unix) == read(unix.replace(b"\n", b"\r")) == whole
    assert read(b"\xef\xbb\xbf: hello\n\n" + unix.replace(b"\n\n", b"\n\n: ping\n\n")) == whole
    assert read(unix.rstrip(b"\n")) == whole
    assert read(unix + b"data: [DONE]\n\n") == whole


@pytest.mark.parametrize(
    "bad",
    [b"data: {\n\n", b"data: []\n\n", b'data: {"candidates":{}}\n\n', b'data: {"responseId":"\xff"}\n\n',
     b'data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":1}}]}}]}\n\n',
     b"data: " + b"[" * 100_000 + b"\n\n"],
)  # fmt: skip
def test_nonsense_is_a_final_failure(bad: bytes) -> None:
    reader = DIALECT.stream_reader()
    good = event({"candidates": [{"content": {"parts": [{"text": "a"}]}, "finishReason": "STOP"}]})
    events = reader.feed(good + bad + good)
    assert events[:2] == [Start(), TextDelta("a")]
    assert events[2:] == [Failure("The provider sent something that is not its own format.", "malformed")]
    assert reader.feed(good) == reader.close() == []


def test_an_event_without_end_is_a_failure_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MAX_EVENT", 100_000)
    reader = DIALECT.stream_reader()
    events = [event for _ in range(200) for event in reader.feed(b"data: " + b"x" * 1000)]
    assert events == [Failure("The provider sent an event that is too large.", "malformed")]


def test_the_number_of_candidates_is_bounded() -> None:
    reader = DIALECT.stream_reader()
    pieces = (event({"candidates": [{"index": index}]}) for index in range(1000))
    events = [found for piece in pieces for found in reader.feed(piece)]
    assert isinstance(events[-1], Failure)
    assert len(events) == 2


def mutate(body: bytes, chance: random.Random) -> bytes:
    out = bytearray(body)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(out) + 1)
        match chance.randrange(6):
            case 0:
                del out[at : at + chance.randint(1, 40)]
            case 1:
                out[at:at] = bytes(chance.randbytes(chance.randint(1, 8)))
            case 2:
                out[at:at] = chance.choice(
                    [b"\r\n", b"\n\n", b"\r", b"\xe2\x80\xa8", b"\xff\xfe", b"data:", b"null", b"[DONE]"]
                )
            case 3:
                out[at:at] = out[max(0, at - 60) : at]
            case 4 if at < len(out):
                out[at] ^= 1 << chance.randrange(8)
            case _:
                out[at:at] = chance.choice([b'"', b"{", b"}", b"[", b"]", b":", b",", b"1e999", b"-", b'"error":"x",'])
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
        writer = DIALECT.stream_writer(None)  # type: ignore[arg-type]  # the writer looks at no request
        for found in events:
            writer.write(found)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 32 * 1024 * 1024
