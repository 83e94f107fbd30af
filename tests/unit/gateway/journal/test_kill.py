"""kill -9: whatever was acknowledged is there, and whatever was open is told."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.gateway.journal.left import orphans_in

from trunkline.gateway.journal.frame import Damage, Kind, Record
from trunkline.gateway.journal.template import TemplateReader

PROGRAM = Path(__file__).with_name("journal_process.py")


def run_and_kill(directory: Path, mode: str, acknowledgements: int) -> set[bytes]:
    """The ids that the process had acknowledged when it was killed, after about that many."""
    with subprocess.Popen([sys.executable, str(PROGRAM), str(directory), mode], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        output = b""
        while output.count(b"\n") < acknowledgements:
            chunk = os.read(process.stdout.fileno(), 4096)
            assert chunk, "the process died by itself"
            output += chunk
        process.send_signal(signal.SIGKILL)
        output += process.stdout.read()
    return {bytes.fromhex(line.decode()) for line in output.split(b"\n")[:-1]}


@pytest.mark.parametrize("mode", ["relaxed", "strict"])
def test_no_acknowledged_settle_or_note_is_lost_in_24_kills(tmp_path: Path, mode: str) -> None:
    dice = random.Random(mode)
    acknowledged: set[bytes] = set()
    for _ in range(12):
        acknowledged |= run_and_kill(tmp_path, mode, dice.randrange(1, 400))

    opened: set[bytes] = set()
    settled: set[bytes] = set()
    noted: set[bytes] = set()
    unsettled: set[bytes] = set()
    processes = 0
    for orphan in orphans_in(tmp_path):
        with orphan:
            processes += 1
            segments = orphan.segments()
            assert [one.number for one in segments] == list(range(1, len(segments) + 1))
            for segment in segments:
                entries = list(segment.read())
                damages = [one for one in entries if isinstance(one, Damage)]
                assert all(one.torn for one in damages)
                records = [one for one in entries if isinstance(one, Record)]
                opened |= {one.event_id for one in records if one.kind in (Kind.OPEN, Kind.SHORT_OPEN)}
                settled |= {one.event_id for one in records if one.kind in (Kind.SETTLE, Kind.SHORT_SETTLE)}
                # Each segment can be read by itself: the one before it may be gone.
                reader = TemplateReader()
                for one in records:
                    if one.kind is Kind.TEMPLATE:
                        reader.learn(one.payload, one.event_id)
                    elif one.kind is Kind.SHORT_OPEN:
                        reader.read_opened(one.payload, one.event_id)
                    elif one.kind is Kind.SHORT_SETTLE:
                        reader.read_end(one.payload, one.event_id)
                noted |= {one.event_id for one in records if one.kind is Kind.NOTE}
            unsettled |= {one.event_id for one in orphan.unsettled() if one.kind is not Kind.TEMPLATE}
            for segment in segments:
                segment.path.unlink()
    assert processes == 12
    assert acknowledged
    assert acknowledged <= settled | noted
    assert any(event_id.startswith(b"note") for event_id in acknowledged)
    assert unsettled == opened - settled
    assert list(tmp_path.iterdir()) == [], "nothing of them is left"
    assert list(orphans_in(tmp_path)) == []
