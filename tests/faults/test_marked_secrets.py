"""Every kind of secret is marked and used for a whole life of calls, good and bad. Then it is looked for everywhere."""

from __future__ import annotations

import base64
import http.client
import json
import subprocess
import tarfile
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.server import EMAIL, TRUNKLINE, Server, wait_for
from tests.unit.control.telemetry.collector import Collector, collecting

PROVIDER_KEY = "marked-provider-4f1c9a2e7b3d8056c1e4"
ROTATED_KEY = "marked-rotated-93b7d15f0ac248e6d7f2"
"""Neither looks as the keys of any vendor do, which are taken out of texts anyway."""

REFUSED_KEY = "sk-marked-refused-6ad0e83c17b94f52a8c3"
HEADER = "marked-header-value-51d7c02e9fb84a63"
WEBHOOK = "whsec_" + base64.b64encode(b"marked-webhook-secret-0123456789").decode()
SLACK_PATH = "marked-slack-path-8e3f51b07cd2"
PASSWORD = "marked horse battery staple 77"
WRONG_PASSWORD = "marked wrong password 3141"
WRONG_KEY = "tl-marked-wrong-key-000000000000000000000"
IN_URL = "marked-userinfo-c4d81f60"

ASK = {"model": "marked", "messages": [{"role": "user", "content": "Hello."}]}


class Indiscreet(ThreadingHTTPServer):
    """Plays whomever the server calls. Says in answers, errors and headers what it was sent to authenticate with."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.status = 200
        self.came: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Indiscreet

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or "{}"))

    def _answer(self, asked: Any) -> None:
        given = f"{self.headers.get('authorization')} {self.headers.get('x-secret')} {self.path}"
        self.server.came.append(given)
        key = (self.headers.get("authorization") or "").removeprefix("Bearer ")
        if self.server.status != 200:
            told: Any = {"error": {"message": f"Incorrect key {key}: {given}", "type": "x", "code": key}}
            self._send(self.server.status, "application/json", json.dumps(told), key)
        elif self.path.endswith("/models"):
            self._send(200, "application/json", json.dumps({"data": [{"id": "gpt-4o-mini", "owner": key}]}), key)
        elif asked.get("stream"):
            pieces = [{"content": f"Your key is {key[:9]}"}, {"content": key[9:]}, {}]
            lines = [
                {"choices": [{"index": 0, "delta": delta, "finish_reason": None if delta else "stop"}]}
                for delta in pieces
            ]
            text = "".join(f"data: {json.dumps({**_HEAD, **line})}\n\n" for line in lines)
            self._send(200, "text/event-stream", text + "data: [DONE]\n\n", key)
        else:
            message = {"role": "assistant", "content": f"Your key is {key}."}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            usage = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
            told = {**_HEAD, "object": "chat.completion", "choices": [choice], "usage": usage, "key": key}
            self._send(200, "application/json", json.dumps(told), key)

    def _send(self, status: int, kind: str, text: str, key: str) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in (("content-type", kind), ("content-length", str(len(body))), ("x-request-id", key)):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
        """Says nothing."""


_HEAD = {"id": "x", "created": 1, "model": "gpt-4o-mini"}


@contextmanager
def indiscreet() -> Iterator[Indiscreet]:
    server = Indiscreet()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class Life:
    """What somebody does with a server, and all that they were answered where it must tell no secret."""

    def __init__(self, server: Server, other: Indiscreet) -> None:
        self._server = server
        self._other = other
        self.answers: list[str] = []
        self.secrets = [PROVIDER_KEY, ROTATED_KEY, REFUSED_KEY, HEADER, WEBHOOK, SLACK_PATH]
        self.secrets += [PASSWORD, WRONG_PASSWORD, WRONG_KEY, IN_URL]

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """One request, whatever it is answered."""
        status, answer = self._server.ask(method, path, body, **more)
        self.answers.append(f"{status} {answer}")
        return answer

    def live(self) -> None:
        self._people()
        key = self._server.make_key(name="calls")
        gone = self._server.make_key(name="gone")
        self.secrets += [key, gone]
        made = self.ask("POST", "/api/configurations", self._configuration(PROVIDER_KEY))
        path = f"/api/configurations/{made['id']}"
        self._calls(key)
        self.ask("POST", f"{path}/test")
        self.ask("POST", f"{path}/rotate-key", {"apiKey": ROTATED_KEY})
        self._calls(key)
        self._mistakes(key, gone)
        self._others()
        self.ask("PUT", path, {"apiKey": made["apiKey"]})  # the mask, saved back

    def _configuration(self, key: str) -> dict[str, Any]:
        named = {"name": "marked", "provider": "openai", "model": "gpt-4o-mini", "apiKey": key}
        return {**named, "baseUrl": self._other.url + "/v1"}

    def _people(self) -> None:
        self.ask("POST", "/api/users", {"email": "ann@example.com", "password": PASSWORD})
        for password in (PASSWORD, WRONG_PASSWORD):
            body = {"email": "ann@example.com", "password": password}
            status, answer = self._server.ask("POST", "/api/auth/login", body, key=None)
            if status == 200:
                self.secrets += [answer["accessToken"], answer["refreshToken"]]
            else:
                self.answers.append(str(answer))
        assert self._server.token is not None
        self.secrets.append(self._server.token)

    def _calls(self, key: str) -> None:
        for status in (200, 401, 429, 500, 200):
            self._other.status = status
            for stream in (False, True):
                self.ask_raw("/v1/chat/completions", {**ASK, "stream": stream}, key)
                self.ask_raw("/v1/responses", {"model": "marked", "input": "Hello.", "stream": stream}, key)
                self.ask_raw("/v1/messages", {**ASK, "max_tokens": 9, "stream": stream}, key)

    def ask_raw(self, path: str, body: Any, key: str) -> None:
        """A call: the head of its answer and all that came."""
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        fields = {"content-type": "application/json", "authorization": f"Bearer {key}"}
        connection.request("POST", path, json.dumps(body), fields)
        response = connection.getresponse()
        self.answers.append(f"{response.getheaders()} {response.read().decode()}")
        connection.close()

    def _mistakes(self, key: str, gone: str) -> None:
        for row in self._server.ask("GET", "/api/keys")[1]:
            if row["name"] == "gone":
                self.ask("DELETE", f"/api/keys/{row['id']}")
        for wrong in (WRONG_KEY, gone, "' OR 1=1 --" + WRONG_KEY):
            self.ask("POST", "/v1/chat/completions", ASK, key=wrong)
            self.ask("GET", "/api/keys", key=wrong)
            self.ask("POST", f"/v1/chat/completions?key={wrong.replace(' ', '+')}", ASK, key=None)
        self.ask("POST", "/v1/chat/completions", {**ASK, "api_key": REFUSED_KEY}, key=key)
        self._other.status = 401
        self.ask("POST", "/api/providers/openai/models", self._without_name(REFUSED_KEY))
        self.ask("POST", "/api/providers/openai/validate", {**self._without_name(REFUSED_KEY), "model": "m"})
        self.ask("POST", "/api/configurations", {**self._configuration(REFUSED_KEY), "name": "m", "tools": 1})
        host = self._other.url.removeprefix("http://")
        self.ask("POST", "/api/configurations", {**self._configuration("sk-x"), "baseUrl": f"http://a:{IN_URL}@{host}"})
        self._other.status = 200

    def _without_name(self, key: str) -> dict[str, Any]:
        return {"apiKey": key, "baseUrl": self._other.url + "/v1"}

    def _others(self) -> None:
        server = {"name": "marked", "url": self._other.url, "auth": "headers", "headers": {"X-Secret": HEADER}}
        made = self.ask("POST", "/api/mcp-servers", server)
        self.ask("POST", f"/api/mcp-servers/{made['id']}/test")
        for kind, more in (
            ("webhook", {"url": self._other.url, "secret": WEBHOOK}),
            ("slack", {"url": f"{self._other.url}/{SLACK_PATH}"}),
        ):
            made = self.ask("POST", "/api/alerts/channels", {"kind": kind, "name": kind, **more})
            for status in (200, 500):
                self._other.status = status
                self.ask("POST", f"/api/alerts/channels/{made['id']}/test")
        self._other.status = 200


def spell(secret: str) -> Iterator[bytes]:
    """Ways in which a secret may stand somewhere."""
    data = secret.encode()
    yield data
    yield urllib.parse.quote(secret, safe="").encode()
    for shift in range(3):
        # The middle of it in Base64, wherever it begins.
        whole = base64.b64encode(bytes(shift) + data)
        yield whole[4:-4]
        yield whole[4:-4].replace(b"+", b"-").replace(b"/", b"_")


def gather(server: Server, life: Life, collector: Collector, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each place where a secret might have come to, and what stands there."""
    for number, answer in enumerate(life.answers):
        yield f"answer {number}", answer.encode()
    for path in (
        "/api/audit?limit=100",
        "/api/audit/export",
        "/api/configurations",
        "/api/requests?limit=100",
        "/api/requests/export?format=json",
        "/api/usage/export?format=json",
        "/api/keys",
        "/api/users",
        "/api/mcp-servers",
        "/api/alerts/channels",
        "/api/alerts/deliveries",
    ):
        yield path, raw(server, path)
    for row in json.loads(raw(server, "/api/requests?limit=100")):
        yield "a request", raw(server, f"/api/requests/{row['id']}")
    yield "/metrics", raw(server, "/metrics")
    for sent in (*collector.traces, *collector.metrics):
        yield "telemetry", sent.SerializeToString()
    yield "telemetry's headers", str(collector.headers).encode()
    backup = folder / "backup.tar.gz"
    for command in (
        ["backup", str(backup)],
        ["backup", str(folder / "often"), "--incremental"],
        ["export"],
        ["doctor"],
    ):
        done = subprocess.run(
            [TRUNKLINE, *command], env=server.environment(), cwd=server.folder, capture_output=True, check=False
        )
        assert done.returncode == 0 or command == ["doctor"], done.stderr
        yield f"trunkline {command[0]}", done.stdout + done.stderr
    with tarfile.open(backup) as packed:
        for member in packed.getmembers():
            content = packed.extractfile(member)
            yield f"backup: {member.name}", content.read() if content is not None else b""
    yield "the log", server.log.read_bytes()
    for place in (folder / "often", server.data):
        for path in place.rglob("*"):
            if path.is_file():
                yield str(path.relative_to(place)), path.read_bytes()


def raw(server: Server, path: str) -> bytes:
    """What it answers, as it comes."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", path, headers={"authorization": f"Bearer {server.token}"})
    response = connection.getresponse()
    text = response.read()
    assert response.status == 200, (path, text)
    connection.close()
    return text


@pytest.mark.timeout(300)
def test_no_secret_is_found_anywhere(tmp_path: Path) -> None:
    with collecting() as collector, indiscreet() as other:
        server = Server(
            tmp_path,
            TRUNKLINE_LOCAL_UPSTREAMS="loopback",
            TRUNKLINE_OTEL="true",
            TRUNKLINE_LOG_LEVEL="debug",
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
            OTEL_BSP_SCHEDULE_DELAY="100",
            OTEL_METRIC_EXPORT_INTERVAL="500",
        )
        server.start()
        try:
            server.sign_in()
            life = Life(server, other)
            life.live()
            settled = "SELECT count(*) FROM usage_events"
            wait_for(lambda: server.rows(settled)[0][0] >= 60)
            collector.wait_for_spans(60)
            places = list(gather(server, life, collector, tmp_path))
            assert server.stop() == 0
        finally:
            if server.process is not None and server.process.poll() is None:
                server.kill()
        places += [(path.name, path.read_bytes()) for path in server.data.rglob("*") if path.is_file()]
    # They were used, and the places are what they seem.
    for used in (PROVIDER_KEY, ROTATED_KEY, REFUSED_KEY, HEADER, SLACK_PATH):
        assert any(used in came for came in other.came), used
    for name in ("/api/audit/export", "the log", "telemetry", "backup: trunkline.db", "trunkline.db"):
        assert any(place == name and len(content) > 500 for place, content in places), name
    assert any(EMAIL.encode() in content for place, content in places if place == "backup: trunkline.db")
    found = {
        (secret[:24], place)
        for secret in life.secrets
        for place, content in places
        for way in spell(secret)
        if way in content
    }
    assert not found
