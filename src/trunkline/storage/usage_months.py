"""The months that settled calls are kept in on PostgreSQL: a partition for each, so that old ones go at once.

``usage_events_2026_12`` holds those of that month, in UTC; ``usage_events_until_2026_12`` all from before it, as they
were there when partitions came. What is of no month that there is (a clock was wrong, a server was away for long) waits
in ``usage_events_default``, so that no call is ever refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import text

from trunkline.storage.database import Transaction

_NAME: Final = re.compile(r"usage_events_(until_)?(\d{4})_(\d\d)")
_LIST: Final = text(
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
    " WHERE i.inhparent = 'usage_events'::regclass ORDER BY c.relname"
)
_PATIENCE: Final = text("SET LOCAL lock_timeout = '1s'")
"""Whoever waits for a lock has all others wait behind it."""


class Partition(msgspec.Struct, frozen=True):
    """Calls from ``start``, None for the oldest of all, until ``end``."""

    name: str
    start: datetime | None
    end: datetime


def find_month(moment: datetime) -> datetime:
    """When the month of ``moment`` begins."""
    return datetime(moment.year, moment.month, 1, tzinfo=UTC)


def find_next(month: datetime) -> datetime:
    """When the month after ``month`` begins."""
    return find_month(month + timedelta(days=32))


async def list_partitions(tx: Transaction) -> Sequence[Partition]:
    """All but the one for the rest."""
    found: list[Partition] = []
    for name in await tx.scalars(_LIST):
        read = _NAME.fullmatch(name)
        if read is not None:
            month = datetime(int(read[2]), int(read[3]), 1, tzinfo=UTC)
            found.append(Partition(name, None, month) if read[1] else Partition(name, month, find_next(month)))
    return found


async def add(tx: Transaction, month: datetime) -> None:
    """Make the partition of a month that has none, with what the rest holds of it.

    Raises Unavailable where somebody reads or writes calls for so long that others would wait for this.
    """
    name, start, end = f"usage_events_{month:%Y_%m}", _write(month), _write(find_next(month))
    of_it = f"FROM usage_events_default WHERE opened_at >= {start} AND opened_at < {end}"
    for statement in (
        # Nothing may come into the rest meanwhile that would belong here.
        "LOCK TABLE usage_events IN SHARE ROW EXCLUSIVE MODE",
        f"CREATE TABLE {name} (LIKE usage_events INCLUDING DEFAULTS)",
        f"INSERT INTO {name} SELECT * {of_it}",
        f"DELETE {of_it}",
        f"ALTER TABLE usage_events ATTACH PARTITION {name} FOR VALUES FROM ({start}) TO ({end})",
    ):
        await tx.execute(_PATIENCE)
        await tx.execute(text(statement))


async def drop(tx: Transaction, partition: Partition) -> None:
    """Delete all calls of it. Raises Unavailable as :func:`add` does."""
    await tx.execute(_PATIENCE)
    await tx.execute(text(f"DROP TABLE {partition.name}"))


def _write(month: datetime) -> str:
    return f"'{month:%Y-%m}-01 00:00:00+00'"
