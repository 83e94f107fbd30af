"""Duties that are done again and again, whatever goes wrong once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, NoReturn

from trunkline.core.errors import Unavailable
from trunkline.logs import get_logger

REST_SECONDS: Final = 10.0
"""How long a duty leaves the database alone at most while nobody writes there: time alone makes some things due."""


async def repeat(
    work: Callable[[], Awaitable[object]],
    seconds: float,
    fault: str,
    *,
    name: str,
    at_once: bool = False,
    woken: asyncio.Event | None = None,
    pulse: Callable[[], int | None] | None = None,
) -> NoReturn:
    """Do ``work`` every ``seconds`` until cancelled; for the first time after as long, or ``at_once``,
    and whenever somebody sets ``woken``.

    With ``pulse``, :meth:`~trunkline.storage.database.Database.read_pulse`, it is left out while that is what it was
    before the last time, for ten seconds at most: for work that finds in the database what is to be done.

    When it fails, ``fault`` is logged under the module ``name``: with the reason where the database is away, else with
    the whole traceback, because that is a fault of ours.
    """
    log = get_logger(name)
    woken = woken or asyncio.Event()
    loop = asyncio.get_running_loop()
    seen, rested = None, loop.time()
    wanted = at_once or await _pause(woken, seconds)
    while True:
        beat = None if pulse is None else pulse()
        if wanted or beat is None or beat != seen or loop.time() - rested >= REST_SECONDS:
            seen, rested = beat, loop.time()
            try:
                await work()
            except Unavailable as error:
                seen = None
                log.warning(fault, next_try_seconds=seconds, reason=error.message)
            except Exception:
                # Whatever it is: the duty must go on, and nobody else looks at this task.
                seen = None
                log.exception(fault, next_try_seconds=seconds)
        wanted = await _pause(woken, seconds)


async def _pause(woken: asyncio.Event, seconds: float) -> bool:
    """Whether somebody has woken it."""
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        return False
    woken.clear()
    return True
