"""Whether a call may pass unread to a provider that speaks its client's wire.

What its vendor is known to refuse does not: it is read, mended (:mod:`trunkline.providers.mending`) and written anew.
Searches through the bytes tell where a closer look is needed, and what is not of the wire's form is for the provider to
judge, so that a request that is right is never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from trunkline.providers.passing_chat import find_sign, is_odd_chat
from trunkline.providers.passing_contents import are_odd_contents
from trunkline.providers.passing_items import are_odd_items
from trunkline.providers.passing_messages import are_odd_messages
from trunkline.providers.quirks import Quirk

_ODD: Final[Mapping[str, Callable[[bytes, Quirk], bool]]] = {
    "openai_chat": is_odd_chat,
    "anthropic_messages": are_odd_messages,
    "gemini": are_odd_contents,
    "openai_responses": are_odd_items,
}


def passes(body: bytes, dialect: str, quirk: Quirk) -> bool:
    """Whether ``body``, in ``dialect``, is nothing that the model's vendor refuses as far as is known."""
    if quirk.schemas == "words" and b'"json_schema"' in body:
        # It must be read, so that its answer can be held to the schema.
        return False
    odd = _ODD.get(dialect)
    return odd is None or not odd(body, quirk)


def chat_sign(quirk: Quirk) -> bytes | None:
    """What any body of OpenAI's chat holds that does not pass; None where that cannot be said so shortly."""
    return None if quirk.schemas == "words" else find_sign(quirk)
