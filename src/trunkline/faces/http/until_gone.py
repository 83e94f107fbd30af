"""Waiting for an answer as long as the client waits for it."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request


async def wait_until_gone(request: Request, doing: asyncio.Future[Any], seconds: float | None = None) -> bool:
    """Wait until it is done, at most for so long; False, with the work cancelled, when the client went away."""
    watching = asyncio.ensure_future(_watch(request))
    going_on = False
    try:
        await asyncio.wait({doing, watching}, return_when=asyncio.FIRST_COMPLETED, timeout=seconds)
        going_on = doing.done() or not watching.done()
        return going_on
    finally:
        watching.cancel()
        if not going_on:
            doing.cancel()
        await asyncio.gather(watching, *([] if going_on else [doing]), return_exceptions=True)


async def _watch(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
