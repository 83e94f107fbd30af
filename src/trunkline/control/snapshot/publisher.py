"""Tells the workers of this machine each new state of the snapshot."""

from __future__ import annotations

import asyncio
from typing import Final

from trunkline.control.processes.link import Link
from trunkline.control.snapshot.difference import encode_difference, encode_snapshot, find_difference
from trunkline.gateway.snapshot import Snapshot
from trunkline.logs import get_logger

_log: Final = get_logger(__name__)

WHOLE: Final = "snapshot"
CHANGE: Final = "snapshot.change"

PATIENCE_SECONDS: Final = 1.0
"""How long a change waits for the workers. Who is slower is not waited for again until it has connected anew."""


class SnapshotPublisher:
    """Who joined is told all of it once, and then what changes, in order."""

    def __init__(self, *, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._latest = Snapshot()
        self._told: dict[Link, asyncio.Future[bytes]] = {}
        """The last word to each, of which the answer says that all before is known too."""

    def __len__(self) -> int:
        """How many are told."""
        return len(self._told)

    def join(self, link: Link) -> None:
        """Tell it everything, and from now on each change."""
        self._tell(link, WHOLE, encode_snapshot(self._latest))

    def offer(self, snapshot: Snapshot) -> None:
        """The newest state. Waits for nobody."""
        if self._told and snapshot is not self._latest:
            payload = encode_difference(find_difference(self._latest, snapshot))
            for link in list(self._told):
                self._tell(link, CHANGE, payload)
        self._latest = snapshot

    async def settle(self) -> None:
        """Return when all know what was offered, or when their time is over."""
        waiting = {link: told for link, told in self._told.items() if not told.done()}
        if not waiting:
            return
        await asyncio.wait(waiting.values(), timeout=self._patience)
        for link, told in waiting.items():
            if not told.done():
                _log.warning("worker_too_slow", seconds=self._patience)
                self._forget(link)

    def _tell(self, link: Link, topic: str, payload: bytes) -> None:
        def hear(told: asyncio.Future[bytes]) -> None:
            if told.exception() is not None:
                # It is gone, or does not hold any more what the next difference would begin from: it connects anew.
                self._forget(link)

        self._told[link] = told = link.ask(topic, payload)
        told.add_done_callback(hear)

    def _forget(self, link: Link) -> None:
        self._told.pop(link, None)
        link.drop()
