"""Ids of calls in a request that passes: the vendor refuses repeated ones, and those of other vendors' forms.

See :mod:`trunkline.dialects.history_ids`. What is not of the wire's form is left as it is, for the vendor to judge.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.dialects.history_ids import HistoryIds, IdForm, OddIds
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON

_CALL: Final = b'"tool_use"'
_RESULT: Final = b'"tool_result"'

_Members = dict[str, msgspec.Raw]

_turns: Final = msgspec.json.Decoder(list[_Members])
_string: Final = msgspec.json.Decoder(str)

has_odd_ids: Final = OddIds("tool_use_id")
"""Whether the ids of a body need a closer look."""


def fit_ids(messages: msgspec.Raw, form: IdForm) -> msgspec.Raw:
    """``messages`` with ids that fit."""
    try:
        turns = _turns.decode(messages)
        changed = _fit(turns, HistoryIds(form))
    except BROKEN_JSON:
        return messages
    return _raw(turns) if changed else messages


def _fit(turns: list[_Members], ids: HistoryIds) -> bool:
    changed = False
    for turn in turns:
        if bytes(turn.get("role", ABSENT)) == b'"assistant"':
            ids.turn()
        content = bytes(turn.get("content", ABSENT))
        if not content.startswith(b"[") or (_CALL not in content and _RESULT not in content):
            continue
        blocks = _turns.decode(content)
        if [block for block in blocks if _fit_block(block, ids)]:
            turn["content"] = _raw(blocks)
            changed = True
    return changed


def _fit_block(block: _Members, ids: HistoryIds) -> bool:
    """Whether that changes something."""
    kind = bytes(block.get("type", ABSENT))
    if kind == _CALL and "id" in block:
        given = _string.decode(block["id"])
        field, found = "id", ids.call(given)
    elif kind == _RESULT and "tool_use_id" in block:
        given = _string.decode(block["tool_use_id"])
        field, found = "tool_use_id", ids.result(given)
    else:
        return False
    if found == given:
        return False
    block[field] = _raw(found)
    return True


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
