"""The database is away under load, and the server is killed meanwhile: calls go on, and the books are complete."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path

import pytest

from tests.conftest import Postgres
from tests.e2e.callers import calling, check_books, wait_for_more
from tests.e2e.server import Server
from tests.faults.frozen_postgres import FrozenPostgres

AWAY = float(os.environ.get("TRUNKLINE_TEST_AWAY_SECONDS", "1"))
"""How long at least. `TRUNKLINE_TEST_AWAY_SECONDS=600` is the bar."""


@pytest.mark.timeout(300 + 2 * AWAY)
async def test_known_keys_are_served_and_the_journal_drains_after(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.make_migrated()
    with tempfile.TemporaryDirectory(prefix="tl-") as folder:
        async with FrozenPostgres(url, Path(folder)).serve() as frozen:
            server = Server(tmp_path, TRUNKLINE_DATABASE_URL=frozen.url)
            try:
                await asyncio.to_thread(be_without, server, frozen, asyncio.get_running_loop())
                server.settings["TRUNKLINE_DATABASE_URL"] = url
                assert await asyncio.to_thread(server.stop) == 0
            finally:
                frozen.thaw()
                if server.process is not None and server.process.poll() is None:
                    await asyncio.to_thread(server.kill)


def be_without(server: Server, frozen: FrozenPostgres, loop: asyncio.AbstractEventLoop) -> None:
    server.start()
    server.sign_in()
    with calling(server, server.make_key()) as callers:
        wait_for_more(callers, 20)
        loop.call_soon_threadsafe(frozen.freeze)
        until = time.monotonic() + AWAY
        wait_for_more(callers, 50)
        server.kill()
        server.start()
        wait_for_more(callers, 50)
        for caller in callers:
            caller.pause = AWAY / 2_000  # a long time is to be long, and no load
        while time.monotonic() < until:
            wait_for_more(callers, 50)
        assert server.ask("GET", "/readyz", key=None)[1]["status"] == "degraded"
        for caller in callers:
            caller.pause = 0
        loop.call_soon_threadsafe(frozen.thaw)
        wait_for_more(callers, 20)
    assert check_books(server, callers) >= 140
