"""Positions: an answer that was told in pieces, whole or in part is the same answer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.conversations import answer_track
from trunkline.control.conversations.answer_track import (
    AnswerEvent,
    Part,
    PartKind,
    Track,
    events_after,
    length_of,
    read_events,
    stored_parts,
)

TEXTS = st.text(max_size=40)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["text", "reasoning"]), TEXTS),
        st.tuples(st.just("image"), st.just("/api/pictures/1")),
        st.none(),
    ),
    max_size=20,
)
"""What a model says, with ``None`` where what has come is written."""


def play(steps: list[tuple[PartKind, str] | None]) -> tuple[Track, list[AnswerEvent]]:
    track, told = Track(), list[AnswerEvent]()
    for step in steps:
        if step is None:
            told += track.take()
        else:
            track.add(*step)
    return track, told + track.take()


def flatten(events: list[AnswerEvent]) -> list[tuple[str, str]]:
    """Character for character, a picture as one."""
    flat: list[tuple[str, str]] = []
    for event in events:
        if event.event == "image":
            flat.append(("image", str(event.data["url"])))
        else:
            flat += [(event.event, char) for char in str(event.data["text"])]
    return flat


@given(STEPS)
def test_pieces_hold_exactly_what_was_said(steps: list[tuple[PartKind, str] | None]) -> None:
    track, told = play(steps)
    assert flatten(told) == flatten(list(events_after(track.parts, 0)))
    ids = [event.id for event in told]
    assert ids == sorted(set(ids))
    assert track.position == length_of(track.parts) == (ids[-1] if ids else 0)
    assert read_events((event.event, event.data) for event in told).parts == track.parts
    assert "\0" not in track.text


@given(STEPS, st.integers(0, 60))
def test_a_reader_goes_on_at_any_position(steps: list[tuple[PartKind, str] | None], after: int) -> None:
    track, told = play(steps)
    rest = list(events_after(track.parts, after))
    assert flatten(rest) == flatten(told)[after:]
    assert all(event.id > after for event in rest)


def test_long_texts_come_in_several_events() -> None:
    track = Track()
    track.add("text", "x" * (2 * answer_track.LONGEST + 1))
    assert [event.id for event in track.take()] == [
        answer_track.LONGEST,
        2 * answer_track.LONGEST,
        2 * answer_track.LONGEST + 1,
    ]


def test_nothing_but_text_is_not_stored_twice() -> None:
    parts: list[Part] = [{"type": "text", "text": "a"}, {"type": "image", "url": "u"}]
    assert stored_parts("a", parts) == parts
    assert stored_parts("a", []) == [{"type": "text", "text": "a"}]
    assert stored_parts("", []) == []
