"""An answer that was to be stored and could not be: its last event says so.

https://platform.openai.com/docs/api-reference/responses/object#responses-object-store: ``store`` is whether it can be
asked for again, and gone on from.
"""

from __future__ import annotations

from trunkline.core.chat import JsonObject
from trunkline.dialects.event_edit import edit_events


def tell_unstored(held: bytes) -> bytes:
    """The end of a stream, in which the response has ``store: false``."""

    def put(event: JsonObject) -> bool:
        response = event.get("response")
        if not isinstance(response, dict):
            return False
        response["store"] = False
        return True

    return edit_events(held, put)
