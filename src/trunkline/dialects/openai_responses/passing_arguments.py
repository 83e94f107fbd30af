"""The arguments of calls in an answer that passes, as an object in JSON, whatever their server wrote.

https://platform.openai.com/docs/api-reference/responses/object: ``arguments`` is a text in JSON, which clients parse
once. Some servers write it as JSON twice, as the object itself, or as null (:mod:`trunkline.dialects.argument_text`).
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, JsonValue
from trunkline.dialects.argument_text import ArgumentText
from trunkline.dialects.openai_responses.output_reading import mend_arguments
from trunkline.dialects.raw_json import decode
from trunkline.dialects.sse import write_event

CALL: Final = b"function_call"
"""What stands in every event that has to do with a call."""

_ODD: Final = re.compile(rb'"arguments"\s*:\s*(?:"(?: |\\[nrt])*(?:\\"|n|")|[^"\s])')
"""Arguments that may be no object. A false alarm costs a parse."""
_NONE: Final = "{}"
_DELTA: Final = "response.function_call_arguments.delta"


def mend_output(body: bytes) -> bytes | None:
    """A whole answer in which the arguments of each call are an object; None where they are."""
    if CALL not in body or _ODD.search(body) is None:
        return None
    answer = decode(body)
    return msgspec.json.encode(answer) if isinstance(answer, dict) and _mend_answer(answer) else None


class _Call:
    __slots__ = ("held", "text")

    def __init__(self) -> None:
        self.text = ArgumentText()
        self.held: JsonObject | None = None
        """The last event of which nothing has passed on yet."""


class PassingArguments:
    """Those of one stream. Pieces pass at once, but for those of a call whose arguments begin as no object does: they
    wait for its end."""

    __slots__ = ("_calls", "watched")

    def __init__(self) -> None:
        self._calls: dict[JsonValue, _Call] = {}
        self.watched = False
        """Whether there is a call of whose arguments nothing is known yet."""

    def passes(self, data: bytes) -> bool:
        """Whether nothing in whole events has to be looked at, told without parsing."""
        return CALL not in data or not (
            self.watched or (b'output_item.added"' in data and b'"function_call"' in data) or _ODD.search(data)
        )

    def mend(self, data: bytes, name: str) -> bytes | None:
        """The events that go on in the place of one, perhaps none; None where it goes on as it came."""
        event = decode(data)
        if not isinstance(event, dict):
            return None
        place, item = _find_place(event), event.get("item")
        before, changed = b"", False
        match event.get("type") or name:
            case "response.output_item.added" if isinstance(item, dict) and item.get("type") == "function_call":
                self._calls[place] = _Call()
                changed = _mend_item(item, whole=False)
            case "response.function_call_arguments.delta" if place in self._calls:
                passed = self._feed(self._calls[place], event)
                self._watch()
                if passed is None:
                    return b""
                changed = passed
            case "response.function_call_arguments.done":
                before = self._finish(place, name)
                changed = _mend_field(event, whole=True)
            case "response.output_item.done" if isinstance(item, dict):
                before = self._finish(place, name)
                changed = _mend_item(item, whole=True)
                self._calls.pop(place, None)
            case "response.completed" | "response.incomplete":
                before = b"".join([self._finish(each, name) for each in self._calls])
                answer = event.get("response")
                changed = isinstance(answer, dict) and _mend_answer(answer)
            case _:
                pass
        self._watch()
        if not (changed or before):
            return None
        return before + write_event(msgspec.json.encode(event) if changed else data, name)

    def _feed(self, call: _Call, event: JsonObject) -> bool | None:
        """Leaves in a piece what may pass on of it. Whether that is another text than came; None where nothing may."""
        said = event.get("delta")
        if not isinstance(said, str):
            return False
        passed = call.text.feed(said)
        if said and not passed:
            call.held = event
            return None
        call.held = None
        event["delta"] = passed
        return passed != said

    def _finish(self, place: JsonValue, name: str) -> bytes:
        """What of a call's arguments has waited for its end, as one event."""
        call = self._calls.get(place)
        if call is None:
            return b""
        rest, held, call.held = call.text.end(), call.held, None
        if held is None or not rest:
            return b""
        return write_event(msgspec.json.encode({**held, "delta": rest}), _DELTA if name else "")

    def _watch(self) -> None:
        self.watched = any(not call.text.begun for call in self._calls.values())


def _find_place(event: JsonObject) -> JsonValue:
    index = event.get("output_index")
    name = event.get("item_id")
    return index if isinstance(index, int) else name if isinstance(name, str) else None


def _mend_answer(answer: JsonObject) -> bool:
    """Whether something changed."""
    output = answer.get("output")
    changed = False
    for item in output if isinstance(output, list) else ():
        if isinstance(item, dict) and _mend_item(item, whole=True):
            changed = True
    return changed


def _mend_item(item: JsonObject, *, whole: bool) -> bool:
    if item.get("type") != "function_call":
        return False
    return _mend_field(item, whole=whole and item.get("status") != "incomplete")


def _mend_field(fields: JsonObject, *, whole: bool) -> bool:
    """Writes arguments as they were meant; an empty object for none where they are ``whole``."""
    given = fields.get("arguments")
    if given is None:
        meant = ""
    elif isinstance(given, str):
        meant = mend_arguments(given)
    else:
        meant = msgspec.json.encode(given).decode()
    if whole and not meant.strip():
        meant = _NONE
    if meant == given:
        return False
    fields["arguments"] = meant
    return True
