"""A thousand clients go away amid their streams: each provider is told, and each call is in the books."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from tests.e2e.server import Server, wait_for
from tests.faults.streaming_provider import begin, configure, streaming_provider

CALLS = 1_000
AT_ONCE = 100
SECONDS = float(os.environ.get("TRUNKLINE_TEST_CANCEL_SECONDS", "30"))
"""Within which a provider's connection must end after its client's. The bar is 1, which a machine that is busy with
other tests says nothing about: `TRUNKLINE_TEST_CANCEL_SECONDS=1` holds it, and `-s` tells the figure."""


@pytest.mark.timeout(600)
async def test_the_provider_is_cancelled_and_each_call_counted(tmp_path: Path, database_url: str) -> None:
    server = Server(tmp_path, TRUNKLINE_LOCAL_UPSTREAMS="loopback", TRUNKLINE_DATABASE_URL=database_url)
    async with streaming_provider() as provider:
        try:
            key = await asyncio.to_thread(configure, server, provider)
            places, went = asyncio.Semaphore(AT_ONCE), dict[str, float]()

            async def abort(name: str) -> None:
                async with places:
                    _, writer = await begin(server, key, name)
                    went[name] = time.monotonic()
                    writer.transport.abort()

            names = [f"gone-{number}" for number in range(CALLS)]
            await asyncio.gather(*(abort(name) for name in names))
            async with asyncio.timeout(60):
                while len(provider.left) < CALLS:
                    await asyncio.sleep(0.01)
            slowest = max(provider.left[name] - went[name] for name in names)
            print(f"the slowest of {CALLS} providers was told after {slowest:.3f} s")
            assert slowest <= SECONDS
            await asyncio.to_thread(check_rows, server)
            assert await asyncio.to_thread(server.stop) == 0
        finally:
            if server.process is not None and server.process.poll() is None:
                await asyncio.to_thread(server.kill)


def check_rows(server: Server) -> None:
    """One for each call, all cancelled."""
    asked = "SELECT count(*), count(DISTINCT request_id) FROM usage_events WHERE outcome = 'cancelled'"
    wait_for(lambda: server.rows(asked)[0][0] >= CALLS)
    assert server.rows(asked) == [(CALLS, CALLS)]
    assert server.rows("SELECT count(*) FROM usage_events") == [(CALLS,)]
