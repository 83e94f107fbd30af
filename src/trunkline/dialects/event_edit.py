"""Events that have come, changed before they go out: for the few that are held back anyway."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import msgspec

from trunkline.core.chat import JsonObject, JsonValue
from trunkline.dialects.raw_json import BROKEN_JSON, decode
from trunkline.dialects.sse import EventReader, write_event

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def edit_events(events: bytes, edit: Callable[[JsonObject], bool]) -> bytes:
    """``events`` with those changed in which ``edit`` changes the object that it is given, and says so.

    Where none is, the bytes are those that came. What is no object of JSON is passed over, and stays.
    """
    written: list[bytes] = []
    changed = False
    for event in EventReader().feed(events):
        value = decode(event.data)
        if isinstance(value, dict) and edit(cast("JsonObject", value)):
            changed = True
            written.append(write_event(msgspec.json.encode(value), event.name))
        else:
            written.append(b"".join(_lines(event.data, event.name)))
    return b"".join(written) if changed else events


def set_member(body: bytes, name: str, value: Mapping[str, JsonValue]) -> bytes:
    """The object ``body`` with one member set, the others as they came; ``body`` itself where it is none."""
    try:
        members = _members.decode(body)
    except BROKEN_JSON:
        return body
    members[name] = msgspec.Raw(msgspec.json.encode(value))
    return msgspec.json.encode(members)


def _lines(data: bytes, name: str) -> list[bytes]:
    head = [b"event: %b\n" % name.encode()] if name else []
    return [*head, *(b"data: %b\n" % line for line in data.split(b"\n")), b"\n"]
