"""An alert fires once, and is over once: for a webhook and for email, over kill -9, and with several replicas."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.contract.alerts.receiver import Receiver, receiving, receiving_mail
from tests.e2e.server import Server, is_running, wait_for

KEY = "sk-canary-0123456789abcdef"
CHAT = b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4","choices":[{"index":0,"delta":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'  # noqa: E501


class Provider(ThreadingHTTPServer):
    """A provider that works, or does not."""

    works = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Provider  # pyright: ignore[reportIncompatibleVariableOverride] - what it is started with

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        models = b'{"object": "list", "data": [{"id": "gpt-4", "object": "model"}]}'
        body = b'{"error": {"message": "down"}}' if not self.server.works else models
        kind = "application/json"
        if self.server.works and self.command == "POST":
            body, kind = CHAT, "text/event-stream"
        self.send_response(200 if self.server.works else 503)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answer  # noqa: N815 - the library looks for these names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def started(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.stop()


def set_up(server: Server, provider: Provider, receiver: Receiver, *addresses: str) -> tuple[str, str]:
    """A configuration at ``provider``, of which ``receiver`` and the addresses are told. Its id, and the secret."""
    channels: list[dict[str, Any]] = [{"kind": "webhook", "name": "on-call", "url": receiver.url}]
    if addresses:
        channels.append({"kind": "email", "name": "team", "addresses": list(addresses)})
    made = [ask(server, "POST", "/api/alerts/channels", body) for body in channels]
    (rule,) = [each for each in ask(server, "GET", "/api/alerts/rules") if each["preset"] == "down"]
    ask(server, "PUT", f"/api/alerts/rules/{rule['id']}", {"channelIds": [each["id"] for each in made]})
    body = {"name": "production", "provider": "openai", "model": "gpt-4", "apiKey": KEY, "baseUrl": provider.url}
    return ask(server, "POST", "/api/configurations", body)["id"], made[0]["secret"]


def ask(server: Server, method: str, path: str, body: Any = None) -> Any:
    status, answer = server.ask(method, path, body)
    assert status in {200, 201}, (path, answer)
    return answer


def turn(server: Server, provider: Provider, configuration_id: str, *, works: bool) -> None:
    """The provider works from now on, or not, and a connection test finds that."""
    provider.works = works

    def find() -> bool:
        # Management may be away just now.
        status, answer = server.ask("POST", f"/api/configurations/{configuration_id}/test?force=true")
        return status == 200 and answer["success"] is works

    wait_for(find, 60)


@pytest.mark.timeout(300)
def test_a_webhook_and_an_email_tell_once_that_it_fires_and_once_that_it_is_over(
    tmp_path: Path, provider: Provider
) -> None:
    with receiving() as receiver, receiving_mail() as mailbox:
        server = Server(
            tmp_path,
            TRUNKLINE_LOCAL_UPSTREAMS="loopback",
            TRUNKLINE_SMTP_URL=mailbox.url,
            TRUNKLINE_TESTS_PER_MINUTE="1000",
        )
        with started(server):
            server.sign_in()
            configuration_id, secret = set_up(server, provider, receiver, "ann@example.com")
            turn(server, provider, configuration_id, works=False)
            assert wait_for(lambda: len(receiver.came) == 1 and len(mailbox.came) == 1, 60)
            turn(server, provider, configuration_id, works=True)
            assert wait_for(lambda: len(receiver.came) == 2 and len(mailbox.came) == 2, 60)
        assert receiver.kinds() == ["alert.firing", "alert.resolved"]
        assert all(notice.is_signed_with(secret) for notice in receiver.came)
        subjects = [mail["Subject"] for _, mail in mailbox.came]
        assert subjects[0].startswith("[critical] A configuration is down: The configuration production is down.")
        assert subjects[1] == "[resolved] A configuration is down: over for production."
        assert KEY not in server.log.read_text()
        assert secret not in server.log.read_text()


@pytest.mark.timeout(600)
def test_it_fires_once_though_management_is_killed_again_and_again(tmp_path: Path, provider: Provider) -> None:
    with receiving() as receiver:
        server = Server(tmp_path, TRUNKLINE_LOCAL_UPSTREAMS="loopback", TRUNKLINE_TESTS_PER_MINUTE="1000")
        with started(server):
            server.sign_in()
            configuration_id, _ = set_up(server, provider, receiver)
            for number, works in enumerate((False, True, False, True)):
                if number == 0:
                    # What was written and did not arrive is sent by the process after.
                    receiver.answers = [500]
                turn(server, provider, configuration_id, works=works)
                if number == 0:
                    wait_for(lambda: server.rows("SELECT 1 FROM alert_deliveries WHERE attempts > 0"), 60)
                management = server.processes()["management"]
                os.kill(management, signal.SIGKILL)
                wait_for(lambda pid=management: not is_running(pid))
                server.end_leases("alerts", "alert-deliveries")
                kinds = ["alert.firing", "alert.resolved", "alert.firing", "alert.resolved"][: number + 1]
                assert wait_for(lambda kinds=kinds: receiver.kinds() == kinds and receiver.arrived(), 120)
            assert server.rows("SELECT state, count(*) FROM alerts GROUP BY state") == [("resolved", 2)]
            assert server.rows("SELECT count(*) FROM alert_deliveries") == [(4,)]


@pytest.mark.timeout(600)
def test_of_several_replicas_one_tells(tmp_path: Path, provider: Provider, postgres: Any) -> None:
    shared = {
        "TRUNKLINE_DATABASE_URL": postgres.make_migrated(),
        "TRUNKLINE_LOCAL_UPSTREAMS": "loopback",
        "TRUNKLINE_TESTS_PER_MINUTE": "1000",
        "TRUNKLINE_ROOT_KEY_FILE": str(tmp_path / "root.key"),
    }
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    first, second = [Server(folder, **shared) for folder in folders]
    with receiving() as receiver, started(first), started(second):
        first.sign_in()
        second.sign_in()
        configuration_id, _ = set_up(first, provider, receiver)
        turn(second, provider, configuration_id, works=False)
        assert wait_for(lambda: receiver.kinds() == ["alert.firing"], 60)
        turn(first, provider, configuration_id, works=True)
        assert wait_for(lambda: len(receiver.came) >= 2, 60)
        assert [notice.kind for notice in receiver.came] == ["alert.firing", "alert.resolved"]
        assert len(ask(second, "GET", "/api/alerts")) == 1
