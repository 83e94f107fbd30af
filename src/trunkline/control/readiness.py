"""Whether this process can serve: what a load balancer asks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from trunkline.core.errors import TrunklineError

PATIENCE_SECONDS: Final = 1.0
"""How long a check may take: who asks for readiness asks every few seconds and does not wait."""

Check = Callable[[], Awaitable[str | None]]
"""Gives None when all is well, else what is wrong, in words that hold nothing secret."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found. ``essential``: without it nothing can be served."""

    name: str
    problem: str | None
    essential: bool


class Readiness:
    """Runs the checks that it was given.

    A database that is down is no reason to stop sending calls: the snapshot serves them, and the journal keeps what
    they used. So it is reported, and is not essential.
    """

    def __init__(self, essential: Mapping[str, Check], others: Mapping[str, Check]) -> None:
        self._checks = [(name, check, True) for name, check in essential.items()]
        self._checks += [(name, check, False) for name, check in others.items()]
        self._running: dict[str, asyncio.Task[str | None]] = {}

    async def examine(self, *, patience: float = PATIENCE_SECONDS) -> list[CheckResult]:
        """What each check finds, in their order, after ``patience`` seconds at most.

        A check that fails with an error of ours has found that. One that is not done in time goes on, and is looked at
        again next time instead of being started once more.
        """
        running = [self._start(name, check) for name, check, _ in self._checks]
        await asyncio.wait(running, timeout=patience)
        return [
            CheckResult(name, task.result() if task.done() else f"No answer within {patience:g} s.", essential)
            for (name, _, essential), task in zip(self._checks, running, strict=True)
        ]

    def _start(self, name: str, check: Check) -> asyncio.Task[str | None]:
        task = self._running.get(name)
        if task is None:
            task = self._running[name] = asyncio.ensure_future(_run(check))
            task.add_done_callback(lambda _: self._running.pop(name))
        return task


async def _run(check: Check) -> str | None:
    try:
        return await check()
    except TrunklineError as error:
        return error.message
