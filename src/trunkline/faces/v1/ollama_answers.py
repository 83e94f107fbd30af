"""What clients of Ollama are told of models, beside the answers of calls.

Shapes: https://github.com/ollama/ollama/blob/main/api/types.go. What only files on a disk have is empty or 0 here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, JsonObject, JsonValue
from trunkline.core.errors import InvalidInput
from trunkline.dialects.raw_json import BROKEN_JSON
from trunkline.dialects.rfc3339 import write_time
from trunkline.gateway.model_names import Described, Listed

VERSION: Final = "0.12.6"
"""Of Ollama, whose API this is: clients ask for a version that has tools, thinking and schemas."""

LATEST: Final = ":latest"
"""What clients add to a name that has no tag."""

ALIVE: Final = b"Ollama is running"
"""The words that clients look for."""

_ARCHITECTURE: Final = "trunkline"
_AT_ONCE: Final = 200
"""Names between which other calls get their turn."""


class _Asked(msgspec.Struct):
    model: str | None = None
    name: str | None = None


async def write_tags(models: Sequence[Listed]) -> bytes:
    """All names."""
    pieces: list[bytes] = []
    for start in range(0, len(models), _AT_ONCE):
        pieces.append(msgspec.json.encode([_tag(model) for model in models[start : start + _AT_ONCE]])[1:-1])
        await asyncio.sleep(0)
    return b'{"models":[%b]}' % b",".join(pieces)


def _tag(listed: Listed) -> JsonObject:
    name, provider, created = listed
    return {
        "name": name,
        "model": name,
        "modified_at": write_time(created),
        "size": 0,
        # It tells models apart, and clients cut it.
        "digest": sha256(name.encode()).hexdigest(),
        "details": _details(provider),
    }


def _details(provider: str) -> JsonObject:
    return {
        "parent_model": "",
        "format": "",
        "family": provider,
        "families": [provider],
        "parameter_size": "",
        "quantization_level": "",
    }


def write_running() -> bytes:
    """The models in memory: what providers hold there is not known here."""
    return b'{"models":[]}'


def write_version() -> bytes:
    """The version of the API."""
    return msgspec.json.encode({"version": VERSION})


def read_shown(body: bytes) -> str:
    """The name of the model that ``/api/show`` is asked for. Raises :class:`InvalidInput`."""
    try:
        asked = msgspec.json.decode(body, type=_Asked)
    except BROKEN_JSON as error:
        raise InvalidInput.of("", f"The body must be a JSON object with the name of a model: {error}") from error
    name = asked.model or asked.name
    if not name:
        raise InvalidInput.of("model", "is required: the name of the model")
    return name


def write_shown(described: Described) -> bytes:
    """One model. What it can do is what is not known to be beyond it; thinking must be known."""
    (name, provider, created), model, traits = described
    lacks = frozenset[str]() if traits is None else traits.lacks
    abilities = [word for word, ability in (("tools", "tools"), ("vision", "vision")) if ability not in lacks]
    if traits is not None and "reasoning" not in lacks:
        abilities.append("thinking")
    info: dict[str, JsonValue] = {"general.architecture": _ARCHITECTURE, "general.basename": model}
    if traits is not None and traits.context_length is not None:
        info[f"{_ARCHITECTURE}.context_length"] = traits.context_length
    return msgspec.json.encode(
        {
            "modelfile": f"FROM {name}\n",
            "parameters": "",
            "template": "",
            "details": _details(provider),
            "model_info": info,
            "capabilities": ["completion", *abilities],
            "modified_at": write_time(created),
        }
    )


def write_loaded(request: ChatRequest, now: int, field: str) -> bytes:
    """The answer to a call without anything to answer, by which clients load a model, or unload it.

    ``now`` is seconds since the epoch; ``field`` is where the call has its text.
    """
    keep_alive = request.extra.get("ollama", {}).get("keep_alive")
    empty: JsonValue = {"role": "assistant", "content": ""} if field == "message" else ""
    return msgspec.json.encode(
        {
            "model": request.model,
            "created_at": write_time(now),
            field: empty,
            "done": True,
            "done_reason": "unload" if keep_alive in (0, "0", "0s") else "load",
        }
    )
