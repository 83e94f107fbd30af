"""What PostgreSQL's own tools read in an address is read here too, by the pool and by the intake."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import make_url
from sqlalchemy import text as sql
from tests.conftest import Postgres

from trunkline.core.errors import InvalidInput, Unavailable
from trunkline.storage.database import Database
from trunkline.storage.intake.opening import open_connection
from trunkline.storage.intake.table import Statement
from trunkline.storage.postgres_options import split_options

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
"""How a client asks for TLS: https://www.postgresql.org/docs/current/protocol-message-formats.html."""

ASK = Statement("SELECT current_setting('application_name')", ())
PLACE = "postgresql+asyncpg://u:p@db.example.com:5433/name"


async def read(url: str) -> str:
    database = Database(url)
    try:
        async with database.read() as tx:
            return str(await tx.scalar(sql(ASK.sql)))
    finally:
        await database.close()


async def take_in(url: str) -> str:
    connection = open_connection(url)
    try:
        async with connection.write() as tx:
            return str((await tx.ask(ASK))[0][0])
    finally:
        await connection.close()


@pytest.mark.parametrize("ask", [read, take_in])
async def test_options_reach_the_server(postgres: Postgres, ask: Callable[[str], Awaitable[str]]) -> None:
    url = postgres.make_empty()
    assert await ask(f"{url}&application_name=till&sslmode=prefer") == "till"


@pytest.mark.parametrize("ask", [read, take_in])
@pytest.mark.parametrize("option", ["sslmode=require", "ssl=require"])
async def test_without_tls_where_it_is_required_nothing_is_sent(
    ask: Callable[[str], Awaitable[str]], option: str
) -> None:
    heard: list[bytes] = []
    over = asyncio.Event()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readexactly(8))
        writer.write(b"N")
        heard.append(await reader.read())
        writer.close()
        over.set()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unavailable):
            await ask(f"postgresql+asyncpg://u:p@127.0.0.1:{port}/name?{option}")
        await over.wait()
    assert heard[:2] == [SSL_REQUEST, b""]


def test_an_address_without_options_stays_as_it_is() -> None:
    for url in (PLACE, "postgresql+asyncpg://u@/name?host=/run/postgresql"):
        assert split_options(make_url(url)) == (make_url(url), {})


def test_options_are_apart_from_the_place() -> None:
    url, options = split_options(make_url(f"{PLACE}?ssl=verify-full&sslrootcert=/etc/a%20b.pem&channel_binding=prefer"))
    assert url == make_url(PLACE)
    assert options == {"dsn": "postgresql://?sslmode=verify-full&sslrootcert=%2Fetc%2Fa+b.pem"}


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("pool=9", "unknown option 'pool'. Known are application_name, options"),
        ("channel_binding=require", "Write sslmode=verify-full instead."),
    ],
)
def test_what_cannot_be_kept_is_refused(option: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as raised:
        Database(f"{PLACE}?{option}")
    assert "TRUNKLINE_DATABASE_URL" in str(raised.value)
