"""A data folder is one server's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trunkline.app.folder_lock import lock_folder
from trunkline.core.errors import Unavailable


def test_a_second_server_is_told_who_has_the_folder_and_what_to_do(tmp_path: Path) -> None:
    held = lock_folder(tmp_path)
    with pytest.raises(Unavailable) as refused:
        lock_folder(tmp_path)
    assert str(tmp_path) in refused.value.message
    assert f"process {os.getpid()}" in refused.value.message
    assert "TRUNKLINE_DATA_DIR=" in refused.value.message
    os.close(held)
    os.close(lock_folder(tmp_path))


def test_the_lock_ends_with_who_held_it_whatever_it_has_started(tmp_path: Path) -> None:
    text = (
        "import subprocess, sys; from pathlib import Path; from trunkline.app.folder_lock import lock_folder;"
        f"lock_folder(Path({str(tmp_path)!r}));"
        "child = subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL);"
        "print(child.pid)"
    )
    child = int(subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout)
    try:
        os.close(lock_folder(tmp_path))
    finally:
        os.kill(child, 9)


def test_the_lock_stays_with_the_program_that_takes_the_place(tmp_path: Path) -> None:
    text = (
        "import os; from pathlib import Path; from trunkline.app.folder_lock import lock_folder;"
        f"lock_folder(Path({str(tmp_path)!r}));"
        "os.execv('/bin/sh', ['sh', '-c', 'echo there; read word'])"
    )
    with subprocess.Popen([sys.executable, "-c", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"there\n"
        with pytest.raises(Unavailable, match=f"process {program.pid}"):
            lock_folder(tmp_path)
        program.communicate(b"\n")
