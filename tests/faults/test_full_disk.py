"""The disk of the data folder is full: calls are refused before they cost anything, and served again when it is not."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from io import RawIOBase
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.callers import calling, check_books, wait_for_more
from tests.e2e.server import Server, wait_for
from tests.e2e.test_budgets import Upstream, upstream

ASK: Any = {"model": "mini", "messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 3}
NAMESPACE = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
MOUNT = 'mount -t tmpfs -o size=32m,mode=0700 tmpfs "$0" && exec "$@"'


@pytest.fixture
def server(tmp_path: Path, postgres: Any) -> Iterator[Server]:
    """One whose folder is a small disk of its own, in a mount namespace that nobody else sees."""
    if subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    server = Server(tmp_path, TRUNKLINE_DATABASE_URL=postgres.make_migrated(), TRUNKLINE_LOCAL_UPSTREAMS="loopback")
    server.data.mkdir(mode=0o700)
    server.wrapper = [*NAMESPACE, "sh", "-c", MOUNT, str(server.data)]
    yield server
    if server.process is not None and server.process.poll() is None:
        server.kill()


@pytest.fixture
def provider() -> Iterator[Upstream]:
    with upstream() as running:
        yield running


class Disk:
    """That of the server, as its process sees it."""

    def __init__(self, server: Server) -> None:
        assert server.process is not None
        self._ballast = Path(f"/proc/{server.process.pid}/root{server.data}/ballast")

    def fill(self) -> None:
        """To the last byte, also what was freed since the last time."""
        with self._ballast.open("ab", buffering=0) as file:
            with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
                self._write_on(file)

    def free(self) -> None:
        self._ballast.unlink()

    def _write_on(self, file: RawIOBase) -> None:
        while file.write(bytes(1 << 20)):
            pass


@pytest.mark.timeout(300)
def test_calls_are_refused_while_it_is_full_and_nothing_is_lost(server: Server, provider: Upstream) -> None:
    server.start()
    server.sign_in()
    body = {"name": "mini", "provider": "openai", "model": "gpt-4o-mini", "apiKey": "sk-x", "baseUrl": provider.url}
    assert server.ask("POST", "/api/configurations", body)[0] == 201
    key, disk = server.make_key(), Disk(server)

    def refused() -> Any:
        disk.fill()
        status, answer = server.ask("POST", "/v1/chat/completions", ASK, key=key)
        assert status in {200, 503}, answer
        return answer if status == 503 else None

    with calling(server, key, "mini") as callers:
        wait_for_more(callers, 20)
        wait_for(refused)
        disk.free()
        wait_for_more(callers, 20)
    told = wait_for(refused)["error"]
    assert (told["code"], "No space left on device" in told["message"]) == ("journal_unavailable", True), told
    before = provider.calls
    for _ in range(20):
        assert refused() is not None
    assert provider.calls == before, "nothing is sent that could not be accounted for"
    checks = server.ask("GET", "/readyz", key=None)[1]["checks"]
    assert checks["journal"] != "ok", checks
    disk.free()
    wait_for(lambda: server.ask("POST", "/v1/chat/completions", ASK, key=key)[0] == 200)
    wait_for(lambda: server.ask("GET", "/readyz", key=None)[1]["status"] == "ready")
    assert check_books(server, callers) >= 40
    assert server.stop() == 0
