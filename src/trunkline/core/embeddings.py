"""The neutral form of an embeddings call."""

from __future__ import annotations

from typing import Literal

import msgspec

from trunkline.core.chat import JsonValue, Usage


class EmbeddingsRequest(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Texts, or texts already cut into tokens, to turn into vectors. ``encoding`` is how the client wants them."""

    model: str
    inputs: tuple[str, ...] = ()
    tokens: tuple[tuple[int, ...], ...] = ()
    dimensions: int | None = None
    encoding: Literal["float", "base64"] = "float"
    user: str | None = None
    extra: dict[str, dict[str, JsonValue]] = {}


class EmbeddingsResponse(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One vector per input, in order."""

    model: str
    vectors: tuple[tuple[float, ...], ...]
    usage: Usage | None = None
