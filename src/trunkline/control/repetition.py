"""Duties that are done again and again, whatever goes wrong once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn

from trunkline.core.errors import Unavailable
from trunkline.logs import get_logger


async def repeat(
    work: Callable[[], Awaitable[object]],
    seconds: float,
    fault: str,
    *,
    name: str,
    at_once: bool = False,
    woken: asyncio.Event | None = None,
) -> NoReturn:
    """Do ``work`` every ``seconds`` until cancelled; for the first time after as long, or ``at_once``,
    and whenever somebody sets ``woken``.

    When it fails, ``fault`` is logged under the module ``name``: with the reason where the database is away, else with
    the whole traceback, because that is a fault of ours.
    """
    log = get_logger(name)
    woken = woken or asyncio.Event()
    if not at_once:
        await _pause(woken, seconds)
    while True:
        try:
            await work()
        except Unavailable as error:
            log.warning(fault, next_try_seconds=seconds, reason=error.message)
        except Exception:
            # Whatever it is: the duty must go on, and nobody else looks at this task.
            log.exception(fault, next_try_seconds=seconds)
        await _pause(woken, seconds)


async def _pause(woken: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        return
    woken.clear()
