"""What the intake tells of itself."""

from __future__ import annotations

import os
from pathlib import Path

from trunkline.control.usage.backlog import read_backlog
from trunkline.control.usage.intake_figures import FILE, IntakeFigures, read_intake
from trunkline.core.metric import Sample


def test_what_was_written_is_read_by_others(tmp_path: Path) -> None:
    figures = IntakeFigures(tmp_path)
    figures.add(0.02, 10, 4_000)
    figures.failures += 1
    figures.write({"a.journal": 7})
    found = read_intake(tmp_path)
    assert found is not None
    assert (found.pid, found.offsets, found.event_bytes) == (os.getpid(), {"a.journal": 7}, 400)
    assert Sample("trunkline_intake_calls", (), 10) in found.samples
    assert Sample("trunkline_intake_failures", (), 1) in found.samples


def test_it_is_not_written_all_the_time(tmp_path: Path) -> None:
    now = 0.0
    figures = IntakeFigures(tmp_path, lambda: now)
    figures.write({"a": 1})
    figures.write({"a": 2})
    assert (found := read_intake(tmp_path)) is not None
    assert found.offsets == {"a": 1}
    now = 1.0
    figures.write({"a": 3})
    assert (found := read_intake(tmp_path)) is not None
    assert found.offsets == {"a": 3}


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    IntakeFigures(tmp_path / "missing").write({})
    assert read_intake(tmp_path / "missing") is None


def test_what_another_version_wrote_is_left_out(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\x80")
    assert read_intake(tmp_path) is None


def test_the_backlog_is_what_segments_have_beyond_what_was_taken_in(tmp_path: Path) -> None:
    (tmp_path / "a.journal").write_bytes(bytes(1_000))
    (tmp_path / "b.journal").write_bytes(bytes(300))
    figures = IntakeFigures(tmp_path)
    figures.add(0.1, 10, 1_000)
    figures.write({"a.journal": 900})
    assert [one.value for one in read_backlog(tmp_path, read_intake(tmp_path))] == [400, 4]
    assert [one.value for one in read_backlog(tmp_path, None)] == [1_300]
