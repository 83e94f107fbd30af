"""Connections on which nobody has shown a key yet: few per address, and never so many that others find no room.

Where there are too many, the oldest one goes, not the new one: who sends half a request and waits is dropped, and who
comes with a whole one is served, though both come from one address.
"""

from __future__ import annotations

from typing import Protocol


class Stranger(Protocol):
    """A connection."""

    def drop(self) -> None:
        """Close it at once."""
        ...


class Strangers:
    """At most ``per_address`` from one address and ``total`` of all."""

    def __init__(self, per_address: int, total: int) -> None:
        self._per_address = per_address
        self._total = total
        self._all: dict[Stranger, str] = {}
        self._by_address: dict[str, dict[Stranger, None]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def add(self, stranger: Stranger, address: str) -> None:
        """One more has come; drops the oldest where there are too many."""
        near = self._by_address.setdefault(address, {})
        self._all[stranger] = address
        near[stranger] = None
        if len(near) > self._per_address:
            self._drop(next(iter(near)))
        elif len(self._all) > self._total:
            self._drop(next(iter(self._all)))

    def forget(self, stranger: Stranger) -> None:
        """It has shown who it is, or is gone."""
        address = self._all.pop(stranger, None)
        if address is None:
            return
        near = self._by_address[address]
        del near[stranger]
        if not near:
            del self._by_address[address]

    def _drop(self, oldest: Stranger) -> None:
        self.forget(oldest)
        oldest.drop()
