"""The life of one server process."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, TypeAlias

from trunkline.app.duties import running
from trunkline.app.memory import give_back
from trunkline.app.stopping import Stopping
from trunkline.core.errors import TrunklineError
from trunkline.faces.v1.plain_lane import PlainLane
from trunkline.gateway.estimate import counting_apart
from trunkline.settings import Settings

Application: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]
Opening: TypeAlias = Callable[[Settings, Stopping], AbstractAsyncContextManager[Application]]

_SUPERVISOR: Final = 0
"""The descriptor of the pipe to the first process: a word in it says that all are to stop, its end that it is gone."""


class Process:
    """The application as a web server runs it: opened and closed by the lifespan protocol.

    https://asgi.readthedocs.io/en/latest/specs/lifespan.html
    """

    def __init__(self, settings: Settings, opening: Opening) -> None:
        """``opening`` makes the application, which is ready to serve until its block ends."""
        self._settings = settings
        self._opening = opening
        self._application: Application | None = None

    def __call__(self, scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        """One request, or the life of the process."""
        if scope["type"] == "lifespan":
            return self._live(receive, send)
        assert self._application is not None
        return self._application(scope, receive, send)

    @property
    def plain_lane(self) -> PlainLane | None:
        """Where the web server begins calls that need no task."""
        return getattr(self._application, "plain_lane", None)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        try:
            stopping = Stopping(self._settings.drain_seconds)
            async with (
                _following(stopping),
                self._opening(self._settings, stopping) as self._application,
                running(give_back()),
            ):
                _tune_collector()
                await send({"type": "lifespan.startup.complete"})
                with stopping.heard(), counting_apart():
                    await receive()
        except TrunklineError as error:
            await send({"type": "lifespan.startup.failed", "message": error.message})
            return
        await send({"type": "lifespan.shutdown.complete"})


@asynccontextmanager
async def _following(stopping: Stopping) -> AsyncGenerator[None]:
    """Stop in good order when the first process is gone: one that nobody watches would hold the port for ever."""
    loop = asyncio.get_running_loop()

    def hear() -> None:
        if os.read(_SUPERVISOR, 64):
            stopping.begin()
            return
        loop.remove_reader(_SUPERVISOR)
        signal.raise_signal(signal.SIGTERM)

    loop.add_reader(_SUPERVISOR, hear)
    try:
        yield
    finally:
        loop.remove_reader(_SUPERVISOR)


def _tune_collector() -> None:
    """Keep the garbage collector from looking through all that was loaded, and from stopping calls for long.

    A call leaves no cycles behind, and what stands now stays until the end. A pass looks at 5,000 new objects, or at
    those of three passes more, which takes some milliseconds; :mod:`trunkline.app.memory` sees to all the others. To
    load leaves some 3,000 of 300,000 objects as garbage: to look for it would be a tenth of what starting costs.
    """
    gc.freeze()
    gc.set_threshold(5_000, 3, 1_000)
    gc.enable()
