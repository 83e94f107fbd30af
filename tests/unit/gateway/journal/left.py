"""What processes have left in a folder, as the intake sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trunkline.gateway.journal.folder import JournalFolder
from trunkline.gateway.journal.orphan import Orphan
from trunkline.gateway.journal.segment import Segment, list_segments
from trunkline.gateway.journal.writer import Journal


def segments_of(journal: Journal) -> list[Segment]:
    """Those of a process that lives."""
    return list_segments(journal._directory, journal.process, alive=True)


def orphans_in(folder: Path) -> Iterator[Orphan]:
    """Those of processes that do not."""
    return (left for left in JournalFolder(folder).read() if isinstance(left, Orphan))
