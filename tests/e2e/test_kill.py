"""kill -9 under load: no acknowledged call is lost, and none is counted twice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.e2e.callers import calling, check_books, wait_for_more
from tests.e2e.server import Server

KILLS = 20


@pytest.mark.timeout(600)
def test_no_acknowledged_call_is_lost_or_doubled(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    server.sign_in()
    dice = random.Random(7)
    with calling(server, server.make_key()) as callers:
        for _ in range(KILLS):
            wait_for_more(callers, dice.randint(3, 40))
            server.kill()
            server.start()
    assert check_books(server, callers) > 3 * KILLS
    # Calls that died with the process are known too.
    outcomes = dict(server.rows("SELECT outcome, count(*) FROM usage_events GROUP BY outcome"))
    assert set(outcomes) <= {"ok", "estimated", "cancelled"}
    server.stop()
