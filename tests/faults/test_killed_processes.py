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
from tests.e2e.server import Server, wait_for

KILLS = int(os.environ.get("TRUNKLINE_TEST_KILLS", "5"))
"""Of each process. `TRUNKLINE_TEST_KILLS=50` takes half an hour, and was the last time without a loss."""

AWAY = float(os.environ.get("TRUNKLINE_TEST_AWAY_SECONDS", "1"))
"""How long the management process stands still under load. `TRUNKLINE_TEST_AWAY_SECONDS=600` was tried, too."""

ASK: Any = {"model": "demo", "messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 3}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    if server.process is not None and server.process.poll() is None:
        server.kill()


def kill(server: Server, name: str) -> None:
    """kill -9 to one process, and wait for the next one of its kind."""
    before = wait_for(lambda: server.processes().get(name))
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: server.processes().get(name) not in {None, before})


@pytest.mark.timeout(180 * KILLS)
@pytest.mark.parametrize("name", ["worker 0", "management", "intake"])
def test_no_acknowledged_call_is_lost_or_doubled(server: Server, database_url: str, name: str) -> None:
    server.settings["TRUNKLINE_DATABASE_URL"] = database_url
    server.start()
    server.sign_in()
    dice = random.Random(7)
    with calling(server, server.make_key()) as callers:
        for _ in range(KILLS):
            wait_for_more(callers, dice.randint(3, 40))
            kill(server, name)
        wait_for_more(callers, 20)
    assert check_books(server, callers) > 3 * KILLS
    outcomes = dict(server.rows("SELECT outcome, count(*) FROM usage_events GROUP BY outcome"))
    # A call dies with the worker that serves it, and with no other process.
    assert set(outcomes) <= ({"ok", "estimated", "cancelled"} if name == "worker 0" else {"ok"})
    assert server.stop() == 0


def test_calls_go_on_without_the_management_process_and_what_was_revoked_stays_so(server: Server) -> None:
    server.options = ["--workers", "2"]
    server.start()
    server.sign_in()
    good, bad = server.make_key(), server.make_key(name="bad")
    listed = server.ask("GET", "/api/keys")[1]
    (revoked,) = [entry["id"] for entry in listed if entry["name"] == "bad"]
    assert server.ask("DELETE", f"/api/keys/{revoked}")[0] in {200, 204}
    management = server.processes()["management"]
    # It stands still and answers nothing, which is worse than to be gone.
    os.kill(management, signal.SIGSTOP)
    try:
        for number in range(20):
            headers = {"x-request-id": f"alone-{number}"}
            assert server.ask("POST", "/v1/chat/completions", ASK, key=good, headers=headers)[0] == 200
            assert server.ask("POST", "/v1/chat/completions", ASK, key=bad)[0] == 401
        os.kill(management, signal.SIGKILL)
        for _ in range(10):
            assert server.ask("POST", "/v1/chat/completions", ASK, key=good)[0] == 200
            assert server.ask("POST", "/v1/chat/completions", ASK, key=bad)[0] == 401
    finally:
        if management == server.processes().get("management"):
            os.kill(management, signal.SIGCONT)
    wait_for(lambda: server.ask("GET", "/readyz", key=None)[1]["status"] == "ready")
    assert server.ask("GET", "/api/keys")[0] == 200
    assert server.ask("POST", "/v1/chat/completions", ASK, key=bad)[0] == 401
    wait_for(lambda: server.rows("SELECT count(*) FROM usage_events WHERE request_id LIKE 'alone-%'")[0][0] == 20)


@pytest.mark.timeout(180 + 2 * AWAY)
def test_while_management_stands_still_nothing_is_lost(server: Server, database_url: str) -> None:
    server.settings["TRUNKLINE_DATABASE_URL"] = database_url
    server.options = ["--workers", "2"]
    server.start()
    server.sign_in()
    good, bad = server.make_key(), server.make_key(name="bad")
    (revoked,) = [entry["id"] for entry in server.ask("GET", "/api/keys")[1] if entry["name"] == "bad"]
    assert server.ask("DELETE", f"/api/keys/{revoked}")[0] in {200, 204}
    management = server.processes()["management"]
    with calling(server, good) as callers:
        os.kill(management, signal.SIGSTOP)
        try:
            until, killed = time.monotonic() + AWAY, False
            while time.monotonic() < until or not killed:
                wait_for_more(callers, 50)
                assert refuses(server, bad)
                if not killed and time.monotonic() > until - AWAY / 2:
                    kill(server, "worker 0")
                    killed = True
        finally:
            os.kill(management, signal.SIGCONT)
        wait_for(lambda: server.ask("GET", "/readyz", key=None)[1]["status"] == "ready")
        wait_for_more(callers, 50)
        assert refuses(server, bad)
    assert server.processes()["management"] == management
    assert check_books(server, callers) > 100
    assert server.stop() == 0


def refuses(server: Server, key: str) -> bool:
    """Whether a worker says no to that key, as soon as one answers."""

    def ask() -> int | None:
        try:
            return server.ask("POST", "/v1/chat/completions", ASK, key=key)[0]
        except (OSError, http.client.HTTPException):
            return None  # from one that is killed

    return wait_for(ask) == 401


def test_a_worker_that_starts_while_the_management_process_is_gone_goes_by_the_copy(server: Server) -> None:
    server.start()
    server.sign_in()
    copy = server.data / "snapshot"
    before = copy.stat().st_mtime_ns
    key = server.make_key()
    wait_for(lambda: copy.stat().st_mtime_ns != before)
    running = server.processes()
    os.kill(running["management"], signal.SIGSTOP)
    try:
        os.kill(running["worker 0"], signal.SIGKILL)

        def serves() -> bool:
            try:
                return server.ask("POST", "/v1/chat/completions", ASK, key=key)[0] == 200
            except OSError:
                return False

        wait_for(serves)
    finally:
        os.kill(running["management"], signal.SIGCONT)
