"""Where events go that the database does not take: a file beside the journal, for people to look at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

from trunkline.core.policy import ViolationEvent
from trunkline.core.rate_reading import RateReading
from trunkline.core.usage_event import UsageEvent

FILE: Final = "set-aside.jsonl"

LARGEST: Final = 64 << 20
"""Bytes from which on nothing more is written to it: what fills it is one fault again and again."""


class RejectedEvents:
    """One JSON object per line, readable for its owner alone. What stands in it is in no sum."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / FILE

    def add(self, event: UsageEvent | ViolationEvent | RateReading, fault: str) -> None:
        """Write down ``event`` and why it is here. Raises OSError: then it must stay in the journal."""
        line = msgspec.json.encode({"fault": fault, "event": event})
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if os.fstat(file).st_size < LARGEST:
                os.write(file, line + b"\n")
                os.fsync(file)
        finally:
            os.close(file)
