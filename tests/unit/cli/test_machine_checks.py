"""The doctor's looks at the machine."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from trunkline.cli.machine_checks import (
    check_clock,
    check_disk,
    check_folder,
    check_port,
    check_python,
    examine_machine,
)
from trunkline.settings import Settings


def test_python(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_python().state == "ok"
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    assert check_python().state == "fail"


def test_settings_that_nothing_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_PROT", "8701")
    found = [one for one in examine_machine(Settings(data_dir=tmp_path)) if one.name == "settings"]
    assert [one.state for one in found] == ["warn"]
    assert "Did you mean TRUNKLINE_PORT?" in found[0].message


def test_a_folder_of_ones_own(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert check_folder(tmp_path).state == "ok"


def test_a_folder_that_others_may_enter(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    finding = check_folder(tmp_path)
    assert (finding.state, finding.remedy) == ("warn", f"chmod 700 {tmp_path}")


def test_no_folder_yet(tmp_path: Path) -> None:
    assert check_folder(tmp_path / "none").state == "warn"
    assert not (tmp_path / "none").exists()


def test_a_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    assert check_folder(tmp_path / "data").state == "fail"


@pytest.mark.parametrize(("free", "state"), [(50 << 20, "fail"), (500 << 20, "warn"), (5 << 30, "ok")])
def test_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, state: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert check_disk(tmp_path / "not" / "there").state == state


def test_a_clock_that_went_back(tmp_path: Path) -> None:
    (tmp_path / "trunkline.db").touch()
    assert check_clock(tmp_path).state == "ok"
    later = time.time() + 3600
    os.utime(tmp_path / "trunkline.db", (later, later))
    finding = check_clock(tmp_path)
    assert finding.state == "fail"
    assert "60 minutes behind" in finding.message


def test_the_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        assert check_port(Settings(port=port), is_ours=True).state == "ok"
        finding = check_port(Settings(port=port), is_ours=False)
        assert finding.state == "fail"
        assert "taken by another program" in finding.message
        assert f"TRUNKLINE_PORT={port % 65535 + 1}" in finding.remedy
    assert check_port(Settings(port=port), is_ours=False).state == "ok"
