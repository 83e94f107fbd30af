"""Both levels of encryption keys are rotated while calls go on, and rotations are killed: each call has its key."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.server import TRUNKLINE, Server, wait_for

ROTATIONS = int(os.environ.get("TRUNKLINE_TEST_ROTATIONS", "2"))
"""Of each level. Every second one is killed."""

SECRETS = {f"c{number}": f"sk-of-the-rotation-{number:04}" for number in range(5)}
RETIRED = "SELECT count(*) FROM data_keys WHERE retired_at IS NOT NULL"


class _Provider(BaseHTTPRequestHandler):
    """Speaks OpenAI's format, and says how the key ends that it was asked with."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        message = {"role": "assistant", "content": self.headers["authorization"][-4:]}
        usage = {"prompt_tokens": 20, "completion_tokens": 3, "total_tokens": 23}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        head = {"id": "x", "created": 1, "model": "gpt-4o-mini", "object": "chat.completion"}
        text = json.dumps({**head, "choices": [choice], "usage": usage}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
        """Says nothing."""


@contextmanager
def provider() -> Generator[str]:
    """The address of one that runs until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Provider)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


class Caller(threading.Thread):
    """Calls each configuration in turn, without a pause, until it is told to stop."""

    def __init__(self, server: Server, key: str) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.key = key
        self.answered = 0
        self.wrong: list[Any] = []
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.is_set():
            for name, secret in SECRETS.items():
                body = {"model": name, "messages": [{"role": "user", "content": "Hello."}]}
                status, answer = self.server.ask("POST", "/v1/chat/completions", body, key=self.key)
                if status != 200 or answer["choices"][0]["message"]["content"] != secret[-4:]:
                    self.wrong.append((status, answer))
                self.answered += 1


@pytest.fixture
def server(tmp_path: Path, database_url: str) -> Iterator[Server]:
    server = Server(tmp_path, TRUNKLINE_LOCAL_UPSTREAMS="loopback", TRUNKLINE_DATABASE_URL=database_url)
    server.options = ["--workers", "2"]
    server.start()
    server.sign_in()
    yield server
    if server.process is not None and server.process.poll() is None:
        server.kill()


def begin(server: Server, *options: str) -> subprocess.Popen[bytes]:
    """``trunkline vault rotate``, which goes on."""
    return subprocess.Popen(
        [TRUNKLINE, "vault", "rotate", "--json", *options],
        env=server.environment(),
        cwd=server.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def rotate(server: Server, *options: str) -> dict[str, int]:
    """The same to its end. What it prints."""
    process = begin(server, *options)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    return json.loads(said)


def read_version(server: Server) -> int:
    (text,) = server.rows("SELECT value FROM facts WHERE name = 'key_state'")[0]
    return json.loads(text)["kek_version"]


@pytest.mark.timeout(300 + 30 * ROTATIONS)
def test_no_call_fails_and_nothing_stays_behind(server: Server) -> None:
    with provider() as url:
        for name, secret in SECRETS.items():
            body = {"name": name, "provider": "openai", "model": "gpt-4o-mini", "apiKey": secret, "baseUrl": url}
            assert server.ask("POST", "/api/configurations", body)[0] == 201
        caller = Caller(server, server.make_key())
        caller.start()
        for turn in range(ROTATIONS):
            version = read_version(server)
            if turn % 2:
                with begin(server) as killed:
                    wait_for(lambda before=version: read_version(server) > before)
                    killed.kill()
                with begin(server, "--data-keys") as killed:
                    wait_for(lambda ended=killed.poll: ended() is not None or server.rows(RETIRED)[0][0])
                    killed.kill()
            else:
                assert rotate(server)["version"] == version + 1
                rotate(server, "--data-keys")
            seen = caller.answered
            wait_for(lambda before=seen: caller.answered > before + 2 * len(SECRETS))
        last = rotate(server)
        assert (last["oldDataKeys"], last["oldWrappings"]) == (0, 0)
        # By the server itself, as the administrator asks for it.
        for level in ("key-encryption-key", "data-keys"):
            status, job = server.ask("POST", "/api/vault/rotate", {"level": level})
            assert status == 202, job
            wait_for(lambda at=job["jobId"]: server.ask("GET", f"/api/jobs/{at}")[1]["state"] == "succeeded")
        standing = server.ask("GET", "/api/vault")[1]
        assert standing == {"version": last["version"] + 1, "oldDataKeys": 0, "oldWrappings": 0}
        caller.stop.set()
        caller.join(30)
        assert caller.wrong == []
        # Also after a start, with nothing in memory.
        assert server.stop() == 0
        server.start()
        again = Caller(server, caller.key)
        again.start()
        wait_for(lambda: again.answered >= len(SECRETS))
        again.stop.set()
        again.join(30)
        assert again.wrong == []
