"""Applications served over real HTTP on a free port, and on a thread where the test is not asynchronous."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from threading import Thread
from typing import Any, TypeVar

import uvicorn

from trunkline.faces.server import ServerConfig

T = TypeVar("T")


@asynccontextmanager
async def serve(application: Any, **options: Any) -> AsyncIterator[uvicorn.Server]:
    """Serve ``application`` until the block ends. ``options`` are those of :class:`ServerConfig`."""
    usual = {"lifespan": "off", "log_level": "error", "ws": "none", "interface": "asgi3", "proxy_headers": False}
    server = uvicorn.Server(ServerConfig(application, **{**usual, "timeout_graceful_shutdown": 1, **options}))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined] - the test's process has its own
    serving = asyncio.ensure_future(server.serve())
    while not server.started and not serving.done():
        await asyncio.sleep(0)
    try:
        yield server
    finally:
        server.should_exit = True
        await serving


def read_port(server: uvicorn.Server) -> int:
    """The port that a server of :func:`serve` was given."""
    return server.servers[0].sockets[0].getsockname()[1]


@contextmanager
def on_a_thread(opening: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """What ``opening`` gives, opened and closed in a loop of its own."""
    ready: Future[T] = Future()
    stop: list[Callable[[], object]] = []

    async def run() -> None:
        over = asyncio.Event()
        try:
            async with opening as opened:
                loop = asyncio.get_running_loop()
                stop.append(lambda: loop.call_soon_threadsafe(over.set))
                ready.set_result(opened)
                await over.wait()
        except BaseException as error:
            if not ready.done():
                ready.set_exception(error)
            raise

    thread = Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    try:
        yield ready.result(30)
    finally:
        for end in stop:
            end()
        thread.join(30)
