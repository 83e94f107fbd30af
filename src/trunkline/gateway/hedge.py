"""A second request for a call whose first one is slow: who answers first serves, the other one is cancelled.

https://research.google/pubs/the-tail-at-scale/
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, NamedTuple

from trunkline.core.errors import TrunklineError
from trunkline.gateway.answer import Answer

HEDGE: Final = "hedge"
"""The purpose of the second request, which is a call of its own in the books."""

Serving = Coroutine[Any, Any, Answer]


class Hedged(NamedTuple):
    """What served, and whether that was the second request."""

    answer: Answer
    second: bool


async def hedge(first: Serving, wait: float, second: Callable[[], Serving | None]) -> Hedged:
    """``first``, or after ``wait`` seconds without an answer ``second`` beside it, None of which is no request at all.

    One that fails is no answer as long as the other may give one; when both fail, what the first raised is raised. Both
    have ended when this returns: whoever was too late was cancelled, and has settled.
    """
    leader = asyncio.ensure_future(first)
    tasks = [leader]
    try:
        await asyncio.wait(tasks, timeout=wait)
        if not leader.done() and (more := second()) is not None:
            tasks.append(asyncio.ensure_future(more))
        pending = set(tasks)
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task in done and not isinstance(task.exception(), TrunklineError):
                    return Hedged(task.result(), task is not leader)
        return Hedged(leader.result(), False)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
