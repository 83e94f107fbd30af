"""A chat answer as records: what pages show, and nothing of any wire."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.chat import Media, Usage
from trunkline.core.chat_events import (
    AudioDelta,
    ChatEvent,
    End,
    Failure,
    ImageDelta,
    ReasoningDelta,
    RefusalDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.gateway.message_stream import Broken, Finished, Pictured, Record, RecordWriter, Said, Thought

DECODER = msgspec.json.Decoder(Record)


def write(*events: ChatEvent) -> list[Record]:
    writer = RecordWriter()
    return [DECODER.decode(line) for event in events for line in writer.write(event).splitlines()]


def test_a_whole_answer() -> None:
    records = write(
        Start(id="1", model="m"),
        ReasoningDelta("Hm"),
        TextDelta("Hel"),
        TextDelta(""),
        TextDelta("lo"),
        TextDelta("another choice", choice=1),
        ImageDelta(Media(data="aGk=", media_type="image/webp")),
        ImageDelta(Media(file_id="f")),
        AudioDelta(data="xx", transcript=" spoken"),
        ToolCallStart(0, "c", "tool"),
        UsageReport(Usage(1, 2)),
        Stop("length"),
        End(),
        TextDelta("late"),
    )
    assert records == [
        Thought("Hm"),
        Said("Hel"),
        Said("lo"),
        Pictured("data:image/webp;base64,aGk="),
        Said(" spoken"),
        Finished("length"),
    ]


def test_a_failure_is_the_last_word_even_after_a_stop() -> None:
    assert write(TextDelta("a"), Stop("stop"), Failure("broke", "timeout"), End()) == [
        Said("a"),
        Broken("broke", "timeout"),
    ]


@pytest.mark.parametrize(("reason", "told"), [("stop_sequence", "stop"), ("refusal", "content_filter")])
def test_reasons_are_openais(reason: str, told: str) -> None:
    assert write(Stop(reason), End()) == [Finished(told)]  # type: ignore[arg-type] - one of the reasons


def test_a_refusal_with_words_is_text() -> None:
    assert write(RefusalDelta("I won't."), Stop("refusal"), End()) == [Said("I won't."), Finished("stop")]


@given(st.text(min_size=1))
def test_any_text_is_one_line(text: str) -> None:
    line = RecordWriter().write(TextDelta(text))
    assert line.count(b"\n") == 1
    assert len(line.splitlines()) == 1
    assert DECODER.decode(line) == Said(text)
