"""Questions that mean the same as one that was asked before, by the vectors that a model makes of them."""

from __future__ import annotations

import math
from array import array
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from heapq import nsmallest
from operator import mul
from typing import Final, NamedTuple

from trunkline.gateway.caching.cached_answer import CacheKey

MOST_QUESTIONS: Final = 1_000
"""Questions of one scope that are remembered: the newest."""

LOOKED_AT: Final = 8
"""How many are compared exactly: those whose coordinates have the most signs in common with what is looked for."""


class _Question(NamedTuple):
    signs: int
    vector: array[float]
    key: CacheKey


class Match(NamedTuple):
    """A question that means the same: what its answer is kept by, and how similar the two are, up to 1."""

    key: CacheKey
    similarity: float


class SimilarQuestions:
    """What is remembered, by scope: whoever asks in another one never finds it. At most ``limit`` bytes of vectors.

    Signs first is what makes a thousand vectors a matter of microseconds. They disagree in about θ/π of the
    coordinates of two vectors with the angle θ between them (Charikar 2002,
    https://www.cs.princeton.edu/courses/archive/spr04/cos598B/bib/CharikarEstim.pdf), so that what is similar enough
    is among the first. One that is overlooked is a call that is made.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._scopes: OrderedDict[CacheKey, OrderedDict[CacheKey, _Question]] = OrderedDict()

    def find(self, scope: CacheKey, vector: Sequence[float], threshold: float) -> Match | None:
        """The most similar one, if it is similar enough."""
        questions, unit = self._scopes.get(scope), _unite(vector)
        if questions is None or unit is None:
            return None
        self._scopes.move_to_end(scope)
        signs = _read_signs(unit)
        near = nsmallest(LOOKED_AT, questions.values(), key=lambda one: (one.signs ^ signs).bit_count())
        matches = [Match(one.key, sum(map(mul, one.vector, unit))) for one in near if len(one.vector) == len(unit)]
        best = max(matches, key=lambda one: one.similarity, default=None)
        return best if best is not None and best.similarity >= threshold else None

    def add(self, scope: CacheKey, vector: Sequence[float], key: CacheKey) -> None:
        """Remember a question, whose answer is kept by ``key``."""
        unit = _unite(vector)
        if unit is None:
            return
        questions = self._scopes.setdefault(scope, OrderedDict())
        self._scopes.move_to_end(scope)
        self._forget(questions, key)
        questions[key] = _Question(_read_signs(unit), unit, key)
        self._size += _size(unit)
        if len(questions) > MOST_QUESTIONS:
            self._forget(questions, next(iter(questions)))
        while self._size > self._limit:
            oldest = next(iter(self._scopes))
            self._forget(self._scopes[oldest], next(iter(self._scopes[oldest])))
            if not self._scopes[oldest]:
                del self._scopes[oldest]

    def forget(self, scope: CacheKey, key: CacheKey) -> None:
        """One whose answer is no longer kept."""
        questions = self._scopes.get(scope)
        if questions is not None:
            self._forget(questions, key)

    def sweep(self, generations: Mapping[str, int]) -> None:
        """Forget those of workspaces (here their generations) that had theirs forgotten or are gone."""
        for scope in [scope for scope in self._scopes if generations.get(scope.workspace_id) != scope.generation]:
            self._size -= sum(_size(question.vector) for question in self._scopes.pop(scope).values())

    def _forget(self, questions: OrderedDict[CacheKey, _Question], key: CacheKey) -> None:
        gone = questions.pop(key, None)
        if gone is not None:
            self._size -= _size(gone.vector)


def _unite(vector: Sequence[float]) -> array[float] | None:
    """The vector of length 1 in that direction; None where it has none."""
    length = math.hypot(*vector)
    return array("f", [each / length for each in vector]) if 0 < length < math.inf else None


def _read_signs(vector: array[float]) -> int:
    return int("".join(["1" if each > 0 else "0" for each in vector]), 2)


def _size(vector: array[float]) -> int:
    return 500 + len(vector) * 5
