"""The gate of limits, as settings have it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final, cast

from trunkline.app.duties import running
from trunkline.gateway.gates.limit_gate import LimitGate
from trunkline.gateway.gates.limit_rule import Share
from trunkline.settings import Settings

_CONNECTIONS: Final = 32
_GRACE_SECONDS: Final = 60.0
"""What a call may take beyond its time, until its place among parallel ones is free whatever has become of it."""


@asynccontextmanager
async def open_limits(settings: Settings, share: Share) -> AsyncGenerator[LimitGate]:
    """The gate, until the block ends. ``share`` is this process's where processes do not count together."""
    if settings.redis_url is None:
        yield LimitGate(share=share)
        return
    # Few have it, and it takes as long to load as all the rest of a worker.
    from redis.asyncio import BlockingConnectionPool, Redis  # noqa: PLC0415
    from redis.asyncio.retry import Retry  # noqa: PLC0415
    from redis.backoff import NoBackoff  # noqa: PLC0415

    from trunkline.gateway.gates.shared_meters import SharedMeters  # noqa: PLC0415

    pool: BlockingConnectionPool = cast("Any", BlockingConnectionPool).from_url(
        settings.redis_url.reveal(),
        max_connections=_CONNECTIONS,
        timeout=settings.redis_seconds,
        # Valkey and older servers speak it as well, and what is asked needs no other.
        protocol=2,
        # Who waits for it has 50 ms: it is asked once.
        retry=Retry(NoBackoff(), 0),
    )
    shared = SharedMeters(
        Redis(connection_pool=pool), longest=settings.total_timeout + _GRACE_SECONDS, patience=settings.redis_seconds
    )
    async with running(shared.run()):
        try:
            yield LimitGate(share=share, shared=shared)
        finally:
            await shared.close()
