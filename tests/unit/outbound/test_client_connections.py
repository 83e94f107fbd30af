"""Which connection a call gets, when one is used again, and how many there are."""

from __future__ import annotations

import asyncio

import pytest
from tests.unit.outbound.test_client import OK

from trunkline.outbound import (
    Client,
    ClosedEarly,
    OutgoingRequest,
    TimedOut,
    Timeouts,
    Url,
)
from trunkline.outbound.request import write_head


async def test_connections_are_used_again_the_last_one_first(client: Client, answer) -> None:
    server = await answer(OK)
    responses = await asyncio.gather(*(client.send(server.get()) for _ in range(3)))
    assert server.connections == 3
    peers = {await response.read() for response in responses}
    assert peers == {b"ok"}
    for _ in range(5):
        await (await client.send(server.get())).read()
    assert server.connections == 3


async def test_origins_do_not_share_connections(client: Client, answer) -> None:
    one, two = await answer(OK), await answer(OK)
    for server in (one, two, one, two):
        await (await client.send(server.get())).read()
    assert (one.connections, two.connections) == (1, 1)


async def test_idle_connections_are_closed_after_their_time(make_client, answer) -> None:
    server = await answer(OK)
    client = make_client(idle_seconds=0.02)
    await (await client.send(server.get())).read()
    await server.until_closed()
    await (await client.send(server.get())).read()
    assert server.connections == 2


async def test_a_connection_that_the_server_closed_while_idle_is_not_used(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(OK)

    server = await serve(handler)
    for expected in (1, 2, 3):
        await (await client.send(server.get("POST", b"x"))).read()
        await asyncio.sleep(0.02)
        assert server.connections == expected


async def test_an_answer_to_nothing_is_never_taken_for_the_next_answer(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(OK)
        if exchange.number == 1:
            await turn.wait()
            await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
        await exchange.hung_up()

    turn = asyncio.Event()
    server = await serve(handler)
    assert await (await client.send(server.get())).read() == b"ok"
    turn.set()
    await server.until_closed()
    assert await (await client.send(server.get())).read() == b"ok"
    assert server.connections == 2


@pytest.mark.parametrize("reset", [False, True])
async def test_a_stale_connection_is_replaced_once_without_the_caller_seeing_it(
    client: Client, serve, reset: bool
) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(OK)
        await exchange.request()
        if exchange.number == 1:
            if reset:
                exchange.reset()
            return
        await exchange.send(OK)

    server = await serve(handler)
    await (await client.send(server.get())).read()
    response = await client.send(server.get("POST", b"again"))
    assert await response.read() == b"ok"
    assert [request.rpartition(b"\r\n")[2] for request in server.requests] == [b"", b"again", b"again"]
    assert response.timing.connect_ms is not None


async def test_a_fresh_connection_that_closes_is_not_tried_again(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()

    server = await serve(handler)
    with pytest.raises(ClosedEarly):
        await client.send(server.get())
    assert server.connections == 1


async def test_a_reused_connection_that_closes_within_an_answer_is_not_repeated(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(OK)
        await exchange.request()
        await exchange.send(b"H")

    server = await serve(handler)
    await (await client.send(server.get())).read()
    with pytest.raises(ClosedEarly):
        await client.send(server.get())
    assert len(server.requests) == 2


async def test_a_call_that_was_worked_on_is_not_repeated(
    client: Client, serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(OK)
        await exchange.request()

    monkeypatch.setattr("trunkline.outbound.reply.STALE_SECONDS", -1.0)
    server = await serve(handler)
    await (await client.send(server.get())).read()
    with pytest.raises(ClosedEarly):
        await client.send(server.get("POST", b"costly"))
    assert len(server.requests) == 2


async def test_no_more_connections_than_the_limit_and_the_first_that_waits_is_served_first(make_client, serve) -> None:
    async def handler(exchange) -> None:
        while True:
            await exchange.request()
            await gate.acquire()
            await exchange.send(OK)

    gate = asyncio.Semaphore(0)
    server = await serve(handler)
    client = make_client(per_origin=2)
    order: list[int] = []

    async def call(number: int) -> None:
        await (await client.send(server.get())).read()
        order.append(number)

    calls = [asyncio.create_task(call(number)) for number in range(6)]
    for _ in calls:
        gate.release()
    await asyncio.gather(*calls)
    assert server.connections == 2
    assert set(order[:4]) <= {0, 1, 2, 3, 4}
    assert order[-1] in (4, 5)


async def test_waiting_for_a_connection_is_bounded_by_the_connect_timeout(make_client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.hung_up()

    server = await serve(handler)
    client = make_client(per_origin=1)
    first = asyncio.create_task(client.send(server.get()))
    while not server.requests:
        await asyncio.sleep(0)
    with pytest.raises(TimedOut, match="busy") as caught:
        await client.send(server.get(), Timeouts(connect=0.02))
    assert (caught.value.phase, caught.value.stage) == ("connect", "pool")
    first.cancel()


async def test_a_waiting_call_that_is_cancelled_leaves_its_turn_to_the_next(make_client, serve) -> None:
    async def handler(exchange) -> None:
        while True:
            await exchange.request()
            await gate.acquire()
            await exchange.send(OK)

    gate = asyncio.Semaphore(0)
    server = await serve(handler)
    client = make_client(per_origin=1)
    calls = [asyncio.create_task(client.send(server.get())) for _ in range(3)]
    while not server.requests:
        await asyncio.sleep(0)
    calls[1].cancel()
    gate.release()
    gate.release()
    assert (await calls[0]).status == (await calls[2]).status == 200
    assert server.connections == 1


async def test_a_failed_call_frees_its_slot_for_who_waits(make_client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        if exchange.number > 1:
            await exchange.send(OK)
            await exchange.hung_up()

    server = await serve(handler)
    client = make_client(per_origin=1)
    first, second = (asyncio.create_task(client.send(server.get())) for _ in range(2))
    with pytest.raises(ClosedEarly):
        await first
    assert (await second).status == 200


@pytest.mark.parametrize("steps", range(12))
async def test_cancelling_at_any_step_leaves_no_half_used_connection(make_client, serve, steps: int) -> None:
    async def handler(exchange) -> None:
        while True:
            request = await exchange.request()
            await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + request[5:6])

    server = await serve(handler)
    client = make_client(per_origin=1)

    def get(name: str) -> OutgoingRequest:
        return OutgoingRequest("GET", Url(server.url.origin, f"/{name}"))

    for _ in range(4):
        task = asyncio.create_task(client.send(get("a")))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        results = await asyncio.gather(task, return_exceptions=True)
        if not isinstance(results[0], BaseException):
            assert await results[0].read() == b"a"
        else:
            assert isinstance(results[0], asyncio.CancelledError)
        assert await (await client.send(get("b"), Timeouts(connect=2, first_byte=2))).read() == b"b"


@pytest.mark.parametrize("given_back", [True, False])
async def test_a_connection_that_is_closed_after_it_was_taken_is_as_one_that_was_closed_before(
    client: Client, serve, given_back: bool
) -> None:
    closing = asyncio.Event()

    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(OK)
        if exchange.number == 1:
            await closing.wait()
        else:
            await exchange.request()
            await exchange.send(OK)

    server = await serve(handler)
    assert await (await client.send(server.get())).read() == b"ok"
    request = server.get()
    connection = client.take(request.url.origin)
    assert connection is not None
    closing.set()
    while connection.usable:
        await asyncio.sleep(0)
    if given_back:
        client.give_back(connection)
        assert client.take(request.url.origin) is None
        return
    heard: list[None] = []
    reply = client.begin(connection, write_head(request), b"", Timeouts(), lambda: heard.append(None))
    assert not heard, "nobody has the reply yet"
    while not heard:
        await asyncio.sleep(0)
    assert isinstance(reply.error, ClosedEarly)
    assert await (await client.resume(reply, request, Timeouts())).read() == b"ok"
    assert len(server.requests) == 2
