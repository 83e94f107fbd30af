"""When the snapshot's copy on disk is written: soon after a change, and often enough to stay good."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from trunkline.control.snapshot.copy import SnapshotCopy
from trunkline.gateway.snapshot import Snapshot
from trunkline.logs import get_logger
from trunkline.vault.vault import Vault

_log: Final = get_logger(__name__)

_PAUSE_SECONDS: Final = 0.1
"""Between two writes, however much changes: a worker that starts while nobody tells it more goes by the copy."""

_SHARE: Final = 10
"""A write is followed by a pause of so many times what it took: that of a large installation takes a while."""


class SnapshotKeeper:
    """Writes the newest snapshot it was given, in a thread, never two at once."""

    def __init__(self, copy: SnapshotCopy, vault: Vault) -> None:
        self._copy = copy
        self._vault = vault
        self._latest: Snapshot | None = None
        self._given = asyncio.Event()

    def keep(self, snapshot: Snapshot) -> None:
        """Have ``snapshot`` written soon; one that waits already is dropped for it."""
        self._latest = snapshot
        self._given.set()

    async def run(self) -> None:
        """Write until cancelled. A full disk is a warning: the copy is a help, not a duty."""
        while True:
            await self._given.wait()
            began = time.monotonic()
            await self.write()
            await asyncio.sleep(max(_PAUSE_SECONDS, _SHARE * (time.monotonic() - began)))

    async def write(self) -> None:
        """Write what waits, if anything does."""
        snapshot, self._latest = self._latest, None
        self._given.clear()
        if snapshot is None:
            return
        try:
            await asyncio.to_thread(self._copy.write, snapshot, self._vault.ring)
        except OSError as error:
            _log.warning("snapshot_copy_not_written", reason=error.strerror)
