"""A provider that does exactly what a test says, to the byte: for the faults that no well-kept server commits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.vendors.watch import note

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class UpstreamRequest:
    """One request that came."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Scripted:
    """A running server. ``script`` answers each request; ``asked`` are those that came; ``gone`` counts hang-ups."""

    url: str = ""
    script: Script | None = None
    asked: list[UpstreamRequest] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        ahead = b""
        try:
            while True:
                head = (ahead + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                fields = (line.partition(":") for line in head[1:-2])
                headers = {name.lower(): value.strip() for name, _, value in fields}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                self.asked.append(UpstreamRequest(head[0], headers, body))
                note("", head[0].split(" ")[1], body)
                assert self.script is not None
                script = asyncio.ensure_future(self.script(writer))
                watch = asyncio.ensure_future(reader.read(1))
                try:
                    await asyncio.wait({script, watch}, return_when=asyncio.FIRST_COMPLETED)
                    if not script.done():
                        self.hung_up.set()
                        return
                    await script
                    ahead = await watch
                finally:
                    script.cancel()
                    watch.cancel()
                if not ahead:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            self.hung_up.set()
        finally:
            writer.close()


RESUME = threading.Event()
"""Set by a test to let a script go on that stands at ``PAUSE``."""

PAUSE = b"\0pause"


@contextmanager
def start() -> Iterator[Scripted]:
    """Run one until the block ends."""
    scripted = Scripted()
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    stop = asyncio.Event()

    async def main() -> None:
        server = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
        scripted.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await stop.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield scripted
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


def whole(body: bytes, *, status: str = "200 OK", kind: str = "application/json", more: str = "") -> Script:
    """Answer with ``body`` in one piece; ``more`` are further header lines."""

    async def script(writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n{more}\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return script


def stream(*pieces: bytes, end: str = "whole", kind: str = "text/event-stream") -> Script:
    """Answer with chunks; ``PAUSE`` among them waits for ``RESUME``.

    ``end``: ``whole``, ``cut`` (the connection breaks) or ``never`` (nothing more comes).
    """

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n".encode())
        for piece in pieces:
            if piece is PAUSE:
                await asyncio.get_running_loop().run_in_executor(None, RESUME.wait, 10)
                continue
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
        if end == "never":
            await asyncio.Event().wait()
        if end == "whole":
            writer.write(b"0\r\n\r\n")
        else:
            writer.close()

    return script


async def silence(writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.Event().wait()


async def slam(writer: asyncio.StreamWriter) -> None:
    """Close without an answer."""
    writer.close()


def in_turn(*scripts: Script) -> Script:
    """Another script for each request; the last one for all that follow."""
    left = list(scripts)

    async def script(writer: asyncio.StreamWriter) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(writer)

    return script
