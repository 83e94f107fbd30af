"""How the body of an answer is read: pieces, codings, limits, back-pressure, and giving up."""

from __future__ import annotations

import asyncio
import gzip
import zlib

import pytest

from trunkline.outbound import BodyTooLarge, Client, ClosedEarly, ProtocolViolation, TimedOut, Timeouts


def coded(coding: str, data: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s" % (
        coding.encode(),
        len(data),
        data,
    )


async def test_what_is_waiting_comes_at_once_and_joined(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n")
        await more.wait()
        await exchange.send(b"1\r\nc\r\n0\r\n\r\n")
        await exchange.hung_up()

    more = asyncio.Event()
    server = await serve(handler)
    response = await client.send(server.get())
    assert await response.next_chunk() == b"ab"
    more.set()
    assert await response.next_chunk() == b"c"
    assert await response.next_chunk() == b""
    assert await response.next_chunk() == b""


async def test_pieces_flow_into_a_sink_until_it_wants_no_more(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        for piece in (b"b", b"c", b"d"):
            await turn.acquire()
            await exchange.send(b"1\r\n" + piece + b"\r\n")
        await exchange.send(b"0\r\n\r\n")
        await exchange.hung_up()

    def sink(piece: bytes) -> bool:
        poured.append(piece)
        turn.release()
        return piece != b"c"

    poured: list[bytes] = []
    turn = asyncio.Semaphore(0)
    server = await serve(handler)
    response = await client.send(server.get())
    await response.flow(sink)
    assert poured == [b"a", b"b", b"c"]
    assert await response.next_chunk() == b"d"
    await response.flow(sink)
    assert await response.next_chunk() == b""
    assert len(poured) == 3


async def test_what_is_coded_flows_decoded(client: Client, answer) -> None:
    server = await answer(coded("gzip", gzip.compress(b"hello", mtime=0)))
    response = await client.send(server.get())
    poured: list[bytes] = []

    def sink(piece: bytes) -> bool:
        poured.append(piece)
        return True

    await response.flow(sink)
    assert b"".join(poured) == b"hello"
    assert await response.next_chunk() == b""


@pytest.mark.parametrize("last", [b"", b"nonsense\r\n"])
async def test_why_no_more_flows_is_told_by_the_next_chunk(client: Client, serve, last: bytes) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        await go.wait()
        await exchange.send(last)

    def sink(piece: bytes) -> bool:
        go.set()
        return True

    go = asyncio.Event()
    server = await serve(handler)
    response = await client.send(server.get())
    await response.flow(sink)
    with pytest.raises(ProtocolViolation if last else ClosedEarly):
        await response.next_chunk()


async def test_silence_in_a_flow_times_out(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
        await exchange.hung_up()

    server = await serve(handler)
    response = await client.send(server.get(), Timeouts(between=0.05))
    await response.flow(lambda piece: True)
    with pytest.raises(TimedOut) as caught:
        await response.next_chunk()
    assert caught.value.phase == "between"
    await server.until_closed()


async def test_cancelling_a_flow_hangs_up(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
        await exchange.hung_up()

    def sink(piece: bytes) -> bool:
        poured.set()
        return True

    poured = asyncio.Event()
    server = await serve(handler)
    response = await client.send(server.get())
    waiting = asyncio.create_task(response.flow(sink))
    await poured.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await server.until_closed()
    with pytest.raises(ClosedEarly):
        await response.next_chunk()


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0)),
        ("x-gzip", gzip.compress(b"hello", mtime=0)),
        (" GZIP ", gzip.compress(b"hello", mtime=0)),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")[2:-4]),
        ("identity", b"hello"),
        ("", b"hello"),
    ],
)
async def test_codings_are_undone(client: Client, answer, coding: str, data: bytes) -> None:
    server = await answer(coded(coding, data))
    for _ in range(2):
        assert await (await client.send(server.get())).read() == b"hello"
    assert server.connections == 1


async def test_an_empty_body_is_in_every_coding(client: Client, answer) -> None:
    server = await answer(coded("gzip", b""))
    assert await (await client.send(server.get())).read() == b""


async def test_coded_events_come_as_they_are_flushed(client: Client, serve) -> None:
    deflater = zlib.compressobj(wbits=31)

    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")
        for event in (b"data: 1\n\n", b"data: 2\n\n"):
            await exchange.send(deflater.compress(event) + deflater.flush(zlib.Z_SYNC_FLUSH))
            await turn.acquire()
        await exchange.send(deflater.flush())

    turn = asyncio.Semaphore(0)
    server = await serve(handler)
    response = await client.send(server.get())
    for event in (b"data: 1\n\n", b"data: 2\n\n"):
        assert await response.next_chunk() == event
        turn.release()
    assert await response.next_chunk() == b""


@pytest.mark.parametrize(
    "data", [gzip.compress(b"hello", mtime=0)[:-1], b"plain text", gzip.compress(b"hello", mtime=0) + b"tail"]
)
async def test_a_body_that_is_not_in_its_coding_is_refused(client: Client, answer, data: bytes) -> None:
    server = await answer(coded("gzip", data))
    response = await client.send(server.get())
    with pytest.raises(ProtocolViolation, match="gzip"):
        await response.read()
    with pytest.raises(ProtocolViolation, match="gzip"):
        await response.next_chunk()


async def test_a_bomb_is_refused_with_little_held(client: Client, answer) -> None:
    server = await answer(coded("gzip", gzip.compress(bytes(64 * 1024 * 1024))))
    response = await client.send(server.get())
    pieces: list[int] = []

    async def take_all() -> None:
        while piece := await response.next_chunk():
            pieces.append(len(piece))

    with pytest.raises(BodyTooLarge) as caught:
        await take_all()
    assert max(pieces) <= 262_144
    assert sum(pieces) <= 16 * 1024 * 1024
    assert caught.value.kind == "too_large"


async def test_reading_stops_at_the_limit(make_client, answer) -> None:
    server = await answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    client = make_client(body_bytes=4)
    with pytest.raises(BodyTooLarge, match="4 bytes"):
        await (await client.send(server.get())).read()
    assert await (await client.send(server.get())).read(5) == b"hello"
    with pytest.raises(BodyTooLarge):
        await (await client.send(server.get())).read(0)


async def test_an_endless_body_over_the_limit_hangs_up(make_client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await exchange.send(b"x" * 65_536)

    server = await serve(handler)
    with pytest.raises(BodyTooLarge):
        await (await make_client(body_bytes=1_000_000).send(server.get())).read()
    await server.until_closed()


async def test_an_unread_body_holds_the_sender_back(make_client, serve) -> None:
    sent = 0

    async def handler(exchange) -> None:
        nonlocal sent
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // 65_536):
            await exchange.send(b"x" * 65_536)
            sent += 65_536
        await exchange.hung_up()

    size = 64 * 1024 * 1024
    server = await serve(handler)
    response = await make_client(buffer_bytes=65_536).send(server.get())
    still = -1
    while still != sent:
        still = sent
        await asyncio.sleep(0.05)
    # What the two sockets' own buffers hold lies between.
    assert sent < size
    assert response.buffered <= 65_536 + 262_144
    total = 0
    while piece := await response.next_chunk():
        total += len(piece)
    assert total == size
    await (await make_client().send(server.get())).close()


async def test_closing_in_the_middle_hangs_up_and_may_be_repeated(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
        await exchange.hung_up()

    server = await serve(handler)
    response = await client.send(server.get())
    await response.close()
    response.abort()
    await server.until_closed()
    with pytest.raises(ClosedEarly, match="abandoned"):
        await response.next_chunk()


async def test_closing_wakes_who_waits(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
        await exchange.hung_up()

    server = await serve(handler)
    response = await client.send(server.get())
    waiting = asyncio.create_task(response.next_chunk())
    await asyncio.sleep(0)
    response.abort()
    with pytest.raises(ClosedEarly):
        await waiting


@pytest.mark.parametrize("data", [coded("identity", b"hello"), coded("gzip", gzip.compress(b"hello", mtime=0))])
async def test_closing_at_the_end_keeps_the_connection(client: Client, answer, data: bytes) -> None:
    server = await answer(data)
    for _ in range(2):
        response = await client.send(server.get())
        assert await response.read() == b"hello"
        await response.close()
        assert await response.next_chunk() == b""
    assert server.connections == 1


async def test_the_connection_is_free_as_soon_as_the_body_has_come(client: Client, answer) -> None:
    server = await answer(coded("identity", b"hello"))
    first = await client.send(server.get())
    second = await client.send(server.get())
    assert await second.read() == b"hello"
    assert await first.read() == b"hello"
    assert server.connections == 1


async def test_cancelling_a_wait_hangs_up(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
        await exchange.hung_up()

    server = await serve(handler)
    response = await client.send(server.get())
    waiting = asyncio.create_task(response.read())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await server.until_closed()
    with pytest.raises(ClosedEarly):
        await response.next_chunk()


async def test_timing_and_peer(client: Client, answer) -> None:
    server = await answer(coded("identity", b"hello"))
    made, reused = [await client.send(server.get()) for _ in range(2)]
    assert made.peer == reused.peer == f"127.0.0.1:{server.port}"
    assert made.timing.connect_ms is not None
    assert made.timing.tls_ms is None
    assert reused.timing.connect_ms is None
    assert reused.timing.first_byte_ms is not None
    await made.close()
    await reused.close()
