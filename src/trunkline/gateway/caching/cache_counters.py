"""How often this process had an answer to give again, by workspace."""

from __future__ import annotations

import msgspec


class CacheCount(msgspec.Struct):
    """Since the process started. ``saved_nanos`` is what the answers cost when they were made."""

    hits: int = 0
    misses: int = 0
    saved_nanos: int = 0


class CacheStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How the cache of a process stands for a workspace: what it counted since it started, and what is kept now.

    ``shared``: what is kept is the same for all processes.
    """

    shared: bool
    hits: int
    misses: int
    saved_nanos: int
    entries: int
    size: int


class CacheCounters:
    """Counts."""

    def __init__(self) -> None:
        self._counts: dict[str, CacheCount] = {}
        self.misses = 0
        """Of all workspaces."""

    def hit(self, workspace_id: str, saved_nanos: int) -> None:
        """One was given again."""
        count = self._find(workspace_id)
        count.hits += 1
        count.saved_nanos += saved_nanos

    def missed(self, workspace_id: str) -> None:
        """There was none."""
        self.misses += 1
        self._find(workspace_id).misses += 1

    def read(self, workspace_id: str) -> CacheCount:
        """Those of a workspace."""
        return self._counts.get(workspace_id, CacheCount())

    def _find(self, workspace_id: str) -> CacheCount:
        return self._counts.setdefault(workspace_id, CacheCount())
