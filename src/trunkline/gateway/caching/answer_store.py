"""Where answers are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from trunkline.gateway.caching.cached_answer import CachedAnswer, CacheKey, Holding, Kept


class AnswerStore(Protocol):
    """Never raises: what cannot be found or kept is a call that is made."""

    shared: bool
    """Whether all processes keep theirs there."""
    largest: int
    """Bytes of the largest answer that is kept: a few must not drive out all others."""

    @property
    def held(self) -> Holding:
        """What this process keeps in its memory, of all workspaces."""
        ...

    async def find(self, key: CacheKey) -> Kept | None:
        """The answer that is kept by ``key``, until its time is over."""
        ...

    def put(self, key: CacheKey, answer: CachedAnswer, seconds: float) -> None:
        """Keep it for ``seconds``, in the place of what was kept by ``key`` before."""
        ...

    async def measure(self, workspace_id: str, generation: int) -> Holding:
        """What is kept of a workspace."""
        ...

    async def purge(self, workspace_id: str, generation: int) -> None:
        """Take out what is kept of that generation, which nobody can be given any more."""
        ...

    def sweep(self, generations: Mapping[str, int]) -> None:
        """Drop what nobody can be given any more: what is too old, and of workspaces (here their generations) that
        had theirs forgotten or are gone. No-op where entries end by themselves."""
        ...
