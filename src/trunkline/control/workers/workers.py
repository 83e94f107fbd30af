"""The workers of this machine, as the management process sees them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec

from trunkline.control.health.change import HealthChange
from trunkline.control.prices.price_publisher import PricePublisher
from trunkline.control.processes.hub import Hub
from trunkline.control.processes.link import Handler, Link
from trunkline.control.processes.standing import STANDING, STANDINGS, Standing
from trunkline.control.snapshot.publisher import SnapshotPublisher

JOIN: Final = "join"
HEALTH: Final = "health"
"""What workers are told of configurations."""

_PATIENCE_SECONDS: Final = 1.0

_standing: Final = msgspec.msgpack.Decoder(Standing)


class Workers:
    """Answers what they ask, by ``handlers``, and has each who joins told all. ``own`` is our own standing."""

    def __init__(
        self,
        publisher: SnapshotPublisher,
        prices: PricePublisher,
        handlers: Mapping[str, Handler],
        own: Callable[[], Standing],
    ) -> None:
        self._publisher = publisher
        self._prices = prices
        self._own = own
        self._hub = Hub({**handlers, JOIN: self._join, STANDINGS: self._answer_standings})
        self._joined: set[Link] = set()

    @asynccontextmanager
    async def listening(self, path: Path) -> AsyncGenerator[None]:
        """Take them in at the Unix socket ``path`` until the block ends."""
        async with self._hub.listening(path):
            yield

    async def ask(self) -> list[Standing]:
        """How all processes stand, this one first. Who does not answer within a second is left out."""
        answers = await self.ask_each(STANDING)
        found = sorted((_standing.decode(answer) for answer in answers), key=lambda one: one.name)
        return [self._own(), *found]

    async def ask_each(self, topic: str, payload: bytes = b"") -> list[bytes]:
        """The answers of all workers. Who does not answer within a second is left out."""
        self._joined &= self._hub.links
        asked = [link.ask(topic, payload) for link in self._joined]
        if asked:
            await asyncio.wait(asked, timeout=_PATIENCE_SECONDS)
        return [each.result() for each in asked if each.done() and not each.cancelled() and each.exception() is None]

    def tell_health(self, changes: Sequence[HealthChange]) -> None:
        """Tell all workers, and wait for none: who is gone learns of it by its own calls."""
        payload = msgspec.msgpack.encode(changes)
        for link in self._joined & self._hub.links:
            link.ask(HEALTH, payload).add_done_callback(asyncio.Future[bytes].exception)

    async def find_fault(self) -> str | None:
        """What is wrong with a journal, if anything is."""
        return next((one.fault for one in await self.ask() if one.fault is not None), None)

    async def find_limit_fault(self) -> str | None:
        """Why a process does not count for limits together with the others, if one does not."""
        return next((one.limit_fault for one in await self.ask() if one.limit_fault is not None), None)

    async def _join(self, link: Link, _payload: bytes) -> bytes:
        self._joined.add(link)
        self._publisher.join(link)
        self._prices.join(link)
        return b""

    async def _answer_standings(self, _link: Link, _payload: bytes) -> bytes:
        return msgspec.msgpack.encode(await self.ask())
