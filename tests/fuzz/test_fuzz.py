"""Each parser takes what a fuzzer makes of good inputs. `make fuzz` looks for longer."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.fuzz.targets import TARGETS

RUNS = 20_000


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_is_found(name: str) -> None:
    pytest.importorskip("atheris", reason="there is no atheris for this machine")
    command = [sys.executable, "-m", "tests.fuzz", name, "--runs", str(RUNS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    told = done.stdout + done.stderr
    assert done.returncode == 0, told[-4000:]
    assert f"Done {RUNS} runs" in told
