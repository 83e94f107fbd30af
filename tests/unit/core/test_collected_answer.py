from __future__ import annotations

from trunkline.core.chat import Citation, Image, Media, Reasoning, Refusal, Text, ToolCall, Usage
from trunkline.core.chat_events import (
    ChatEvent,
    CitationDelta,
    End,
    ImageDelta,
    ReasoningDelta,
    RefusalDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.core.collected_answer import CollectedAnswer


def collect(*events: ChatEvent) -> tuple[object, ...]:
    collected = CollectedAnswer()
    for event in events:
        collected.add([event])
    return collected.parts


def test_pieces_of_one_text_become_one() -> None:
    assert collect(Start(), TextDelta("Hel"), TextDelta("lo"), Stop(), UsageReport(Usage(1, 2)), End()) == (
        Text("Hello"),
    )


def test_parts_that_the_wire_tells_apart_stay_apart() -> None:
    assert collect(TextDelta("one", part=0), TextDelta("two", part=1)) == (Text("one"), Text("two"))


def test_thoughts_keep_their_signature() -> None:
    parts = collect(ReasoningDelta("six "), ReasoningDelta("times"), ReasoningDelta(signature="s"), TextDelta("42"))
    assert parts == (Reasoning("six times", signature="s"), Text("42"))


def test_sealed_thoughts() -> None:
    assert collect(ReasoningDelta(redacted="r")) == (Reasoning(redacted="r"),)


def test_calls_that_interleave() -> None:
    parts = collect(
        TextDelta("Let me look."),
        ToolCallStart(0, "a", "weather", signature="s"),
        ToolCallStart(1, "b", "time"),
        ToolCallDelta(0, '{"x"'),
        ToolCallDelta(1, "{}"),
        ToolCallDelta(0, ":1}"),
        ToolCallDelta(7, "nobody's"),
    )
    assert parts == (
        Text("Let me look."),
        ToolCall("a", "weather", '{"x":1}', signature="s"),
        ToolCall("b", "time", "{}"),
    )


def test_text_after_a_call_is_a_part_of_its_own() -> None:
    parts = collect(TextDelta("a"), ToolCallStart(0, "c", "f"), TextDelta("b"))
    assert parts == (Text("a"), ToolCall("c", "f"), Text("b"))


def test_sources_stand_at_their_text() -> None:
    source = Citation(url="https://example.com")
    assert collect(TextDelta("a"), CitationDelta(source), TextDelta("b")) == (Text("ab", citations=(source,)),)


def test_refusals_and_pictures() -> None:
    picture = Media(data="aGk=", media_type="image/png")
    parts = collect(RefusalDelta("I "), RefusalDelta("won't"), ImageDelta(picture))
    assert parts == (Refusal("I won't"), Image(picture))


def test_only_the_first_choice_counts() -> None:
    assert collect(TextDelta("a"), TextDelta("x", choice=1), TextDelta("b")) == (Text("ab"),)
