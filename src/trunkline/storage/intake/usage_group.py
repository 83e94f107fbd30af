"""What tells the groups apart by which usage is added up, and how they are identified."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Final

from trunkline.storage.intake.table import Values
from trunkline.storage.intake.tables import GROUPS

DIMENSIONS: Final = tuple(GROUPS.columns)[1:]
"""The columns of a group, in order, without its id."""

WHOLE: Final = 0
"""The group of all calls of a workspace together, which most reports over time are of."""

QUARTER_MINUTES: Final = 15
BLOCK_MINUTES: Final = 240
"""Between the two, so that the days of zones far from UTC need not be made of quarters alone."""
DAY_MINUTES: Final = 1_440
GRAINS: Final = (QUARTER_MINUTES, BLOCK_MINUTES, DAY_MINUTES)
"""Minutes of what calls are added up by. Each is whole in the next one."""


@lru_cache(maxsize=4096)
def identify(group: Values) -> int:
    """The id of the group with these :data:`DIMENSIONS`: 63 bits of their digest.

    A million groups have the same one with a probability of 1 in 10 million.
    """
    text = "\x1f".join("\x00" if value is None else str(value) for value in group)
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1
