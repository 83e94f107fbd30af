"""Whether the answers of a route are kept, and for whom."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

CacheScope = Literal["user", "workspace"]
"""Who gets an answer again: whoever it was made for, or everybody in the workspace with the same rights."""

NO_CACHE: Final = "no-cache"
NO_STORE: Final = "no-store"


class Caching(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Answers are given again for ``ttl_seconds``; those of calls with tools only ``with_tools``."""

    ttl_seconds: int
    scope: CacheScope = "user"
    with_tools: bool = False
