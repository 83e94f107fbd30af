"""Ids of calls in a request that passes, in the form that its provider takes and none twice.

See :mod:`trunkline.dialects.history_ids`. What is not of the wire's form is left as it is, for the provider to judge.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.dialects.history_ids import HistoryIds, IdForm, OddIds
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON

_turns: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_string: Final = msgspec.json.Decoder(str)

has_odd_ids: Final = OddIds("tool_call_id")
"""Whether the ids of a body need a closer look."""


def fit_ids(messages: msgspec.Raw, form: IdForm) -> msgspec.Raw:
    """``messages`` with ids that fit."""
    try:
        turns = _turns.decode(messages)
        changed = _fit(turns, HistoryIds(form))
    except BROKEN_JSON:
        return messages
    return _raw(turns) if changed else messages


def _fit(turns: list[dict[str, msgspec.Raw]], ids: HistoryIds) -> bool:
    changed = speaks = False
    for turn in turns:
        calls = turn.get("tool_calls", ABSENT)
        answered = bytes(turn.get("role", ABSENT)) != b'"assistant"'
        if not answered and not speaks:
            ids.turn()
        speaks = not answered
        if not answered and bytes(calls).startswith(b"["):
            wires = _turns.decode(calls)
            if [wire for wire in wires if "id" in wire and _put(wire, "id", ids.call(_string.decode(wire["id"])))]:
                turn["tool_calls"] = _raw(wires)
                changed = True
        elif "tool_call_id" in turn:
            found = ids.result(_string.decode(turn["tool_call_id"]))
            changed = _put(turn, "tool_call_id", found) or changed
    return changed


def _put(wire: dict[str, msgspec.Raw], name: str, value: str) -> bool:
    """Whether that changes something."""
    if _string.decode(wire[name]) == value:
        return False
    wire[name] = _raw(value)
    return True


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
