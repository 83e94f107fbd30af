"""Where the processes of one machine meet."""

from __future__ import annotations

import os
import socket
import stat
import tempfile
from pathlib import Path

import pytest

from trunkline.control.processes.socket_folder import LONGEST, find_socket_folder
from trunkline.core.errors import Unavailable


@pytest.fixture
def short() -> Path:
    """A folder whose path is no longer than a person's own would be."""
    return Path(tempfile.mkdtemp(prefix="tl"))


def test_it_is_in_the_data_folder_and_for_its_owner_alone(short: Path) -> None:
    folder = find_socket_folder(short)
    assert folder == short / "run"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert find_socket_folder(short) == folder


def test_a_path_too_long_for_a_socket_has_a_short_stand_in(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(short))
    deep = short / ("deep" * 30)
    deep.mkdir()
    folder = find_socket_folder(deep)
    assert folder == find_socket_folder(deep)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert folder.parent == short
    with socket.socket(socket.AF_UNIX) as made:
        path = os.fsencode(folder / ("x" * 36))
        assert len(path) <= LONGEST
        made.bind(path)
    other = short / ("other" * 30)
    assert find_socket_folder(other) != folder


def test_what_somebody_else_has_put_there_is_refused(short: Path) -> None:
    (short / "run").mkdir(mode=0o755)
    with pytest.raises(Unavailable, match="open to others"):
        find_socket_folder(short)
    (short / "run").rmdir()
    (short / "run").symlink_to(short)
    with pytest.raises(Unavailable, match="Remove it"):
        find_socket_folder(short)
