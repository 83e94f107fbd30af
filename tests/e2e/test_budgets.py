"""A hard budget on two workers: no more is let in than it pays for, also when processes are killed in between."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.e2e.server import Server, wait_for

CALLS = 1_000
PRICE = 9_000
"""Nano-dollars of 20 tokens in and 10 out of gpt-4o-mini."""

ANSWER = json.dumps(
    {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4o-mini",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 20, "completion_tokens": 10, "total_tokens": 30},
    }
).encode()


class Upstream(ThreadingHTTPServer):
    """A provider that takes a moment, and counts what it was asked."""

    daemon_threads = True
    request_queue_size = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls = 0
        self.counting = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Upstream

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        with self.server.counting:
            self.server.calls += 1
        time.sleep(0.05)
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def upstream() -> Iterator[Upstream]:
    provider = Upstream()
    thread = threading.Thread(target=provider.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.shutdown()
        provider.server_close()


def prepare(server: Server, provider: Upstream, amount: int) -> tuple[str, str]:
    """A key and the budget's path."""
    server.options = ["--workers", "2"]
    server.start()
    server.sign_in()
    body = {"name": "mini", "provider": "openai", "model": "gpt-4o-mini", "apiKey": "sk-x", "baseUrl": provider.url}
    assert server.ask("POST", "/api/configurations", body)[0] == 201
    budget = {"name": "Ten calls", "amount": f"{Decimal(amount) / 10**9:f}", "period": "month", "thresholds": [50]}
    status, made = server.ask("POST", "/api/budgets", budget)
    assert status == 201, made
    return server.make_key(), f"/api/budgets/{made['id']}"


async def storm(server: Server, key: str, calls: int) -> list[int]:
    """The statuses of so many calls at once; 0 where the connection broke."""
    body = {"model": "mini", "max_tokens": 10, "messages": [{"role": "user", "content": "Hello"}]}
    limits = httpx2.Limits(max_connections=250)
    async with httpx2.AsyncClient(base_url=server.url, limits=limits, timeout=120) as client:

        async def one() -> int:
            try:
                headers = {"authorization": f"Bearer {key}"}
                return (await client.post("/v1/chat/completions", json=body, headers=headers)).status_code
            except httpx2.HTTPError:
                return 0

        return await asyncio.gather(*(one() for _ in range(calls)))


def read(server: Server, path: str) -> tuple[int, int]:
    """What is spent and reserved, in nano-dollars."""
    status, budget = server.ask("GET", path)
    assert status == 200, budget
    return int(Decimal(budget["spent"]) * 10**9), int(Decimal(budget["reserved"]) * 10**9)


def recount(server: Server) -> int:
    """What the calls themselves say."""
    query = "SELECT SUM(COALESCE(cost_nanos, held_nanos, 0)) FROM usage_events"
    return server.rows(query)[0][0] or 0


@pytest.mark.timeout(600)
def test_a_thousand_calls_on_a_budget_for_ten(tmp_path: Path) -> None:
    server = Server(tmp_path, TRUNKLINE_LOCAL_UPSTREAMS="loopback")
    with upstream() as provider:
        key, path = prepare(server, provider, 10 * PRICE)
        statuses = asyncio.run(storm(server, key, CALLS))
        assert set(statuses) == {200, 429}
        assert 1 <= statuses.count(200) == provider.calls <= 10
        # What was held and not spent serves later ones, one by one, as far as it goes.
        wait_for(lambda: read(server, path)[1] == 0)
        for _ in range(10):
            asyncio.run(storm(server, key, 1))
        assert provider.calls <= 10
        wait_for(lambda: read(server, path) == (provider.calls * PRICE, 0))
        assert recount(server) == provider.calls * PRICE
        assert [one["threshold"] for one in server.ask("GET", path)[1]["crossed"]] == [50]
        server.stop()


@pytest.mark.timeout(600)
def test_it_is_exact_after_processes_are_killed(tmp_path: Path) -> None:
    server = Server(tmp_path, TRUNKLINE_LOCAL_UPSTREAMS="loopback")
    with upstream() as provider:
        amount = 60 * PRICE
        key, path = prepare(server, provider, amount)

        def kill_some() -> None:
            for number, name in enumerate(("worker 0", "management", "worker 1"), 1):
                wait_for(lambda enough=5 * number: provider.calls >= enough)
                os.kill(server.processes()[name], signal.SIGKILL)
                wait_for(lambda which=name: which in server.processes())

        killer = threading.Thread(target=kill_some)
        killer.start()
        while killer.is_alive():
            asyncio.run(storm(server, key, 12))
            spent, reserved = read_when_there(server, path)
            assert spent + reserved <= amount
            assert provider.calls * PRICE <= amount
        killer.join()
        server.kill()
        server.start()
        wait_for(lambda: read(server, path)[1] == 0, 60)
        spent, _ = read(server, path)
        assert spent == recount(server) <= amount
        # Nothing that the provider was asked is missing.
        assert spent >= provider.calls * PRICE
        statuses = asyncio.run(storm(server, key, 100))
        assert set(statuses) <= {200, 429}
        assert provider.calls * PRICE <= amount
        wait_for(lambda: read(server, path)[1] == 0)
        assert read(server, path)[0] == recount(server) <= amount
        server.stop()


def read_when_there(server: Server, path: str) -> tuple[int, int]:
    """As :func:`read`, as soon as the management process runs again."""

    def ask() -> tuple[int, int] | None:
        try:
            status, budget = server.ask("GET", path)
        except OSError:
            return None
        if status != 200:
            return None
        return int(Decimal(budget["spent"]) * 10**9), int(Decimal(budget["reserved"]) * 10**9)

    return wait_for(ask, 60)
