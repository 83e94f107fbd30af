"""Verdicts that no call waits for: a bounded queue, worked off in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.policy import Content, Finding, ViolationEvent
from trunkline.gateway.gates.judge import Judge
from trunkline.gateway.snapshot import PolicyEntry, WorkspacePart
from trunkline.logs import get_logger

_log: Final = get_logger(__name__)

WAITING: Final = 500
"""Cases that may wait; what comes on top is not judged, and the policy's fail mode counts."""

WAITING_CHARACTERS: Final = 20_000_000
WORKERS: Final = 4
LIMIT_SECONDS: Final = 60.0


class Case(msgspec.Struct, frozen=True):
    """One call before one policy. ``event`` is what is written down if it breaks it, but for the explanation."""

    actor: Actor
    part: WorkspacePart
    policy: PolicyEntry
    content: Content
    event: ViolationEvent


class JudgeQueue:
    """The queue. ``found`` hears of every verdict, from :meth:`run`, which works until it is cancelled."""

    def __init__(self, judge: Judge, found: Callable[[Case, Finding], None]) -> None:
        self._judge = judge
        self._found = found
        self._cases: asyncio.Queue[Case] = asyncio.Queue(WAITING)
        self._characters = 0

    def add(self, case: Case) -> None:
        """Have a case judged later; undecided at once where too many wait. Never waits."""
        size = case.content.characters
        if self._cases.full() or self._characters + size > WAITING_CHARACTERS:
            self._found(case, Finding(None, "Too many calls wait for the judge"))
            return
        self._characters += size
        self._cases.put_nowait(case)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as workers:
            for _ in range(WORKERS):
                workers.create_task(self._work())

    async def drain(self, seconds: float) -> None:
        """Wait until everything is judged, at most that long."""
        try:
            async with asyncio.timeout(seconds):
                await self._cases.join()
        except TimeoutError:
            return

    async def _work(self) -> None:
        while True:
            case = await self._cases.get()
            try:
                finding = await self._judge.judge(
                    case.actor, case.part, case.policy, case.content, case.event.request_id, limit=LIMIT_SECONDS
                )
                self._found(case, finding)
            except Exception:  # noqa: BLE001 - see the next line
                # The last wall: a fault of ours with one case must not keep the others from being judged.
                _log.exception("judging_failed", policy=case.policy.id, request_id=case.event.request_id)
            finally:
                self._characters -= case.content.characters
                self._cases.task_done()
