"""What a workspace keeps of the content of its calls, where it asks for that."""

from __future__ import annotations

from typing import Final

import msgspec

LARGEST_BYTES: Final = 256 * 1024
"""Of a request, and of an answer, so much is kept."""

LONGEST_DAYS: Final = 365


class CaptureRule(msgspec.Struct, frozen=True, kw_only=True):
    """``rate`` is the share of calls that are captured, above 0 and up to 1.

    With ``redacts_personal_data`` nothing of that is kept; ``countries`` (ISO 3166) are those whose national ids, and
    phone numbers without a prefix, are looked for.
    """

    rate: float
    redacts_personal_data: bool = False
    countries: tuple[str, ...] = ()
    keep_days: int = 7
