"""Which targets rest, told to all processes through Redis or Valkey."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from trunkline.gateway.routing.breaker import Breakers, SharedPlace
from trunkline.logs import get_logger

_log: Final = get_logger(__name__)

CHANNEL: Final = "trunkline:rests"
KEPT: Final = "trunkline:rests:kept"
"""A sorted set of the rests that last, by their end in milliseconds since the epoch, for processes that come later."""

LOOK_SECONDS: Final = 1.0
"""How often a server is looked for that is not there."""

_place: Final = msgspec.json.Decoder(SharedPlace)
_told: Final = msgspec.json.Decoder(tuple[SharedPlace, float])


class SharedRests:
    """Tells others what ``breakers`` find out, and these what others do.

    While the server is not there, each process goes by itself. ``clock`` is seconds since the epoch.
    """

    def __init__(self, redis: Redis, breakers: Breakers, clock: Callable[[], float] = time.time) -> None:
        self._redis = cast("Any", redis)
        self._breakers = breakers
        self._clock = clock
        self._running: set[asyncio.Task[None]] = set()
        breakers.tell = self.tell

    def tell(self, place: SharedPlace, seconds: float) -> None:
        """Tell everybody, in the background."""
        task = asyncio.ensure_future(self._send(place, seconds))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def run(self) -> None:
        """Hear what others tell, until cancelled."""
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                # The error may hold the address, and so a password.
                _log.warning("rests_not_shared", reason=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def close(self) -> None:
        """Hang up."""
        self._breakers.tell = None
        if self._running:
            await asyncio.wait(self._running, timeout=LOOK_SECONDS)
        await self._redis.aclose()

    async def _send(self, place: SharedPlace, seconds: float) -> None:
        named, now = msgspec.json.encode(place), self._clock() * 1000
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                if seconds > 0:
                    await self._redis.zadd(KEPT, {named: now + seconds * 1000})
                else:
                    await self._redis.zrem(KEPT, named)
                await self._redis.zremrangebyscore(KEPT, "-inf", now)
                await self._redis.publish(CHANNEL, msgspec.json.encode((place, seconds)))
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("rest_not_told", reason=type(error).__name__)

    async def _listen(self) -> None:
        async with self._redis.pubsub() as told:
            await told.subscribe(CHANNEL)
            now = self._clock() * 1000
            kept = cast(
                "Sequence[tuple[bytes, float]]", await self._redis.zrangebyscore(KEPT, now, "+inf", withscores=True)
            )
            for named, until in kept:
                self._breakers.hear(_place.decode(named), (until - now) / 1000)
            async for message in told.listen():
                if message["type"] == "message":
                    self._breakers.hear(*_told.decode(message["data"]))
