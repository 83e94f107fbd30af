"""What clients keep of an answer and send back with the next turn, and servers refuse.

SDKs put into their copies of answers what no request has: ``parsed`` and ``parsed_arguments``
(https://github.com/openai/openai-python/blob/main/helpers.md), null or an empty list for what was not said ("None is
not of type 'array' - 'messages.1.tool_calls'", "[] is too short"), and what only answers have. Strict servers refuse
each such field (Groq: "property 'annotations' is unsupported"; Mistral: "Extra inputs are not permitted").
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import msgspec

from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode, is_said

PREFIX: Final = "messages."
"""Begins the names of fields of an assistant's message among those that a provider's row drops."""

ANSWERS_ALONE: Final = frozenset({"annotations", "audio", "refusal", "function_call"})
"""Fields of answers that OpenAI takes back and stricter servers do not know."""

# Each begins with a fixed text, which is found at the speed of memory.
_PARSED: Final = re.compile(rb'"parsed(?:_arguments)?"\s*:')
_NOTHING: Final = re.compile(rb'"(?:tool_calls"\s*:\s*(?:null|\[\s*\])|function_call"\s*:\s*null)')
_ASSISTANT: Final = b'"assistant"'
_EMPTY: Final = frozenset({b"null", b"[]", b'""', b"{}"})

_Turn = dict[str, msgspec.Raw]
_turns: Final = msgspec.json.Decoder(list[_Turn])


def tidy(messages: msgspec.Raw, drop: frozenset[str]) -> tuple[msgspec.Raw, list[str]]:
    """``messages`` without such fields and without those that ``drop`` names, and the names of what held something.

    They are read only where a search finds a sign of them. A refusal that has no field of its own becomes the text of
    its message; where there is none, a message that says nothing goes ("Assistant message must have either content or
    tool_calls, but not none", Mistral). What is not of the wire's form is left as it is, for the server to judge.
    """
    data = bytes(messages)
    if _ASSISTANT not in data:
        return messages, []
    names = _find_names(drop)
    # A plain search is quicker than one for a pattern.
    found = (b'"parsed' in data and _PARSED.search(data)) or (b"_call" in data and _NOTHING.search(data))
    if not found and not any(b'"%b"' % name.encode() in data for name in names):
        return messages, []
    try:
        turns = _turns.decode(messages)
    except BROKEN_JSON:
        return messages, []
    lost: dict[str, None] = {}
    kept: list[_Turn] = []
    changed = False
    for turn in turns:
        if bytes(turn.get("role", ABSENT)) == _ASSISTANT:
            changed = _tidy_turn(turn, names, lost) or changed
            if "refusal" in names and not _says(turn):
                changed = True
                continue
        kept.append(turn)
    return (_raw(kept), list(lost)) if changed else (messages, [])


@lru_cache(maxsize=64)
def _find_names(drop: frozenset[str]) -> frozenset[str]:
    """Those of ``drop`` that are fields of messages. Rows of providers are few."""
    return frozenset(name.removeprefix(PREFIX) for name in drop if name.startswith(PREFIX))


def _says(turn: _Turn) -> bool:
    return any(bytes(turn.get(name, ABSENT)) not in _EMPTY | {b""} for name in ("content", "tool_calls"))


def _tidy_turn(turn: _Turn, names: frozenset[str], lost: dict[str, None]) -> bool:
    before = dict(turn)
    if "refusal" in names and is_said(turn.get("refusal", ABSENT)):
        if not decode(turn.get("content", ABSENT)):
            turn["content"] = turn["refusal"]
        del turn["refusal"]
    turn.pop("parsed", None)
    for name in [name for name, value in turn.items() if name != "content" and not is_said(value)]:
        del turn[name]
    if "tool_calls" in turn and not decode(turn["tool_calls"]):
        del turn["tool_calls"]
    for name in sorted(names & turn.keys()):
        if bytes(turn.pop(name)) not in _EMPTY:
            lost[name] = None
    if "tool_calls" in turn:
        turn["tool_calls"] = _tidy_calls(turn["tool_calls"], "extra_content" in names, lost)
    return turn != before


def _tidy_calls(raw: msgspec.Raw, strict: bool, lost: dict[str, None]) -> msgspec.Raw:
    if not (_PARSED.search(raw) or (strict and b'"extra_content"' in bytes(raw))):
        return raw
    try:
        calls = _turns.decode(raw)
        for call in calls:
            if strict and call.pop("extra_content", None) is not None:
                lost["signature"] = None
            if "function" in call:
                function = msgspec.json.decode(call["function"], type=_Turn)
                function.pop("parsed_arguments", None)
                call["function"] = _raw(function)
    except BROKEN_JSON:
        return raw
    return _raw(calls)


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
