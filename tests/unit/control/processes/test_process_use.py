"""What processes use."""

from __future__ import annotations

import os
import sys

import pytest

from trunkline.control.processes.process_use import CPU, MEMORY, START, read_own_use, read_use


def test_a_process_knows_what_it_uses() -> None:
    found = {one.name: one.value for one in read_own_use()}
    assert found[MEMORY] > 1_000_000
    assert found[CPU] > 0
    assert found[START] > 1_700_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it of other processes")
def test_another_ones_use_is_told_by_the_system() -> None:
    found = {one.name: one.value for one in read_use(os.getpid())}
    assert found[MEMORY] > 1_000_000
    assert found[CPU] > 0
    assert read_use(2**22 + 1) == []
