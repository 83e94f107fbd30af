"""What is heard of an answer, and how much of it is remembered."""

from __future__ import annotations

import sys

from trunkline.core.chat import Choice, Image, Media, Reasoning, Refusal, Text, ToolCall
from trunkline.core.chat_events import (
    AudioDelta,
    End,
    ImageDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
)
from trunkline.core.heard import MOST, Heard, Listener, hear_choices


def test_every_kind_of_words_is_heard() -> None:
    listener = Listener()
    for event in (
        ReasoningDelta("Hm. "),
        TextDelta("Well, "),
        RefusalDelta("no. "),
        ToolCallStart(0, "id", "find"),
        ToolCallDelta(0, "{}"),
        AudioDelta(data="AAAA", transcript=" Bye."),
        ImageDelta(Media(data="AA==")),
        End(),
    ):
        listener.hear(event)
    assert listener.heard == Heard("Hm. Well, no. find{} Bye.", calls=1, pictures=1)


def test_a_whole_answer_says_the_same() -> None:
    parts = (
        Reasoning("Hm. "),
        Text("Well, "),
        Refusal("no. "),
        ToolCall("id", "find", "{}"),
        Image(Media(data="AA==")),
    )
    assert hear_choices([Choice(parts), Choice((Text(" Bye."),), index=1)]) == Heard(
        "Hm. Well, no. find{} Bye.", calls=1, pictures=1
    )


def test_of_a_long_answer_the_beginning_is_remembered() -> None:
    listener = Listener()
    for _ in range(MOST):
        listener.hear(TextDelta("word "))
    heard = listener.heard
    assert len(heard.text) < MOST + 5
    assert round(len(heard.text) * heard.scale) == 5 * MOST


def test_short_pieces_cost_no_more_than_their_length() -> None:
    listener = Listener()
    for number in range(MOST):
        listener.add(chr(0x4E00 + number % 1_000))
    kept = listener._pieces  # pyright: ignore[reportPrivateUsage] - what is measured here is not seen elsewhere
    assert sum(map(sys.getsizeof, kept)) + sys.getsizeof(kept) < 4 * MOST
