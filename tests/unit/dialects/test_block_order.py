"""Whatever order the pieces come in, every block comes out whole and after the one before, and nothing is lost."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.strategies.chat import arguments

from trunkline.core.chat_events import ReasoningDelta, TextDelta, ToolCallDelta, ToolCallStart
from trunkline.dialects.block_order import MAX_HELD, Block, BlockOrder

START, NEXT = ToolCallStart(0, "a", "f"), ToolCallStart(1, "b", "g")


def order(*events: Block) -> list[Block]:
    blocks = BlockOrder()
    out = [written for event in events for written in blocks.put(event)]
    return [*out, *blocks.flush()]


def pieces(text: str, cuts: list[int]) -> list[str]:
    edges = [0, *sorted({cut % len(text) for cut in cuts} - {0}), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


@given(
    st.lists(st.tuples(arguments, st.lists(st.integers(0, 99), max_size=3)), min_size=1, max_size=4),
    st.integers(0, 5),
    st.randoms(),
)
def test_calls_come_out_whole_and_in_order_and_no_text_is_lost(
    calls: list[tuple[str, list[int]]], texts: int, chance: random.Random
):
    waiting: list[list[Block]] = [
        [ToolCallStart(index, f"id{index}", "f"), *(ToolCallDelta(index, piece) for piece in pieces(whole, cuts))]
        for index, (whole, cuts) in enumerate(calls)
    ]
    waiting.append([TextDelta(str(number)) for number in range(texts)])
    came: list[Block] = []
    while any(waiting):
        came.append(chance.choice([events for events in waiting if events]).pop(0))
    out = order(*came)

    started = [event.index for event in came if isinstance(event, ToolCallStart)]
    assert [event.index for event in out if isinstance(event, ToolCallStart)] == started
    assert [event for event in out if isinstance(event, TextDelta)] == [TextDelta(str(n)) for n in range(texts)]
    written: dict[int, str] = {}
    current = None
    for event in out:
        if isinstance(event, ToolCallStart):
            current = event.index
            written[current] = ""
        elif isinstance(event, ToolCallDelta):
            assert event.index == current
            written[event.index] += event.arguments
        else:
            current = None
    assert written == {index: whole for index, (whole, _) in enumerate(calls)}


def test_text_between_two_pieces_waits_for_the_call():
    assert order(START, ToolCallDelta(0, '{"x"'), TextDelta("wait "), ToolCallDelta(0, ":1}"), TextDelta("so")) == [
        START,
        ToolCallDelta(0, '{"x"'),
        ToolCallDelta(0, ":1}"),
        TextDelta("wait "),
        TextDelta("so"),
    ]


def test_what_waited_is_told_as_soon_as_the_arguments_are_whole():
    blocks = BlockOrder()
    for event in (START, ToolCallDelta(0, '{"x":{"y"'), TextDelta("a"), ReasoningDelta("b"), ToolCallDelta(0, ":1}")):
        blocks.put(event)
    assert blocks.put(ToolCallDelta(0, "}")) == [ToolCallDelta(0, "}"), TextDelta("a"), ReasoningDelta("b")]
    assert blocks.clear


def test_a_call_is_told_as_it_comes():
    blocks = BlockOrder()
    assert blocks.put(START) == []
    assert blocks.put(ToolCallDelta(0, "")) == []
    assert blocks.put(ToolCallDelta(0, '{"x"')) == [START, ToolCallDelta(0, '{"x"')]
    assert blocks.put(ToolCallDelta(0, ":")) == [ToolCallDelta(0, ":")]


def test_text_goes_ahead_of_a_call_of_which_nothing_was_told_yet():
    assert order(START, TextDelta("so"), ToolCallDelta(0, "{}")) == [TextDelta("so"), START, ToolCallDelta(0, "{}")]


def test_calls_without_arguments_are_told_at_the_end_and_keep_their_order():
    assert order(START, NEXT, ToolCallDelta(1, "{}"), TextDelta("so")) == [
        TextDelta("so"),
        START,
        NEXT,
        ToolCallDelta(1, "{}"),
    ]


def test_a_call_whose_arguments_never_become_whole_holds_the_rest_to_the_end():
    assert order(START, ToolCallDelta(0, '{"x'), TextDelta("a"), NEXT, ToolCallDelta(1, "{}")) == [
        START,
        ToolCallDelta(0, '{"x'),
        TextDelta("a"),
        NEXT,
        ToolCallDelta(1, "{}"),
    ]


def test_a_number_may_grow_and_is_never_whole():
    assert order(START, ToolCallDelta(0, "1"), TextDelta("a"), ToolCallDelta(0, "2")) == [
        START,
        ToolCallDelta(0, "1"),
        ToolCallDelta(0, "2"),
        TextDelta("a"),
    ]


def test_half_a_character_is_not_whole():
    assert order(START, ToolCallDelta(0, '["\ud83d'), TextDelta("a"), ToolCallDelta(0, '"]'))[-1] == TextDelta("a")


def test_only_so_much_waits_for_one_call():
    blocks = BlockOrder()
    for event in (START, ToolCallDelta(0, '{"x')):
        blocks.put(event)
    texts = [TextDelta(str(number)) for number in range(MAX_HELD + 1)]
    out = [written for text in texts for written in blocks.put(text)]
    assert out == texts
    assert blocks.put(ToolCallDelta(0, '":1}')) == []


def test_an_index_that_is_taken_begins_another_call():
    again = ToolCallStart(0, "b", "g")
    assert order(START, ToolCallDelta(0, "[1"), again, ToolCallDelta(0, "2")) == [
        START,
        ToolCallDelta(0, "[1"),
        again,
        ToolCallDelta(0, "2"),
    ]


def test_a_piece_of_a_call_that_never_began_or_is_over_is_nothing():
    assert order(ToolCallDelta(7, "{}"), START, ToolCallDelta(0, "{}"), NEXT, ToolCallDelta(0, " ")) == [
        START,
        ToolCallDelta(0, "{}"),
        NEXT,
    ]
