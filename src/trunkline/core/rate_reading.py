"""What a provider last said of its rate limits, as the journal keeps it."""

from __future__ import annotations

import msgspec


class RateReading(msgspec.Struct, frozen=True, kw_only=True):
    """``at`` is microseconds since the epoch; ``reading`` has the provider's words by our names for them."""

    id: str
    at: int
    configuration_id: str
    reading: dict[str, str]
