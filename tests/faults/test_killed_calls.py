"""Processes are killed at chosen moments of calls: nothing is lost or doubled, and a budget is exact afterwards."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

import pytest

from tests.e2e.callers import Caller, calling, check_books, wait_for_more
from tests.e2e.server import Server, wait_for
from tests.e2e.test_budgets import read, recount
from tests.faults.connection_owner import find_owner
from tests.faults.holding_provider import HeldCall, HoldingProvider, Moment, holding_provider

KILLS = int(os.environ.get("TRUNKLINE_TEST_KILLS", "2"))
"""At each of the four moments. `TRUNKLINE_TEST_KILLS=50` takes twenty minutes."""

MOMENTS = (*get_args(Moment), "shipping")


@pytest.fixture
def server(tmp_path: Path, database_url: str) -> Iterator[Server]:
    server = Server(tmp_path, TRUNKLINE_LOCAL_UPSTREAMS="loopback", TRUNKLINE_DATABASE_URL=database_url)
    server.options = ["--workers", "2"]
    yield server
    if server.process is not None and server.process.poll() is None:
        server.kill()


@pytest.mark.timeout(300 + 100 * KILLS)
def test_nothing_is_lost_or_doubled_and_the_budget_is_exact_after_kills_at_each_moment(server: Server) -> None:
    with holding_provider() as provider:
        server.start()
        server.sign_in()
        body = {"name": "mini", "provider": "openai", "model": "gpt-4o-mini", "apiKey": "sk-x", "baseUrl": provider.url}
        assert server.ask("POST", "/api/configurations", body)[0] == 201
        status, budget = server.ask("POST", "/api/budgets", {"name": "All", "amount": "10", "period": "total"})
        assert status == 201, budget
        dice = random.Random(7)
        moments = [*MOMENTS * KILLS]
        dice.shuffle(moments)
        died: set[str] = set()
        with calling(server, server.make_key(), model="mini") as callers:
            for moment in moments:
                wait_for_more(callers, dice.randint(1, 20))
                if moment == "shipping":
                    kill_while_shipping(server, callers)
                else:
                    died.add(kill_at(server, provider, moment))
            wait_for_more(callers, 20)
        server.kill()
        server.start()
        # Hundreds of kills take longer than a token lasts.
        server.sign_in()
        assert check_books(server, callers) > 4 * KILLS
        # Those that died with their worker are in its journal, which another one takes in.
        kept = wait_for(lambda: list_kept(server) if died <= set(list_kept(server)) else None)
        assert len(kept) == len(set(kept)), "no call is in the books twice"
        path = f"/api/budgets/{budget['id']}"
        # What dead processes held is nobody's once their journals are taken in.
        wait_for(lambda: read(server, path)[1] == 0, 60)
        assert read(server, path) == (recount(server), 0)
        assert server.stop() == 0


def list_kept(server: Server) -> list[str]:
    """The request of each call in the books."""
    return [request_id for (request_id,) in server.rows("SELECT request_id FROM usage_events")]


def kill_at(server: Server, provider: HoldingProvider, moment: Moment) -> str:
    """kill -9 to the worker that serves a call which is just so far. The id of its request."""
    held, serving = hold(server, provider, moment)
    if moment == "before the end":
        # All is said, and the client does not have it: between the two, its cost is written down.
        held.free.set()
        held.said.wait(30)
    os.kill(serving, signal.SIGKILL)
    held.free.set()
    return held.question.removeprefix("Question ")


def hold(server: Server, provider: HoldingProvider, moment: Moment) -> tuple[HeldCall, int]:
    """A call that is just so far, and the worker that serves it."""
    while True:
        provider.hold(moment)
        held = provider.take()
        workers = [pid for name, pid in server.processes().items() if name.startswith("worker")]
        serving = find_owner((held.port, provider.server_port), workers)
        if serving is not None:
            return held, serving
        # What a worker had sent that was killed before.
        held.free.set()


def kill_while_shipping(server: Server, callers: Sequence[Caller]) -> None:
    """kill -9 to the intake while a call that was acknowledged is not in the database yet."""
    intake = wait_for(lambda: server.processes().get("intake"))

    def is_under_way() -> bool:
        newest = [list(caller.acknowledged)[-1] for caller in callers if caller.acknowledged]
        known = ", ".join(f"'{request_id}'" for request_id in newest)
        return server.rows(f"SELECT count(*) FROM usage_events WHERE request_id IN ({known})")[0][0] < len(newest)

    wait_for(is_under_way)
    os.kill(intake, signal.SIGKILL)
