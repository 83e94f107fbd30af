"""What a request in OpenAI's responses dialect says and no other vendor understands: left out, and told."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from trunkline.core.chat import ChatRequest, JsonValue
from trunkline.dialects import openai_responses
from trunkline.dialects.openai_responses.options import ENCRYPTED

_USUAL: Final[dict[str, JsonValue]] = {"truncation": "disabled", "background": False, "include": [ENCRYPTED]}
"""What asks for no more than there is anyway: thoughts are always given sealed."""

_KEPT: Final = frozenset({"previous_response_id", "stream_options"})
"""What is served here. ``stream_options`` are about how the events are padded."""

_OBJECTS: Final = frozenset({"text", "reasoning"})


def find_unsaid(request: ChatRequest, served: Collection[str] = ()) -> tuple[str, ...]:
    """The names, sorted, without those that the other vendor knows (``served``).

    Those that must not be lost are not the matter here: they are refused.
    """
    names: set[str] = set()
    for name, value in request.extra.get(openai_responses.DIALECT.name, {}).items():
        if value is None or name in _KEPT or name in served or _USUAL.get(name) == value:
            continue
        if name == "safety_identifier" and value == request.user:
            continue
        if name in _OBJECTS and isinstance(value, dict):
            names.update(f"{name}.{key}" for key in value)
        else:
            names.add(name)
    return tuple(sorted(names))
