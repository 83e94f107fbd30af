"""What the doctor says of the intake."""

from __future__ import annotations

from pathlib import Path

from trunkline.cli.installation_checks import check_intake
from trunkline.gateway.journal.folder import JournalFolder


def test_where_nobody_takes_in_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert check_intake(tmp_path) is None
    JournalFolder(tmp_path).note_taken_in(1_000.0)
    assert check_intake(tmp_path) is None, "no server runs"


def test_how_far_it_is_behind(tmp_path: Path) -> None:
    folder = JournalFolder(tmp_path)
    folder.note_taken_in(1_000.0)
    lock = folder.lock()
    assert lock is not None
    good, late = (check_intake(tmp_path, lambda now=now: now) for now in (1_000.4, 1_500.0))
    lock.release()
    assert good is not None
    assert (good.state, good.message) == ("ok", "Calls are in the database after 0.4 s.")
    assert late is not None
    assert (late.state, late.message) == ("warn", "It is 500 s behind.")
