"""The unit for systemd: systemd takes it, and it fits what the server does when it starts and stops."""

from __future__ import annotations

import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from tests.unit.deploy.promises import DEPLOY, find_longest_stop, find_unknown

from trunkline.vault.root_key import CREDENTIAL_NAME

FILE = DEPLOY / "systemd" / "trunkline.service"


def read() -> dict[str, list[str]]:
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for line in FILE.read_text().splitlines():
        name, separator, value = line.partition("=")
        if separator and not line.startswith("#"):
            fields[name].append(value)
    return fields


UNIT = read()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze")
def test_systemd_understands_all_of_it(tmp_path: Path) -> None:
    # With a program and a user that every machine has.
    text = FILE.read_text().replace("/opt/trunkline/bin/trunkline", "/bin/true")
    text = text.replace("User=trunkline", "User=root").replace("Group=trunkline", "Group=root")
    assert text.count("/bin/true") == 1

    def verify(text: str) -> str:
        (tmp_path / "trunkline.service").write_text(text)
        command = ["systemd-analyze", "verify", str(tmp_path / "trunkline.service")]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        return "\n".join(line for line in ended.stderr.splitlines() if "trunkline.service" in line)

    assert verify(text) == ""
    assert "ProtectSistem" in verify(text.replace("ProtectSystem", "ProtectSistem"))


def test_it_is_not_root_and_writes_into_its_own_folder_alone() -> None:
    (folder,) = UNIT["StateDirectory"]
    assert UNIT["User"] == ["trunkline"]
    assert UNIT["ProtectSystem"] == ["strict"]
    assert f"TRUNKLINE_DATA_DIR=/var/lib/{folder}" in UNIT["Environment"]
    assert find_unknown(line.partition("=")[0] for line in UNIT["Environment"]) == set()


def test_the_root_key_comes_by_the_name_that_the_server_looks_for() -> None:
    assert UNIT["LoadCredential"] == [f"{CREDENTIAL_NAME}:/etc/trunkline/root.key"]


def test_the_supervisor_alone_is_told_to_stop_and_has_the_time_for_it() -> None:
    assert UNIT["KillMode"] == ["mixed"]
    assert float(UNIT["TimeoutStopSec"][0]) > find_longest_stop()


def test_one_process_that_runs_out_of_memory_does_not_end_the_others() -> None:
    assert UNIT["OOMPolicy"] == ["continue"]
