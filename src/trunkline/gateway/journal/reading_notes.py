"""Readings of rate limits on their way to the database: the last of each configuration, now and then."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

import msgspec

from trunkline.core.errors import Unavailable
from trunkline.core.ids import id_bytes, new_id
from trunkline.core.rate_reading import RateReading
from trunkline.gateway.journal.frame import Kind
from trunkline.gateway.journal.writer import Journal
from trunkline.gateway.rate_reading import RateLimits

EVERY_SECONDS: Final = 1.0


class ReadingNotes:
    """Notes in the ``journal`` what came in since the last time."""

    def __init__(self, journal: Journal, limits: RateLimits) -> None:
        self._journal = journal
        self._limits = limits

    def write(self) -> None:
        """Note what there is. What the journal cannot take is dropped: the next answer tells it anew."""
        for configuration_id, (at, reading) in self._limits.collect().items():
            event = RateReading(id=new_id(), at=int(at * 1e6), configuration_id=configuration_id, reading=reading)
            with suppress(Unavailable):
                self._journal.note(id_bytes(event.id), msgspec.msgpack.encode(event), Kind.READING)

    async def run(self) -> None:
        """Write every second until cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            self.write()
