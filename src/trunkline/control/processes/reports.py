"""What a worker has to tell that no call waits for: which keys were used."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from trunkline.control.processes.link import Handler, Link
from trunkline.core.errors import Unavailable

REPORT: Final = "report"
_PAUSE_SECONDS: Final = 2.0

_used: Final = msgspec.msgpack.Decoder(dict[str, float])


class Reports:
    """Gathers, and tells every two seconds. While nobody listens it goes on gathering: the last of each is kept."""

    def __init__(
        self, ask: Callable[[str, bytes], Awaitable[bytes]], *, clock: Callable[[], float] = time.time
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._used: dict[str, float] = {}

    def note_key(self, key_id: str) -> None:
        """A key was used now."""
        self._used[key_id] = self._clock()

    async def tell(self) -> None:
        """Tell what was gathered, if anything was."""
        used, self._used = self._used, {}
        if not used:
            return
        try:
            await self._ask(REPORT, msgspec.msgpack.encode(used))
        except Unavailable:
            self._used = {**used, **self._used}

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            await asyncio.sleep(_PAUSE_SECONDS)
            await self.tell()


def answer_reports(used: Callable[[str, datetime], None]) -> Mapping[str, Handler]:
    """What the management process does with them: ``used`` hears of keys."""

    async def take(_link: Link, payload: bytes) -> bytes:
        for key_id, at in _used.decode(payload).items():
            used(key_id, datetime.fromtimestamp(at, UTC))
        return b""

    return {REPORT: take}
