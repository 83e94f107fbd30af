"""Most talks are single texts and written at once: as they would be block by block."""

from __future__ import annotations

import contextlib
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.core.chat import CacheHint, JsonValue, Message, Part, Text, ToolResult
from trunkline.core.errors import InvalidInput
from trunkline.dialects.anthropic_messages import turn

TEXTS = st.sampled_from(["", " ", "Hello", "Hello ", "\n", "x"])
PARTS: st.SearchStrategy[Part] = TEXTS.map(Text) | st.sampled_from([Text("a", cache=CacheHint()), ToolResult("c")])
MESSAGES = st.builds(
    Message,
    st.sampled_from(["system", "user", "assistant", "tool"]),
    st.lists(PARTS, min_size=1, max_size=2).map(tuple) | TEXTS.map(lambda text: (Text(text),)),
    st.sampled_from([None, None, "ann"]),
)


def write(messages: list[Message], *, in_place: bool) -> tuple[JsonValue, list[JsonValue], set[str]] | None:
    dropped: set[str] = set()
    with contextlib.suppress(InvalidInput):
        prompt, turns = turn.write_turns(messages, dropped, in_place=in_place)
        return prompt, turns, dropped
    return None


@settings(max_examples=400, deadline=None)
@given(st.lists(MESSAGES, max_size=5), st.booleans())
def test_a_talk_of_texts_is_written_as_any_other(messages: list[Message], in_place: bool) -> None:
    at_once = write(messages, in_place=in_place)
    with mock.patch.object(turn, "_write_plain", return_value=None):
        assert at_once == write(messages, in_place=in_place)


def test_it_is_written_at_once() -> None:
    talk = [Message("system", (Text("Be brief."),)), Message("user", (Text("Hi"),))]
    with mock.patch.object(turn, "_group", side_effect=AssertionError("not needed")):
        assert turn.write_turns(talk, set()) == ("Be brief.", [{"role": "user", "content": "Hi"}])
