"""Each process of a server is killed under load: calls go on, and the books stay right."""

from __future__ import annotations

import http.client
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.callers import calling, check_books, wait_for_more
from tests.e2e.place import Place, wait_for

KILLS = int(os.environ.get("TRUNKLINE_TEST_KILLS", "5"))
"""Of each process. `TRUNKLINE_TEST_KILLS=50` takes half an hour, and was the last time without a loss."""

AWAY = float(os.environ.get("TRUNKLINE_TEST_AWAY_SECONDS", "1"))
"""How long the management process stands still under load. `TRUNKLINE_TEST_AWAY_SECONDS=600` was tried, too."""

ASK: Any = {"model": "demo", "messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 3}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    if place.process is not None and place.process.poll() is None:
        place.kill()


def kill(place: Place, name: str) -> None:
    """kill -9 to one process, and wait for the next one of its kind."""
    before = wait_for(lambda: place.processes().get(name))
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: place.processes().get(name) not in {None, before})


@pytest.mark.timeout(180 * KILLS)
@pytest.mark.parametrize("name", ["worker 0", "management", "intake"])
def test_no_acknowledged_call_is_lost_or_doubled(place: Place, database_url: str, name: str) -> None:
    place.settings["TRUNKLINE_DATABASE_URL"] = database_url
    place.start()
    place.sign_in()
    dice = random.Random(7)
    with calling(place, place.make_key()) as callers:
        for _ in range(KILLS):
            wait_for_more(callers, dice.randint(3, 40))
            kill(place, name)
        wait_for_more(callers, 20)
    assert check_books(place, callers) > 3 * KILLS
    outcomes = dict(place.rows("SELECT outcome, count(*) FROM usage_events GROUP BY outcome"))
    # A call dies with the worker that serves it, and with no other process.
    assert set(outcomes) <= ({"ok", "estimated", "cancelled"} if name == "worker 0" else {"ok"})
    assert place.stop() == 0


def test_calls_go_on_without_the_management_process_and_what_was_revoked_stays_so(place: Place) -> None:
    place.options = ["--workers", "2"]
    place.start()
    place.sign_in()
    good, bad = place.make_key(), place.make_key(name="bad")
    listed = place.ask("GET", "/api/keys")[1]
    (revoked,) = [entry["id"] for entry in listed if entry["name"] == "bad"]
    assert place.ask("DELETE", f"/api/keys/{revoked}")[0] in {200, 204}
    management = place.processes()["management"]
    # It stands still and answers nothing, which is worse than to be gone.
    os.kill(management, signal.SIGSTOP)
    try:
        for number in range(20):
            headers = {"x-request-id": f"alone-{number}"}
            assert place.ask("POST", "/v1/chat/completions", ASK, key=good, headers=headers)[0] == 200
            assert place.ask("POST", "/v1/chat/completions", ASK, key=bad)[0] == 401
        os.kill(management, signal.SIGKILL)
        for _ in range(10):
            assert place.ask("POST", "/v1/chat/completions", ASK, key=good)[0] == 200
            assert place.ask("POST", "/v1/chat/completions", ASK, key=bad)[0] == 401
    finally:
        if management == place.processes().get("management"):
            os.kill(management, signal.SIGCONT)
    wait_for(lambda: place.ask("GET", "/readyz", key=None)[1]["status"] == "ready")
    assert place.ask("GET", "/api/keys")[0] == 200
    assert place.ask("POST", "/v1/chat/completions", ASK, key=bad)[0] == 401
    wait_for(lambda: place.rows("SELECT count(*) FROM usage_events WHERE request_id LIKE 'alone-%'")[0][0] == 20)


@pytest.mark.timeout(180 + 2 * AWAY)
def test_while_management_stands_still_nothing_is_lost(place: Place, database_url: str) -> None:
    place.settings["TRUNKLINE_DATABASE_URL"] = database_url
    place.options = ["--workers", "2"]
    place.start()
    place.sign_in()
    good, bad = place.make_key(), place.make_key(name="bad")
    (revoked,) = [entry["id"] for entry in place.ask("GET", "/api/keys")[1] if entry["name"] == "bad"]
    assert place.ask("DELETE", f"/api/keys/{revoked}")[0] in {200, 204}
    management = place.processes()["management"]
    with calling(place, good) as callers:
        os.kill(management, signal.SIGSTOP)
        try:
            until, killed = time.monotonic() + AWAY, False
            while time.monotonic() < until or not killed:
                wait_for_more(callers, 50)
                assert refuses(place, bad)
                if not killed and time.monotonic() > until - AWAY / 2:
                    kill(place, "worker 0")
                    killed = True
        finally:
            os.kill(management, signal.SIGCONT)
        wait_for(lambda: place.ask("GET", "/readyz", key=None)[1]["status"] == "ready")
        wait_for_more(callers, 50)
        assert refuses(place, bad)
    assert place.processes()["management"] == management
    assert check_books(place, callers) > 100
    assert place.stop() == 0


def refuses(place: Place, key: str) -> bool:
    """Whether a worker says no to that key, as soon as one answers."""

    def ask() -> int | None:
        try:
            return place.ask("POST", "/v1/chat/completions", ASK, key=key)[0]
        except (OSError, http.client.HTTPException):
            return None  # from one that is killed

    return wait_for(ask) == 401


def test_a_worker_that_starts_while_the_management_process_is_gone_goes_by_the_copy(place: Place) -> None:
    place.start()
    place.sign_in()
    copy = place.data / "snapshot"
    before = copy.stat().st_mtime_ns
    key = place.make_key()
    wait_for(lambda: copy.stat().st_mtime_ns != before)
    running = place.processes()
    os.kill(running["management"], signal.SIGSTOP)
    try:
        os.kill(running["worker 0"], signal.SIGKILL)

        def serves() -> bool:
            try:
                return place.ask("POST", "/v1/chat/completions", ASK, key=key)[0] == 200
            except OSError:
                return False

        wait_for(serves)
    finally:
        os.kill(running["management"], signal.SIGCONT)
