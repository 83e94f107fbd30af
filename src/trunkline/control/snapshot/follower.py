"""Keeps a worker's snapshot equal to that of the management process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from trunkline.control.processes.link import Handler, Link
from trunkline.control.snapshot.difference import apply_difference, decode_difference
from trunkline.control.snapshot.publisher import CHANGE, WHOLE
from trunkline.gateway.snapshot import Snapshot, SnapshotHolder


class SnapshotFollower:
    """Swaps ``holder.current`` for what it is told."""

    def __init__(self, holder: SnapshotHolder) -> None:
        self._holder = holder
        self.told = asyncio.Event()
        """Set as soon as the management process has told everything once."""

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """What a connection to the management process is to be served with."""
        return {WHOLE: self._replace, CHANGE: self._change}

    async def _replace(self, _link: Link, payload: bytes) -> bytes:
        self._holder.current = apply_difference(Snapshot(), decode_difference(payload))
        self.told.set()
        return b""

    async def _change(self, _link: Link, payload: bytes) -> bytes:
        self._holder.current = apply_difference(self._holder.current, decode_difference(payload))
        return b""
