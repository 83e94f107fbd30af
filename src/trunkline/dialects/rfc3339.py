"""Times as texts, for the wires that write them so. https://www.rfc-editor.org/rfc/rfc3339"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_LAST: Final = 253_402_300_799


def read_time(text: str | None) -> int:
    """Seconds since the epoch; 0 for what is no time or before it (Go writes an unset time as year 1)."""
    if not text:
        return 0
    try:
        moment = datetime.fromisoformat(text)
        return max(0, int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()))
    except (ValueError, OverflowError):
        return 0


def write_time(seconds: int) -> str:
    """``1763682984`` as ``2025-11-20T23:56:24Z``; what lies outside the years 1970 to 9999 as the nearest second."""
    return datetime.fromtimestamp(min(max(seconds, 0), _LAST), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
