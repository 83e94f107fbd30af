"""What the intake writes through, whichever the database."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from trunkline.storage.intake.table import Statement, Table, Values


class Transaction(Protocol):
    """An open transaction."""

    async def insert(self, table: Table, rows: Sequence[Values]) -> list[bool]:
        """Insert the rows that are not there yet, and tell of each whether it is new. No key twice in ``rows``."""
        ...

    async def put(self, table: Table, rows: Sequence[Values]) -> None:
        """Insert the rows that are not there yet, into a table of which none is deleted. No key twice in ``rows``."""
        ...

    async def grow(self, table: Table, rows: Sequence[Values]) -> None:
        """Add each row to the sums under its key. No key twice in ``rows``."""
        ...

    async def run(self, statement: Statement, *values: Any) -> int:
        """How many rows it changed."""
        ...

    async def ask(self, statement: Statement, *values: Any) -> list[Values]:
        """What it finds."""
        ...


class Connection(Protocol):
    """One connection, made when it is first used, and anew after it broke. One transaction at a time."""

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction: committed when the block ends, rolled back when it raises.

        Raises :class:`~trunkline.storage.intake.fault.DataFault` or :class:`~trunkline.core.errors.Unavailable`.
        """
        ...

    async def close(self) -> None:
        """Of no use afterwards. Waits for nobody."""
        ...
