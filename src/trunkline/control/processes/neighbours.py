"""The other processes of this machine: each hears of a change before whoever made it is told that it is done.

They are connected through Unix sockets in one folder, each with each. A frame is a kind and a number: HERE says that a
process listens, CHANGED that something has changed, KNOWN that the change of that number is known.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from trunkline.core.ids import new_id
from trunkline.logs import get_logger

_log: Final = get_logger(__name__)

PATIENCE_SECONDS: Final = 1.0
"""How long a change waits for the others. Who is slower is not waited for again until it has connected anew."""

_AGAIN_SECONDS: Final = 0.2
_FRAME: Final = struct.Struct("!BQ")
_HERE: Final = 0
_CHANGED: Final = 1
_KNOWN: Final = 2


class Neighbours:
    """Tells the others in ``folder`` of changes, and awaits ``catch_up`` for each change that they tell of."""

    def __init__(
        self, folder: Path, catch_up: Callable[[], Awaitable[None]], *, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._folder = folder
        self._catch_up = catch_up
        self._patience = patience
        self._own = folder / f"{new_id()}.sock"
        self._links: set[_Link] = set()
        self._awake: set[_Link] = set()
        """Those whose other end has said that it listens. A process that stands still can be connected to as well."""
        self._told = 0

    def __len__(self) -> int:
        """How many are waited for."""
        return len(self._awake)

    @asynccontextmanager
    async def meet(self) -> AsyncGenerator[None]:
        """Be connected to all others until the block ends. Those that come later connect themselves."""
        server = await asyncio.start_unix_server(self._welcome, sock=_bind(self._own))
        others = [path for path in self._folder.glob("*.sock") if path != self._own]
        tasks = [asyncio.ensure_future(self._join(path)) for path in others]
        try:
            yield
        finally:
            self._own.unlink(missing_ok=True)
            server.close()
            for task in tasks:
                task.cancel()
            for link in list(self._links):
                link.drop()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def tell(self) -> None:
        """Something has changed: return when all others know, or when their time is over."""
        self._told += 1
        links = list(self._awake)
        if not links:
            return
        for link in links:
            link.send(_CHANGED, self._told)
        waiting = [asyncio.ensure_future(link.wait_for(self._told)) for link in links]
        await asyncio.wait(waiting, timeout=self._patience)
        for link, waited in zip(links, waiting, strict=True):
            if not waited.done():
                waited.cancel()
                _log.warning("process_too_slow", seconds=self._patience)
                self._awake.discard(link)
                link.drop()

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._talk(reader, writer)

    async def _join(self, path: Path) -> None:
        """Be connected to the one at ``path`` for as long as it lives."""
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(path)
            except (ConnectionRefusedError, FileNotFoundError):
                # It has ended: the kernel closes the sockets of the dead, and only their names stay.
                _forget(path)
                return
            except OSError as error:
                _log.warning("process_not_reached", reason=error.strerror)
            else:
                await self._talk(reader, writer)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = _Link(writer)
        self._links.add(link)
        link.send(_HERE, 0)
        try:
            while True:
                kind, number = _FRAME.unpack(await reader.readexactly(_FRAME.size))
                if kind == _HERE:
                    self._awake.add(link)
                    # What was acknowledged until now was not told to it.
                    link.send(_CHANGED, self._told)
                elif kind == _CHANGED:
                    await self._catch_up()
                    link.send(_KNOWN, number)
                elif kind == _KNOWN:
                    link.hear(number)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self._links.discard(link)
            self._awake.discard(link)
            link.drop()


class _Link:
    """A connection to another process."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._known = -1
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._gone = False

    def send(self, kind: int, number: int) -> None:
        """Frames are so small that nobody need wait for their leaving."""
        self._writer.write(_FRAME.pack(kind, number))

    async def wait_for(self, number: int) -> None:
        """Return when the other knows the change of that number, or is gone."""
        if self._known >= number or self._gone:
            return
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((number, done))
        await done

    def hear(self, number: int) -> None:
        """The other knows all changes up to that number."""
        self._known = max(self._known, number)
        for waited, done in self._waiting:
            if waited <= self._known and not done.done():
                done.set_result(None)
        self._waiting = [(waited, done) for waited, done in self._waiting if not done.done()]

    def drop(self) -> None:
        """End the connection; nobody waits for it any more."""
        self._gone = True
        for _, done in self._waiting:
            if not done.done():
                done.set_result(None)
        self._waiting.clear()
        self._writer.transport.abort()


def _forget(path: Path) -> None:
    path.unlink(missing_ok=True)


def _bind(path: Path) -> socket.socket:
    """A socket that only this user can connect to. It has its name when it listens: who finds it can connect."""
    draft = path.with_suffix(".new")
    with contextlib.ExitStack() as stack:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        stack.callback(listener.close)
        listener.bind(os.fsencode(draft))
        draft.chmod(0o600)
        listener.listen()
        listener.setblocking(False)
        draft.rename(path)
        stack.pop_all()
    return listener
