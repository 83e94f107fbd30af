"""Whether the answers of a route, a configuration or a feature are kept, and for whom."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

CacheScope = Literal["user", "workspace"]
"""Who gets an answer again: whoever it was made for, or everybody in the workspace with the same rights."""

NO_CACHE: Final = "no-cache"
NO_STORE: Final = "no-store"
MAX_AGE: Final = "max-age="

LEAST_THRESHOLD: Final = 0.5
USUAL_THRESHOLD: Final = 0.95


class Semantic(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Answers are given again to questions that mean the same, too.

    ``model`` is the name or id of a shared configuration or a route that makes vectors. Two questions mean the same
    where the cosine of the angle between their vectors is ``threshold`` or more.
    """

    model: str
    threshold: float = USUAL_THRESHOLD


class Caching(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Answers are given again for ``ttl_seconds``; those of calls with tools only ``with_tools``."""

    ttl_seconds: int
    scope: CacheScope = "user"
    with_tools: bool = False
    semantic: Semantic | None = None
