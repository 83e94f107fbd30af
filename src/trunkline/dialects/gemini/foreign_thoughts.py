"""Thoughts in a client's request that Google did not sign, sealed as :mod:`trunkline.dialects.gemini.seal` tells.

Google refuses a request with a signature that it did not make.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.dialects.gemini.seal import BEGINNING
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode

_MARK: Final = BEGINNING.encode()

_turns: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_parts: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])


def has_foreign(body: bytes) -> bool:
    """Whether ``body`` may hold such thoughts."""
    return _MARK in body


def strip_foreign(contents: msgspec.Raw) -> tuple[msgspec.Raw, bool]:
    """``contents`` without such signatures and whether there were any.

    What a thought says stays; a part or a turn that holds nothing else goes. What is not of the wire's form is left as
    it is, for Google to judge.
    """
    try:
        turns = _turns.decode(contents)
    except BROKEN_JSON:
        return contents, False
    kept: list[dict[str, msgspec.Raw]] = []
    found = False
    for turn in turns:
        try:
            parts = _parts.decode(turn.get("parts", ABSENT))
        except BROKEN_JSON:
            kept.append(turn)
            continue
        left: list[dict[str, msgspec.Raw]] = []
        for part in parts:
            names = [name for name in ("thoughtSignature", "thought_signature") if _is_foreign(part.get(name, ABSENT))]
            for name in names:
                found = True
                del part[name]
            if not names or decode(part.get("text", ABSENT)) or not part.keys() <= {"text", "thought"}:
                left.append(part)
        turn["parts"] = msgspec.Raw(msgspec.json.encode(left))
        if left or not parts:
            kept.append(turn)
    return (msgspec.Raw(msgspec.json.encode(kept)), True) if found else (contents, False)


def _is_foreign(signature: msgspec.Raw) -> bool:
    value = decode(signature)
    return isinstance(value, str) and value.startswith(BEGINNING)
