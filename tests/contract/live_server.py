"""A whole installation, wired by the real composition root and served over real HTTP on a free port."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import httpx2
from fastapi import FastAPI

from tests.contract.local_installation import PASSWORD, AnyInstallation, Person, make_cheap_passwords
from tests.contract.serving import on_a_thread, read_port, serve
from tests.migrated import lay_migrated
from tests.prepared import prepare_by_copy
from trunkline.app.parts import Parts
from trunkline.app.server import Server, open_server
from trunkline.core.secret import Secret
from trunkline.faces import v1
from trunkline.faces.connection_limits import TRUSTED
from trunkline.faces.forwarded import Forwarded
from trunkline.faces.forwarder import Forwarder
from trunkline.faces.v1.plain_protocol import PlainProtocol
from trunkline.settings import Settings

T = TypeVar("T")
ADMIN = "admin@example.com"


class LiveServer(AnyInstallation):
    """One running server and clients of it. ``url`` is its base, ``pages`` what serves everything but calls."""

    def __init__(self, url: str, settings: Settings, pages: FastAPI) -> None:
        self.url = url
        self.settings = settings
        self.pages = pages
        self.clients: list[httpx2.AsyncClient] = []

    def client(self, credential: str | None = None, **headers: str) -> httpx2.AsyncClient:
        """A client that sends ``credential`` as its bearer token."""
        if credential is not None:
            headers["Authorization"] = f"Bearer {credential}"
        # Nothing is encrypted here, and to read the machine's certificates for it takes a tenth of a second.
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client = httpx2.AsyncClient(base_url=self.url, headers=headers, timeout=30, trust_env=False, verify=tls)
        self.clients.append(client)
        return client

    async def admin(self) -> Person:
        """The first administrator, signed in."""
        return await self.log_in(ADMIN)


async def eventually(look: Callable[[], Awaitable[T | None]], seconds: float = 20) -> T:
    """What ``look`` finds, as soon as it finds anything; for what another task does in its own time."""
    until = time.monotonic() + seconds
    while True:
        found = await look()
        if found:
            return found
        assert time.monotonic() < until, "it never came"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def open_live_server(
    directory: Path,
    url: str | None = None,
    *,
    forwarded: bool = False,
    now: Callable[[], datetime] | None = None,
    **settings: Any,
) -> AsyncIterator[LiveServer]:
    """Start one on the database at ``url`` (default: SQLite in ``directory``); it ends with the block.

    Providers on this machine may be called, so that tests can play one. Starts over on the same directory.
    ``forwarded``: what is no call comes through a Unix socket, as between the processes of an installation. ``now`` is
    its clock.
    """
    chosen = Settings(
        data_dir=directory,
        database_url=Secret(url) if url is not None else None,
        admin_email=ADMIN,
        admin_password=Secret(PASSWORD),
        **{"local_upstreams": "loopback", "login_attempts_per_minute": 1000, **settings},
    )
    async with AsyncExitStack() as stack:
        parts = Parts(passwords=make_cheap_passwords)
        if now is not None:
            parts = replace(parts, now=now)
        lay_migrated(chosen.effective_database_url)
        await prepare_by_copy(chosen, parts)
        application = await stack.enter_async_context(open_server(chosen, parts=parts))
        served = application
        if forwarded:
            path = Path(stack.enter_context(TemporaryDirectory(prefix="tl"))) / "management.sock"
            await stack.enter_async_context(
                serve(Forwarded(application), uds=str(path), limits=TRUSTED, date_header=False)
            )
            served = _Front(application, Forwarder(path, application.pages))
        server = await stack.enter_async_context(serve(served, protocol=PlainProtocol, host="127.0.0.1", port=0))
        url = f"http://127.0.0.1:{read_port(server)}"
        live = LiveServer(url, chosen, application.pages)
        try:
            yield live
        finally:
            for client in live.clients:
                await client.aclose()


class _Front:
    """The process that clients reach: serves calls, and hands on the rest."""

    def __init__(self, application: Server, forwarder: Forwarder) -> None:
        self._application = application
        self.plain_lane = application.plain_lane
        self._forwarder = forwarder

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        is_call = scope["path"].startswith(v1.PATHS)
        await (self._application if is_call else self._forwarder)(scope, receive, send)


@contextmanager
def serve_live_server(directory: Path, **settings: Any) -> Iterator[LiveServer]:
    """The same on a thread of its own, for tests that are not asynchronous. Only its ``url`` is of use there."""
    with on_a_thread(open_live_server(directory, **settings)) as live:
        yield live
