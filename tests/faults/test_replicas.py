"""Three replicas with two workers each, on one PostgreSQL and one Redis: they act as one."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.callers import calling, check_books, wait_for_more
from tests.e2e.server import Server, wait_for
from tests.e2e.test_budgets import PRICE, Upstream, read, recount, storm, upstream
from tests.e2e.test_leaders import find_leaders
from tests.faults.replicas import Line, ask, lines_to_every_worker, replicas
from tests.upstreams.redis import serve_redis

PROPAGATION_SECONDS = float(os.environ.get("TRUNKLINE_TEST_PROPAGATION_SECONDS", "20"))
"""Within which every worker must know of a change. The bar is 1, which a machine that is busy with other tests says
nothing about: `TRUNKLINE_TEST_PROPAGATION_SECONDS=1` holds it, and `-s` tells the figures."""

ASK: Any = {"model": "mini", "max_tokens": 10, "messages": [{"role": "user", "content": "Hello"}]}

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def shared(postgres: Any) -> Iterator[dict[str, str]]:
    """What replicas have in common."""
    with serve_redis() as redis:
        # How long a call waits for Redis is generous here, so that a busy machine is no reason to go without.
        yield {
            "TRUNKLINE_DATABASE_URL": postgres.make_migrated(),
            "TRUNKLINE_REDIS_URL": redis.url,
            "TRUNKLINE_REDIS_SECONDS": "5",
            "TRUNKLINE_SIGNUP": "open",
        }


@pytest.fixture(scope="module")
def provider() -> Iterator[Upstream]:
    with upstream() as running:
        yield running


@pytest.fixture(scope="module")
def fleet(shared: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    with replicas(tmp_path_factory.mktemp("fleet"), 3, **shared) as running:
        yield running


def configure(server: Server, provider: Upstream, name: str) -> dict[str, Any]:
    body = {"name": name, "provider": "openai", "model": "gpt-4o-mini", "apiKey": "sk-x", "baseUrl": provider.url}
    return ask(server, "POST", "/api/configurations", body)


def find_key(server: Server, name: str) -> str:
    """The id of the key that is called so."""
    (listed,) = [each["id"] for each in ask(server, "GET", "/api/keys") if each["name"] == name]
    return listed


def wait_until_all_answer(lines: list[Line], key: str, model: str, status: int) -> float:
    """The seconds until a call gets ``status`` of each worker."""
    began = time.monotonic()
    with ThreadPoolExecutor(len(lines)) as callers:
        for asked in [callers.submit(wait_for, lambda line=line: line.call(key, model) == status) for line in lines]:
            asked.result()
    return time.monotonic() - began


def wait_until_all_know(lines: list[Line], server: Server) -> None:
    """Until each worker knows whatever was changed through ``server``: a change after it is known to all."""
    wait_until_all_answer(lines, server.make_key(name=f"marker {time.monotonic()}"), "demo", 200)


def test_a_change_through_any_replica_reaches_every_worker(fleet: list[Server], provider: Upstream) -> None:
    seen: dict[str, list[float]] = {"configuration": [], "key": [], "renamed": [], "revoked": []}
    with lines_to_every_worker(fleet) as lines:
        for number, server in enumerate(fleet):
            name = f"changing-{number}"
            keeper = server.make_key(name=f"keeper-{number}")
            made = configure(server, provider, name)
            seen["configuration"].append(wait_until_all_answer(lines, keeper, name, 200))
            key = server.make_key(name=f"revoked-{number}")
            seen["key"].append(wait_until_all_answer(lines, key, name, 200))
            ask(server, "PUT", f"/api/configurations/{made['id']}", {"name": f"{name}-now"})
            seen["renamed"].append(wait_until_all_answer(lines, key, name, 404))
            assert {line.call(key, f"{name}-now") for line in lines} == {200}
            ask(server, "DELETE", f"/api/keys/{find_key(server, f'revoked-{number}')}")
            seen["revoked"].append(wait_until_all_answer(lines, key, f"{name}-now", 401))
    slowest = {what: round(max(seconds), 3) for what, seconds in seen.items()}
    print(f"known to each of {len(lines)} workers within seconds: {slowest}")
    assert max(slowest.values()) <= PROPAGATION_SECONDS


def test_a_limit_is_exact_over_all_of_them(fleet: list[Server], provider: Upstream) -> None:
    configure(fleet[0], provider, "limited")
    key = fleet[0].make_key(name="limited")
    subject = find_key(fleet[0], "limited")
    limit = {"subject": "key", "subjectId": subject, "measure": "requests", "amount": 20, "window": "day"}
    ask(fleet[1], "POST", "/api/limits", limit)

    def call_ten_times(line: Line) -> list[int]:
        return [line.call(key, "limited") for _ in range(10)]

    with lines_to_every_worker(fleet) as lines:
        for server in fleet:
            wait_until_all_know(lines, server)
        before = provider.calls
        with ThreadPoolExecutor(len(lines)) as callers:
            told = Counter(status for each in callers.map(call_ten_times, lines) for status in each)
    assert told == {200: 20, 429: 10 * len(lines) - 20}
    assert provider.calls - before == 20


def test_a_thousand_calls_on_a_budget_for_ten(fleet: list[Server], provider: Upstream) -> None:
    configure(fleet[0], provider, "mini")
    key = fleet[0].make_key(name="budgeted")
    subject = find_key(fleet[0], "budgeted")
    amount = f"{Decimal(10 * PRICE) / 10**9:f}"
    budget = {"name": "Ten calls", "subject": "key", "subjectId": subject, "amount": amount, "period": "month"}
    path = f"/api/budgets/{ask(fleet[1], 'POST', '/api/budgets', budget)['id']}"
    with lines_to_every_worker(fleet) as lines:
        for server in fleet:
            wait_until_all_know(lines, server)
    before = provider.calls

    async def storm_all() -> Counter[int]:
        shares = await asyncio.gather(*(storm(server, key, 1_002 // len(fleet)) for server in fleet))
        return Counter(status for statuses in shares for status in statuses)

    statuses = asyncio.run(storm_all())
    assert set(statuses) == {200, 429}
    assert 1 <= statuses[200] == provider.calls - before <= 10
    wait_for(lambda: read(fleet[2], path) == (statuses[200] * PRICE, 0))
    spent = f"SELECT sum(cost_nanos) FROM usage_events WHERE key_id = '{subject}'"
    assert fleet[2].rows(spent)[0][0] == statuses[200] * PRICE


def test_what_is_another_tenants_is_nowhere_to_be_had(fleet: list[Server], provider: Upstream) -> None:
    made = configure(fleet[0], provider, "ours")
    key = fleet[0].make_key(name="ours")
    with lines_to_every_worker(fleet) as lines:
        wait_until_all_answer(lines, key, "ours", 200)
        stranger = {"email": "stranger@example.com", "password": "correct horse battery staple", "name": "S"}
        token = ask(fleet[1], "POST", "/api/auth/signup", stranger, key=None)["accessToken"]
        theirs = ask(fleet[1], "POST", "/api/keys", {"name": "theirs"}, key=token)["key"]
        wait_until_all_answer(lines, theirs, "ours", 404)
        for model in (made["id"], "ours", f"openai/{made['model']}"):
            assert {line.call(theirs, model) for line in lines} == {404}
    for server in fleet:
        for method, path in (
            ("GET", f"/api/configurations/{made['id']}"),
            ("PUT", f"/api/configurations/{made['id']}"),
            ("DELETE", f"/api/keys/{find_key(server, 'ours')}"),
        ):
            assert server.ask(method, path, {"name": "x"}, key=token)[0] == 404
        for path in ("/api/requests", "/api/configurations", "/api/audit"):
            assert "ours" not in str(ask(server, "GET", path, key=token))
        assert ask(server, "GET", "/api/usage", key=token)["events"] == []


def test_nothing_is_lost_or_doubled_when_one_is_killed_under_load(
    shared: dict[str, str], postgres: Any, provider: Upstream, tmp_path: Path
) -> None:
    own = {**shared, "TRUNKLINE_DATABASE_URL": postgres.make_migrated()}
    with replicas(tmp_path, 3, **own) as fleet, ExitStack() as load:
        first, second, third = fleet
        configure(first, provider, "mini")
        budget = ask(first, "POST", "/api/budgets", {"name": "All", "amount": "10", "period": "total"})
        path = f"/api/budgets/{budget['id']}"
        key = first.make_key()
        with lines_to_every_worker(fleet) as lines:
            wait_until_all_answer(lines, key, "mini", 200)
        leader = wait_for(lambda: find_leader(first))
        callers = [
            load.enter_context(calling(server, key, "mini", first=100 * number)) for number, server in enumerate(fleet)
        ]
        for each in callers:
            wait_for_more(each, 10)
        # The one that all duties are with, amid its calls, and so fast that not all of them are in the database.
        wait_for_more(callers[0], 10)
        first.kill()
        assert list(first.data.glob("journal/*.journal"))
        for each in callers[1:]:
            wait_for_more(each, 20)
        # As if the time had passed for which it held them.
        second.rows("UPDATE leases SET expires_at = now() - interval '1 second' RETURNING name")
        wait_for(lambda: find_leader(second) not in {None, leader})
        first.start()
        first.sign_in()
        for each in callers:
            wait_for_more(each, 10)
        load.close()
        assert check_books(second, [caller for each in callers for caller in each]) > 80
        wait_for(lambda: read(third, path)[1] == 0, 60)
        assert read(third, path) == (recount(third), 0)

        # One that comes back without its disk serves; what was in the database stays there, once.
        third.kill()
        ((count,),), spent = first.rows("SELECT count(*) FROM usage_events"), recount(first)
        shutil.rmtree(third.data)
        third.start()
        third.sign_in()
        assert third.ask("POST", "/v1/chat/completions", ASK, key=key)[0] == 200
        wait_for(lambda: first.rows("SELECT count(*) FROM usage_events")[0][0] == count + 1)
        assert recount(first) == spent + PRICE
        wait_for(lambda: read(first, path)[0] == spent + PRICE)


def find_leader(server: Server) -> str | None:
    """Who holds a duty that is always somebody's. All of them move in `tests/e2e/test_leaders.py`."""
    return find_leaders(server).get("health-probes")
