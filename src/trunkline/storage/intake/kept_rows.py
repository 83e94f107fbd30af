"""Rows that are certainly in the database, so that they need not be put there again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trunkline.storage.intake.table import Table, Values

_MOST: Final = 50_000


class KeptRows:
    """What one connection has committed, for tables of which rows are never deleted."""

    def __init__(self) -> None:
        self._known: set[tuple[str, Values]] = set()
        self._put: list[tuple[str, Values]] = []

    def find_new(self, table: Table, rows: Sequence[Values]) -> list[Values]:
        """Those of ``rows`` that may not be there. They count as put in the transaction that is open."""
        width, new = len(table.key), list[Values]()
        for row in rows:
            key = (table.name, row[:width])
            if key not in self._known:
                self._put.append(key)
                new.append(row)
        return new

    def commit(self) -> None:
        """The transaction is in the database."""
        if self._put:
            if len(self._known) > _MOST:
                self._known.clear()
            self._known.update(self._put)
            self._put.clear()

    def roll_back(self) -> None:
        """It is not."""
        self._put.clear()
