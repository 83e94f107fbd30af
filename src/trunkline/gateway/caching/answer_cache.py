"""The answers that this process keeps, within bounds: what was not asked for the longest goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import NamedTuple

from trunkline.gateway.caching.cached_answer import CachedAnswer, CacheKey, Holding, Kept

_EMPTY = Holding(0, 0)


class _Place(NamedTuple):
    answer: CachedAnswer
    since: float
    until: float


class AnswerCache:
    """Implements :class:`~trunkline.gateway.caching.answer_store.AnswerStore` within ``limit`` bytes.

    ``clock`` is monotonic seconds.
    """

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._places: OrderedDict[CacheKey, _Place] = OrderedDict()
        self._by_workspace: dict[str, Holding] = {}
        self._size = 0
        self.shared = False
        self.largest = limit // 8

    async def find(self, key: CacheKey) -> Kept | None:
        """See :class:`~trunkline.gateway.caching.answer_store.AnswerStore`."""
        found = self._places.get(key)
        if found is None:
            return None
        now = self._clock()
        if now >= found.until:
            self._drop(key)
            return None
        self._places.move_to_end(key)
        return Kept(found.answer, now - found.since)

    def put(self, key: CacheKey, answer: CachedAnswer, seconds: float) -> None:
        """See :class:`~trunkline.gateway.caching.answer_store.AnswerStore`. What is too large is not kept."""
        if key in self._places:
            self._drop(key)
        if answer.size > self.largest:
            return
        now = self._clock()
        self._places[key] = _Place(answer, now, now + seconds)
        self._count(key.workspace_id, 1, answer.size)
        while self._size > self._limit:
            self._drop(next(iter(self._places)))

    async def measure(self, workspace_id: str, generation: int) -> Holding:
        """See :class:`~trunkline.gateway.caching.answer_store.AnswerStore`."""
        return self._by_workspace.get(workspace_id, _EMPTY)

    @property
    def held(self) -> Holding:
        """See :class:`~trunkline.gateway.caching.answer_store.AnswerStore`."""
        return Holding(len(self._places), self._size)

    async def purge(self, workspace_id: str, generation: int) -> None:
        """See :class:`~trunkline.gateway.caching.answer_store.AnswerStore`."""
        for key in [key for key in self._places if key[:2] == (workspace_id, generation)]:
            self._drop(key)

    def sweep(self, generations: Mapping[str, int]) -> None:
        """See :class:`~trunkline.gateway.caching.answer_store.AnswerStore`."""
        now = self._clock()
        over = [
            key
            for key, place in self._places.items()
            if now >= place.until or generations.get(key.workspace_id) != key.generation
        ]
        for key in over:
            self._drop(key)

    def _drop(self, key: CacheKey) -> None:
        self._count(key.workspace_id, -1, -self._places.pop(key).answer.size)

    def _count(self, workspace_id: str, entries: int, size: int) -> None:
        self._size += size
        held = self._by_workspace.get(workspace_id, _EMPTY)
        self._by_workspace[workspace_id] = held = Holding(held.entries + entries, held.size + size)
        if not held.entries:
            del self._by_workspace[workspace_id]
