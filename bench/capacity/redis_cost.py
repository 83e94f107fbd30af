"""What one limit that Redis counts costs the Redis server, in processor time."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Final, cast

from redis.asyncio import Redis

from trunkline.gateway.gates.limit_rule import ALONE, Bucket, LimitRule, Want
from trunkline.gateway.gates.shared_meters import SharedMeters
from trunkline.gateway.snapshot import LimitEntry

CALLS: Final = 20_000
AT_ONCE: Final = 32
_TICK: Final = os.sysconf("SC_CLK_TCK")


def measure() -> float:
    """Microseconds for one call that takes of one limit on requests, from a Redis of its own on a Unix socket."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise SystemExit("There is no redis-server: scripts/system-packages redis-server")
    with tempfile.TemporaryDirectory(prefix="tl-redis-") as folder:
        path = Path(folder) / "redis.sock"
        command = [program, "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", folder]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            while not path.exists():
                time.sleep(0.01)
            return asyncio.run(_load(f"unix://{path}", server.pid))
        finally:
            server.kill()
            server.wait()


async def _load(url: str, server: int) -> float:
    redis: Redis = cast("Any", Redis).from_url(url)
    meters = SharedMeters(redis, longest=600, patience=60)
    entry = LimitEntry(id="l", subject="key", measure="requests", amount=1_000_000_000, window="day")
    wants = [Want(Bucket(f"k{number}", LimitRule(entry, ALONE)), 1) for number in range(100)]

    async def take(first: int) -> None:
        for number in range(first, CALLS, AT_ONCE):
            assert await meters.take([wants[number % len(wants)]]) is not None

    await take(CALLS - 1)
    before = _read_time(server)
    await asyncio.gather(*(take(first) for first in range(AT_ONCE)))
    spent = _read_time(server) - before
    await redis.aclose()
    return spent / CALLS * 1e6


def _read_time(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK
