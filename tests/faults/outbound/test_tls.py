"""TLS: who is trusted, what is said to the server, and what is said to the user when it fails."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme

from trunkline.outbound import Client, ClosedEarly, Guard, LocalUpstreams, Origin, OutgoingRequest, TlsFailed, Url

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class TlsServer:
    def __init__(self, certificate: trustme.LeafCert) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(self.context)
        self.context.set_alpn_protocols(["h2", "http/1.1"])
        self.context.sni_callback = self._on_sni
        self.names: list[str | None] = []
        self.protocols: list[str | None] = []
        self.requests: list[bytes] = []

    def _on_sni(self, _connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        self.names.append(name)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.protocols.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(request)
                writer.write(ANSWER[:-1] if b"GET /cut" in request else ANSWER)
                if b"GET /cut" in request:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def start(self) -> None:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.context)
        self.port: int = self.server.sockets[0].getsockname()[1]

    def get(self, host: str = "localhost", target: str = "/") -> OutgoingRequest:
        return OutgoingRequest("GET", Url(Origin("https", host, self.port), target))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def server(authority: trustme.CA) -> AsyncIterator[TlsServer]:
    server = TlsServer(authority.issue_cert("localhost", "127.0.0.1"))
    await server.start()
    yield server
    server.server.close()


def trusting(authority: trustme.CA) -> Client:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    context.set_alpn_protocols(["http/1.1"])
    return Client(Guard(LocalUpstreams(loopback=True)), ssl_context=context)


async def test_a_trusted_server_is_called_by_its_name_over_one_connection(
    server: TlsServer, authority: trustme.CA
) -> None:
    client = trusting(authority)
    first = await client.send(server.get())
    assert await first.read() == b"ok"
    assert first.timing.tls_ms is not None
    assert first.timing.connect_ms is not None
    second = await client.send(server.get())
    assert await second.read() == b"ok"
    assert server.names == ["localhost"]
    assert server.protocols == ["http/1.1"]
    await client.close()


async def test_an_address_in_the_certificate_is_trusted_too(server: TlsServer, authority: trustme.CA) -> None:
    client = trusting(authority)
    assert (await client.send(server.get("127.0.0.1"))).status == 200
    timing = await client.probe(Origin("https", "127.0.0.1", server.port))
    assert timing.tls_ms is not None
    await client.close()


async def test_the_system_store_is_used_and_can_be_set(
    server: TlsServer, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    client = Client(Guard(LocalUpstreams(loopback=True)))
    assert (await client.send(server.get())).status == 200
    assert server.protocols == ["http/1.1"]
    await client.close()


async def test_a_stranger_is_not_trusted_and_gets_no_request(server: TlsServer, client: Client) -> None:
    with pytest.raises(TlsFailed, match="not trusted") as caught:
        await client.send(server.get())
    assert (caught.value.stage, caught.value.kind) == ("tls", "unreachable")
    assert server.requests == []


async def test_a_certificate_for_another_name_is_not_trusted(authority: trustme.CA) -> None:
    server = TlsServer(authority.issue_cert("other.example"))
    await server.start()
    client = trusting(authority)
    with pytest.raises(TlsFailed, match="localhost"):
        await client.send(server.get())
    assert server.requests == []
    await client.close()
    server.server.close()


async def test_an_expired_certificate_is_not_trusted(authority: trustme.CA) -> None:
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    server = TlsServer(authority.issue_cert("localhost", not_before=past, not_after=past + datetime.timedelta(days=1)))
    await server.start()
    client = trusting(authority)
    with pytest.raises(TlsFailed, match="expired"):
        await client.send(server.get())
    await client.close()
    server.server.close()


async def test_a_server_that_hangs_up_in_the_handshake_is_named(client: Client) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    with pytest.raises(TlsFailed):
        await client.probe(Origin("https", "localhost", port))
    server.close()


async def test_a_body_that_is_cut_off_is_found_under_tls_too(server: TlsServer, authority: trustme.CA) -> None:
    client = trusting(authority)
    response = await client.send(server.get(target="/cut"))
    with pytest.raises(ClosedEarly):
        await response.read()
    await client.close()


async def test_many_calls_at_once(server: TlsServer, authority: trustme.CA) -> None:
    client = trusting(authority)
    for _ in range(3):
        responses = await asyncio.gather(*(client.send(server.get()) for _ in range(20)))
        assert [await response.read() for response in responses] == [b"ok"] * 20
    assert len(server.protocols) <= 20
    await client.close()
