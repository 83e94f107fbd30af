"""What processes tell each other of targets that rest, as settings have it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

from trunkline.app.duties import running
from trunkline.gateway.routing.breaker import Breakers
from trunkline.settings import Settings


@asynccontextmanager
async def share_rests(settings: Settings, breakers: Breakers) -> AsyncGenerator[None]:
    """Until the block ends, ``breakers`` go by what all processes find out, where Redis is configured."""
    if settings.redis_url is None:
        yield
        return
    # Few have it, and it takes as long to load as all the rest of a worker.
    from redis.asyncio import Redis  # noqa: PLC0415

    from trunkline.gateway.routing.shared_rests import SharedRests  # noqa: PLC0415

    redis: Redis = cast("Any", Redis).from_url(settings.redis_url.reveal(), protocol=2)
    shared = SharedRests(redis, breakers)
    try:
        async with running(shared.run()):
            yield
    finally:
        await shared.close()
