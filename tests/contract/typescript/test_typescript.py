"""The vendors' TypeScript SDKs through Trunkline: runs the files beside this one with Node's own test runner."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.conftest import PROVIDERS
from tests.contract.v1.entries import KEY
from tests.upstreams.aimock import NODE

HERE = Path(__file__).parent
SUITES = sorted(path.name for path in HERE.glob("*.test.ts"))

pytestmark = pytest.mark.needs_node


@pytest.mark.parametrize("suite", SUITES)
def test_suite(bare: CallServer, suite: str) -> None:
    """Every test of a file passes, and every provider has answered. What fails is in the output."""
    before = len(bare.books.events)
    ran = subprocess.run(
        [str(NODE), "--test", "--test-reporter=tap", suite],
        cwd=HERE,
        env={
            "PATH": os.environ.get("PATH", ""),
            "TRUNKLINE_URL": bare.url,
            "TRUNKLINE_KEY": KEY,
            "TRUNKLINE_PROVIDERS": ",".join(PROVIDERS),
        },
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "# fail 0" in ran.stdout
    assert "# skipped 0" in ran.stdout
    events = bare.books.events[before:]
    assert {event.provider for event in events if event.outcome == "ok"} >= set(PROVIDERS)
