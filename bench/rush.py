"""``python -m bench.rush``: what comes all at once: a thousand connections, and calls faster than they are counted.

Connections: as many as are asked for are opened in one turn, each with one call, to nginx and to Trunkline in turns;
the time is that from the first byte sent to the last of the answer. Counting: load without a pause, as fast as the
worker serves; how far the database is behind meanwhile, and how long it takes after the last call.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

import msgspec
import uvloop
from rich.console import Console

from bench import nginx, server, wrk
from bench.case import ASK
from trunkline.control.usage.intake_lag import IntakeLag
from trunkline.gateway.journal.folder import JournalFolder

_LOOK_SECONDS = 0.1
_PATIENCE_SECONDS = 60.0


async def connect(url: str, key: str, model: str, count: int) -> list[float]:
    """The milliseconds that each of ``count`` calls took whose connections were opened at once."""
    parts = urlsplit(url)
    body = msgspec.json.encode({"model": model, **ASK})
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\nConnection: close\r\n"
        f"Authorization: Bearer {key}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    asked = head.encode() + body

    async def call() -> float:
        began = time.perf_counter()
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(asked)
        answer = await reader.read()
        writer.close()
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{url}: {answer[:200]!r}")
        return (time.perf_counter() - began) * 1000

    return await asyncio.gather(*(call() for _ in range(count)))


def find_lag(folder: Path, trunkline: server.Trunkline, seconds: int) -> tuple[int, float, float]:
    """Calls made, the most seconds that the database was behind meanwhile, and the seconds until it had the last."""
    journal = JournalFolder(trunkline.journal)
    lag = IntakeLag(journal)
    over, most = threading.Event(), [0.0]

    def look() -> None:
        while not over.wait(_LOOK_SECONDS):
            most[0] = max(most[0], lag.seconds)

    looking = threading.Thread(target=look)
    looking.start()
    url = f"{trunkline.url}/v1/chat/completions"
    try:
        load = wrk.run(folder, url, {"model": "openai", **ASK}, key=trunkline.key, seconds=seconds)
    finally:
        over.set()
        looking.join()
    ended = time.time()
    while (journal.taken_in_until() or 0.0) < ended:
        if time.time() - ended > _PATIENCE_SECONDS:
            raise RuntimeError(f"The calls were not in the database {_PATIENCE_SECONDS:.0f} s after the load")
        time.sleep(0.02)
    return load.requests, most[0], time.time() - ended


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.rush", description=__doc__)
    parser.add_argument("--connections", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=15, help="how long the load lasts that is to be counted")
    options = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="trunkline-rush-") as name:
        folder = Path(name)
        with (
            nginx.provider(folder / "provider") as provider,
            nginx.proxy(folder / "proxy", provider) as proxy,
            server.start(folder / "data") as trunkline,
        ):
            trunkline.set_up(provider)
            seen: dict[str, list[float]] = {"nginx": [], "trunkline": []}
            for _ in range(options.rounds):
                for kind, url in (("nginx", proxy.url), ("trunkline", trunkline.url)):
                    took = uvloop.run(
                        connect(f"{url}/v1/chat/completions", trunkline.key, "openai", options.connections)
                    )
                    seen[kind].append(quantiles(took, n=100)[98])
            for kind, each in seen.items():
                console.print(f"{kind:>10}  p99 of {options.connections:,} connections: {median(each):,.0f} ms")
            calls, most, after = find_lag(folder, trunkline, options.seconds)
            console.print(
                f"{calls:,} calls in {options.seconds} s: at most {most:.1f} s behind, all in {after:.1f} s after"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
