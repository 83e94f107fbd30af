"""What tells the groups apart by which usage is added up, and how they are identified."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Final, NamedTuple

from trunkline.storage.intake.table import Values
from trunkline.storage.intake.tables import GROUPS

DIMENSIONS: Final = tuple(GROUPS.columns)[1:]
"""The columns of a group, in order, without its id."""

WHOLE: Final = 0
"""The group of all calls of a workspace together, which most reports over time are of."""

QUARTER_MINUTES: Final = 15


class Grain(NamedTuple):
    """Slots of one length, by which calls are added up."""

    number: int
    """What stands in the table."""
    length: int
    """Of a slot, in quarters of an hour."""
    begin: int = 0
    """How many quarters after the epoch slot 0 begins."""

    def find_slot(self, quarter: int) -> int:
        """The slot that holds ``quarter``."""
        return (quarter - self.begin) // self.length


QUARTERS: Final = Grain(QUARTER_MINUTES, 1)
BLOCK: Final = 16
"""Quarters in four hours. Each grain but that of quarters begins and ends with one."""
DAYS: Final = tuple(Grain(1_440 + begin * QUARTER_MINUTES, 96, begin) for begin in range(0, 96, BLOCK))
"""Days that begin at midnight (UTC), and those that begin four, eight, … hours later: no zone's days begin more than
two hours away from all of these. What lies between is read in quarters."""
EIGHT_DAYS: Final = Grain(11_520, 768)
"""So that what is added up over months is not made of each day."""
GRAINS: Final = (QUARTERS, *DAYS, EIGHT_DAYS)


@lru_cache(maxsize=4096)
def identify(group: Values) -> int:
    """The id of the group with these :data:`DIMENSIONS`: 63 bits of their digest.

    A million groups have the same one with a probability of 1 in 10 million.
    """
    text = "\x1f".join("\x00" if value is None else str(value) for value in group)
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1
