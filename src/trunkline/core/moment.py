"""Moments as microseconds since the epoch, exactly: a floating-point number of seconds would lose the last digit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """Since the epoch."""
    return (moment - _EPOCH) // _MICROSECOND


def to_moment(microseconds: int) -> datetime:
    """In UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)
