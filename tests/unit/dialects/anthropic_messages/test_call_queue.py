"""Whatever order pieces of several calls come in, every call comes out whole and after the one before."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.chat_events import ToolCallDelta, ToolCallStart
from trunkline.dialects.anthropic_messages.call_queue import CallQueue

from .strategies import argument_texts, pieces


@given(
    st.lists(st.tuples(argument_texts, st.lists(st.integers(0, 99), max_size=3)), min_size=1, max_size=4), st.randoms()
)
def test_calls_come_out_whole_and_in_order(calls: list[tuple[str, list[int]]], chance: random.Random):
    waiting = [
        [ToolCallStart(index, f"id{index}", "f"), *(ToolCallDelta(index, piece) for piece in pieces(arguments, cuts))]
        for index, (arguments, cuts) in enumerate(calls)
    ]
    order: list[int] = []
    queue = CallQueue()
    out: list[ToolCallStart | ToolCallDelta] = []
    while any(waiting):
        event = chance.choice([events for events in waiting if events]).pop(0)
        if isinstance(event, ToolCallStart):
            order.append(event.index)
            out += queue.begin(event)
        else:
            out += queue.add(event)
    out += queue.flush()
    assert queue.flush() == []

    assert [event.index for event in out if isinstance(event, ToolCallStart)] == order
    written: dict[int, str] = {}
    current = -1
    for event in out:
        if isinstance(event, ToolCallStart):
            current = event.index
            written[current] = ""
        else:
            assert event.index == current
            written[current] += event.arguments
    assert written == {index: arguments for index, (arguments, _) in enumerate(calls)}
