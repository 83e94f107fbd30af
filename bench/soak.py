"""``python -m bench.soak``: does memory end flat?

A million calls (whole answers, streams, translations, hang-ups, mistakes), each with a user, an id and some names that
nobody had before, against a provider that does nothing. Resident memory is printed every 50,000 calls; what counts is
its slope over the second half, because caches with a limit fill in the first.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from statistics import linear_regression
from typing import Final

import msgspec
import uvloop
from rich.console import Console

from bench import server
from bench.process import Watched
from bench.soak_caller import SoakCaller
from bench.soak_provider import SoakProvider

FLAT_MB: Final = 2.0
"""Megabytes per 100,000 calls below which the second half counts as flat: the noise of an allocator's pages."""

_STEP_SECONDS: Final = 0.25


class Sample(msgspec.Struct, frozen=True):
    """What each process held after so many calls, in megabytes."""

    calls: int
    held: dict[str, float]
    seconds: float


def slope(samples: list[Sample], role: str | None = None) -> float:
    """Megabytes per 100,000 calls over the second half of ``samples``, by least squares: of ``role``, or of all."""
    late = samples[len(samples) // 2 :]
    sizes = [sum(each.held.values()) if role is None else each.held.get(role, 0.0) for each in late]
    return linear_regression([each.calls / 100_000 for each in late], sizes).slope


async def soak(trunkline: server.Trunkline, calls: int, every: int, connections: int, console: Console) -> list[Sample]:
    """Make the calls, and look at the server's memory on the way."""
    watched = Watched(trunkline.pid)
    caller = SoakCaller(trunkline.port, trunkline.key, calls, connections)
    began = time.monotonic()
    samples: list[Sample] = []

    def look() -> None:
        held = {role: round(size / 1e6, 1) for role, size in sorted(watched.memory().items())}
        sample = Sample(caller.made, held, round(time.monotonic() - began, 1))
        samples.append(sample)
        parts = "  ".join(f"{role} {size:.1f}" for role, size in held.items())
        console.print(f"{sample.calls:>10,} calls  {sum(held.values()):>7.1f} MB  {sample.seconds:>5.0f} s  {parts}")

    look()
    running = asyncio.create_task(caller.run())
    while not running.done():
        await asyncio.wait([running], timeout=_STEP_SECONDS)
        if caller.made >= len(samples) * every:
            look()
    await running
    for kind, number in sorted(caller.done.items()):
        console.print(f"{number:>10,} {kind}")
    return samples


async def run(calls: int, every: int, connections: int, console: Console) -> list[Sample]:
    """Start everything, set it up, and soak it."""
    upstream = await asyncio.get_running_loop().create_server(SoakProvider, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{upstream.sockets[0].getsockname()[1]}"
    with (
        tempfile.TemporaryDirectory(prefix="trunkline-soak-") as folder,
        tempfile.TemporaryFile() as log,
        server.start(Path(folder), log) as trunkline,
    ):
        trunkline.sign_in()
        for name, provider, model, base in (
            ("openai", "openai", "gpt-4o-mini", f"{url}/v1"),
            ("anthropic", "anthropic", "claude-sonnet-4-20250514", url),
            ("hang", "openai", "gpt-4o-mini", f"{url}/hang/v1"),
            ("fail", "openai", "gpt-4o-mini", f"{url}/fail/v1"),
        ):
            trunkline.add(name, provider, model, base)
        trunkline.make_key()
        return await soak(trunkline, calls, every, connections, console)


def main() -> int:
    """Run and print. Exit code 1 when memory still grows at the end."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--every", type=int, default=50_000, help="calls between two looks at the memory")
    parser.add_argument("--connections", type=int, default=32)
    options = parser.parse_args()
    console = Console()
    samples = uvloop.run(run(options.calls, options.every, options.connections, console))
    for role in samples[-1].held:
        console.print(f"{role:>20} {slope(samples, role):+.2f} MB per 100,000 calls")
    grown = slope(samples)
    flat = grown < FLAT_MB
    console.print(f"Over the second half: {grown:+.2f} MB per 100,000 calls: {'flat' if flat else 'it grows'}.")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
