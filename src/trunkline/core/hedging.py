"""When a second request is sent for one call, because the first one is slow."""

from __future__ import annotations

import msgspec


class Hedging(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """``after_ms`` None: after what 95 of 100 answers of the target took lately.

    https://research.google/pubs/the-tail-at-scale/
    """

    after_ms: int | None = None
