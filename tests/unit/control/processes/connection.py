"""Two processes that are connected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from trunkline.control.processes.hub import Hub
from trunkline.control.processes.link import Handler, Link
from trunkline.control.processes.spoke import Spoke


@asynccontextmanager
async def connect(
    path: Path, hub: Mapping[str, Handler], spoke: Mapping[str, Handler]
) -> AsyncIterator[tuple[Hub, Spoke]]:
    """Both ends, connected."""
    joined = asyncio.Event()

    async def join(_link: Link) -> None:
        joined.set()

    center, outer = Hub(hub), Spoke(path, spoke, join)
    async with center.listening(path):
        running = asyncio.ensure_future(outer.run())
        try:
            await joined.wait()
            while not center.links:
                await asyncio.sleep(0)
            yield center, outer
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
