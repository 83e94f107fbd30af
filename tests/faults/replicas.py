"""Replicas: several servers, each with a folder of its own, on one database and one Redis."""

from __future__ import annotations

import http.client
import json
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.server import Server, wait_for
from tests.faults.connection_owner import find_owner

WORKERS = 2


class Line:
    """A connection that stays with one worker of a replica, so that its answers are those of that worker."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)

    def find_worker(self) -> int:
        """Connect, and tell who has taken it."""
        self._connection.connect()
        port = self._connection.sock.getsockname()[1]
        workers = [pid for name, pid in self.server.processes().items() if name.startswith("worker")]
        return wait_for(lambda: find_owner((self.server.port, port), workers))

    def call(self, key: str, model: str) -> int:
        """The status of a call."""
        body = json.dumps({"model": model, "max_tokens": 10, "messages": [{"role": "user", "content": "Hello"}]})
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        self._connection.request("POST", "/v1/chat/completions", body, headers)
        response = self._connection.getresponse()
        response.read()
        return response.status

    def close(self) -> None:
        self._connection.close()


@contextmanager
def lines_to_every_worker(servers: list[Server]) -> Generator[list[Line]]:
    """One connection to each worker of each replica."""
    with ExitStack() as open_lines:
        found: list[Line] = []
        for server in servers:
            taken: dict[int, Line] = {}
            while len(taken) < WORKERS:
                line = open_lines.enter_context(closing(Line(server)))
                taken.setdefault(line.find_worker(), line)
            found += taken.values()
        yield found


@contextmanager
def replicas(folder: Path, count: int, **shared: str) -> Iterator[list[Server]]:
    """So many, running and signed in. Those that run at the end are stopped."""
    servers: list[Server] = []
    for number in range(count):
        place = folder / f"replica-{number}"
        place.mkdir()
        server = Server(
            place,
            TRUNKLINE_ROOT_KEY_FILE=str(folder / "root.key"),
            TRUNKLINE_LOCAL_UPSTREAMS="loopback",
            TRUNKLINE_WORKERS=str(WORKERS),
            **shared,
        )
        servers.append(server)
    try:
        start_all(servers)
        yield servers
    finally:
        running = [server for server in servers if server.process is not None and server.process.poll() is None]
        for server in running:
            server.kill()


def start_all(servers: list[Server]) -> None:
    """The first one makes the installation; the others start at the same time."""
    first, *others = servers
    first.start()
    with ThreadPoolExecutor(len(servers)) as starting:
        list(starting.map(Server.start, others))
    for server in servers:
        server.sign_in()


def ask(server: Server, method: str, path: str, body: Any = None, **options: Any) -> Any:
    """What it answers to something that it does."""
    status, answer = server.ask(method, path, body, **options)
    assert status in {200, 201, 204}, (path, status, answer)
    return answer
