"""Calls as a large workspace makes them, for the same seed the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from trunkline.core.chat import Usage
from trunkline.core.ids import new_id
from trunkline.core.usage_event import UsageEvent

WORKSPACE = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 90

_BUSY = (1, 1, 1, 1, 1, 1, 2, 4, 6, 6, 6, 6, 5, 6, 6, 6, 6, 5, 4, 2, 2, 1, 1, 1)
"""How busy each hour is."""


def make_calls(count: int, seed: int = 1) -> Iterator[UsageEvent]:
    """Of 200 people with one to six ways of calling each, some far busier than others, over ninety days in order."""
    dice = random.Random(seed)
    ways = [_make_way(dice, f"{person:036}") for person in range(200) for _ in range(dice.randint(1, 6))]
    weights = [dice.paretovariate(1.2) for _ in ways]
    hours = [day * 24 + hour for day in range(DAYS) for hour in range(24)]
    moments = dice.choices(hours, [_BUSY[hour % 24] for hour in hours], k=count)
    start = int(BEGIN.timestamp()) * 1_000_000
    for hour, way in zip(sorted(moments), dice.choices(ways, weights, k=count), strict=True):
        yield UsageEvent(
            id=new_id(),
            opened_at=start + hour * 3_600_000_000 + dice.randrange(3_600_000_000),
            request_id="req",
            operation="chat",
            workspace_id=WORKSPACE,
            **way,
            outcome="error" if dice.random() < 0.01 else "ok",
            usage=Usage(input=dice.randrange(5_000), output=dice.randrange(1_000)),
            cost_nanos=dice.randrange(50_000_000),
            duration_us=dice.randrange(10_000_000),
        )


def _make_way(dice: random.Random, user: str) -> dict[str, Any]:
    configuration = dice.randrange(30)
    return {
        "user_id": user,
        "key_id": f"{dice.randrange(3)}{user[1:]}",
        "application_id": dice.choice([None, *(f"{number:036}" for number in range(5))]),
        "configuration_id": f"{configuration:036}",
        "route_id": dice.choice([None, None, f"{configuration % 4:036}"]),
        "feature": dice.choice([None, None, "chat-assistant", "summarizer"]),
        "tags": dice.choice([(), (), ("team-a",), ("team-b", "prod")]),
        "provider": ("openai", "anthropic", "gemini")[configuration % 3],
        "model": f"model-{configuration % 12}",
    }
