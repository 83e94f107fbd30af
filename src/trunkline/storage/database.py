"""The database: one place that opens it, begins transactions and ends them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Literal
from weakref import WeakSet

import msgspec
from sqlalchemy import URL, Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from trunkline.core.errors import InvalidInput, Unavailable
from trunkline.storage import change_marks
from trunkline.storage.driver_errors import Translation
from trunkline.storage.migration import upgrade
from trunkline.storage.postgres_options import split_options
from trunkline.storage.pulse import Pulse
from trunkline.storage.replica import Replica, ReplicaState

Transaction = AsyncSession
"""An open transaction: what every repository's function takes first."""

LIMIT_SECONDS: Final = 5.0
"""How long a transaction may take where nothing else is said: a request waits no longer for a database that hangs."""

LONG_SECONDS: Final = 120.0
"""The same for what works through many rows and nobody waits for."""

CONNECT_SECONDS: Final = 3.0
CLOSE_SECONDS: Final = 2.0

_BUSY_MILLISECONDS: Final = 10_000
_MIGRATION_MILLISECONDS: Final = 120_000
"""How long a process waits for another one that migrates: on a slow disk that takes its time."""

_BEGIN: Final = "trunkline_begin"
"""The execution option that says how a SQLite transaction begins."""


class Database:
    """SQLite or PostgreSQL, by its URL (``sqlite+aiosqlite:///…``, ``postgresql+asyncpg://…``).

    ``read()`` and ``write()`` are the only ways in. SQLite runs in WAL mode with one writer at a time: a lock queues
    the writers of this process fairly, ``BEGIN IMMEDIATE`` those of others. Errors of the driver come out as
    :class:`Unavailable` (cannot be reached, busy, no answer in time, disk full) or :class:`Conflict` (a constraint that
    two writers raced for); what a repository can say better, it says itself.

    ``direct_url`` is PostgreSQL's own address where ``url`` is that of a pooler in transaction mode: what needs a
    connection for itself, listening and migrating, goes there. ``replica_url`` is that of a copy that follows, which
    :meth:`report` reads. There are ``connections`` at most to each, and one more to listen.
    """

    def __init__(
        self,
        url: str,
        *,
        direct_url: str | None = None,
        replica_url: str | None = None,
        connections: int = 20,
    ) -> None:
        parsed = _read_url(url, "TRUNKLINE_DATABASE_URL")
        backend = parsed.get_backend_name()
        self.kind: Literal["sqlite", "postgresql"] = "sqlite" if backend == "sqlite" else "postgresql"
        self._path = Path(parsed.database) if self.kind == "sqlite" and parsed.database else None
        self._connections: WeakSet[Any] = WeakSet()
        """Of asyncpg, all that are open."""
        self._engine = self._open(parsed, connections, pooled=direct_url is not None)
        self._direct = self._engine
        self._replica: Replica | None = None
        if direct_url is not None:
            direct = _read_url(direct_url, "TRUNKLINE_DATABASE_DIRECT_URL")
            if "sqlite" in {self.kind, direct.get_backend_name()}:
                raise InvalidInput.of(
                    "TRUNKLINE_DATABASE_DIRECT_URL",
                    "is PostgreSQL's own address where TRUNKLINE_DATABASE_URL is that of a pooler. Without one, unset"
                    " it.",
                )
            self._direct = self._open(direct, 2, pooled=False)
        if replica_url is not None:
            replica = _read_url(replica_url, "TRUNKLINE_DATABASE_READ_URL")
            if "sqlite" in {self.kind, replica.get_backend_name()}:
                raise InvalidInput.of(
                    "TRUNKLINE_DATABASE_READ_URL",
                    "is the address of a replica of PostgreSQL. With SQLite there is none: unset it.",
                )
            # It may be behind a pooler, too: nothing is lost by taking it for that.
            self._replica = Replica(self._engine, self._open(replica, connections, pooled=True))
        # What several statements read must be of one moment. SQLite's transactions are that by themselves.
        reader = self._engine
        if self.kind == "postgresql":
            reader = self._engine.execution_options(isolation_level="REPEATABLE READ")
        self._reader = async_sessionmaker(reader, expire_on_commit=False)
        writer = self._engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        self._writer = async_sessionmaker(writer, expire_on_commit=False)
        self._writing = asyncio.Lock()
        self._abandoned = False
        self._after_change: list[Callable[[], Awaitable[None]]] = []
        self._pulse = Pulse(self._path)

    def _open(self, url: URL, connections: int, *, pooled: bool) -> AsyncEngine:
        arguments: dict[str, object] = {}
        if self.kind == "postgresql":
            url, options = split_options(url)
            arguments = {**_patient(pooled=pooled), **options}
        engine = create_async_engine(
            url,
            pool_size=(connections + 1) // 2,
            max_overflow=connections // 2,
            pool_pre_ping=self.kind == "postgresql",
            pool_timeout=LIMIT_SECONDS,
            connect_args=arguments,
            json_serializer=_write_json,
            # Values stay out of the messages of errors, and so out of logs.
            hide_parameters=True,
        )
        if self.kind == "sqlite":
            _teach_sqlite(engine)
        else:
            event.listen(engine.sync_engine, "connect", self._note_connection)
        return engine

    def after_change(self, action: Callable[[], Awaitable[None]]) -> None:
        """Await ``action`` after each commit that a call could notice, before ``write()`` returns to its caller."""
        self._after_change.append(action)

    def read_pulse(self) -> int | None:
        """A number that stays the same as long as nobody commits anything; None where that cannot be told cheaply."""
        return self._pulse.read()

    async def migrate(self) -> None:
        """Bring the schema to the newest version. Processes that start together wait for each other.

        :class:`Unavailable`, with nothing changed, when a newer version of Trunkline has migrated the database, or when
        a step fails: the server must not start then. :class:`InvalidInput` where a pooler stands between.
        """
        with Translation():
            if self._path is not None:
                await asyncio.to_thread(_make_private, self._path)
            async with self._direct.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"}).connect() as connection:
                await self._refuse_pooler(connection)
                await self._be_patient(connection, _MIGRATION_MILLISECONDS)
                async with connection.begin():
                    await connection.run_sync(upgrade)
                await self._be_patient(connection, _BUSY_MILLISECONDS)

    async def _refuse_pooler(self, connection: AsyncConnection) -> None:
        """A pooler tells each client a number of its own in the place of that of the server's process, by which the
        client would cancel what it asked: https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS.
        """
        if self.kind != "postgresql":
            return
        raw: Any = (await connection.get_raw_connection()).driver_connection
        told = raw.get_server_pid()
        async with connection.begin():
            if (await connection.scalar(text("SELECT pg_backend_pid()"))) == told:
                return
        if self._direct is self._engine:
            raise InvalidInput.of(
                "TRUNKLINE_DATABASE_URL",
                "leads to a connection pooler, such as PgBouncer. Set TRUNKLINE_DATABASE_DIRECT_URL to the address of"
                " PostgreSQL itself, for what a pooler cannot do.",
            )
        raise InvalidInput.of(
            "TRUNKLINE_DATABASE_DIRECT_URL",
            "leads to a connection pooler, such as PgBouncer, too. Set it to the address of PostgreSQL itself.",
        )

    async def _be_patient(self, connection: AsyncConnection, milliseconds: int) -> None:
        """How long this connection waits for the writers of other processes. PostgreSQL's locks wait by themselves."""
        if self.kind == "sqlite":
            raw: Any = (await connection.get_raw_connection()).driver_connection
            await raw.execute(f"PRAGMA busy_timeout={milliseconds}")

    @asynccontextmanager
    async def read(self, *, limit: float = LIMIT_SECONDS) -> AsyncGenerator[Transaction]:
        """A transaction to read in, for ``limit`` seconds at most. Nothing written in it is kept."""
        self._refuse_if_abandoned()
        with Translation():
            async with asyncio.timeout(limit), self._reader() as tx:
                yield tx

    @asynccontextmanager
    async def report(self, *, limit: float = LIMIT_SECONDS) -> AsyncGenerator[Transaction]:
        """As :meth:`read`, from the replica where there is one that is fit for it (:class:`Replica`).

        What this process wrote is there; what others wrote, the intake too, is there after some seconds at most.
        """
        self._refuse_if_abandoned()
        replica = self._replica
        there = None if replica is None else await replica.begin()
        if replica is None or there is None:
            async with self.read(limit=limit) as tx:
                yield tx
            return
        try:
            with Translation():
                async with asyncio.timeout(limit), there as tx:
                    yield tx
        except Unavailable:
            replica.note_failure()
            raise

    async def examine_replica(self) -> ReplicaState | None:
        """How the replica stands; None without one. :class:`Unavailable` without the database itself."""
        return None if self._replica is None else await self._replica.examine()

    @asynccontextmanager
    async def write(self, *, limit: float = LIMIT_SECONDS) -> AsyncGenerator[Transaction]:
        """A transaction to write in, for ``limit`` seconds at most: committed when the block ends, rolled back when it
        raises.

        When it touched a workspace, this returns only after this process's snapshot has the change, so that a call
        sees what was acknowledged before it.
        """
        noticeable = False
        self._refuse_if_abandoned()
        with Translation():
            async with asyncio.timeout(limit), self._turn(), self._writer() as tx, tx.begin():
                yield tx
                noticeable = await change_marks.settle(tx)
        if self._replica is not None:
            self._replica.note_write()
        if noticeable:
            for action in self._after_change:
                await action()

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        if self.kind == "sqlite":
            async with self._writing:
                yield
        else:
            yield

    def _refuse_if_abandoned(self) -> None:
        if self._abandoned:
            raise Unavailable("This process is shutting down.", code="draining")

    def _note_connection(self, connection: Any, _record: object) -> None:
        self._connections.add(connection.driver_connection)

    @asynccontextmanager
    async def listen(self, channel: str, heard: Callable[[str], None]) -> AsyncGenerator[Callable[[], bool]]:
        """Call ``heard`` with the payload of each notification on ``channel``, on PostgreSQL; elsewhere never.

        Gives a function that tells whether the connection is still there: when it is not, the caller enters again.
        """
        if self.kind != "postgresql":
            yield lambda: True
            return
        with Translation():
            async with self._listening() as connection:
                raw: Any = (await connection.get_raw_connection()).driver_connection

                def hear(_connection: object, _process: int, _channel: str, payload: str) -> None:
                    heard(payload)

                async with asyncio.timeout(LIMIT_SECONDS):
                    await raw.add_listener(channel, hear)
                yield lambda: not raw.is_closed()

    @asynccontextmanager
    async def _listening(self) -> AsyncGenerator[AsyncConnection]:
        """A connection of its own. Making it and giving it back have a limit, what is between has none."""
        async with asyncio.timeout(LIMIT_SECONDS):
            connection = await self._direct.connect()
        try:
            yield connection
        finally:
            # Not given back to the pool, which would ask the server to roll back and wait for the answer; and so the
            # server forgets who listened.
            await connection.invalidate()
            await connection.close()

    async def close(self) -> None:
        """Close all connections; those to a server that does not answer are dropped. Of no use afterwards."""
        self._pulse.close()
        engines = {self._engine, self._direct}
        if self._replica is not None:
            engines.add(self._replica.engine)
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                for engine in engines:
                    await engine.dispose()
        except TimeoutError:
            for engine in engines:
                await engine.dispose(close=False)
        self.abandon()

    def abandon(self) -> None:
        """Wait for nothing any more: what is asked now, or from now on, ends as :class:`Unavailable`.

        A task that rolls back cannot be cancelled, and a server that hangs would keep the process from ending.
        """
        self._abandoned = True
        for connection in list(self._connections):
            connection.terminate()


def _read_url(url: str, setting: str) -> URL:
    """The parts of the address. :class:`InvalidInput` without its text, which may hold a password."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise InvalidInput.of(setting, "cannot be read. Write postgresql://user:password@host:5432/name.") from None
    if parsed.drivername not in {"sqlite+aiosqlite", "postgresql+asyncpg"}:
        raise InvalidInput.of(
            setting,
            f"names {parsed.drivername!r}. Write postgresql://user:password@host/name, or leave it unset for SQLite.",
        )
    return parsed


def _patient(*, pooled: bool) -> dict[str, object]:
    """For asyncpg: how long connecting may take, the server's greeting included, and how long rolling back.

    The ORM rolls back when a transaction ends in any way, and lets nobody cancel that. ``pooled``: nothing outlives a
    transaction, as the next one may have another connection to the server.
    """
    from trunkline.storage.patient_connection import PatientConnection  # noqa: PLC0415 - SQLite needs no asyncpg
    from trunkline.storage.pooled_connection import FOR_THE_DIALECT, FOR_THE_DRIVER, PooledConnection  # noqa: PLC0415

    if pooled:
        of_the_pooler = {**FOR_THE_DRIVER, **FOR_THE_DIALECT}
        return {"timeout": CONNECT_SECONDS, "connection_class": PooledConnection, **of_the_pooler}
    return {"timeout": CONNECT_SECONDS, "connection_class": PatientConnection}


def _write_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _teach_sqlite(engine: AsyncEngine) -> None:
    """Durable enough, concurrent, and with transactions that begin when we say so.

    The driver would begin transactions late and by itself; see "Serializable isolation" in
    https://docs.sqlalchemy.org/en/21/dialects/sqlite.html.
    """

    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={_BUSY_MILLISECONDS}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    event.listen(engine.sync_engine, "connect", connect)
    event.listen(engine.sync_engine, "begin", begin)


def _make_private(path: Path) -> None:
    """The database's folder for its owner alone (0700) if it is new, and the file 0600 from its first byte."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)
