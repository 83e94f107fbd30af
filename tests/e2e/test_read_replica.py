"""Reports and lists of requests come from a read replica: a real one, which follows the server or stands still."""

from __future__ import annotations

import asyncio
import http.client
import math
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from tests.conftest import Postgres
from tests.e2e.server import Server, wait_for
from trunkline.cli.installation_checks import check_connections
from trunkline.control.usage.replica_lag import ReplicaLag
from trunkline.core.errors import InvalidInput
from trunkline.settings import Settings
from trunkline.storage import replica as storage_replica
from trunkline.storage.database import Database
from trunkline.storage.replica import LATE_SECONDS

ASK: Any = {"model": "demo", "messages": [{"role": "user", "content": "Say hello."}]}

LOOKED_AT = "SELECT sum(seq_scan + coalesce(idx_scan, 0)) FROM pg_stat_user_tables WHERE relname LIKE 'usage_events%'"
"""How often a server has looked into the accounts."""


class Replica:
    """A copy of the server behind ``url`` that follows it, on a socket of its own."""

    def __init__(self, url: str, folder: Path) -> None:
        self._folder = folder
        self._behind = Path(str(make_url(url).query["host"]))
        self._programs = find_programs(self._behind)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = make_url(url).update_query_dict({"host": str(folder)}).render_as_string(hide_password=False)

    def start(self) -> None:
        """Copy all, and follow."""
        data = self._folder / "data"
        options = ("-h", str(self._behind), "-U", "postgres", "-D", str(data), "--write-recovery-conf", "-c", "fast")
        self._run("pg_basebackup", *options)
        data.chmod(0o700)
        command = [
            str(self._programs / "postgres"),
            "-D",
            str(data),
            "-k",
            str(self._folder),
            "-c",
            "listen_addresses=",
        ]
        self._process = subprocess.Popen(command, user=self._user(), stderr=subprocess.DEVNULL)
        wait_for(self._answers)

    def _answers(self) -> bool:
        try:
            self.ask("SELECT 1")
        except subprocess.CalledProcessError:
            return False  # it has not read all yet that it must know
        return True

    def ask(self, statement: str) -> None:
        """As its administrator."""
        self._run("psql", "-h", str(self._folder), "-U", "postgres", "-c", statement)

    def ask_for(self, statement: str, url: str) -> str:
        """The one value that it says, of the database of that address."""
        name = str(make_url(url).database)
        return self._run("psql", "-h", str(self._folder), "-U", "postgres", "-d", name, "-Atc", statement).strip()

    def stop(self) -> None:
        """At once, as a machine that is lost."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
            self._process = None

    def _run(self, program: str, *options: str) -> str:
        command = [str(self._programs / program), *options]
        user = self._user()
        return subprocess.run(command, check=True, capture_output=True, text=True, user=user, timeout=120).stdout

    def _user(self) -> str | None:
        """The server's own, which owns its folder: PostgreSQL does not run as root."""
        return self._behind.owner() if os.geteuid() == 0 else None


def find_programs(server: Path) -> Path:
    """Those of the version that the server in that folder is, beside what runs it."""
    process = int((server / "postmaster.pid").read_text().split()[0])
    return Path(f"/proc/{process}/exe").readlink().parent


async def settle_commits(url: str) -> None:
    """What is committed is in the log at once, as PostgreSQL does it where no test is in a hurry."""
    database = Database(url)
    async with database.write() as tx:
        await tx.execute(text(f"ALTER DATABASE {make_url(url).database} SET synchronous_commit = on"))
    await database.close()


@pytest.fixture
def replica(postgres: Postgres) -> Iterator[tuple[str, Replica]]:
    url = postgres.make_migrated()
    asyncio.run(settle_commits(url))
    with tempfile.TemporaryDirectory(prefix="tl-rep-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, Path(str(make_url(url).query["host"])).owner())
        running = Replica(url, folder)
        running.start()
        try:
            yield url, running
        finally:
            running.stop()


@pytest.mark.timeout(300)
def test_a_server_reads_reports_from_the_replica_as_long_as_it_follows(
    replica: tuple[str, Replica], tmp_path: Path
) -> None:
    url, copy = replica
    server = Server(tmp_path, TRUNKLINE_DATABASE_URL=url, TRUNKLINE_DATABASE_READ_URL=copy.url)
    server.start()
    try:
        server.sign_in()
        key = server.make_key()

        def call(name: str) -> None:
            headers = {"x-request-id": name}
            assert server.ask("POST", "/v1/chat/completions", ASK, key=key, headers=headers)[0] == 200

        def listed() -> list[str]:
            return [each["requestId"] for each in server.ask("GET", "/api/requests")[1]]

        def told() -> str:
            return server.ask("GET", "/readyz", key=None)[1]["checks"]["replica"]

        call("followed")
        wait_for(lambda: listed() == ["followed"])
        wait_for(lambda: int(copy.ask_for(LOOKED_AT, url)) > 0)
        assert told() == "ok"
        assert read_metrics(server)["trunkline_read_replica_up"] == 1
        copy.ask("SELECT pg_wal_replay_pause()")
        call("later")
        wait_for(lambda: listed() == ["later", "followed"])
        made = server.ask("POST", "/api/configurations", {"name": "New", "provider": "demo", "model": "demo"})[1]
        assert server.ask("GET", f"/api/configurations/{made['id']}/usage")[0] == 200
        wait_for(lambda: " s behind." in told())
        wait_for(lambda: read_metrics(server)["trunkline_read_replica_lag_seconds"] >= LATE_SECONDS)
        copy.ask("SELECT pg_wal_replay_resume()")
        wait_for(lambda: told() == "ok")
        copy.stop()
        assert listed() == ["later", "followed"]
        wait_for(lambda: told().startswith("The read replica does not answer."))
        assert read_metrics(server)["trunkline_read_replica_up"] == 0
        assert server.stop() == 0
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()


def read_metrics(server: Server) -> dict[str, float]:
    """Those without labels."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/metrics")
    lines = connection.getresponse().read().decode().splitlines()
    connection.close()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


@pytest.fixture
async def databases(replica: tuple[str, Replica]) -> AsyncIterator[tuple[Database, Database]]:
    """That of this process, which reads from the replica, and that of another one."""
    url, copy = replica
    opened = Database(url, replica_url=copy.url), Database(url)
    async with opened[1].write() as tx:
        await tx.execute(text("CREATE TABLE notes (words text)"))
    yield opened
    for each in opened:
        await each.close()


async def note(database: Database, words: str) -> None:
    async with database.write() as tx:
        await tx.execute(text("INSERT INTO notes VALUES (:words)"), {"words": words})


async def read(database: Database) -> tuple[bool, list[str]]:
    """Whether a report comes from the replica, and what it says."""
    async with database.report() as tx:
        is_copy = await tx.scalar(text("SELECT pg_is_in_recovery()"))
        return bool(is_copy), list((await tx.scalars(text("SELECT words FROM notes"))).all())


async def test_a_report_has_what_this_process_wrote_before(
    replica: tuple[str, Replica], databases: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, copy = replica
    monkeypatch.setattr(storage_replica, "LATE_SECONDS", math.inf)
    own, other = databases
    await note(own, "a")
    assert await read(own) == (True, ["a"])
    await asyncio.to_thread(copy.ask, "SELECT pg_wal_replay_pause()")
    await note(other, "b")
    assert await read(own) == (True, ["a"])
    await note(own, "c")
    assert await read(own) == (False, ["a", "b", "c"])
    await asyncio.to_thread(copy.ask, "SELECT pg_wal_replay_resume()")
    async with asyncio.timeout(30):
        while await read(own) != (True, ["a", "b", "c"]):
            await asyncio.sleep(0.05)


async def test_a_replica_that_is_late_is_not_read(
    replica: tuple[str, Replica], databases: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, copy = replica
    own, other = databases
    assert await read(own) == (True, [])
    monkeypatch.setattr(storage_replica, "LATE_SECONDS", 0.01)
    monkeypatch.setattr("trunkline.control.usage.replica_lag.LATE_SECONDS", 0.01)
    await asyncio.to_thread(copy.ask, "SELECT pg_wal_replay_pause()")
    await note(other, "a")
    while await read(own) != (False, ["a"]):
        await asyncio.sleep(0.05)
    told = await ReplicaLag(own).check()
    assert told is not None
    assert told.endswith(" s behind. Reports are read from the database itself.")


async def test_reports_go_on_without_the_replica(
    replica: tuple[str, Replica], databases: tuple[Database, Database]
) -> None:
    _, copy = replica
    own, _ = databases
    assert await read(own) == (True, [])
    copy.stop()
    await note(own, "a")
    assert await read(own) == (False, ["a"])
    assert await ReplicaLag(own).check() == (
        "The read replica does not answer. Reports are read from the database itself."
    )
    assert await ReplicaLag(own).read() is None


async def test_a_server_that_follows_none_is_no_replica(replica: tuple[str, Replica]) -> None:
    url, _ = replica
    database = Database(url, replica_url=url)
    told = await ReplicaLag(database).check()
    assert told == "The read replica follows no other server. Reports are read from the database itself."
    await database.close()


async def test_without_postgresql_there_is_no_replica(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="TRUNKLINE_DATABASE_READ_URL: is the address of a replica of PostgreSQL"):
        Database(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}", replica_url="postgresql+asyncpg://host/name")


async def test_the_doctor_tells_how_many_connections_there_may_be(postgres: Postgres) -> None:
    database = Database(postgres.make_migrated())
    found = await check_connections(database, Settings())
    assert found.state == "ok"
    assert found.message.startswith("up to 22 of this server; ")
    found = await check_connections(database, Settings(database_connections=1_000))
    assert (found.state, "TRUNKLINE_DATABASE_CONNECTIONS" in found.remedy) == ("warn", True)
    await database.close()
