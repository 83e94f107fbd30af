"""How far behind the database is, for whoever asks."""

from __future__ import annotations

from pathlib import Path

from trunkline.control.usage.intake_lag import IntakeLag
from trunkline.gateway.journal.folder import JournalFolder


async def test_the_lag_is_the_time_since_everything_was_taken_in(tmp_path: Path) -> None:
    now = 1_000.0
    folder = JournalFolder(tmp_path)
    lag = IntakeLag(folder, clock=lambda: now)
    now += 2
    assert lag.seconds == 2, "nobody has taken in yet: it counts from our start"
    folder.note_taken_in(now - 0.5)
    assert (lag.seconds, await lag.check()) == (0.5, None)
    now += 60
    assert await lag.check() == "Reports are 60 s behind. Nothing is lost: the journal keeps the calls."


def test_what_was_noted_before_our_start_is_not_held_against_us(tmp_path: Path) -> None:
    folder = JournalFolder(tmp_path)
    folder.note_taken_in(10.0)
    assert IntakeLag(folder, clock=lambda: 5_000.0).seconds == 0
