"""A table as the intake sees it: what its columns take, and how its rows grow."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

import msgspec

Kind = Literal["text", "count", "flag", "moment", "json"]
"""``moment`` is written as microseconds since the epoch, ``json`` as its text."""

Values: TypeAlias = "tuple[Any, ...]"
"""One row, in the order of the table's columns."""


LARGEST_SUM: Final = 2**63 - 1
"""Where a sum that grows stands still; beyond it PostgreSQL refuses, and SQLite turns to floating point."""


class Table(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """``columns`` in the order of :data:`Values`. The ``key`` tells rows apart; its columns come first.

    Where sums are kept, all counts are added up, at most to :data:`LARGEST_SUM`; of ``latest`` the later moment stays,
    of ``earliest`` the earlier one.
    """

    name: str
    columns: dict[str, Kind]
    key: tuple[str, ...]
    latest: str | None = None
    earliest: str | None = None


class Statement(msgspec.Struct, frozen=True, eq=False):
    """Any other statement. Its parameters are written ``?1``, ``?2`` … and are of these ``kinds``.

    ``locking`` is added on PostgreSQL, where a row that is read must be held; SQLite has one writer.
    """

    sql: str
    kinds: tuple[Kind, ...]
    locking: str = ""
