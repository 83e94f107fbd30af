"""Answers whose content is a list of chunks, as Mistral's reasoning models give them, for clients of OpenAI's wire.

Those take ``content`` for a text and stumble over a list. Thoughts become ``reasoning_content``, which goes back to
Mistral in its own form (:mod:`~trunkline.dialects.openai_chat.earlier_thoughts`).
https://docs.mistral.ai/capabilities/reasoning
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, JsonValue
from trunkline.dialects.raw_json import decode

_CHUNK: Final = b'[{"t'
"""How lists of chunks begin, whose first field is ``type``, ``text`` or ``thinking``."""
_SIGNS: Final = (b'"content":[', b'"content": [')


def has_chunks(data: bytes) -> bool:
    """Whether there may be such content. Within JSON text a quote is escaped, so what is found is a field."""
    # Each search costs about as much as all else that is done with a piece: nearly always the first is the only one.
    return data.find(_CHUNK) >= 0 and (_SIGNS[0] in data or _SIGNS[1] in data)


def flatten(data: bytes) -> bytes | None:
    """The answer, or the piece of one, with texts alone as content; None where there is nothing to change."""
    answer = decode(data)
    choices = answer.get("choices") if isinstance(answer, dict) else None
    changed = False
    for choice in choices if isinstance(choices, list) else ():
        for name in ("message", "delta"):
            message = choice.get(name) if isinstance(choice, dict) else None
            changed = (isinstance(message, dict) and _flatten(message)) or changed
    return msgspec.json.encode(answer) if changed else None


def _flatten(message: JsonObject) -> bool:
    content = message.get("content")
    if not isinstance(content, list):
        return False
    texts: list[str] = []
    thoughts: list[str] = []
    for chunk in content:
        if not isinstance(chunk, dict) or chunk.get("type") not in ("text", "thinking"):
            return False
        if chunk["type"] == "text":
            texts.append(_text(chunk))
        else:
            inner = chunk.get("thinking")
            pieces: list[JsonValue] = list(inner) if isinstance(inner, list) else [inner]
            thoughts.extend(piece if isinstance(piece, str) else _text(piece) for piece in pieces)
    message["content"] = "".join(texts) if texts or "tool_calls" not in message else None
    if any(thoughts):
        message["reasoning_content"] = "".join(thoughts)
    return True


def _text(chunk: JsonValue) -> str:
    text = chunk.get("text") if isinstance(chunk, dict) else None
    return text if isinstance(text, str) else ""
