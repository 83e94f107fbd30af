"""The process that others of this machine connect to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from trunkline.control.processes.link import Handler, Link
from trunkline.control.processes.socket_folder import forget, listen_privately


class Hub:
    """Listens at a Unix socket, and answers by ``handlers``. ``links`` are those who are connected now."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self._handlers = handlers
        self.links: set[Link] = set()

    @asynccontextmanager
    async def listening(self, path: Path) -> AsyncGenerator[None]:
        """Take connections at ``path`` until the block ends."""
        server = await asyncio.start_unix_server(self._meet, sock=listen_privately(path))
        try:
            yield
        finally:
            server.close()
            forget(path)
            for link in list(self.links):
                link.drop()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(reader, writer, self._handlers)
        self.links.add(link)
        try:
            await link.serve()
        finally:
            self.links.discard(link)
