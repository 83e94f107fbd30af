"""How the client finds, keeps, repeats and gives up connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from ipaddress import ip_address

import pytest

from trunkline.core.errors import InvalidInput, Unavailable
from trunkline.outbound import (
    Address,
    Client,
    ClosedEarly,
    ConnectFailed,
    ForbiddenAddress,
    Guard,
    LocalUpstreams,
    Origin,
    OutgoingRequest,
    ProtocolViolation,
    ResolveFailed,
    TimedOut,
    Timeouts,
    TlsFailed,
    Url,
)
from trunkline.outbound.dial import interleave
from trunkline.outbound.request import write_head

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Names:
    """Resolves every name to the same addresses, or as a list of answers says."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)

    async def resolve(self, origin: Origin) -> tuple[Address, ...]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return tuple(ip_address(text) for text in answer)


def named(*answers: tuple[str, ...]) -> Client:
    return Client(Guard(LocalUpstreams(loopback=True)), resolver=Names(*answers))


async def test_an_origin_is_judged_without_a_connection_to_it() -> None:
    origin = Url.parse("https://hooks.example.com/x").origin
    await named(("93.184.216.34",)).judge(origin)
    for forbidden in (("10.0.0.1",), ("93.184.216.34", "10.0.0.1"), ("169.254.169.254",)):
        with pytest.raises(ForbiddenAddress):
            await named(forbidden).judge(origin)


async def test_a_request_arrives_as_it_was_asked_for(client: Client, answer) -> None:
    server = await answer(OK)
    response = await client.send(server.get("POST", b'{"a":1}'))
    assert response.status == 200
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert body == b'{"a":1}'
    assert head.split(b"\r\n") == [
        b"POST /path?q=1 HTTP/1.1",
        b"Host: 127.0.0.1:%d" % server.port,
        b"Accept-Encoding: gzip",
        b"Content-Length: 7",
        b"x-test: 1",
    ]


async def test_a_large_body_arrives_whole(client: Client, answer) -> None:
    server = await answer(OK)
    body = bytes(range(256)) * 20_000
    assert (await client.send(server.get("POST", body))).status == 200
    assert server.requests[0].endswith(b"\r\n\r\n" + body)


async def test_an_answer_before_the_whole_request_is_an_answer(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
        await stay.wait()

    stay = asyncio.Event()
    server = await serve(handler)
    for calls in (1, 2):
        response = await client.send(server.get("POST", bytes(32 * 1024 * 1024)))
        assert (response.status, await response.read()) == (413, b"no")
        # A request that is half sent leaves a connection on which no other can follow.
        assert server.connections == calls
    stay.set()


async def test_cancelling_a_call_in_flight_hangs_up(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.hung_up()

    server = await serve(handler)
    task = asyncio.create_task(client.send(server.get()))
    while not server.requests:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await server.until_closed()


async def test_each_failure_to_connect_says_what_to_do(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.hung_up()

    server = await serve(handler)
    await server.stop()
    cases = [
        (f"http://localhost:{server.port}", ConnectFailed, f"Nothing is listening at localhost:{server.port}", "tcp"),
        ("http://no-such-name.invalid", ResolveFailed, "The name no-such-name.invalid was not found", "dns"),
        ("http://10.0.0.1", ForbiddenAddress, "TRUNKLINE_LOCAL_UPSTREAMS", "guard"),
    ]
    for text, error, words, stage in cases:
        for attempt in (
            client.send(OutgoingRequest("GET", Url.parse(text))),
            client.probe(Url.parse(text).origin),
        ):
            with pytest.raises(error) as caught:
                await attempt
            assert words in caught.value.message
            assert caught.value.stage == stage
            assert caught.value.kind == "unreachable"


async def test_an_http_server_asked_for_tls_is_named_as_such(client: Client, answer) -> None:
    server = await answer(OK)
    origin = Origin("https", "127.0.0.1", server.port)
    with pytest.raises(TimedOut, match="TLS") as caught:
        await client.probe(origin, Timeouts(connect=0.2))
    assert caught.value.stage == "tls"


async def test_a_server_that_answers_tls_with_text_is_named_as_such(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    server = await serve(handler)
    with pytest.raises(TlsFailed, match="http://"):
        await client.probe(Origin("https", "127.0.0.1", server.port))


async def test_a_probe_measures_the_stages_and_leaves_nothing_open(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.hung_up()

    server = await serve(handler)
    timing = await client.probe(server.url.origin)
    assert timing.dns_ms is not None
    assert timing.connect_ms is not None
    assert timing.tls_ms is None
    assert timing.first_byte_ms is None
    await server.until_closed()


async def test_a_broken_address_is_passed_over(answer) -> None:
    server = await answer(OK)
    client = named(("127.0.0.99", "127.0.0.1"))
    await asyncio.sleep(0)
    response = await client.send(OutgoingRequest("GET", Url(Origin("http", "name.example", server.port), "/")))
    assert response.peer == f"127.0.0.1:{server.port}"
    assert server.requests[0].startswith(b"GET / HTTP/1.1\r\nHost: name.example:")
    await client.close()


async def test_a_name_that_turns_to_a_forbidden_address_is_judged_again_at_each_connect(serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(OK)

    server = await serve(handler)
    client = named(("127.0.0.1",), ("10.0.0.1",))
    request = OutgoingRequest("GET", Url(Origin("http", "name.example", server.port), "/"))
    await (await client.send(request)).read()
    await server.until_closed()
    await asyncio.sleep(0.01)
    with pytest.raises(ForbiddenAddress):
        await client.send(request)
    await client.close()


async def test_the_peer_is_checked_after_connecting(answer, monkeypatch: pytest.MonkeyPatch) -> None:
    server = await answer(OK)
    loop = asyncio.get_running_loop()

    class Diverted:
        """Connects to another address than it is asked for, as a transparent proxy would."""

        async def create_connection(self, make: Callable[[], asyncio.Protocol], _host: str, port: int) -> object:
            return await loop.create_connection(make, "127.0.0.1", port)

        def __getattr__(self, name: str) -> object:
            return getattr(loop, name)

    client = named(("127.0.0.77",))
    request = OutgoingRequest("GET", Url(Origin("http", "name.example", server.port), "/"))
    with monkeypatch.context() as patch:
        patch.setattr("trunkline.outbound.dial.get_running_loop", Diverted)
        with pytest.raises(ConnectFailed, match="another address"):
            await client.send(request)
    await server.until_closed()
    assert server.requests == []
    await client.close()


async def test_a_closed_client_closes_all_and_refuses_more(make_client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
        await exchange.hung_up()

    server = await serve(handler)
    client = make_client()
    response = await client.send(server.get())
    await client.close()
    with pytest.raises(ClosedEarly):
        await response.read()
    with pytest.raises(Unavailable):
        await client.send(server.get())
    await server.until_closed()


async def test_a_connection_that_was_being_made_when_the_client_closed_is_closed_too(serve) -> None:
    async def handler(exchange) -> None:
        await exchange.hung_up()

    class Slow(Names):
        async def resolve(self, origin: Origin) -> tuple[Address, ...]:
            await go.wait()
            return await super().resolve(origin)

    go = asyncio.Event()
    server = await serve(handler)
    client = Client(Guard(LocalUpstreams(loopback=True)), resolver=Slow(("127.0.0.1",)))
    call = asyncio.create_task(client.send(server.get()))
    await asyncio.sleep(0)
    await client.close()
    go.set()
    with pytest.raises(Unavailable):
        await call
    await server.until_closed()


async def test_a_bad_request_opens_no_connection(client: Client, answer) -> None:
    server = await answer(OK)
    with pytest.raises(InvalidInput):
        await client.send(OutgoingRequest("GET", server.url, (("X", "a\r\nb"),)))
    assert server.connections == 0


def test_families_take_turns() -> None:
    addresses = tuple(ip_address(text) for text in ("2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1"))
    assert [str(address) for address in interleave(addresses)] == [
        "2001:db8::1",
        "192.0.2.1",
        "2001:db8::2",
        "2001:db8::3",
    ]
    assert interleave(addresses[3:]) == [addresses[3]]


async def test_who_begins_a_call_is_told_by_calls_what_comes(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        while True:
            await exchange.request()
            await exchange.send(OK)

    server = await serve(handler)
    request = server.get("POST", b"body")
    assert client.take(request.url.origin) is None, "there is no connection yet"
    await (await client.send(server.get())).read()
    connection = client.take(request.url.origin)
    assert connection is not None
    assert client.take(request.url.origin) is None, "it was the only one"
    client.give_back(connection)
    assert client.take(request.url.origin) is connection
    over = asyncio.Event()

    def hear() -> None:
        if reply.ended:
            over.set()

    reply = client.begin(connection, write_head(request), request.body, Timeouts(), hear)
    await over.wait()
    assert (reply.status, reply.take()) == (200, b"ok")
    assert server.requests[1].endswith(b"body")
    assert client.take(request.url.origin) is connection, "it can serve again"


async def test_who_began_a_call_may_wait_for_it_after_all(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(OK)
        await exchange.request()
        await gate.wait()
        await exchange.send(OK)

    gate = asyncio.Event()
    server = await serve(handler)
    request = server.get("POST", b"body")
    await (await client.send(server.get())).read()
    connection = client.take(request.url.origin)
    assert connection is not None
    heard: list[int] = []
    reply = client.begin(connection, write_head(request), request.body, Timeouts(), lambda: heard.append(1))
    resumed = asyncio.ensure_future(client.resume(reply, request, Timeouts()))
    await asyncio.sleep(0)
    gate.set()
    assert await (await resumed).read() == b"ok"
    assert not heard


async def test_what_was_begun_on_a_connection_that_was_closing_is_sent_once_more(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(OK)
        if exchange.number == 1:
            await exchange.request()

    server = await serve(handler)
    request = server.get("POST", b"body")
    await (await client.send(server.get())).read()
    connection = client.take(request.url.origin)
    assert connection is not None
    over = asyncio.Event()
    reply = client.begin(connection, write_head(request), request.body, Timeouts(), over.set)
    await over.wait()
    assert isinstance(reply.error, ClosedEarly)
    assert await (await client.resume(reply, request, Timeouts())).read() == b"ok"
    assert server.connections == 2


async def test_what_was_begun_and_failed_is_not_sent_again(client: Client, serve) -> None:
    async def handler(exchange) -> None:
        await exchange.request()
        await exchange.send(OK)
        await exchange.request()
        await exchange.send(b"nonsense")

    server = await serve(handler)
    request = server.get("POST", b"body")
    await (await client.send(server.get())).read()
    connection = client.take(request.url.origin)
    assert connection is not None
    over = asyncio.Event()
    reply = client.begin(connection, write_head(request), request.body, Timeouts(), over.set)
    await over.wait()
    with pytest.raises(ProtocolViolation):
        await client.resume(reply, request, Timeouts())
    assert len(server.requests) == 2
