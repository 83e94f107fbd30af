"""A server whose root key a key service wraps: asked once at the start, and a start without it changes nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.server import TRUNKLINE, Server, wait_for
from tests.upstreams import scripted, vault_server
from tests.upstreams.vault_server import RunningVault

ADDRESS = "vault-transit://transit/trunkline"
ANSWER = json.dumps(
    {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "fake-1",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Yes."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
    }
).encode()
ASK = {"model": "Fake", "messages": [{"role": "user", "content": "Well?"}]}


@pytest.fixture(scope="module")
def vault() -> Iterator[RunningVault]:
    with vault_server.start() as running:
        yield running


@pytest.fixture
def upstream() -> Iterator[scripted.Scripted]:
    with scripted.start() as upstream:
        upstream.script = scripted.whole(ANSWER)
        yield upstream


def configure(server: Server, upstream: scripted.Scripted) -> str:
    """A configuration with a key of its provider; an API key that may call it."""
    server.sign_in()
    settings = {
        "provider": "custom",
        "model": "fake-1",
        "baseUrl": f"{upstream.url}/v1",
        "apiKey": "sk-kept-0123456789",
    }
    status, made = server.ask("POST", "/api/configurations", {"name": "Fake", **settings})
    assert status == 201, made
    return server.make_key()


def call(server: Server, key: str, upstream: scripted.Scripted) -> None:
    upstream.asked.clear()
    status, answer = server.ask("POST", "/v1/chat/completions", ASK, key=key)
    assert status == 200, answer
    assert [asked.headers["authorization"] for asked in upstream.asked] == ["Bearer sk-kept-0123456789"]


def run(server: Server, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TRUNKLINE, *arguments],
        env=server.environment(**settings),
        cwd=server.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_service_is_asked_once_and_a_start_without_it_changes_nothing(
    tmp_path: Path, vault: RunningVault, upstream: scripted.Scripted
) -> None:
    server = Server(tmp_path, TRUNKLINE_ROOT_KEY=ADDRESS, **vault.environment)
    server.start()
    try:
        assert not (server.data / "root.key").exists()
        key = configure(server, upstream)
        call(server, key, upstream)

        vault.freeze()
        worker = server.processes()["worker 0"]
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: server.processes().get("worker 0", worker) != worker)
        wait_for(lambda: _is_ready(server))
        call(server, key, upstream)
        assert server.stop() == 0

        before = contents(server.data)
        refused = run(server, "serve")
        assert refused.returncode == 1
        assert ADDRESS in refused.stderr
        assert "nothing was written" in refused.stderr
        assert contents(server.data) == before

        vault.thaw()
        wrong = run(server, "serve", VAULT_TOKEN="wrong")
        assert (wrong.returncode, "permission denied" in wrong.stderr) == (1, True)
        server.start()
        call(server, key, upstream)
    finally:
        vault.thaw()
        server.stop()


def test_a_first_start_without_the_service_makes_nothing(tmp_path: Path) -> None:
    server = Server(tmp_path, TRUNKLINE_ROOT_KEY=ADDRESS, VAULT_ADDR="http://127.0.0.1:9", VAULT_TOKEN="any")
    refused = run(server, "serve")
    assert refused.returncode == 1
    assert "Nothing is listening" in refused.stderr
    assert not [name for name in contents(server.data) if not name.startswith(("lock", "."))], contents(server.data)


def test_a_plain_root_key_moves_into_the_service(
    tmp_path: Path, vault: RunningVault, upstream: scripted.Scripted
) -> None:
    server = Server(tmp_path)
    server.start()
    try:
        key = configure(server, upstream)
    finally:
        server.stop()
    assert "set TRUNKLINE_ROOT_KEY" in run(server, "vault", "wrap").stderr
    server.settings.update(vault.environment, TRUNKLINE_ROOT_KEY=ADDRESS)
    missing = run(server, "serve")
    assert (missing.returncode, "vault wrap" in missing.stderr) == (1, True), missing.stderr
    moved = run(server, "vault", "wrap")
    assert moved.returncode == 0, moved.stderr
    (server.data / "root.key").unlink()
    server.start()
    try:
        call(server, key, upstream)
        assert run(server, "vault", "rotate").returncode == 0
        status = run(server, "vault", "status", "--json")
        assert json.loads(status.stdout) == {"version": 2, "oldDataKeys": 0, "oldWrappings": 0}
        call(server, key, upstream)
    finally:
        server.stop()


def _is_ready(server: Server) -> bool:
    try:
        return server.ask("GET", "/readyz", key=None)[0] == 200
    except OSError:
        return False
