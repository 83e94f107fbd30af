"""Stands before another server and holds every request to the rules of its vendor, for callers of their own process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.vendors.watch import note


class _Relay:
    def __init__(self, port: int) -> None:
        self._port = port
        self._open: set[asyncio.Task[None] | None] = set()
        """Held, since the loop holds tasks weakly and these wait for a server that may keep its side open."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request of one connection."""
        task = asyncio.current_task()
        self._open.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.split(b"\r\n")
            length = next(
                (int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0
            )
            body = await reader.readexactly(length)
            note("", lines[0].split(b" ")[1].decode(), body)
            answers, upstream = await asyncio.open_connection("127.0.0.1", self._port)
            upstream.write(_closing(head) + body)
            writer.write(_closing(await answers.readuntil(b"\r\n\r\n")))
            while data := await answers.read(65_536):
                writer.write(data)
                await writer.drain()
            upstream.close()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass  # one of the two hung up, as tests make them do, or the test is over
        finally:
            self._open.discard(task)
            writer.close()


def _closing(head: bytes) -> bytes:
    """``head``, with the connection closed after this one."""
    lines = head.split(b"\r\n")[:-2]
    kept = [line for line in lines if not line.lower().startswith((b"connection:", b"keep-alive:"))]
    return b"\r\n".join([*kept, b"connection: close", b"", b""])


@contextmanager
def before(port: int) -> Iterator[str]:
    """The address of one before the server at ``port`` of this machine, until the block ends."""
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    ready = threading.Event()
    address: list[str] = []
    relay = _Relay(port)

    async def main() -> None:
        server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
        address.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
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
        yield address[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
