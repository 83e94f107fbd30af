"""A server whose database hangs: it serves on, tells so at once, stops, and starts again from its copy."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Postgres
from tests.e2e.server import Server
from tests.faults.frozen_postgres import FrozenPostgres

CALL: Any = {"model": "demo", "messages": [{"role": "user", "content": "Say hello."}]}


@pytest.mark.timeout(180)
async def test_a_hanging_database_holds_nothing_up(postgres: Postgres, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="tl-") as folder:
        async with FrozenPostgres(postgres.make_empty(), Path(folder)).serve() as frozen:
            server = Server(tmp_path, TRUNKLINE_DATABASE_URL=frozen.url)
            try:
                await asyncio.to_thread(hold_up, server, frozen, asyncio.get_running_loop())
            finally:
                frozen.thaw()
                if server.process is not None and server.process.poll() is None:
                    await asyncio.to_thread(server.kill)


def hold_up(server: Server, frozen: FrozenPostgres, loop: asyncio.AbstractEventLoop) -> None:
    server.start()
    server.sign_in()
    key = server.make_key()
    assert server.ask("POST", "/v1/chat/completions", CALL, key=key)[0] == 200
    loop.call_soon_threadsafe(frozen.freeze)

    status, told = server.ask("GET", "/readyz", key=None)
    assert status == 200, "a database that is away is no reason to stop sending calls"
    assert (told["status"], told["checks"]["database"]) == ("degraded", "No answer within 1 s.")
    assert server.ask("POST", "/v1/chat/completions", CALL, key=key)[0] == 200
    status, told = server.ask("GET", "/api/configurations")
    assert status == 503, told
    assert server.stop() == 0

    server.start(60)
    assert server.ask("POST", "/v1/chat/completions", CALL, key=key)[0] == 200
    loop.call_soon_threadsafe(frozen.thaw)
    assert server.stop() == 0
