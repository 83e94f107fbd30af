"""What is held in memory for clients that do not read, in streams and in whole answers."""

from __future__ import annotations

import gc
import json
import socket
import time
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.contract.v1.test_faults import chunk
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, stream, whole
from trunkline.faces.v1 import delivery
from trunkline.faces.v1.backlog import Backlog
from trunkline.faces.v1.plain_protocol import PlainProtocol
from trunkline.outbound.connection import Connection

MADE: list[weakref.ref[object]] = []
BAR = 256 * 1024
"""Bytes for each client."""

READERS = 4
PATHS = {
    "/v1/chat/completions": {"model": "up", "messages": [{"role": "user", "content": "hi"}]},
    "/v1/messages": {"model": "up", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]},
    "/v1/responses": {"model": "up", "input": "hi"},
}
LARGE = json.dumps(
    {"choices": [{"index": 0, "message": {"role": "assistant", "content": "x" * 20_000_000}, "finish_reason": "stop"}]}
).encode()


@pytest.fixture(scope="module")
def upstream() -> Iterator[Scripted]:
    with scripted.start() as running:
        yield running


@pytest.fixture(scope="module")
def bare(upstream: Scripted) -> Iterator[CallServer]:
    entry = configuration("up", "custom", model="m", base_url=upstream.url, api_key="sk-aaaaaaaaaaaaaaaaaaaa")
    with CallServer([entry]).serve() as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def _alone() -> Iterator[None]:
    """The collector, which is asked again and again here, leaves out what other tests of the process have made."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def _traced() -> Iterator[None]:
    tracemalloc.start(8)
    try:
        yield
    finally:
        tracemalloc.stop()


def begin(bare: CallServer, path: str, *, streamed: bool) -> socket.socket:
    """A client that asks and does not read."""
    body = json.dumps({**PATHS[path], "stream": streamed}).encode()
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", bare.port))
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\nconnection: close\r\n"
    client.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    return client


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 240  # what fills the buffers is counted piece by piece
    while not reached():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def held() -> int:
    """Bytes that the process holds, but for what the provider of these tests wants to send."""
    gc.collect()
    kept = tracemalloc.take_snapshot().statistics("traceback")
    return sum(each.size for each in kept if not any("/tests/" in frame.filename for frame in each.traceback))


@pytest.fixture(autouse=True)
def _counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep note of those that are made. To ask the collector for them would disturb the server's thread."""
    for kind in (PlainProtocol, Connection, Backlog):
        monkeypatch.setattr(kind, "__init__", _noting(kind.__init__))
    yield
    MADE.clear()


def _noting(make: Callable[..., None]) -> Callable[..., None]:
    def made(self: object, *given: Any, **named: Any) -> None:
        make(self, *given, **named)
        MADE.append(weakref.ref(self))

    return made


def all_of(kind: type) -> list[Any]:
    """Those that are in use: what waits for the collector is none."""
    gc.collect()
    return [each for made in MADE if type(each := made()) is kind]


@pytest.mark.usefixtures("_traced")
@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/v1/chat/completions", 5),
        ("/v1/chat/completions", 60_000),
        ("/v1/messages", 5),
        ("/v1/messages", 60_000),
        # With larger pieces it is the answer so far that counts, which this wire repeats at its end.
        ("/v1/responses", 5),
    ],
)
def test_streams(bare: CallServer, upstream: Scripted, path: str, size: int) -> None:
    many = chunk("x" * size) * max(1, 50_000 // (size + 150))
    upstream.script = stream(*[many] * 2000, end="never")

    def stalled() -> bool:
        readers = [each for each in all_of(PlainProtocol) if each.flow and each.flow.write_paused]
        senders = [each for each in all_of(Connection) if each._paused]
        return len(readers) >= READERS and len(senders) >= READERS

    with ExitStack() as clients:
        before = held()
        for _ in range(READERS):
            clients.enter_context(begin(bare, path, streamed=True))
        until(stalled)
        assert held() - before < READERS * BAR
    until(lambda: not any(each._paused and not each._gone for each in all_of(Connection)))


@pytest.mark.usefixtures("_traced")
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
def test_whole_answers(bare: CallServer, upstream: Scripted, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "PATIENCE_SECONDS", 0.05)
    upstream.script = whole(LARGE)

    def put_aside() -> bool:
        backlogs = all_of(Backlog)
        return len(backlogs) == READERS and not any(each.in_memory for each in backlogs)

    with ExitStack() as clients:
        before = held()
        readers = [clients.enter_context(begin(bare, path, streamed=False)) for _ in range(READERS)]
        until(put_aside)
        # Who has put one aside may be just about to let go of it.
        until(lambda: held() - before < READERS * BAR)
        readers[0].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)  # it reads now, and at once
        text = b""
        while piece := readers[0].recv(1 << 20):
            text += piece
        assert text.count(b"x") >= 20_000_000
        json.loads(text.partition(b"\r\n\r\n")[2])
    until(lambda: not all_of(Backlog))


async def test_without_room_for_a_file_it_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", fail)
    backlog = Backlog(b"hello, world")
    assert await backlog.take(7) == b"hello, "
    await backlog.put_aside()
    assert backlog.in_memory
    assert await backlog.take(7) == b"world"


async def test_a_backlog_is_the_same_in_a_file() -> None:
    backlog = Backlog(bytes(range(256)) * 1000)
    first = await backlog.take(100_001)
    await backlog.put_aside()
    assert not backlog.in_memory
    rest = b"".join([await backlog.take(50_000) for _ in range(4)])
    assert (first + rest, backlog.left) == (bytes(range(256)) * 1000, 0)
    backlog.close()
