"""A process that keeps connected to the one that listens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from trunkline.control.processes.link import Handler, Link
from trunkline.core.errors import Unavailable

_AGAIN_SECONDS: Final = 0.1
_LIMIT_SECONDS: Final = 6.0
"""How long an answer may take: the database's own limit, and a little more."""


class Spoke:
    """Connects to ``path`` again whenever the connection ends. ``joined`` is awaited with each new one."""

    def __init__(
        self, path: Path, handlers: Mapping[str, Handler], joined: Callable[[Link], Awaitable[object]]
    ) -> None:
        self._path = path
        self._handlers = handlers
        self._joined = joined
        self._link: Link | None = None
        self.tried = asyncio.Event()
        """Set when it has connected for the first time, or failed to."""

    @property
    def connected(self) -> bool:
        """Whether the other process is there."""
        return self._link is not None

    async def run(self) -> None:
        """Be connected until cancelled."""
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(self._path)
            except OSError:
                self.tried.set()
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            self._link = link = Link(reader, writer, self._handlers)
            self.tried.set()
            serving = asyncio.ensure_future(link.serve())
            try:
                await self._joined(link)
                await serving
            except Unavailable:
                await asyncio.sleep(_AGAIN_SECONDS)
            finally:
                self._link = None
                link.drop()
                serving.cancel()

    async def ask(self, topic: str, payload: bytes = b"", seconds: float = _LIMIT_SECONDS) -> bytes:
        """The other process's answer, which may take ``seconds``.

        Raises what is raised there, and :class:`Unavailable` where nobody answers.
        """
        if self._link is None:
            raise Unavailable("The management process does not run just now. Try again in a moment.")
        try:
            async with asyncio.timeout(seconds):
                return await self._link.ask(topic, payload)
        except TimeoutError:
            raise Unavailable("The management process does not answer in time. Try again in a moment.") from None
