"""Numbers that clients send: which of them any wire, database or float can hold."""

from __future__ import annotations

from typing import Final

LARGEST_WHOLE: Final = 2**63 - 1
"""The largest whole number of protocol buffers, PostgreSQL and SQLite (int64)."""

LARGEST: Final = 1e12
"""No figure of a model call is larger; beyond, a value is a mistake that some provider would answer with a fault."""

WHOLE_REMEDY: Final = f"must be between {-LARGEST_WHOLE - 1} and {LARGEST_WHOLE}"
REMEDY: Final = "must be between -1000000000000 and 1000000000000"


def fits_whole(value: float) -> bool:
    """Whether ``value``, a whole number, fits 64 bits."""
    return -LARGEST_WHOLE - 1 <= value <= LARGEST_WHOLE


def fits(value: float) -> bool:
    """Whether ``value`` is a finite number of a size that means something. NaN is none."""
    return -LARGEST <= value <= LARGEST
