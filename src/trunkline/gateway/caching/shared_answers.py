"""The answers that all processes keep together, in Redis or Valkey.

Whoever reads that server learns nothing: an entry is called by an HMAC of its key, and sealed with a key of its own
that is derived from it. Both need a subkey of the installation's.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final, cast

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from trunkline.core.errors import CannotOpen
from trunkline.gateway.caching.cached_answer import CachedAnswer, CacheKey, Holding, Kept
from trunkline.logs import get_logger
from trunkline.vault.box import Box

_log: Final = get_logger(__name__)

REST_SECONDS: Final = 1.0
"""How long a server that did not answer is left alone, and how long one may take to keep an answer."""

MOST_WRITES: Final = 100
"""Answers that are on their way to the server at a time; others are not kept."""

_PREFIX: Final = "trunkline:cache:"
_AT_ONCE: Final = 1_000

_encoder: Final = msgspec.msgpack.Encoder()


class _Entry(msgspec.Struct, array_like=True):
    """``life`` is for how many milliseconds it was kept: with what is left of them, no two clocks need agree."""

    answer: CachedAnswer
    life: int


_entry: Final = msgspec.msgpack.Decoder(_Entry)


class SharedAnswers:
    """Implements :class:`~trunkline.gateway.caching.answer_store.AnswerStore`.

    ``secret`` is a subkey; a call waits ``patience`` seconds, and nothing is kept for more than ``longest``. ``ticks``
    is monotonic, ``clock`` seconds since the epoch.
    """

    def __init__(
        self,
        redis: Redis,
        secret: bytes,
        *,
        largest: int,
        longest: float,
        patience: float,
        ticks: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = cast("Any", redis)
        self._secret = secret
        self._longest = int(longest * 1000)
        self._patience = patience
        self._ticks = ticks
        self._clock = clock
        self._away_until = 0.0
        self._writing: set[asyncio.Task[None]] = set()
        self.shared = True
        self.largest = largest

    async def find(self, key: CacheKey) -> Kept | None:
        """See :class:`~trunkline.gateway.caching.answer_store.AnswerStore`."""
        if self._ticks() < self._away_until:
            return None
        name = self._name(key)
        try:
            async with asyncio.timeout(self._patience), self._redis.pipeline(transaction=False) as both:
                sealed, left = cast("tuple[bytes | None, int]", await both.get(name).pttl(name).execute())
        except (RedisError, OSError, TimeoutError) as error:
            self._lose(error)
            return None
        if sealed is None:
            return None
        try:
            entry = _entry.decode(self._box(key).open(sealed, name.encode()))
        except (CannotOpen, msgspec.MsgspecError):
            # Somebody else wrote it, or another version of us.
            return None
        return Kept(entry.answer, max(entry.life - max(left, 0), 0) / 1000)

    def put(self, key: CacheKey, answer: CachedAnswer, seconds: float) -> None:
        """See :class:`~trunkline.gateway.caching.answer_store.AnswerStore`. Nobody waits for it."""
        if answer.size > self.largest or len(self._writing) >= MOST_WRITES or self._ticks() < self._away_until:
            return
        task = asyncio.ensure_future(self._write(key, answer, int(seconds * 1000)))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    @property
    def held(self) -> Holding:
        """See :class:`~trunkline.gateway.caching.answer_store.AnswerStore`: nothing is kept here."""
        return Holding(0, 0)

    async def measure(self, workspace_id: str, generation: int) -> Holding:
        """See :class:`~trunkline.gateway.caching.answer_store.AnswerStore`; nothing where the server is away."""
        shelf, size = self._shelf(workspace_id, generation), 0
        try:
            async with asyncio.timeout(REST_SECONDS):
                names = cast("list[bytes]", await self._redis.zrangebyscore(shelf, self._now(), "+inf"))
                for start in range(0, len(names), _AT_ONCE):
                    async with self._redis.pipeline(transaction=False) as all_of_them:
                        for name in names[start : start + _AT_ONCE]:
                            all_of_them.strlen(name)
                        size += sum(cast("list[int]", await all_of_them.execute()))
        except (RedisError, OSError, TimeoutError) as error:
            self._lose(error)
            return Holding(0, 0)
        return Holding(len(names), size)

    async def purge(self, workspace_id: str, generation: int) -> None:
        """See :class:`~trunkline.gateway.caching.answer_store.AnswerStore`. What stays ends by itself."""
        shelf = self._shelf(workspace_id, generation)
        try:
            async with asyncio.timeout(REST_SECONDS):
                names = cast("list[bytes]", await self._redis.zrange(shelf, 0, -1))
                for start in range(0, len(names), _AT_ONCE):
                    await self._redis.unlink(*names[start : start + _AT_ONCE])
                await self._redis.unlink(shelf)
        except (RedisError, OSError, TimeoutError) as error:
            self._lose(error)

    def sweep(self, generations: Mapping[str, int]) -> None:
        """See :class:`~trunkline.gateway.caching.answer_store.AnswerStore`."""

    async def close(self) -> None:
        """Write what is still to be written, for a second at most, and hang up."""
        if self._writing:
            await asyncio.wait(self._writing, timeout=REST_SECONDS)
        await self._redis.aclose()

    async def _write(self, key: CacheKey, answer: CachedAnswer, life: int) -> None:
        name, shelf = self._name(key), self._shelf(key.workspace_id, key.generation)
        sealed = self._box(key).seal(_encoder.encode(_Entry(answer, life)), name.encode())
        now = self._now()
        try:
            async with asyncio.timeout(REST_SECONDS), self._redis.pipeline(transaction=False) as all_of_it:
                all_of_it.set(name, sealed, px=life)
                all_of_it.zremrangebyscore(shelf, "-inf", now)
                all_of_it.zadd(shelf, {name: now + life})
                all_of_it.pexpire(shelf, self._longest)
                await all_of_it.execute()
        except (RedisError, OSError, TimeoutError) as error:
            self._lose(error)

    def _now(self) -> int:
        return int(self._clock() * 1000)

    def _name(self, key: CacheKey) -> str:
        return _PREFIX + self._derive(b"name", key).hex()

    def _box(self, key: CacheKey) -> Box:
        return Box(self._derive(b"seal", key))

    def _derive(self, purpose: bytes, key: CacheKey) -> bytes:
        return hmac.digest(self._secret, _encoder.encode((purpose, key)), sha256)

    def _shelf(self, workspace_id: str, generation: int) -> str:
        """The names of all that is kept of a workspace, by when they end."""
        told = _encoder.encode((b"shelf", workspace_id, generation))
        return f"{_PREFIX}shelf:{hmac.digest(self._secret, told, sha256).hex()}"

    def _lose(self, error: Exception) -> None:
        now = self._ticks()
        if now >= self._away_until:
            # The error may hold the address, and so a password.
            _log.warning("cache_not_shared", reason=type(error).__name__)
        self._away_until = now + REST_SECONDS
