"""What counts as an answer: framing, interim answers, and what is refused."""

from __future__ import annotations

import asyncio
from email.utils import parsedate_to_datetime
from time import time

import pytest

from trunkline.outbound import Client, ClosedEarly, ProtocolViolation, TimedOut, Timeouts

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@pytest.mark.parametrize(
    ("data", "status", "body", "kept"),
    [
        (OK, 200, b"hello", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, b"", True),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", True),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 1\r\n\r\nx", 302, b"x", True),
        (b"HTTP/1.1 429 Too Many\r\nContent-Length: 2\r\n\r\nno", 429, b"no", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", 304, b"", True),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, 200, b"hello", True),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + OK, 200, b"hello", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 200, b"hello", True),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n5;name=value\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n",
            200,
            b"hello",
            True,
        ),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello", False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello", True),
        (
            b"HTTP/1.1 200 OK\r\nUpgrade: h2\r\nConnection: Upgrade\r\nContent-Length: 5\r\n\r\nhello",
            200,
            b"hello",
            True,
        ),
        (b"HTTP/1.1 200 OK\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello", True),
        (b"HTTP/1.1 200 OK\r\nKeep-Alive: timeout=0\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello", False),
        (OK + b"more", 200, b"hello", False),
        (OK + OK, 200, b"hello", False),
        (OK + b"HT", 200, b"hello", False),
        (OK + b"\0", 200, b"hello", False),
    ],
)
async def test_a_valid_answer_is_read_and_the_connection_kept_where_it_may_be(
    client: Client, answer, data: bytes, status: int, body: bytes, kept: bool
) -> None:
    server = await answer(data)
    for _ in range(2):
        response = await client.send(server.get())
        assert response.status == status
        assert await response.read() == body
        assert await response.next_chunk() == b""
    assert server.connections == (1 if kept else 2)


@pytest.mark.parametrize(
    "data", [OK, b"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"]
)
async def test_bytes_that_come_one_by_one_are_the_same_answer(client: Client, serve, data: bytes) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        for byte in data:
            await exchange.send(bytes([byte]))
            await asyncio.sleep(0)
        await exchange.hung_up()

    server = await serve(handler)
    response = await client.send(server.get())
    assert await response.read() in (b"hello", b"x")


async def test_a_body_without_a_length_ends_with_the_connection(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\n\r\nall ")
        await exchange.send(b"of it")

    server = await serve(handler)
    response = await client.send(server.get())
    assert await response.read() == b"all of it"


async def test_an_answer_to_head_has_no_body_whatever_its_head_says(client: Client, answer) -> None:
    server = await answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\n")
    response = await client.send(server.get("HEAD"))
    assert (response.status, await response.read()) == (200, b"")
    assert response.headers.get("content-length") == "5"


async def test_trailers_are_not_headers(client: Client, answer) -> None:
    server = await answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Late: 1\r\n\r\n")
    response = await client.send(server.get())
    assert await response.read() == b""
    assert "x-late" not in response.headers


MALFORMED = [
    b"garbage\r\n\r\n",
    b"\x15\x03\x01\x00\x02\x02\x46",
    b"SSH-2.0-OpenSSH_9.6\r\n",
    b"<html>no head</html>",
    b"HTTP/0.9 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\nxyz",
    b"HTTP/1.1 101 Switching\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX Y: a\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n: empty\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX: 1\r\n folded\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX: 1\rContent-Length: 0\r\n\r\n",
]


@pytest.mark.parametrize("data", MALFORMED)
async def test_a_malformed_head_is_refused_and_the_connection_closed(client: Client, serve, data: bytes) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(data)
        await exchange.hung_up()

    server = await serve(handler)
    with pytest.raises(ProtocolViolation) as caught:
        await client.send(server.get())
    assert (caught.value.kind, caught.value.stage) == ("malformed", "head")
    await server.until_closed()


async def test_a_switch_of_protocols_is_named(client: Client, answer) -> None:
    server = await answer(b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n")
    with pytest.raises(ProtocolViolation, match="switch of protocols"):
        await client.send(server.get())


@pytest.mark.parametrize(
    "chunks",
    [
        b"x\r\nhello\r\n0\r\n\r\n",
        b"-5\r\nhello\r\n0\r\n\r\n",
        b"0x5\r\nhello\r\n0\r\n\r\n",
        b"5\r\nhelloXX0\r\n\r\n",
        b"5 \r\nhello\r\n0\r\n\r\n",
        b"\r\nhello\r\n0\r\n\r\n",
        b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        b"5\nhello\n0\n\n",
        b"5\r\nhello\r\n0\r\nbad trailer\r\n\r\n",
        b"0\r\nX: " + b"y" * 70_000,
        b"5;" + b"y" * 70_000,
    ],
)
async def test_malformed_chunks_end_the_body_with_an_error(client: Client, serve, chunks: bytes) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        await exchange.send(chunks)
        await exchange.hung_up()

    server = await serve(handler)
    with pytest.raises(ProtocolViolation):
        await (await client.send(server.get())).read()
    await server.until_closed()


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000 + b"Content-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 " + b"y" * 70_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 5_000,
        b"HTTP/1.1 103 Early\r\nX: " + b"y" * 50_000 + b"\r\n\r\nHTTP/1.1 200 OK\r\nX: " + b"y" * 50_000,
    ],
)
async def test_a_head_beyond_the_limit_is_refused(client: Client, serve, data: bytes) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(data)
        await exchange.hung_up()

    server = await serve(handler)
    with pytest.raises(ProtocolViolation):
        await client.send(server.get())
    await server.until_closed()


async def test_a_large_body_behind_a_small_head_is_no_large_head(client: Client, answer) -> None:
    server = await answer(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000)
    assert len(await (await client.send(server.get())).read()) == 200_000


@pytest.mark.parametrize("cut", range(1, 40, 3))
@pytest.mark.parametrize("reset", [False, True])
async def test_a_head_that_is_cut_off_is_an_error(client: Client, serve, cut: int, reset: bool) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(OK[:cut])
        if reset:
            exchange.reset()

    server = await serve(handler)
    with pytest.raises(ClosedEarly) as caught:
        await client.send(server.get())
    assert (caught.value.kind, caught.value.stage) == ("unreachable", "head")


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    ],
)
async def test_a_body_that_is_cut_off_is_never_silently_short(client: Client, serve, data: bytes) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(data)

    server = await serve(handler)
    response = await client.send(server.get())
    assert await response.next_chunk() == b"hello"
    for _ in range(2):
        with pytest.raises(ClosedEarly) as caught:
            await response.next_chunk()
        assert caught.value.stage == "body"


async def test_an_endless_body_that_is_reset_is_not_whole(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\n\r\nhello")
        await go.wait()
        exchange.reset()

    go = asyncio.Event()
    server = await serve(handler)
    response = await client.send(server.get())
    assert await response.next_chunk() == b"hello"
    go.set()
    with pytest.raises(ClosedEarly):
        await response.next_chunk()


async def test_no_answer_times_out_and_hangs_up(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.hung_up()

    server = await serve(handler)
    with pytest.raises(TimedOut, match=r"within 0\.02 s of sending") as caught:
        await client.send(server.get(), Timeouts(first_byte=0.02))
    assert (caught.value.phase, caught.value.kind, caught.value.stage) == ("first_byte", "timeout", "head")
    await server.until_closed()


async def test_a_head_that_drips_does_not_put_off_its_timeout(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            await exchange.send(b"X: y\r\n")
            await asyncio.sleep(0.005)

    server = await serve(handler)
    with pytest.raises(TimedOut) as caught:
        await client.send(server.get(), Timeouts(first_byte=0.05))
    assert caught.value.phase == "first_byte"


async def test_a_body_that_stops_times_out(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
        await exchange.hung_up()

    server = await serve(handler)
    response = await client.send(server.get(), Timeouts(between=0.02))
    assert await response.next_chunk() == b"hello"
    with pytest.raises(TimedOut) as caught:
        await response.next_chunk()
    assert (caught.value.phase, caught.value.stage) == ("between", "body")
    await server.until_closed()


async def test_a_body_that_drips_meets_the_total(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await exchange.send(b"x")
            await asyncio.sleep(0.005)

    server = await serve(handler)
    response = await client.send(server.get(), Timeouts(total=0.06))
    with pytest.raises(TimedOut) as caught:
        await response.read()
    assert caught.value.phase == "total"


async def test_a_shorter_timeout_on_a_reused_connection_is_kept(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(OK)
        await exchange.request()
        await exchange.hung_up()

    server = await serve(handler)
    await (await client.send(server.get(), Timeouts(first_byte=3600))).read()
    with pytest.raises(TimedOut):
        await client.send(server.get(), Timeouts(first_byte=0.02))
    assert server.connections == 1


async def test_a_slow_reader_is_not_a_slow_upstream(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello")
        await late.wait()
        await exchange.send(b"!")
        await exchange.hung_up()

    late = asyncio.Event()
    server = await serve(handler)
    response = await client.send(server.get(), Timeouts(first_byte=0.03, between=0.03))
    await asyncio.sleep(0.1)
    assert await response.next_chunk() == b"hello"
    late.set()
    assert await response.next_chunk() == b"!"


async def test_an_error_without_a_date_gets_the_time_at_which_it_came(client: Client, answer) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#field.date; a ``Retry-After`` that is a date is measured from it."""
    server = await answer(b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n")
    before = int(time())
    response = await client.send(server.get())
    date = response.headers.get("date")
    assert date is not None
    assert before <= parsedate_to_datetime(date).timestamp() <= time()


async def test_a_date_of_the_server_stays(client: Client, answer) -> None:
    theirs = "Fri, 21 Nov 2025 12:00:00 GMT"
    server = await answer(f"HTTP/1.1 429 Too Many\r\nDATE: {theirs}\r\nContent-Length: 0\r\n\r\n".encode())
    assert (await client.send(server.get())).headers.get("date") == theirs
