"""Calls of tools that another model made, on their way to one that wants its own signature on each.

From Gemini 3 on the first call of each step must carry the signature that it came with ("Function call is missing a
thought_signature"); for calls that the model did not make itself, Google takes a fixed text in its place:
https://ai.google.dev/gemini-api/docs/thought-signatures#faqs and
https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thought-signatures.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, is_said

UNSIGNED: Final = "skip_thought_signature_validator"
"""What stands for the signature of a call that the model did not make."""

# https://ai.google.dev/gemini-api/docs/models: the older ones take calls without.
_OLD: Final = re.compile(r"(?:.*/)?(?:gemini-(?:1|2)(?:\.|-|$)|gemma|learnlm)", re.IGNORECASE)
_CALL: Final = re.compile(rb'"function_?[cC]all"\s*:')
_SIGNATURE: Final = re.compile(rb'"thought_?[sS]ignature"\s*:')

_Part = dict[str, msgspec.Raw]
_turns: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_parts: Final = msgspec.json.Decoder(list[_Part])
_NAMES: Final = ("functionCall", "function_call")
_SIGNED: Final = ("thoughtSignature", "thought_signature")


def wants_signatures(model: str) -> bool:
    """Whether ``model`` refuses calls without. What is no name of Google's is left alone."""
    return "gemini" in model and _OLD.match(model) is None


def sign_calls(parts: list[JsonValue]) -> None:
    """Gives the first call of a turn of the model the text for its signature where none of its calls has one."""
    calls = [part for part in parts if isinstance(part, dict) and "functionCall" in part]
    if calls and not any("thoughtSignature" in call for call in calls):
        calls[0]["thoughtSignature"] = UNSIGNED


def may_lack(contents: msgspec.Raw) -> bool:
    """Whether a call in ``contents`` may lack it: there are more calls than signatures. Parallel calls, of which one
    alone has it, are a false alarm, which costs a closer look."""
    data = bytes(contents)
    calls = len(_CALL.findall(data))
    return calls > 0 and len(_SIGNATURE.findall(data)) < calls


def sign_contents(contents: msgspec.Raw) -> msgspec.Raw:
    """``contents`` as :func:`sign_calls` leaves each turn, which may come in pieces: the SDK's chats keep each piece of
    a stream as a content of its own. What is not of the wire's form is left as it is."""
    try:
        turns = _turns.decode(contents)
        changed = signed = False
        for turn in turns:
            if bytes(turn.get("role", ABSENT)) != b'"model"':
                signed = False
            elif bytes(turn.get("parts", ABSENT)).startswith(b"["):
                parts = _parts.decode(turn["parts"])
                calls = [part for part in parts if any(name in part for name in _NAMES)]
                signed = signed or any(is_said(call.get(name, ABSENT)) for call in calls for name in _SIGNED)
                if calls and not signed:
                    calls[0]["thoughtSignature"] = msgspec.Raw(msgspec.json.encode(UNSIGNED))
                    turn["parts"] = msgspec.Raw(msgspec.json.encode(parts))
                    changed = signed = True
    except BROKEN_JSON:
        return contents
    return msgspec.Raw(msgspec.json.encode(turns)) if changed else contents
