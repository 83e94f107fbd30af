"""Usage put into an answer of this wire that passes: where its provider told none, or what cannot be.

https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options: who asks for it gets one more
chunk before ``[DONE]``, with empty ``choices``.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, Usage
from trunkline.dialects.event_edit import edit_events, set_member
from trunkline.dialects.openai_chat.usage import write_usage

_HEAD: Final = ("id", "object", "created", "model", "system_fingerprint")


def tell_usage(held: bytes, usage: Usage, name: str, model: str) -> bytes:
    """The end of a stream with ``usage`` in it. ``name`` and ``model`` are for a chunk that has nothing before it."""
    told = write_usage(usage)
    head: JsonObject = {"id": name, "object": "chat.completion.chunk", "created": 0, "model": model}
    found = False

    def put(chunk: JsonObject) -> bool:
        nonlocal found
        if "choices" in chunk:
            head.update({field: chunk[field] for field in _HEAD if field in chunk})
        beside = chunk.get("x_groq")
        if isinstance(beside, dict) and beside.get("usage") is not None:
            beside["usage"] = told
            found = True
            return True
        if chunk.get("usage") is None:
            return False
        chunk["usage"] = told
        found = True
        return True

    ended = edit_events(held, put)
    if found:
        return ended
    more = b"data: %b\n\n" % msgspec.json.encode({**head, "choices": [], "usage": told})
    place = held.rfind(b"data: [DONE]")
    place = place if place >= 0 else held.rfind(b"data:[DONE]")
    return held + more if place < 0 else held[:place] + more + held[place:]


def tell_whole_usage(body: bytes, usage: Usage) -> bytes:
    """A whole answer with ``usage`` in it."""
    return set_member(body, "usage", write_usage(usage))
