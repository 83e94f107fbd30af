"""Usage put into an answer of this wire that passes: where its server told none, or what cannot be.

https://platform.openai.com/docs/api-reference/responses-streaming/response/completed: the event that ends it holds it.
"""

from __future__ import annotations

from trunkline.core.chat import JsonObject, Usage
from trunkline.dialects.event_edit import edit_events, set_member
from trunkline.dialects.openai_responses.usage import write_usage


def tell_usage(held: bytes, usage: Usage, name: str, model: str) -> bytes:
    """The end of a stream with ``usage`` in it."""
    del name, model

    def put(event: JsonObject) -> bool:
        response = event.get("response")
        if not isinstance(response, dict):
            return False
        response["usage"] = write_usage(usage)
        return True

    return edit_events(held, put)


def tell_whole_usage(body: bytes, usage: Usage) -> bytes:
    """A whole answer with ``usage`` in it."""
    return set_member(body, "usage", write_usage(usage))
