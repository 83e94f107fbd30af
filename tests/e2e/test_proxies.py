"""The reverse proxies' examples of deploy/, in real ones before a real server: only ports and certificates differ."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Generator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.e2e.server import EMAIL, PASSWORD, Server, wait_for
from tests.faults.holding_provider import HoldingProvider, holding_provider
from tests.upstreams.aimock import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
SOURCE = "127.0.0.2"
"""Where clients come from: not from where the proxy does."""

PLACES = {"ai.example.com": "", "tools.example.com": "/trunkline"}
"""The path below which the examples publish a server, by its host."""


def find_program(name: str) -> str:
    """Of the system, or of the package that the tests have it from."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        pytest.skip(f"no {name}: make test installs it")
    return found


def replace(text: str, **parts: str) -> str:
    """``text`` with what stands for something of this machine; each part must be there."""
    for old, new in parts.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def begin_nginx(folder: Path, port: int, server: int) -> list[str]:
    here = {"127.0.0.1:8700": f"127.0.0.1:{server}"}
    listen = {"listen 443 ssl": f"listen 127.0.0.1:{port} ssl", "/etc/ssl/": f"{folder}/"}
    site = replace((DEPLOY / "nginx/trunkline.conf").read_text(), **here, **listen)
    (folder / "subpath.conf").write_text(replace((DEPLOY / "nginx/subpath.conf").read_text(), **here))
    (folder / "nginx.conf").write_text(
        f"""
        daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
        events {{ worker_connections 64; }}
        http {{
          access_log off;
          client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
          uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
          {site}
          server {{
            listen 127.0.0.1:{port} ssl;
            server_name tools.example.com;
            ssl_certificate {folder}/ai.example.com.crt; ssl_certificate_key {folder}/ai.example.com.key;
            include {folder}/subpath.conf;
          }}
        }}
        """
    )
    return [find_program("nginx"), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]


def begin_caddy(folder: Path, port: int, server: int) -> list[str]:
    certificate = f"tls {folder}/ai.example.com.crt {folder}/ai.example.com.key"
    hosts = {f"\n{host} {{": f"\n{host} {{\n\t{certificate}" for host in PLACES}
    site = replace((DEPLOY / "caddy/Caddyfile").read_text(), **hosts, **{"127.0.0.1:8700": f"127.0.0.1:{server}"})
    options = f"admin off\npersist_config off\nauto_https off\nhttps_port {port}\ndefault_bind 127.0.0.1\n"
    (folder / "Caddyfile").write_text(f"{{\n{options}}}\n{site}")
    return [find_program("caddy"), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def begin_traefik(folder: Path, port: int, server: int) -> list[str]:
    static = (DEPLOY / "traefik/traefik.yaml").read_text()
    own = {"address: :443": f"address: 127.0.0.1:{port}", "filename: /etc/traefik": f"filename: {folder}"}
    (folder / "traefik.yaml").write_text(replace(static, **own))
    site = (DEPLOY / "traefik/trunkline.yaml").read_text()
    here = {"127.0.0.1:8700": f"127.0.0.1:{server}", "/etc/ssl/": f"{folder}/"}
    (folder / "trunkline.yaml").write_text(replace(site, **here))
    return [find_program("traefik"), f"--configFile={folder / 'traefik.yaml'}"]


PROXIES: dict[str, Callable[[Path, int, int], list[str]]] = {
    "nginx": begin_nginx,
    "caddy": begin_caddy,
    "traefik": begin_traefik,
}


class Proxy:
    """A running proxy. It is asked over TLS, from an address that is not its own."""

    def __init__(self, port: int) -> None:
        self.port = port

    def begin(self, host: str, path: str, body: Any, **headers: str) -> tuple[HTTPConnection, HTTPResponse]:
        """The head of an answer."""
        address = socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=(SOURCE, 0))
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = HTTPConnection(host, timeout=30)
        connection.sock = context.wrap_socket(address, server_hostname=host)
        connection.request(
            "POST", PLACES[host] + path, json.dumps(body), {"content-type": "application/json", **headers}
        )
        return connection, connection.getresponse()

    def call(self, host: str, key: str, text: str, *, stream: bool) -> tuple[HTTPConnection, HTTPResponse]:
        """The head of a model's answer."""
        body = {"model": "mini", "messages": [{"role": "user", "content": text}], "stream": stream}
        return self.begin(host, "/v1/chat/completions", body, authorization=f"Bearer {key}")


@pytest.fixture(scope="module")
def provider() -> Generator[HoldingProvider]:
    with holding_provider() as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, provider: HoldingProvider) -> Generator[Server]:
    # Without pings, so that nothing is sent to who has hung up, which would tell the proxy.
    settings = {
        "TRUNKLINE_LOCAL_UPSTREAMS": "loopback",
        "TRUNKLINE_BASE_PATH": "/trunkline",
        "TRUNKLINE_PING_SECONDS": "0",
    }
    server = Server(tmp_path_factory.mktemp("place"), FORWARDED_ALLOW_IPS="127.0.0.1", **settings)
    server.start()
    server.sign_in()
    body = {"name": "mini", "provider": "openai", "model": "gpt-4o-mini", "apiKey": "sk-x", "baseUrl": provider.url}
    assert server.ask("POST", "/api/configurations", body)[0] == 201
    yield server
    server.stop()


@pytest.fixture(scope="module")
def key(server: Server) -> str:
    return server.make_key()


@pytest.fixture(scope="module", params=PROXIES)
def proxy(request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Generator[Proxy]:
    folder, port = tmp_path_factory.mktemp(request.param), free_port()
    certificate = trustme.CA().issue_cert(*PLACES)
    certificate.cert_chain_pems[0].write_to_path(folder / "ai.example.com.crt")
    certificate.private_key_pem.write_to_path(folder / "ai.example.com.key")
    command = PROXIES[request.param](folder, port, server.port)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={"HOME": str(folder)}, cwd=folder)
    try:
        running = Proxy(port)
        wait_for(lambda: serves(running) or process.poll() is not None)
        assert process.poll() is None, (folder / "log").read_text()
        yield running
    finally:
        process.terminate()
        process.wait(20)


def serves(proxy: Proxy) -> bool:
    try:
        connection, response = proxy.begin("ai.example.com", "/v1/chat/completions", {})
    except OSError:
        return False
    connection.close()
    return response.status == 401


@pytest.mark.parametrize("host", PLACES)
def test_a_stream_arrives_piece_by_piece(
    proxy: Proxy, server: Server, provider: HoldingProvider, key: str, host: str
) -> None:
    provider.hold("mid-stream")
    connection, response = proxy.call(host, key, "Hello", stream=True)
    first = b""
    while b'"Hel"' not in first:
        first += response.read1()
    held = provider.take()
    assert not held.said.is_set()
    held.free.set()
    assert response.read().endswith(b"data: [DONE]\n\n")
    connection.close()


def test_who_hangs_up_cancels_the_call(proxy: Proxy, server: Server, provider: HoldingProvider, key: str) -> None:
    def count() -> int:
        return server.rows("SELECT count(*) FROM usage_events WHERE outcome = 'cancelled'")[0][0]

    before = count()
    provider.hold("mid-stream")
    connection, response = proxy.call("ai.example.com", key, "Hello", stream=True)
    response.read1()
    held = provider.take()
    response.close()
    connection.close()
    try:
        wait_for(lambda: count() == before + 1)
    finally:
        held.free.set()


@pytest.mark.parametrize("host", PLACES)
def test_bodies_are_as_large_as_the_server_takes_them(proxy: Proxy, key: str, host: str) -> None:
    connection, response = proxy.call(host, key, "word " * 400_000, stream=False)
    assert (response.status, json.load(response)["choices"][0]["message"]["content"]) == (200, "Hello.")
    connection.close()


def test_the_server_learns_from_where_and_how_a_client_came(proxy: Proxy, server: Server) -> None:
    pretended = "203.0.113.66"
    credentials = {"email": EMAIL, "password": PASSWORD, "cookie": True}
    headers = {"x-forwarded-for": pretended, "x-forwarded-proto": "http"}
    connection, response = proxy.begin("tools.example.com", "/api/auth/login", credentials, **headers)
    assert response.status == 200
    assert "; Secure" in response.headers["set-cookie"]
    connection.close()
    addresses = {address for (address,) in server.rows("SELECT address FROM audit_events")}
    assert SOURCE in addresses
    assert pretended not in addresses
