"""Whether this process can serve: what a load balancer asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from trunkline.core.errors import TrunklineError

Check = Callable[[], Awaitable[str | None]]
"""Gives None when all is well, else what is wrong, in words that hold nothing secret."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. ``essential``: without it nothing can be served."""

    name: str
    problem: str | None
    essential: bool


class Health:
    """Runs the checks that it was given.

    A database that is down is no reason to stop sending calls: the snapshot serves them, and the journal keeps what
    they used. So it is reported, and is not essential.
    """

    def __init__(self, essential: Mapping[str, Check], others: Mapping[str, Check]) -> None:
        self._checks = [(name, check, True) for name, check in essential.items()]
        self._checks += [(name, check, False) for name, check in others.items()]

    async def examine(self) -> list[Finding]:
        """What each check finds, in their order. A check that fails with an error of ours has found that."""
        return [Finding(name, await _run(check), essential) for name, check, essential in self._checks]


async def _run(check: Check) -> str | None:
    try:
        return await check()
    except TrunklineError as error:
        return error.message
