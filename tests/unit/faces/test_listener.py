"""Many connections that come at once are taken at once."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import uvloop

from trunkline.faces import listener as listener_module
from trunkline.faces.listener import AT_ONCE, Listener

CROWD = 400


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as sock:
        yield sock


class Greeting(asyncio.Protocol):
    """Tells of each client that came."""

    def __init__(self, came: Callable[[], None]) -> None:
        self._came = came

    def connection_made(self, transport: Any) -> None:
        self._came()
        transport.write(b"hello")
        transport.close()


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.001)


def test_a_crowd_waits_for_a_few_turns_of_the_loop_and_not_for_as_many_as_it_has_heads(
    listening: socket.socket,
) -> None:
    turns: list[int] = []
    turn = 0

    async def serve() -> None:
        def count() -> None:
            nonlocal turn
            turn += 1
            loop.call_soon(count)

        loop = asyncio.get_running_loop()
        count()
        listener = Listener(listening, lambda: Greeting(lambda: turns.append(turn)))
        await until(lambda: len(turns) == CROWD)
        listener.close()
        await listener.wait_closed()

    with ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(listening.getsockname())) for _ in range(CROWD)]
        uvloop.run(serve())
        assert {client.recv(5) for client in clients} == {b"hello"}
    assert turns[-1] - turns[0] < 20 * (1 + CROWD // AT_ONCE)


async def test_who_waits_at_the_end_is_taken(listening: socket.socket) -> None:
    came: list[int] = []
    listener = Listener(listening, lambda: Greeting(lambda: came.append(1)))
    with socket.create_connection(listening.getsockname()):
        listener.close()
        await listener.wait_closed()
    assert came == [1]


async def test_nobody_is_taken_after_the_end(listening: socket.socket) -> None:
    came: list[int] = []
    listener = Listener(listening, lambda: Greeting(lambda: came.append(1)))
    with socket.create_connection(listening.getsockname()):
        await until(lambda: bool(came))
    listener.close()
    await listener.wait_closed()
    with socket.create_connection(listening.getsockname()):
        for _ in range(10):
            await asyncio.sleep(0)
    assert came == [1]


class Exhausted:
    """A socket on a system that has no descriptor left for a while."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.failures = 2

    def fileno(self) -> int:
        return self._sock.fileno()

    def setblocking(self, flag: bool) -> None:
        self._sock.setblocking(flag)

    def accept(self) -> Any:
        if self.failures:
            self.failures -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return self._sock.accept()


async def test_without_descriptors_it_waits_and_goes_on(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_module, "PAUSE_SECONDS", 0.0)
    came: list[int] = []
    exhausted: Any = Exhausted(listening)
    listener = Listener(exhausted, lambda: Greeting(lambda: came.append(1)))
    with socket.create_connection(listening.getsockname()):
        await until(lambda: bool(came))
    assert exhausted.failures == 0
    listener.close()
    await listener.wait_closed()
