"""Thoughts in a client's request that the vendor did not sign: it refuses the whole request for them.

A client that was answered by another vendor sends that one's thoughts back, sealed as
:mod:`trunkline.dialects.anthropic_messages.seal` tells, or with an empty signature.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.dialects.anthropic_messages.seal import OURS, read_seal
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON

# A seal with another vendor's mark, or none. Both begin with a fixed text, which is found at the speed of memory.
_SIGNATURE: Final = re.compile(rb'"signature"\s*:\s*(?:"[^":]{0,256}:|""|null)')
_SEALED: Final = re.compile(rb'"data"\s*:\s*"[^":]{0,256}:')


class _Block(msgspec.Struct):
    type: str = ""
    signature: str | None = None
    data: msgspec.Raw = ABSENT


_turns: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_blocks: Final = msgspec.json.Decoder(list[msgspec.Raw])
_block: Final = msgspec.json.Decoder(_Block)
_text: Final = msgspec.json.Decoder(str)


def has_foreign(body: bytes) -> bool:
    """Whether ``body`` may hold such thoughts. A false alarm costs a closer look and nothing else."""
    if b"thinking" not in body:
        return False
    return _SIGNATURE.search(body) is not None or (b"redacted_thinking" in body and _SEALED.search(body) is not None)


def strip_foreign(messages: msgspec.Raw) -> tuple[msgspec.Raw, bool]:
    """``messages`` without such thoughts and whether there were any; a turn that held nothing else goes too.

    What is not of the wire's form is left as it is, for the vendor to judge.
    """
    try:
        turns = _turns.decode(messages)
    except BROKEN_JSON:
        return messages, False
    kept: list[dict[str, msgspec.Raw]] = []
    found = False
    for turn in turns:
        try:
            blocks = _blocks.decode(turn.get("content", ABSENT))
        except BROKEN_JSON:
            kept.append(turn)
            continue
        left = [block for block in blocks if not _is_foreign(block)]
        if len(left) < len(blocks):
            found = True
            turn["content"] = msgspec.Raw(msgspec.json.encode(left))
        if left or not blocks:
            kept.append(turn)
    return (msgspec.Raw(msgspec.json.encode(kept)), True) if found else (messages, False)


def _is_foreign(raw: msgspec.Raw) -> bool:
    try:
        block = _block.decode(raw)
        if block.type == "thinking":
            seal = read_seal(block.signature or "")
            return not seal.value or seal.format != OURS
        if block.type == "redacted_thinking":
            return read_seal(_text.decode(block.data)).format != OURS
    except BROKEN_JSON:
        return False
    return False
