"""A real Redis (or Valkey) on a Unix socket, which tests stop and start."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAMS = ("redis-server", "valkey-server")


class RedisServer:
    """One server. ``url`` is how clients reach it, whether it runs or not."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._socket = folder / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"unix://{self._socket}"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        options = ("--port", "0", "--unixsocket", str(self._socket), "--save", "", "--dir", str(self._folder))
        self._process = subprocess.Popen([self._program, *options], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not self._socket.exists():
            assert self._process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not listen"
            time.sleep(0.01)

    def stop(self) -> None:
        """Kill it: nothing is said to its clients."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            self._socket.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Let it keep its connections, and answer nothing."""
        assert self._process is not None
        self._process.send_signal(19)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(18)


@contextmanager
def serve_redis() -> Iterator[RedisServer]:
    """One that runs until the block ends. Skips the test where there is none to be run."""
    program = next((name for name in PROGRAMS if shutil.which(name)), None)
    if program is None:
        pytest.skip("redis-server is not installed: scripts/system-packages redis-server")
    # The path of a socket must be short.
    with tempfile.TemporaryDirectory(prefix="tl-redis-") as folder:
        server = RedisServer(program, Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
