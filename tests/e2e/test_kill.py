"""kill -9 under load: no acknowledged call is lost, and none is counted twice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.e2e.callers import calling, check_books, wait_for_more
from tests.e2e.place import Place

KILLS = 20


@pytest.mark.timeout(600)
def test_no_acknowledged_call_is_lost_or_doubled(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.start()
    place.sign_in()
    dice = random.Random(7)
    with calling(place, place.make_key()) as callers:
        for _ in range(KILLS):
            wait_for_more(callers, dice.randint(3, 40))
            place.kill()
            place.start()
    assert check_books(place, callers) > 3 * KILLS
    # Calls that died with the process are known too.
    outcomes = dict(place.rows("SELECT outcome, count(*) FROM usage_events GROUP BY outcome"))
    assert set(outcomes) <= {"ok", "estimated", "cancelled"}
    place.stop()
