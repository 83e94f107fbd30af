"""``scripts/bootstrap`` takes the Python that is fastest here, and says which."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PYTHON = """#!/bin/sh
case "$1 $2" in
    -V*) echo "Python 3.11.0 of {name}" ;;
    "-c import ensurepip") exit 0 ;;
    *"import sys, time"*) {spent} ;;
    "-m venv")
        mkdir -p .tools/bin
        ln -s "$0" .tools/bin/python
        printf '#!/bin/sh\\necho "$@" > made\\n' > .tools/bin/uv
        chmod +x .tools/bin/uv ;;
    "-m pip") exit 0 ;;
    *) echo "asked for $*" >&2; exit 9 ;;
esac
"""
"""An interpreter that says how long the measured work took it (microseconds), or that it is too old."""


class Machine:
    """A checkout of the project with some Pythons on the path, and nothing else but the usual commands."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.bin = folder / "bin"
        (self.project / "scripts").mkdir(parents=True)
        self.bin.mkdir()
        for name in ("bootstrap", "uv.txt"):
            shutil.copy(ROOT / "scripts" / name, self.project / "scripts" / name)
        for name in ("sh", "dirname", "id", "mkdir", "ln", "chmod", "rm"):
            (self.bin / name).symlink_to(shutil.which(name) or name)
        # Those that the script knows by their whole path shall not count: their names are ours here.
        script = self.project / "scripts" / "bootstrap"
        script.write_text(script.read_text().replace(" /usr/local/bin/python3 /usr/bin/python3", ""))

    def add(self, name: str, spent: int | None) -> Path:
        path = self.bin / name
        path.write_text(PYTHON.format(name=name, spent="exit 1" if spent is None else f"echo {spent}"))
        path.chmod(0o755)
        return path

    def run(self, **environment: str) -> subprocess.CompletedProcess[str]:
        names = {"PATH": str(self.bin), "HOME": os.environ.get("HOME", "/"), **environment}
        shell = str(self.bin / "sh")
        script = str(self.project / "scripts" / "bootstrap")
        return subprocess.run([shell, script], env=names, capture_output=True, text=True, check=False, timeout=60)

    @property
    def made_with(self) -> str:
        """The Python of the environment that was made."""
        return (self.project / "made").read_text().split("--python ")[1].split()[0]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_fastest_is_taken_and_named(machine: Machine) -> None:
    machine.add("python3", 20_000)
    machine.add("python3.13", 17_000)
    fastest = machine.add("python3.12", 12_000)
    machine.add("python3.11", 15_000)
    done = machine.run()
    assert done.returncode == 0, done.stderr
    assert machine.made_with == str(fastest)
    assert f"({fastest}), the fastest here: it needs 60 % of the time of the usual one." in done.stderr


def test_the_usual_one_stays_where_none_is_a_tenth_faster(machine: Machine) -> None:
    usual = machine.add("python3", 20_000)
    machine.add("python3.12", 18_500)
    done = machine.run()
    assert machine.made_with == str(usual)
    assert f"Using Python 3.11.0 of python3 ({usual}).\n" in done.stderr


def test_one_that_is_too_old_does_not_count(machine: Machine) -> None:
    machine.add("python3", None)
    good = machine.add("python3.12", 20_000)
    assert machine.run().returncode == 0
    assert machine.made_with == str(good)


def test_one_that_is_named_is_taken_as_it_is(machine: Machine) -> None:
    machine.add("python3", 10_000)
    slow = machine.add("python3.12", 40_000)
    assert machine.run(PYTHON=str(slow)).returncode == 0
    assert machine.made_with == str(slow)


def test_without_any_it_says_what_to_do(machine: Machine) -> None:
    machine.add("python3", None)
    done = machine.run()
    assert done.returncode == 1
    assert "Trunkline needs Python 3.11 or newer." in done.stderr
