"""Time zones by the names that the IANA's database gives them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_BESIDE: Final = frozenset({"Factory", "localtime", "posix", "posixrules", "right"})
"""What a machine's folder of zones holds besides: its own zone under another name, zones that count leap seconds."""


@lru_cache(maxsize=1024)
def find_zone(name: str) -> ZoneInfo | None:
    """The zone of that name; None when there is none."""
    if name.partition("/")[0] in _BESIDE:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # KeyError: ZoneInfoNotFoundError. A file beside the zones is a ValueError, a folder or a long name an OSError.
        return None
