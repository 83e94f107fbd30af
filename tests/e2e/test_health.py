"""A rejected key is known to every process at once, and none of them calls its configuration any more."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.e2e.server import Server, wait_for


class Rejecting(BaseHTTPRequestHandler):
    """A provider that knows no key."""

    asked: list[str]

    def _reject(self) -> None:
        self.asked.append(self.path)
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = b'{"error": {"message": "Incorrect API key provided", "type": "invalid_request_error"}}'
        self.send_response(401)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _reject  # noqa: N815 - the library looks for these names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@pytest.fixture
def upstream() -> Iterator[ThreadingHTTPServer]:
    Rejecting.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Rejecting) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path, TRUNKLINE_WORKERS="2", TRUNKLINE_LOCAL_UPSTREAMS="loopback")
    yield server
    if server.process is not None and server.process.poll() is None:
        server.stop()


def test_a_test_that_finds_a_rejected_key_is_heeded_by_all_processes(
    server: Server, upstream: ThreadingHTTPServer
) -> None:
    server.start()
    server.sign_in()
    key = server.make_key()
    url = f"http://127.0.0.1:{upstream.server_address[1]}/v1"
    made: list[str] = []
    for name, fields in (
        ("rejected", {"provider": "openai", "model": "gpt-4", "apiKey": "sk-canary-0123456789abcdef", "baseUrl": url}),
        ("working", {"provider": "demo", "model": "demo-chat"}),
    ):
        status, answer = server.ask("POST", "/api/configurations", {"name": name, "shared": True, **fields})
        assert status == 201, answer
        made.append(answer["id"])
    route = {"name": "both", "targets": [{"configurationId": each} for each in made]}
    status, answer = server.ask("POST", "/api/routes", route)
    assert status == 201, answer
    status, answer = server.ask("POST", f"/api/configurations/{made[0]}/test")
    assert (status, answer["success"]) == (200, False)

    def find_passing_over() -> bool:
        found = server.ask("GET", "/api/status")[1]["configurations"]
        (one,) = [each for each in found if each["configurationId"] == made[0]]
        assert one["state"] == "unauthorized"
        return len({each["process"] for each in one["breakers"]}) == 3

    assert wait_for(find_passing_over)
    before = len(Rejecting.asked)
    call = {"model": "both", "messages": [{"role": "user", "content": "Hello"}]}
    for _ in range(8):
        assert server.ask("POST", "/v1/chat/completions", call, key=key)[0] == 200
    assert len(Rejecting.asked) == before
