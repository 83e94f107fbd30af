"""A server whose database is behind PgBouncer in transaction mode: all works, and a missing direct address is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.e2e.callers import calling, check_books, wait_for_more
from tests.e2e.server import Server, wait_for
from tests.upstreams.pgbouncer import serve_pgbouncer
from trunkline.core.errors import InvalidInput
from trunkline.storage.database import Database

ASK: Any = {"model": "demo", "messages": [{"role": "user", "content": "Say hello."}]}


@pytest.fixture
def direct(postgres: Any) -> str:
    return postgres.make_migrated()


@pytest.fixture
def pooled(direct: str) -> Iterator[str]:
    with serve_pgbouncer(direct) as url:
        yield url


async def test_transactions_of_many_share_two_connections(direct: str, pooled: str) -> None:
    database = Database(pooled, direct_url=direct)

    async def work(number: int) -> set[int]:
        servers: set[int] = set()
        for turn in range(20):
            # Statements that differ, so that one that was left behind would be found in the wrong place.
            async with database.write(limit=60) as tx:
                found = await tx.execute(text(f"SELECT pg_backend_pid(), {number} + :turn"), {"turn": turn})
                pid, total = found.one()
                assert total == number + turn
                assert await tx.scalar(text("SELECT pg_backend_pid()")) == pid
                servers.add(pid)
        return servers

    used = await asyncio.gather(*(work(number) for number in range(15)))
    assert len(set[int]().union(*used)) == 2
    assert max(len(each) for each in used) == 2, "one client was served by both"
    async with database.read() as tx:
        left = await tx.scalar(text("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''"))
    assert left == 0, "nothing stays behind on the server's connections"
    await database.close()


async def test_who_listens_hears_by_the_direct_address(direct: str, pooled: str) -> None:
    database, heard = Database(pooled, direct_url=direct), asyncio.Event()
    async with database.listen("channel", lambda _: heard.set()):
        async with database.write() as tx:
            await tx.execute(text("SELECT pg_notify('channel', 'now')"))
        async with asyncio.timeout(30):
            await heard.wait()
    await database.close()


@pytest.mark.parametrize("place", ["TRUNKLINE_DATABASE_URL", "TRUNKLINE_DATABASE_DIRECT_URL"])
async def test_a_pooler_where_none_may_be_is_refused(pooled: str, place: str) -> None:
    database = Database(pooled, direct_url=pooled if place == "TRUNKLINE_DATABASE_DIRECT_URL" else None)
    with pytest.raises(InvalidInput, match=f"{place}: leads to a connection pooler, such as PgBouncer"):
        await database.migrate()
    await database.close()


async def test_a_direct_address_without_a_pooler_is_refused(direct: str) -> None:
    with pytest.raises(InvalidInput, match="TRUNKLINE_DATABASE_DIRECT_URL: is PostgreSQL's own address"):
        Database("sqlite+aiosqlite:///x.db", direct_url=direct)


@pytest.mark.timeout(300)
def test_a_server_works_through_it(direct: str, pooled: str, tmp_path: Path) -> None:
    server = Server(tmp_path, TRUNKLINE_DATABASE_URL=pooled)
    with pytest.raises(AssertionError, match="Set TRUNKLINE_DATABASE_DIRECT_URL to the address of PostgreSQL itself"):
        server.start()
    server.settings["TRUNKLINE_DATABASE_DIRECT_URL"] = direct
    server.options = ["--workers", "2"]
    server.start()
    try:
        server.sign_in()
        with calling(server, server.make_key()) as callers:
            for number in range(5):
                wait_for_more(callers, 20)
                name = f"one-{number}"
                body = {"name": name, "provider": "demo", "model": "demo-chat"}
                assert server.ask("POST", "/api/configurations", body)[0] == 201
                key = server.make_key(name=name)
                wait_for(lambda key=key: server.ask("POST", "/v1/chat/completions", ASK, key=key)[0] == 200)
        server.settings["TRUNKLINE_DATABASE_URL"] = direct
        assert check_books(server, callers) >= 100
        assert server.ask("GET", "/readyz", key=None)[1]["status"] == "ready"
        assert "prepared statement" not in server.log.read_text()
        assert server.stop() == 0
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()
