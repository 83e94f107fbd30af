"""Histories of texts, calls and results, in which nothing is to be mended: one look tells so of nearly all.

What else may stand in one (fields of answers that clients send back, thoughts, nulls) is searched for and mended by
:mod:`~trunkline.dialects.openai_chat.kept_answer` and its neighbours, at some cost for each kind.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from trunkline.dialects.history_ids import IdForm
from trunkline.dialects.raw_json import BROKEN_JSON


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One unknown field makes a history one of the others."""


class _Part(_Strict, frozen=True):
    type: Literal["text", "image_url"]
    text: str = ""
    image_url: msgspec.Raw = msgspec.Raw()


class _Function(_Strict, frozen=True):
    name: str
    arguments: str = ""


class _Call(_Strict, frozen=True):
    id: str
    function: _Function
    type: Literal["function"] = "function"


class _Turn(_Strict, frozen=True):
    role: str
    content: str | list[_Part] | None = None
    name: str = ""
    tool_calls: list[_Call] = []
    tool_call_id: str | None = None


_turns: Final = msgspec.json.Decoder(list[_Turn])


def is_plain_history(messages: msgspec.Raw, ids: IdForm) -> bool:
    """Whether ``messages`` are of nothing else, and the ids of their results are of the form ``ids`` and come once."""
    try:
        turns = _turns.decode(messages)
    except BROKEN_JSON:
        return False
    named = [turn.tool_call_id for turn in turns if turn.tool_call_id is not None]
    return not named or (len(set(named)) == len(named) and all(map(ids.fits, named)))
