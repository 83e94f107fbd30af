"""Server-sent events, from bytes cut anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.dialects.sse import MAX_EVENT, EventReader, EventTooLarge, ServerEvent, write_event


def read(*pieces: bytes) -> list[ServerEvent]:
    reader = EventReader()
    return [event for piece in pieces for event in reader.feed(piece)]


def event(data: str, name: str = "") -> ServerEvent:
    return ServerEvent(data.encode(), name)


@pytest.mark.parametrize(
    ("body", "events"),
    [
        (b"", []),
        (b"\n\n\n", []),
        (b"data: a\n\n", [event("a")]),
        (b"data:a\n\n", [event("a")]),
        (b"data:  a\n\n", [event(" a")]),
        (b"data: a\ndata: b\n\n", [event("a\nb")]),
        (b"data\n\n", [event("")]),
        (b"data:\ndata:\n\n", [event("\n")]),
        (b": comment\n\n", []),
        (b":\n:\ndata: a\n: x\n\n", [event("a")]),
        (b"event: ping\n\n", []),
        (b"event: ping\ndata: a\n\ndata: b\n\n", [event("a", "ping"), event("b")]),
        (b"event: lost\n\ndata: a\n\n", [event("a")]),
        (b"event: one\nevent: two\ndata: a\n\n", [event("a", "two")]),
        (b"id: 7\nretry: 10\nfoo: bar\nfoo\ndata: a\n\n", [event("a")]),
        (b" data: a\n\n", []),
        (b"DATA: a\n\n", []),
        (b"data: a:b\n\n", [event("a:b")]),
        (b"\xef\xbb\xbfdata: a\n\n", [event("a")]),
        (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n", []),
        (b"data: a\n\n\xef\xbb\xbfdata: b\n\n", [event("a")]),
        (b"data: a", []),
        (b"data: a\n", []),
        (b"data: a\r\rdata: b\r\r\n", [event("a"), event("b")]),
        (b"data: a\r\n\r\n", [event("a")]),
        (b"data: a\n\r\ndata: b\r\n\n", [event("a"), event("b")]),
        ("data: a\u2028b\u0085c\x0bd\x0ce\n\n".encode(), [event("a\u2028b\u0085c\x0bd\x0ce")]),
        (b"data: \x00\n\n", [event("\x00")]),
        (b"event: \xff\ndata: \xff\n\n", [ServerEvent(b"\xff", "\ufffd")]),
    ],
)
def test_events(body: bytes, events: list[ServerEvent]) -> None:
    assert read(body) == events
    assert read(*(body[place : place + 1] for place in range(len(body)))) == events


def test_a_carriage_return_at_the_end_waits_for_its_line_feed() -> None:
    reader = EventReader()
    assert reader.feed(b"data: a\r\n\r") == []
    assert reader.feed(b"\n") == [event("a")]
    assert reader.feed(b"data: b\n\n") == [event("b")]


BODIES = st.lists(
    st.sampled_from(
        [
            b"data: ",
            b"data:",
            b"event: e",
            b": c",
            b"\n",
            b"\r",
            b"\r\n",
            b"\n\n",
            b"x",
            "ü✓".encode(),
            b"\xef\xbb\xbf",
            b"\xff",
        ]
    ),
    max_size=25,
).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(BODIES, st.data())
def test_cuts_do_not_matter(body: bytes, data: st.DataObject) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=8)))
    pieces = [body[start:end] for start, end in zip([0, *places], [*places, len(body)], strict=True)]
    assert read(*pieces, b"\n\n") == read(body, b"\n\n") == read(body + b"\n\n")


LINES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\n"), max_size=20)


@given(st.lists(st.tuples(LINES, LINES.map(str.strip)), max_size=5), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_what_is_written_is_read(events: list[tuple[str, str]], end: bytes) -> None:
    body = b"".join(write_event(data.encode(), name) for data, name in events).replace(b"\n", end)
    assert read(body, b"\n") == [event(data, name) for data, name in events]


def test_a_single_event_has_a_limit() -> None:
    reader = EventReader()
    piece = b"x" * (1 << 20)
    reader.feed(b"data: ")
    for _ in range(MAX_EVENT // len(piece) - 1):
        reader.feed(piece)
    with pytest.raises(EventTooLarge):
        reader.feed(piece)


def test_many_lines_without_an_end_have_the_same_limit() -> None:
    reader = EventReader()
    piece = (b"data: " + b"x" * 1000 + b"\n") * 1000
    for _ in range(MAX_EVENT // (1000 * 1000)):
        reader.feed(piece)
    with pytest.raises(EventTooLarge):
        reader.feed(piece)


def test_a_line_without_end_has_it_too_when_cut_by_others() -> None:
    with pytest.raises(EventTooLarge):
        EventReader().feed(b"data: a\n" + b"x" * (MAX_EVENT + 1))


def test_the_limit_is_for_one_event_and_not_for_a_stream() -> None:
    reader = EventReader()
    piece = b"data: " + b"x" * (1 << 20) + b"\n\n"
    for _ in range(MAX_EVENT // len(piece) + 3):
        assert len(reader.feed(piece)) == 1


@pytest.mark.parametrize(
    ("body", "pending"),
    [(b"", False), (b"data: a\n\n", False), (b"data: a", True), (b"data: a\n", True), (b"dat", True), (b"\n\r", False)],
)
def test_whether_an_event_is_unfinished(body: bytes, pending: bool) -> None:
    reader = EventReader()
    reader.feed(body)
    assert reader.pending is pending
