"""Requests forged through a URL: none may cause a packet to a forbidden address, where a real listener waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from ipaddress import IPv6Address, ip_address

import pytest
from tests.faults.outbound.forbidden import PAYLOADS, Lenient, Listener

from trunkline.core.errors import InvalidInput
from trunkline.outbound import (
    Address,
    Client,
    ConnectFailed,
    ForbiddenAddress,
    Guard,
    LocalUpstreams,
    Origin,
    OutgoingRequest,
    ResolveFailed,
    Url,
)


class Rebinding:
    """Answers with something else each time it is asked."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)

    async def resolve(self, origin: Origin) -> tuple[Address, ...]:
        if not self.answers:
            raise ResolveFailed("no more answers", origin=origin, stage="dns")
        return tuple(ip_address(text) for text in self.answers.pop(0))


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    await listener.start()
    yield listener
    listener.server.close()


async def reach(client: Client, attempt: str, text: str) -> None:
    url = Url.parse(text)
    if attempt == "probe":
        await client.probe(url.origin)
    else:
        await client.send(OutgoingRequest("GET", url))


def test_the_table_is_large_enough() -> None:
    assert len(set(PAYLOADS)) >= 500


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_payload_reaches_a_forbidden_listener(listener: Listener, scheme: str) -> None:
    client = Client(Guard(LocalUpstreams()), resolver=Lenient())
    outcomes = {InvalidInput: 0, ForbiddenAddress: 0}
    for payload in PAYLOADS:
        for attempt in ("send", "probe"):
            with pytest.raises((InvalidInput, ForbiddenAddress)) as caught:
                await reach(client, attempt, f"{scheme}://{payload}:{listener.port}/latest/meta-data/")
            outcomes[type(caught.value)] += 1
    assert listener.connections == 0
    assert all(outcomes.values())
    await client.close()


async def test_with_loopback_allowed_only_loopback_is(listener: Listener) -> None:
    client = Client(Guard(LocalUpstreams(loopback=True), frozenset({listener.port})), resolver=Lenient())
    for payload in PAYLOADS:
        with pytest.raises((InvalidInput, ForbiddenAddress)):
            await client.send(OutgoingRequest("GET", Url.parse(f"http://{payload}:{listener.port}/")))
    assert listener.connections == 0
    await client.close()


async def test_a_listed_name_that_moves_to_a_metadata_service_is_refused(listener: Listener) -> None:
    origin = Origin("http", "ollama", listener.port)
    allowed = LocalUpstreams(origins=frozenset({origin}))
    client = Client(Guard(allowed), resolver=Rebinding(("127.0.0.1",), ("169.254.169.254",), ("fd00:ec2::254",)))
    request = OutgoingRequest("GET", Url(origin, "/"))
    assert (await client.send(request)).status == 200
    for _ in range(2):
        with pytest.raises(ForbiddenAddress):
            await client.probe(origin)
    await client.close()


@pytest.mark.parametrize(
    "answer",
    [
        ("8.8.8.8", "127.0.0.1"),
        ("127.0.0.1", "8.8.8.8"),
        ("2606:4700:4700::1111", "::ffff:127.0.0.1"),
        ("1.1.1.1", "8.8.8.8", "169.254.169.254"),
    ],
)
async def test_one_forbidden_answer_stops_the_call_before_any_connection(
    listener: Listener, answer: tuple[str, ...]
) -> None:
    client = Client(Guard(LocalUpstreams()), resolver=Rebinding(answer))
    with pytest.raises(ForbiddenAddress):
        await client.send(OutgoingRequest("GET", Url(Origin("http", "name.example", listener.port), "/")))
    assert listener.connections == 0
    await client.close()


async def test_each_connection_resolves_exactly_once_and_goes_where_that_pointed(listener: Listener) -> None:
    # A second look-up, by whomever, would find 127.0.0.1, where the listener is; the judged address has none.
    client = Client(
        Guard(LocalUpstreams(loopback=True)), resolver=Rebinding(("127.0.0.53",), ("127.0.0.1",), ("127.0.0.1",))
    )
    with pytest.raises(ConnectFailed, match="Nothing is listening"):
        await client.send(OutgoingRequest("GET", Url(Origin("http", "localhost", listener.port), "/")))
    assert listener.connections == 0
    await client.close()


async def test_a_redirect_is_given_back_and_not_followed(listener: Listener, client: Client) -> None:
    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        location = f"http://127.0.0.1:{listener.port}/"
        writer.write(f"HTTP/1.1 307 Away\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())
        writer.close()

    server = await asyncio.start_server(redirect, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    response = await client.send(OutgoingRequest("GET", Url.parse(f"http://127.0.0.1:{port}/")))
    assert response.status == 307
    assert await response.read() == b""
    assert listener.connections == 0
    server.close()


async def test_proxy_variables_are_not_heeded(
    listener: Listener, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Listener()
    await proxy.start()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    response = await client.send(OutgoingRequest("GET", Url.parse(f"http://127.0.0.1:{listener.port}/")))
    assert response.status == 200
    assert (listener.connections, proxy.connections) == (1, 0)
    proxy.server.close()


def test_the_table_covers_every_embedding() -> None:
    inside = [Url.parse(f"http://{payload}/").origin.host for payload in PAYLOADS if payload.startswith("[2002:")]
    assert all(IPv6Address(host).sixtofour is not None for host in inside)
