"""One thing to measure, and one measurement of it."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from bench import wrk
from bench.process import Watched
from trunkline.gateway.journal.folder import JournalFolder

ASK: Final[dict[str, object]] = {
    "messages": [
        {"role": "system", "content": "You are a helpful assistant."},
        {"role": "user", "content": "Hello, who are you, and what can you do for me today?"},
    ],
    "temperature": 0.7,
    "max_tokens": 100,
}
LONG_PROMPT: Final = "All happy families are alike; each unhappy family is unhappy in its own way. " * 1_299
"""100 kB."""

_SETTLE_SECONDS: Final = 30.0


class Case(msgspec.Struct, frozen=True):
    """``chunks`` is how many a streamed answer has, 0 for whole ones.

    ``journal`` is where the work waits that the load leaves; ``seconds`` how long a measurement takes, where that is
    not what is asked for. ``half_of`` is the case of whose requests there are half as many in a second. ``headers``
    are sent besides the usual ones.
    """

    name: str
    url: str
    model: str
    key: str
    pid: int
    chunks: int = 0
    connections: int = 32
    prompt: str | None = None
    journal: Path | None = None
    seconds: int | None = None
    half_of: str | None = None
    headers: Mapping[str, str] = {}

    @property
    def body(self) -> dict[str, object]:
        """What is asked."""
        body: dict[str, object] = {"model": self.model, **ASK}
        if self.prompt is not None:
            body["messages"] = [{"role": "user", "content": self.prompt}]
        return body | {"stream": True} if self.chunks else body


class Run(msgspec.Struct, frozen=True):
    """CPU in microseconds per request, and per chunk of a stream; and what the load saw."""

    cpu: float
    cpu_per_chunk: float | None
    load: wrk.Load


def measure(folder: Path, case: Case, seconds: int, answer_bytes: int, pause_ms: float = 0) -> Run:
    """Load, and the work that is left when it ends: calls that are still to be taken into the database.

    Each connection waits for ``pause_ms`` before a request, on average. Streams that the end of the load cuts off count
    as far as they came, by their bytes of ``answer_bytes``.
    """
    watched = Watched(case.pid)
    before = watched.cpu()
    load = wrk.run(
        folder,
        case.url,
        case.body,
        key=case.key,
        headers=case.headers,
        connections=case.connections,
        seconds=case.seconds or seconds,
        pause_ms=pause_ms,
    )
    if case.journal is not None:
        wait_until_taken_in(case.journal)
    cpu = (watched.cpu() - before) * 1e6
    if not case.chunks:
        return Run(cpu / max(load.requests, 1), None, load)
    per_chunk = cpu / max(load.bytes / answer_bytes * case.chunks, 1)
    return Run(per_chunk * case.chunks, per_chunk, load)


def count_bytes(case: Case) -> int:
    """How many bytes one answer has, with its head and framing."""
    parts = urlsplit(case.url)
    body = json.dumps(case.body).encode()
    more = "".join(f"{name}: {value}\r\n" for name, value in case.headers.items())
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\nConnection: close\r\n"
        f"Authorization: Bearer {case.key}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    )
    count = 0
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(head.encode() + body)
        while piece := connection.recv(1 << 16):
            count += len(piece)
    return count


def wait_until_taken_in(journal: Path) -> None:
    """Until all calls that are over now are in the database. RuntimeError when that takes too long."""
    folder, moment = JournalFolder(journal), time.time()
    deadline = time.monotonic() + _SETTLE_SECONDS
    while (folder.taken_in_until() or 0.0) < moment:
        if time.monotonic() > deadline:
            raise RuntimeError(f"The calls were not in the database {_SETTLE_SECONDS:.0f} s after the load")
        time.sleep(0.02)
