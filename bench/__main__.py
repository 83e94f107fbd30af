"""``python -m bench``: measure Trunkline and nginx in turn, print a table, write JSON.

Both are measured in the same rounds, one after the other, because machines are noisy: what counts is their ratio. CPU
is that of the server's processes, user and kernel, over the requests that it answered.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench import nginx, server, wrk
from bench.nginx import CHUNKS
from bench.process import Watched

RESULTS = Path(__file__).parent / "results"
ASK: dict[str, object] = {
    "messages": [
        {"role": "system", "content": "You are a helpful assistant."},
        {"role": "user", "content": "Hello, who are you, and what can you do for me today?"},
    ],
    "temperature": 0.7,
    "max_tokens": 100,
}


class Case(msgspec.Struct, frozen=True):
    """One thing to measure. ``streamed`` answers come in ``CHUNKS`` chunks."""

    name: str
    url: str
    model: str
    key: str
    pid: int
    streamed: bool = False
    connections: int = 32


class Result(msgspec.Struct, frozen=True, rename="camel"):
    """The medians over all rounds of one case."""

    name: str
    cpu_us_per_request: float
    cpu_us_per_chunk: float | None
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    failed: int


class Report(msgspec.Struct, frozen=True, rename="camel"):
    """All figures of a run."""

    at: str
    machine: str
    python: str
    rounds: int
    seconds: int
    results: list[Result]
    times_nginx: float
    added_p50_ms: float
    added_p99_ms: float
    memory_mb: float
    start_seconds: float


def measure(folder: Path, case: Case, seconds: int) -> tuple[float, wrk.Load]:
    """CPU microseconds per request, and what the load saw."""
    watched = Watched(case.pid)
    before = watched.cpu()
    body = {"model": case.model, **ASK, **({"stream": True} if case.streamed else {})}
    load = wrk.run(folder, case.url, body, key=case.key, connections=case.connections, seconds=seconds)
    return (watched.cpu() - before) * 1e6 / max(load.requests, 1), load


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
            with server.start(folder / "data") as trunkline:
                trunkline.set_up(provider)
                path, streamed = "/v1/chat/completions", "/streamed/v1/chat/completions"
                own = f"{trunkline.url}{path}"
                pid, key = trunkline.pid, trunkline.key
                cases = [
                    Case("nginx", proxy.url + path, "m", "", proxy.pid),
                    Case("trunkline", own, "openai", key, pid),
                    Case("trunkline → anthropic", own, "anthropic", key, pid),
                    Case("trunkline → gemini", own, "gemini", key, pid),
                    Case("trunkline → ollama", own, "ollama", key, pid),
                    Case("direct, one caller", provider.url + path, "m", "", provider.pid, connections=1),
                    Case("nginx, one caller", proxy.url + path, "m", "", proxy.pid, connections=1),
                    Case("trunkline, one caller", own, "openai", key, pid, connections=1),
                ]
                if provider.streams:
                    cases += [
                        Case("nginx, streamed", proxy.url + streamed, "m", "", proxy.pid, True),
                        Case("trunkline, streamed", own, "openai-streamed", key, pid, True),
                        Case("trunkline → anthropic, streamed", own, "anthropic-streamed", key, pid, True),
                    ]
                seen: dict[str, list[tuple[float, wrk.Load]]] = defaultdict(list)
                with Progress(console=console, transient=True) as progress:
                    task = progress.add_task("Measuring", total=rounds * len(cases))
                    for _ in range(rounds):
                        for case in cases:
                            progress.update(task, description=case.name)
                            seen[case.name].append(measure(folder, case, seconds))
                            progress.advance(task)
                memory = Watched(trunkline.pid).memory()
                results = [summarise(case, seen[case.name]) for case in cases]
                return report(results, rounds, seconds, memory, trunkline.started)


def summarise(case: Case, runs: list[tuple[float, wrk.Load]]) -> Result:
    """Medians, which a single disturbed round does not move."""
    cpu = median(cost for cost, _ in runs)
    return Result(
        name=case.name,
        cpu_us_per_request=round(cpu, 1),
        cpu_us_per_chunk=round(cpu / CHUNKS, 1) if case.streamed else None,
        requests_per_second=round(median(load.requests / load.seconds for _, load in runs)),
        p50_ms=round(median(load.p50 for _, load in runs), 3),
        p99_ms=round(median(load.p99 for _, load in runs), 3),
        failed=sum(load.failed for _, load in runs),
    )


def report(results: list[Result], rounds: int, seconds: int, memory: int, started: float) -> Report:
    """Put the figures together."""
    by_name = {result.name: result for result in results}
    direct, ours = by_name["direct, one caller"], by_name["trunkline, one caller"]
    return Report(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        rounds=rounds,
        seconds=seconds,
        results=results,
        times_nginx=round(by_name["trunkline"].cpu_us_per_request / by_name["nginx"].cpu_us_per_request, 2),
        added_p50_ms=round(ours.p50_ms - direct.p50_ms, 3),
        added_p99_ms=round(ours.p99_ms - direct.p99_ms, 3),
        memory_mb=round(memory / 1e6, 1),
        start_seconds=round(started, 2),
    )


def show(figures: Report, console: Console) -> None:
    """The table."""
    table = Table(title="What a call costs")
    for column in ("", "CPU µs/request", "CPU µs/chunk", "requests/s", "p50 ms", "p99 ms", "failed"):
        table.add_column(column, justify="left" if not column else "right")
    for row in figures.results:
        chunk = "" if row.cpu_us_per_chunk is None else f"{row.cpu_us_per_chunk:.1f}"
        table.add_row(
            row.name,
            f"{row.cpu_us_per_request:.1f}",
            chunk,
            f"{row.requests_per_second:,.0f}",
            f"{row.p50_ms:.2f}",
            f"{row.p99_ms:.2f}",
            str(row.failed),
        )
    console.print(table)
    console.print(
        f"Trunkline takes {figures.times_nginx} × the CPU of nginx as a plain proxy (aim: at most 5 ×); it adds "
        f"{figures.added_p50_ms} ms (p50) and {figures.added_p99_ms} ms (p99); {figures.memory_mb} MB resident after "
        f"the load (aim: 80); started in {figures.start_seconds} s (aim: 1.5)."
    )


def main() -> int:
    """Run, print, write. Exit code 1 when a call failed under load."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each case is measured (default: 5)")
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
