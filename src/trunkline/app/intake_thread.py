"""The intake in a thread of a process that does other things, too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Thread

from trunkline.app.intake import make_intake
from trunkline.app.stopping import Stopping
from trunkline.app.telemetry import telling
from trunkline.settings import Settings


@asynccontextmanager
async def taking_in(settings: Settings, journal: Path, stopping: Stopping) -> AsyncGenerator[None]:
    """Take in until the block ends, and then what is left by then; what takes too long, the next start takes in.

    The thread is a daemon: it keeps no process alive.
    """
    outer, inner = asyncio.get_running_loop(), asyncio.new_event_loop()
    stop, ended = asyncio.Event(), outer.create_future()

    def work() -> None:
        try:
            with telling(settings) as tell:
                inner.run_until_complete(make_intake(settings, journal, tell).run(stop))
        finally:
            inner.close()
            with suppress(RuntimeError):
                outer.call_soon_threadsafe(_resolve, ended)

    Thread(target=work, name="intake", daemon=True).start()
    try:
        yield
    finally:
        with suppress(RuntimeError):
            inner.call_soon_threadsafe(stop.set)
        await asyncio.wait({ended}, timeout=stopping.closing)


def _resolve(ended: asyncio.Future[None]) -> None:
    if not ended.done():
        ended.set_result(None)
