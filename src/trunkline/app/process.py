"""The life of one server process."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Coroutine
from typing import Any

from trunkline import logs
from trunkline.app.memory import give_back
from trunkline.app.server import Server, open_server, running
from trunkline.app.stopping import Stopping
from trunkline.core.errors import TrunklineError
from trunkline.faces.v1.plain_lane import PlainLane
from trunkline.gateway.estimate import counting_apart
from trunkline.settings import Settings, read_settings


class Process:
    """The application as a web server runs it: opened and closed by the lifespan protocol.

    https://asgi.readthedocs.io/en/latest/specs/lifespan.html
    """

    def __init__(self, settings: Settings, *, parent: int | None = None) -> None:
        """``parent`` is the process that must live for this one to go on."""
        self._settings = settings
        self._parent = parent
        self._server: Server | None = None

    def __call__(self, scope: Any, receive: Any, send: Any) -> Coroutine[Any, Any, None]:
        """One request, or the life of the process."""
        if scope["type"] == "lifespan":
            return self._live(receive, send)
        assert self._server is not None
        return self._server(scope, receive, send)

    @property
    def plain_lane(self) -> PlainLane | None:
        """Where the web server begins calls that need no task."""
        return None if self._server is None else self._server.plain_lane

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        try:
            stopping = Stopping(self._settings.drain_seconds)
            async with (
                open_server(self._settings, stopping) as self._server,
                running(_follow(self._parent), give_back()),
            ):
                _tune_collector()
                await send({"type": "lifespan.startup.complete"})
                with stopping.heard(), counting_apart():
                    await receive()
        except TrunklineError as error:
            await send({"type": "lifespan.startup.failed", "message": error.message})
            return
        await send({"type": "lifespan.shutdown.complete"})


async def _follow(parent: int | None) -> None:
    """Stop in good order when ``parent`` is gone: a worker that nobody watches would hold the port for ever."""
    while parent is not None:
        await asyncio.sleep(1)
        if os.getppid() != parent:
            signal.raise_signal(signal.SIGTERM)
            return


def _tune_collector() -> None:
    """Keep the garbage collector from looking through all that was loaded, and from looking often.

    A call leaves no cycles behind, and what stands now stays until the end.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def create() -> Process:
    """For a web server that starts processes itself: the application with the settings of the environment."""
    settings = read_settings()
    logs.configure(settings.log_level, settings.log_format)
    return Process(settings, parent=os.getppid())
