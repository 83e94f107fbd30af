"""A limit on traffic: how much of what somebody may use in which time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Subject = Literal["workspace", "user", "application", "key", "feature", "configuration"]
"""Whose traffic is limited."""

Measure = Literal["requests", "tokens", "parallel"]
"""What is counted: calls, tokens of input and output, or calls that run at the same time."""

Window = Literal["second", "minute", "hour", "day"]
"""The time that an amount is for. Parallel calls have none."""

SECONDS: Final[Mapping[Window, int]] = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}

LARGEST_AMOUNT: Final = 10**12


def name_limit(subject: Subject, measure: Measure, window: Window | None, *, each: bool) -> str:
    """What a limit is called in header fields: ``key-requests-per-minute``, ``each-user-parallel``.

    No two limits that concern one call have the same name.
    """
    name = f"{subject}-{measure}" if window is None else f"{subject}-{measure}-per-{window}"
    return f"each-{name}" if each else name


def write_amount(amount: int, measure: Measure, window: Window | None) -> str:
    """An amount in words: ``60 requests per minute``, ``1 parallel request``."""
    if measure == "parallel" or window is None:
        return f"{amount:,} parallel request{'s' if amount != 1 else ''}"
    return f"{amount:,} {measure if amount != 1 else measure[:-1]} per {window}"


def write_tokens(amount: int) -> str:
    """``1 token``, ``4,000 tokens``."""
    return f"{amount:,} token{'s' if amount != 1 else ''}"
