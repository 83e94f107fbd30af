"""Usage put into an answer of this wire that passes: where its server told none, or what cannot be.

https://ai.google.dev/api/generate-content#UsageMetadata: every piece tells what was used so far; the last one counts.
"""

from __future__ import annotations

from trunkline.core.chat import JsonObject, Usage
from trunkline.dialects.event_edit import edit_events, set_member
from trunkline.dialects.gemini.usage import write_usage

_FIELD = "usageMetadata"


def tell_usage(held: bytes, usage: Usage, name: str, model: str) -> bytes:
    """The end of a stream with ``usage`` in each piece."""
    del name, model

    def put(piece: JsonObject) -> bool:
        if "error" in piece:
            return False
        piece[_FIELD] = write_usage(usage)
        return True

    return edit_events(held, put)


def tell_whole_usage(body: bytes, usage: Usage) -> bytes:
    """A whole answer with ``usage`` in it."""
    return set_member(body, _FIELD, write_usage(usage))
