"""Counts that a provider tells. What is no number costs the count and never the answer that it came with."""

from __future__ import annotations

from math import isfinite

from trunkline.core.chat import JsonValue
from trunkline.core.price import NANOS_PER_USD


def read_count(value: JsonValue) -> int:
    """A whole number, never below zero; 0 for null and for what is no number. A number in a string is one."""
    if type(value) is int:
        return max(0, value)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return 0
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    if isinstance(value, float):
        value = int(value) if isfinite(value) else 0
    return max(value, 0)


def read_nanos(dollars: float) -> int | None:
    """A cost in nano-dollars, never below zero; None for one that is beyond all figures."""
    nanos = dollars * NANOS_PER_USD
    return max(0, round(nanos)) if isfinite(nanos) else None
