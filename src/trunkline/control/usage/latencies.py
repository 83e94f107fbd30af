"""How long calls took, apart by what they have in common."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from trunkline.storage import usage as rows
from trunkline.storage.database import Transaction
from trunkline.storage.usage import UsageScope
from trunkline.storage.usage_sums import Dimension

SAMPLED: Final = 10_000
"""Calls that are looked at: the newest ones, so that a question over a year costs as little as one over a day."""


async def read_latencies(tx: Transaction, scope: UsageScope, dimension: Dimension) -> dict[str | None, list[float]]:
    """The milliseconds of the newest calls that went well, the shortest first, for each value of ``dimension``."""
    found: dict[str | None, list[float]] = {}
    for value, duration_us in await rows.sample_durations(tx, scope, dimension, limit=SAMPLED):
        several = dimension == "tags" and value is not None
        for key in value.split(",") if several and value else (value,):
            found.setdefault(key, []).append(duration_us / 1_000)
    for durations in found.values():
        durations.sort()
    return found


def find_percentile(durations: Sequence[float] | None, share: float) -> float | None:
    """Within which time ``share`` of the calls ended; None where there are none."""
    return durations[math.ceil(len(durations) * share) - 1] if durations else None
