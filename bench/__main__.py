"""``python -m bench``: measure Trunkline and nginx in turn, print a table, write JSON.

Both are measured in the same rounds, one after the other, because machines are noisy: what counts is their ratio. CPU
is that of the server's processes, user and kernel, over the requests that it answered, with the work that the load
leaves to be done after it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import Progress

from bench import nginx, server
from bench.case import LONG_PROMPT, Case, Run, count_bytes, measure
from bench.figures import Report, report, show, summarise
from bench.nginx import CHUNKS, SLOW_CHUNKS, Nginx
from bench.process import Watched
from bench.server import Trunkline

RESULTS = Path(__file__).parent / "results"
MANY = 1_000
"""Streams at once: each has a chunk every 100 ms, as tokens come."""
MANY_SECONDS = 5


def list_cases(provider: Nginx, proxy: Nginx, trunkline: Trunkline, two: Trunkline) -> list[Case]:
    """What is measured. ``two`` has two workers."""
    path, streamed, slow = (f"{start}/v1/chat/completions" for start in ("", "/streamed", "/slow"))
    own = trunkline.url + path
    pid, key, journal = trunkline.pid, trunkline.key, trunkline.journal
    cases = [
        Case("nginx", proxy.url + path, "m", "", proxy.pid),
        Case("trunkline", own, "openai", key, pid, journal=journal),
        Case("trunkline, two workers", two.url + path, "openai", two.key, two.pid, journal=two.journal),
        Case("nginx, half load", proxy.url + path, "m", "", proxy.pid, half_of="trunkline"),
        Case("trunkline, half load", own, "openai", key, pid, journal=journal, half_of="trunkline"),
        Case("trunkline, a route of two", own, "route", key, pid, journal=journal),
        Case("trunkline → anthropic", own, "anthropic", key, pid, journal=journal),
        Case("trunkline → gemini", own, "gemini", key, pid, journal=journal),
        Case("trunkline → ollama", own, "ollama", key, pid, journal=journal),
        Case("nginx, one caller", proxy.url + path, "m", "", proxy.pid, connections=1),
        Case("trunkline, one caller", own, "openai", key, pid, connections=1, journal=journal),
        Case("nginx, 100 kB prompts", proxy.url + path, "m", "", proxy.pid, prompt=LONG_PROMPT),
        Case("trunkline, 100 kB prompts", own, "openai", key, pid, prompt=LONG_PROMPT, journal=journal),
    ]
    if provider.streams:
        cases += [
            Case("nginx, streamed", proxy.url + streamed, "m", "", proxy.pid, CHUNKS),
            Case("trunkline, streamed", own, "openai-streamed", key, pid, CHUNKS, journal=journal),
            Case(
                "trunkline, two workers, streamed",
                two.url + path,
                "openai-streamed",
                two.key,
                two.pid,
                CHUNKS,
                journal=two.journal,
            ),
            Case("trunkline → anthropic, streamed", own, "anthropic-streamed", key, pid, CHUNKS, journal=journal),
            Case("nginx, 1,000 streams", proxy.url + slow, "m", "", proxy.pid, SLOW_CHUNKS, MANY, seconds=MANY_SECONDS),
            Case(
                "trunkline, 1,000 streams",
                own,
                "openai-slow",
                key,
                pid,
                SLOW_CHUNKS,
                MANY,
                journal=journal,
                seconds=MANY_SECONDS,
            ),
        ]
    return cases


def find_pause(case: Case, full: Run) -> float:
    """Milliseconds that each connection waits before a request, so that there are half as many as in ``full``."""
    return 1e3 * case.connections / (full.load.requests / full.load.seconds / 2)


def bench(rounds: int, seconds: int, console: Console) -> Report:
    """Run everything."""
    with tempfile.TemporaryDirectory(prefix="trunkline-bench-") as name:
        folder = Path(name)
        with (
            nginx.provider(folder / "provider") as provider,
            nginx.proxy(folder / "proxy", provider) as proxy,
        ):
            with server.start(folder / "data"):
                pass  # the first start makes the database; the second is what people wait for every day
            with server.start(folder / "data") as trunkline, server.start(folder / "two", workers=2) as two:
                for one in (trunkline, two):
                    one.set_up(provider)
                cases = list_cases(provider, proxy, trunkline, two)
                seen: dict[str, list[Run]] = defaultdict(list)
                sizes = {case.name: count_bytes(case) if case.chunks else 0 for case in cases}
                with Progress(console=console, transient=True) as progress:
                    task = progress.add_task("Measuring", total=rounds * len(cases))
                    for _ in range(rounds):
                        for case in cases:
                            progress.update(task, description=case.name)
                            pause = find_pause(case, seen[case.half_of][-1]) if case.half_of else 0
                            seen[case.name].append(measure(folder, case, seconds, sizes[case.name], pause))
                            progress.advance(task)
                memory = Watched(trunkline.pid).memory()
                results = [summarise(case, seen[case.name]) for case in cases]
                return report(results, rounds, seconds, memory, trunkline.started)


def main() -> int:
    """Run, print, write. Exit code 1 when a call failed under load."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each case is measured (default: 3)")
    parser.add_argument("--seconds", type=int, default=2, help="how long each time (default: 2)")
    options = parser.parse_args()
    console = Console()
    missing = [program for program in ("nginx", "wrk") if shutil.which(program) is None]
    if missing:
        console.print(f"Not installed: {', '.join(missing)}. (Debian, Ubuntu: apt install {' '.join(missing)})")
        return 1
    figures = bench(options.rounds, options.seconds, console)
    show(figures, console)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{figures.at.replace(':', '')}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")
    console.print(f"Written to {path}.")
    return 1 if any(result.failed for result in figures.results) else 0


if __name__ == "__main__":
    sys.exit(main())
