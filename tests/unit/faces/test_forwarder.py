"""Requests that are handed on to another process: bytes both ways, as they come."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from trunkline.faces.forwarder import Forwarder

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tl") as folder:
        yield Path(folder) / "other.sock"


class Client:
    """One client with its request, as ASGI shows it."""

    def __init__(self, method: str = "GET", headers: dict[str, str] | None = None, **scope: Any) -> None:
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": "/api/things",
            "raw_path": b"/api/things",
            "query_string": b"",
            "scheme": "http",
            "client": ("192.0.2.7", 4711),
            "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
            "trunkline.hang_up": "",
            **scope,
        }
        self.body: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.asked_for_body = asyncio.Event()
        self.sent: list[dict[str, Any]] = []
        self.taking = asyncio.Event()
        self.taking.set()

    async def receive(self) -> dict[str, Any]:
        self.asked_for_body.set()
        return await self.body.get()

    async def send(self, message: Any) -> None:
        await self.taking.wait()
        self.sent.append(dict(message))

    def give(self, piece: bytes, *, more: bool = False) -> None:
        self.body.put_nowait({"type": "http.request", "body": piece, "more_body": more})

    @property
    def status(self) -> int:
        return self.sent[0]["status"]

    @property
    def answer(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


async def say_absent(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 503, "headers": []})
    await send({"type": "http.response.body", "body": b"nobody"})


def make(path: Path, patience: float = 30) -> Forwarder:
    return Forwarder(path, say_absent, patience=patience)


@asynccontextmanager
async def other(path: Path, serve: Serve) -> AsyncIterator[None]:
    """The other process, of which ``serve`` answers one request."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_unix_server(meet, path)
    try:
        yield
    finally:
        server.close()


async def read_head(reader: asyncio.StreamReader) -> list[str]:
    return (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]


def answering(text: bytes, seen: list[str] | None = None) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await read_head(reader)
        if seen is not None:
            seen.extend(head)
        writer.write(text)

    return serve


async def test_a_request_and_its_answer_pass_as_they_are(path: Path) -> None:
    client = Client(headers={"host": "ai.example.com", "x-own": "a, b"}, raw_path=b"/a%2Fb", query_string=b"q=%20")
    seen: list[str] = []
    text = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-Two: 1\r\nX-Two: 2\r\nConnection: close\r\n\r\nhi"
    async with other(path, answering(text, seen)):
        await make(path)(client.scope, client.receive, client.send)
    assert seen[0] == "GET /a%2Fb?q=%20 HTTP/1.1"
    assert {"host: ai.example.com", "x-own: a, b"} <= set(seen)
    assert client.status == 201
    assert client.sent[0]["headers"] == [(b"content-length", b"2"), (b"x-two", b"1"), (b"x-two", b"2")]
    assert client.answer == b"hi"
    assert client.sent[-1].get("more_body", False) is False


async def test_who_the_client_is_cannot_be_said_by_the_client(path: Path) -> None:
    forged = {"trunkline-client": "127.0.0.1 1", "trunkline-scheme": "https", "host": "x"}
    client, seen = Client(headers=forged), list[str]()
    async with other(path, answering(b"HTTP/1.1 204 No Content\r\n\r\n", seen)):
        await make(path)(client.scope, client.receive, client.send)
    ours = sorted(line for line in seen if line.startswith("trunkline-"))
    assert ours == ["trunkline-client: 192.0.2.7 4711", "trunkline-scheme: http"]


async def test_what_concerns_one_connection_alone_stays_on_it(path: Path) -> None:
    client = Client(headers={"host": "x", "connection": "upgrade", "upgrade": "websocket", "te": "trailers"})
    seen: list[str] = []
    async with other(path, answering(b"HTTP/1.1 204 No Content\r\nKeep-Alive: 5\r\n\r\n", seen)):
        await make(path)(client.scope, client.receive, client.send)
    assert not {line.partition(":")[0] for line in seen} & {"upgrade", "te"}
    assert client.sent[0]["headers"] == []


async def test_a_body_is_asked_for_when_the_other_process_wants_it(path: Path) -> None:
    client = Client("POST", {"host": "x", "content-length": "4"})
    got: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert "expect: 100-continue" in await read_head(reader)
        assert not client.asked_for_body.is_set()
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        got.append(await reader.readexactly(4))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone")

    async with other(path, serve):
        client.give(b"ab", more=True)
        client.give(b"cd")
        await make(path)(client.scope, client.receive, client.send)
    assert got == [b"abcd"]
    assert (client.status, client.answer) == (200, b"done")


async def test_whoever_is_refused_by_the_head_never_sends_the_body(path: Path) -> None:
    client = Client("POST", {"host": "x", "content-length": "1000000"})
    async with other(path, answering(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n")):
        await make(path)(client.scope, client.receive, client.send)
    assert client.status == 401
    assert not client.asked_for_body.is_set()


async def test_an_answer_before_the_end_of_the_body_ends_the_request(path: Path) -> None:
    client = Client("POST", {"host": "x", "transfer-encoding": "chunked"})

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        assert await reader.readexactly(8) == b"3\r\nabc\r\n"
        writer.write(b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n")

    async with other(path, serve):
        client.give(b"abc", more=True)
        await make(path)(client.scope, client.receive, client.send)
    assert client.status == 413


async def test_a_body_without_a_length_has_none_on_either_side(path: Path) -> None:
    client = Client("POST", {"host": "x", "transfer-encoding": "chunked"})
    got: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        got.append(await reader.readuntil(b"\r\n0\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")

    async with other(path, serve):
        client.give(b"one", more=True)
        client.give(b"", more=True)
        client.give(b"three")
        await make(path)(client.scope, client.receive, client.send)
    assert got == [b"3\r\none\r\n5\r\nthree\r\n0\r\n\r\n"]
    assert client.answer == b"ok"


async def test_pieces_of_a_stream_leave_as_they_come(path: Path) -> None:
    client, first_left = Client(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        await first_left.wait()
        writer.write(b"4\r\nlast\r\n0\r\n\r\n")

    async def send(message: Any) -> None:
        await client.send(message)
        if message.get("body") == b"first":
            first_left.set()

    async with other(path, serve):
        await make(path)(client.scope, client.receive, send)
    assert client.answer == b"firstlast"


async def test_a_client_that_takes_nothing_holds_the_other_process_up(path: Path) -> None:
    client, written = Client(), 0
    client.taking.clear()
    stuck = asyncio.Event()
    size = 64 << 20

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size)
        while written < size:
            writer.write(b"x" * 65536)
            written += 65536
            if not client.taking.is_set() and writer.transport.get_write_buffer_size():
                stuck.set()
            await writer.drain()

    async with other(path, serve):
        serving = asyncio.ensure_future(make(path)(client.scope, client.receive, client.send))
        await stuck.wait()
        assert written < size // 8
        client.taking.set()
        await serving
    assert len(client.answer) == size


async def test_a_client_that_hangs_up_ends_the_request_there_too(path: Path) -> None:
    client, ended, begun = Client(), asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        begun.set()
        assert await reader.read() == b""
        ended.set()

    async with other(path, serve):
        serving = asyncio.ensure_future(make(path)(client.scope, client.receive, client.send))
        await begun.wait()
        assert client.scope["trunkline.hang_up"] == "watch"
        client.scope["trunkline.hang_up"] = "gone"
        serving.cancel()
        await serving
        await ended.wait()
    assert client.sent == []


async def test_a_client_that_hangs_up_within_its_body_ends_it_too(path: Path) -> None:
    client, ended = Client("POST", {"host": "x", "content-length": "9"}), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(9)
        ended.set()

    async with other(path, serve):
        client.give(b"abc", more=True)
        client.body.put_nowait({"type": "http.disconnect"})
        await make(path)(client.scope, client.receive, client.send)
        await ended.wait()


async def test_head_has_a_length_and_no_body(path: Path) -> None:
    client = Client("HEAD")
    async with other(path, answering(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")):
        await make(path)(client.scope, client.receive, client.send)
    assert (client.status, client.answer) == (200, b"")
    assert client.sent[0]["headers"] == [(b"content-length", b"1000")]


async def test_the_connection_of_a_caller_who_is_known_there_is_no_stranger_here(path: Path) -> None:
    known: list[bool] = []
    client = Client()
    client.scope["trunkline.known"] = lambda: known.append(True)
    text = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\ntrunkline-known: 1\r\n\r\n"
    async with other(path, answering(text)):
        await make(path)(client.scope, client.receive, client.send)
    assert known == [True]
    assert client.sent[0]["headers"] == [(b"content-length", b"0")]


async def test_a_process_that_is_starting_is_waited_for(path: Path) -> None:
    client = Client()
    serving = asyncio.ensure_future(make(path)(client.scope, client.receive, client.send))
    await asyncio.sleep(0)
    async with other(path, answering(b"HTTP/1.1 204 No Content\r\n\r\n")):
        await serving
    assert client.status == 204


async def test_where_nobody_listens_the_stand_in_answers(path: Path) -> None:
    client = Client()
    await make(path, patience=0)(client.scope, client.receive, client.send)
    assert (client.status, client.answer) == (503, b"nobody")


@pytest.mark.parametrize("path_asked", ["/healthz", "/readyz"])
async def test_how_things_stand_is_told_at_once(path: Path, path_asked: str) -> None:
    client = Client(path=path_asked)
    await make(path)(client.scope, client.receive, client.send)
    assert client.answer == b"nobody"


async def test_a_process_that_stops_does_not_leave_who_waits_without_an_answer(path: Path) -> None:
    client = Client()
    serving = asyncio.ensure_future(make(path)(client.scope, client.receive, client.send))
    await asyncio.sleep(0)
    serving.cancel()
    await serving
    assert (client.status, client.answer) == (503, b"nobody")


@pytest.mark.parametrize("text", [b"", b"HTTP/1.1 200", b"nonsense\r\n\r\n"])
async def test_where_the_other_process_dies_before_it_answers_the_stand_in_does(path: Path, text: bytes) -> None:
    client = Client()
    async with other(path, answering(text)):
        await make(path)(client.scope, client.receive, client.send)
    assert client.status == 503


async def test_an_answer_that_breaks_off_is_never_ended_as_if_it_were_whole(path: Path) -> None:
    client = Client()
    async with other(path, answering(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n")):
        await make(path)(client.scope, client.receive, client.send)
    assert client.answer == b"half"
    assert client.sent[-1]["more_body"] is True
