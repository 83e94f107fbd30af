"""Held events, changed before they go out."""

from __future__ import annotations

from trunkline.core.chat import JsonObject
from trunkline.dialects.event_edit import edit_events, set_member

EVENTS = b'event: a\ndata: {"a":1}\n\n: a comment\n\ndata: {"b": 2}\n\ndata: [DONE]\n\n'


def nothing(_value: JsonObject) -> bool:
    return False


def mark(value: JsonObject) -> bool:
    if "a" not in value:
        return False
    value["a"] = 3
    return True


def test_what_is_not_changed_stays_byte_for_byte() -> None:
    assert edit_events(EVENTS, nothing) == EVENTS


def test_one_event_is_changed_and_keeps_its_name() -> None:
    assert edit_events(EVENTS, mark) == b'event: a\ndata: {"a":3}\n\ndata: {"b": 2}\n\ndata: [DONE]\n\n'


def test_data_of_several_lines_stays() -> None:
    event = b'data: {"b":\ndata: 1}\n\n'
    assert edit_events(EVENTS + event, mark).endswith(event)


def test_a_member_is_set_and_the_others_stay() -> None:
    assert set_member(b'{"a": 1.50, "usage": null}', "usage", {"b": 2}) == b'{"a":1.50,"usage":{"b":2}}'
    assert set_member(b"[1]", "usage", {}) == b"[1]"
