"""One end of a WebSocket against a raw socket: who is silent, who never reads, and how it says goodbye."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from trunkline.outbound import Ended, Patience, WebSocket
from trunkline.outbound.web_socket import is_sendable

PIECE = Frame(Opcode.TEXT, b"x" * 900, fin=False).serialize(mask=True)
HELLO = Frame(Opcode.TEXT, b"hello").serialize(mask=True)


@asynccontextmanager
async def pair(**patience: float) -> AsyncIterator[tuple[WebSocket, asyncio.StreamReader, asyncio.StreamWriter]]:
    """Our end, and the other one as bytes."""
    here, there = socket.socketpair()
    loop = asyncio.get_running_loop()
    ours = WebSocket(ServerProtocol(state=OPEN, max_size=1_000), Patience(**patience))
    transport, _ = await loop.create_connection(lambda: ours, sock=here)
    ours.attach(transport)
    reader, writer = await asyncio.open_connection(sock=there)
    try:
        yield ours, reader, writer
    finally:
        writer.transport.abort()
        ours.abort()
        async with asyncio.timeout(10):
            await ours.wait_closed()


async def read_close(reader: asyncio.StreamReader) -> Close:
    """What the frame says that closes; control frames are shorter than 126 bytes."""
    head = await reader.readexactly(2)
    assert head[0] == 0x88
    return Close.parse(await reader.readexactly(head[1]))


async def send_on(ours: WebSocket) -> None:
    """Until it cannot be sent any more."""
    while True:
        await ours.send(b"x" * 65_536)


async def test_messages_pass_whole_however_they_are_cut() -> None:
    async with pair() as (ours, reader, writer):
        first = Frame(Opcode.TEXT, "é".encode()[:1], fin=False).serialize(mask=True)
        for byte in first + Frame(Opcode.CONT, "é".encode()[1:]).serialize(mask=True) + HELLO:
            writer.write(bytes([byte]))
        assert [await ours.receive(), await ours.receive()] == ["é".encode(), b"hello"]
        await ours.send(b"bye")
        assert await reader.readexactly(5) == b"\x81\x03bye"


async def test_a_ping_is_answered() -> None:
    async with pair() as (_, reader, writer):
        writer.write(Frame(Opcode.PING, b"x").serialize(mask=True))
        assert await reader.readexactly(3) == b"\x8a\x01x"


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (Frame(Opcode.TEXT, b"x" * 1_001).serialize(mask=True), 1009),
        (PIECE + Frame(Opcode.CONT, b"x" * 101).serialize(mask=True), 1009),
        (Frame(Opcode.TEXT, b"\xff").serialize(mask=True), 1007),
        (Frame(Opcode.BINARY, b"x").serialize(mask=True), 1003),
        (Frame(Opcode.TEXT, b"x").serialize(mask=False), 1002),
    ],
    # Masks are random, and each process must give a test the same name.
    ids=["too large", "too large in pieces", "no UTF-8", "binary", "not masked"],
)
async def test_what_may_not_come_closes_it_with_a_reason(frames: bytes, code: int) -> None:
    async with pair() as (ours, reader, writer):
        writer.write(frames + HELLO)
        told = await read_close(reader)
        assert (told.code, bool(told.reason)) == (code, True)
        with pytest.raises(Ended) as caught:
            await ours.receive()
        assert (caught.value.code, caught.value.reason, caught.value.ours) == (code, told.reason, True)


async def test_the_other_sides_goodbye_is_answered_and_told() -> None:
    async with pair() as (ours, reader, writer):
        writer.write(HELLO + Frame(Opcode.CLOSE, Close(4001, "enough").serialize()).serialize(mask=True))
        assert await ours.receive() == b"hello"
        with pytest.raises(Ended) as caught:
            await ours.receive()
        assert (caught.value.code, caught.value.reason, caught.value.ours) == (4001, "enough", False)
        assert (await read_close(reader)).code == 4001
        with pytest.raises(Ended):
            await ours.send(b"more")


async def test_a_code_that_no_frame_carries_ends_it_without_a_word() -> None:
    async with pair() as (ours, reader, _):
        ours.close(1006, "gone")
        assert await reader.read() == b""


async def test_who_is_silent_is_asked_and_then_cut() -> None:
    async with pair(ping=0.05) as (ours, reader, _):
        with pytest.raises(Ended) as caught:
            await ours.receive()
        assert (caught.value.code, caught.value.reason) == (1006, "does not answer")
        assert await reader.readexactly(2) == b"\x89\x00"


async def test_who_takes_nothing_is_cut() -> None:
    async with pair(reader=0.05) as (ours, _, writer):
        cast("asyncio.Transport", writer.transport).pause_reading()
        with pytest.raises(Ended) as caught:
            await send_on(ours)
        assert caught.value.reason == "does not read"


async def test_what_nobody_takes_is_not_read() -> None:
    """A sender that is faster than whoever reads here waits."""
    async with pair() as (ours, _, writer):
        frame = Frame(Opcode.TEXT, b"x" * 1_000).serialize(mask=True)
        sent = 0
        # The two systems hold some, and so do both ends; then nothing more is taken.
        while writer.transport.get_write_buffer_size() < 1_000_000 and sent < 20_000:
            writer.write(frame * 100)
            sent += 100
            await asyncio.sleep(0)
        assert sent < 20_000
        for _ in range(sent):
            assert len(await ours.receive()) == 1_000


async def test_a_connection_that_breaks_says_nothing() -> None:
    async with pair() as (ours, _, writer):
        writer.transport.abort()
        with pytest.raises(Ended) as caught:
            await ours.receive()
        assert caught.value.code == 1006


def test_codes_that_stand_for_no_frame_are_not_sent() -> None:
    assert [code for code in (1000, 1004, 1005, 1006, 1009, 1015, 2999, 3000, 4999, 5000) if is_sendable(code)] == [
        1000, 1009, 3000, 4999,
    ]  # fmt: skip
