"""Tries several ways to the same thing, a little after each other, and takes the first that works."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

Result = TypeVar("Result")


async def race(
    attempts: Sequence[Callable[[], Coroutine[Any, Any, Result]]],
    stagger: float,
    discard: Callable[[Result], None],
) -> Result:
    """Start an attempt, the next when it fails or after ``stagger`` seconds, and so on; return the first result.

    The scheme of RFC 8305, section 5 (https://www.rfc-editor.org/rfc/rfc8305#section-5). The others are cancelled, and
    what they brought nonetheless goes to ``discard``. Raises the OSError of the first attempt when all fail.
    """
    if len(attempts) == 1:
        return await attempts[0]()
    loop = asyncio.get_running_loop()
    running: list[asyncio.Task[Result]] = []
    failures: list[OSError] = []
    waiting = list(attempts)
    try:
        while waiting or running:
            if waiting:
                running.append(loop.create_task(waiting.pop(0)()))
            await asyncio.wait(running, timeout=stagger if waiting else None, return_when=asyncio.FIRST_COMPLETED)
            for task in [task for task in running if task.done()]:
                running.remove(task)
                try:
                    return task.result()
                except OSError as error:
                    failures.append(error)
    finally:
        for task in running:
            task.cancel()
            task.add_done_callback(lambda ended: _discard(ended, discard))
    raise failures[0]


def _discard(task: asyncio.Task[Result], discard: Callable[[Result], None]) -> None:
    if not task.cancelled() and task.exception() is None:
        discard(task.result())
