"""What stands in the journals of this machine and is not in the database yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trunkline.control.usage.intake_figures import IntakeStanding
from trunkline.core.metric import Sample


def read_backlog(directory: Path, intake: IntakeStanding | None) -> Iterator[Sample]:
    """In bytes, and in calls by what a call took of late. ``intake`` tells how far it has come."""
    offsets = {} if intake is None else intake.offsets
    left = 0
    for path in directory.glob("*.journal"):
        try:
            left += max(0, path.stat().st_size - offsets.get(path.name, 0))
        except OSError:
            # It was taken in just now.
            continue
    yield Sample("trunkline_journal_backlog_bytes", (), left)
    if intake is not None and intake.event_bytes:
        yield Sample("trunkline_journal_backlog_calls", (), round(left / intake.event_bytes))
