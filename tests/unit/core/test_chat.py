"""The neutral form: what everything relies on."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from trunkline.core import chat, chat_events, embeddings
from trunkline.core.chat import ChatRequest, ChatResponse, Choice, Image, Media, Message, Part, Text, ToolCall, Usage
from trunkline.core.chat_events import ChatEvent, Start, TextDelta

STRUCTS = [
    value
    for module in (chat, chat_events, embeddings)
    for value in vars(module).values()
    if isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__ == module.__name__
]


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_values_are_immutable_and_documented(struct: Any) -> None:
    assert struct.__struct_config__.frozen
    assert struct.__doc__


def test_every_part_has_a_tag_of_its_own() -> None:
    tags = [part.__struct_config__.tag for part in get_args(Part)]
    assert len(tags) == len(set(tags)) == 9


def test_the_text_of_a_message() -> None:
    message = Message("user", (Text("a"), Image(Media(url="https://x")), Text("b"), ToolCall("1", "f")))
    assert message.text == "ab"
    assert Message("user").text == ""


def test_the_total_of_usage_counts_the_parts_once() -> None:
    assert Usage(input=10, output=5, cached=8, reasoning=4, cache_write=2).total == 15


def test_values_survive_msgpack_so_that_they_can_be_stored() -> None:
    request = ChatRequest(
        model="m",
        messages=(Message("user", (Text("a"), Image(Media(data="QQ=="))), "anna"),),
        metadata={"a": "b"},
        extra={"gemini": {"safetySettings": [{"x": None}]}},
    )
    answer = ChatResponse(
        id="1", model="m", choices=(Choice((Text("x"), ToolCall("c", "f", "{}"))),), usage=Usage(1, 2)
    )
    for value in (request, answer):
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=type(value)) == value


def test_defaults_cost_nothing_on_the_wire() -> None:
    assert msgspec.json.encode(Message("user")) == b'{"role":"user"}'
    assert msgspec.json.encode(Usage()) == b"{}"


def test_events_are_told_apart_by_their_type() -> None:
    assert Start("a") != TextDelta("a")
    assert len(get_args(ChatEvent)) == 14
