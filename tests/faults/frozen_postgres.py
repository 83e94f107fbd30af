"""A PostgreSQL server that can be made to hang: it takes connections and bytes, and answers nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy.engine import make_url

SOCKET = ".s.PGSQL.5432"


class FrozenPostgres:
    """A socket in ``folder`` that passes everything on to the server behind ``url``, until it is frozen."""

    def __init__(self, url: str, folder: Path) -> None:
        self._folder = folder
        self._behind = str(Path(str(make_url(url).query["host"])) / SOCKET)
        self.url = make_url(url).update_query_dict({"host": str(folder)}).render_as_string(hide_password=False)
        self._flows = asyncio.Event()
        self._flows.set()

    def freeze(self) -> None:
        """Nothing passes any more, in either direction."""
        self._flows.clear()

    def thaw(self) -> None:
        """Everything passes again, also what was held."""
        self._flows.set()

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[FrozenPostgres]:
        """Listen until the block ends."""
        pumps: set[asyncio.Task[None]] = set()

        async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            theirs, ours = await asyncio.open_unix_connection(self._behind)
            for way in (self._pump(reader, ours), self._pump(theirs, writer)):
                task = asyncio.ensure_future(way)
                pumps.add(task)
                task.add_done_callback(pumps.discard)

        server = await asyncio.start_unix_server(connect, self._folder / SOCKET)
        try:
            yield self
        finally:
            server.close()
            for task in list(pumps):
                task.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(1 << 16):
                await self._flows.wait()
                writer.write(piece)
                await writer.drain()
        writer.close()
