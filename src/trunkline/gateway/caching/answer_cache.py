"""The answers that this process keeps, within bounds: what was not asked for the longest goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator

from trunkline.core.metric import Sample
from trunkline.gateway.caching.cached_answer import CachedAnswer


class AnswerCache:
    """Keeps at most ``limit`` bytes. ``clock`` is monotonic seconds."""

    __slots__ = ("_answers", "_limit", "_size", "clock", "misses")

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self.clock = clock
        self._answers: OrderedDict[bytes, CachedAnswer] = OrderedDict()
        self._size = 0
        self.misses = 0
        """Answers that were looked for and not found."""

    @property
    def largest(self) -> int:
        """Bytes of the largest answer that is kept: a few must not drive out all others."""
        return self._limit // 8

    def find(self, key: bytes, seconds: float) -> CachedAnswer | None:
        """The answer that was kept for ``key`` in the last ``seconds``."""
        found = self._answers.get(key)
        if found is None:
            self.misses += 1
            return None
        if self.clock() - found.stored_at >= seconds:
            self._drop(key)
            self.misses += 1
            return None
        self._answers.move_to_end(key)
        return found

    def put(self, key: bytes, answer: CachedAnswer) -> None:
        """Keep it in the place of what was kept for ``key`` before; what is too large is not kept."""
        if key in self._answers:
            self._drop(key)
        if answer.size > self.largest:
            return
        self._answers[key] = answer
        self._size += answer.size
        while self._size > self._limit:
            self._drop(next(iter(self._answers)))

    def read(self) -> Iterator[Sample]:
        """What it holds, and how often it did not hold what was looked for."""
        yield Sample("trunkline_cache_misses", (), self.misses)
        yield Sample("trunkline_cache_bytes", (), self._size)
        yield Sample("trunkline_cache_responses", (), len(self._answers))

    def _drop(self, key: bytes) -> None:
        self._size -= self._answers.pop(key).size
