"""The round of tool calls that a request that passes goes on with, as far as thinking is concerned.

Which thoughts the vendor wants back is told in :mod:`trunkline.providers.tool_round`. Turns are looked at from the last
to where the round began, and of their blocks no more than the heads are read.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import Message, Opaque, Part, Reasoning, Text, ToolCall
from trunkline.dialects.anthropic_messages.block_reading import NAME
from trunkline.dialects.anthropic_messages.seal import read_seal
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON

_CALL: Final = b'"tool_use"'
_RESULT: Final = b'"tool_result"'
_ASSISTANT: Final = b'"assistant"'


class _Turn(msgspec.Struct):
    role: str = ""
    content: msgspec.Raw = ABSENT


class _Head(msgspec.Struct):
    type: str = ""
    text: str | None = None
    signature: str | None = None
    data: msgspec.Raw = ABSENT


_turns: Final = msgspec.json.Decoder(list[_Turn])
_heads: Final = msgspec.json.Decoder(list[_Head])
_text: Final = msgspec.json.Decoder(str)


def read_round(messages: msgspec.Raw) -> tuple[Message, ...]:
    """The round, or the beginning of an answer that the model shall go on with; nothing where there is neither.

    Nothing either for what is not of the wire's form, which is for the vendor to judge.
    """
    data = bytes(messages)
    if _CALL not in data and data.rfind(_ASSISTANT) < data.rfind(b'"role"'):
        return ()
    found: list[Message] = []
    try:
        for turn in reversed(_turns.decode(messages)):
            if turn.role == "assistant":
                found.append(Message("assistant", _read(turn.content)))
                continue
            results = _RESULT in bytes(turn.content)
            if not results and found and found[-1].role != "user":
                break
            found.append(Message("tool" if results else "user"))
    except BROKEN_JSON:
        return ()
    return tuple(reversed(found))


def _read(content: msgspec.Raw) -> tuple[Part, ...]:
    if bytes(content).startswith(b'"'):
        return (Text(_text.decode(content)),)
    return tuple(_part(head) for head in _heads.decode(content))


def _part(head: _Head) -> Part:
    match head.type:
        case "thinking":
            seal = read_seal(head.signature or "")
            return Reasoning("", signature=seal.value or None, id=seal.id, format=seal.format)
        case "redacted_thinking":
            seal = read_seal(_text.decode(head.data))
            return Reasoning(redacted=seal.value, id=seal.id, format=seal.format)
        case "text":
            return Text(head.text or "")
        case "tool_use":
            return ToolCall("", "")
        case _:
            return Opaque(NAME, head.type)
