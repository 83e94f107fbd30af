"""The figures of a run: as a table for people, as a structure for files."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from statistics import median

import msgspec
from rich.console import Console
from rich.table import Table

from bench.case import Case, Run


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
    """All figures of a run.

    ``added_p50_ms`` and ``added_p99_ms`` are what a call takes longer than through nginx at half load. ``memory_mb`` is
    that of each process after the load, by what it does.
    """

    at: str
    machine: str
    python: str
    rounds: int
    seconds: int
    results: list[Result]
    times_nginx: float
    times_nginx_one_caller: float
    times_nginx_per_chunk: float | None
    added_p50_ms: float
    added_p99_ms: float
    memory_mb: dict[str, float]
    start_seconds: float


def summarise(case: Case, runs: Sequence[Run]) -> Result:
    """Medians, which a single disturbed round does not move."""
    chunks = [run.cpu_per_chunk for run in runs if run.cpu_per_chunk is not None]
    return Result(
        name=case.name,
        cpu_us_per_request=round(median(run.cpu for run in runs), 1),
        cpu_us_per_chunk=round(median(chunks), 1) if chunks else None,
        requests_per_second=round(median(run.load.requests / run.load.seconds for run in runs)),
        p50_ms=round(median(run.load.p50 for run in runs), 3),
        p99_ms=round(median(run.load.p99 for run in runs), 3),
        failed=sum(run.load.failed for run in runs),
    )


def report(results: list[Result], rounds: int, seconds: int, memory: Mapping[str, int], started: float) -> Report:
    """Put the figures together."""
    by_name = {result.name: result for result in results}
    theirs, ours = by_name["nginx, half load"], by_name["trunkline, half load"]

    def times(name: str) -> float:
        return round(by_name[f"trunkline{name}"].cpu_us_per_request / by_name[f"nginx{name}"].cpu_us_per_request, 2)

    return Report(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        rounds=rounds,
        seconds=seconds,
        results=results,
        times_nginx=times(""),
        times_nginx_one_caller=times(", one caller"),
        times_nginx_per_chunk=times(", streamed") if "nginx, streamed" in by_name else None,
        added_p50_ms=round(ours.p50_ms - theirs.p50_ms, 3),
        added_p99_ms=round(ours.p99_ms - theirs.p99_ms, 3),
        memory_mb={role: round(size / 1e6, 1) for role, size in memory.items()},
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
    per_chunk = figures.times_nginx_per_chunk
    console.print(
        f"Times the CPU of nginx as a plain proxy: {figures.times_nginx} a call (aim: 3), "
        f"{figures.times_nginx_one_caller} a call of one caller (aim: 2)"
        f"{'' if per_chunk is None else f', {per_chunk} a relayed chunk (aim: 2)'}. At half load "
        f"Trunkline adds {figures.added_p50_ms} ms (p50) and {figures.added_p99_ms} ms (p99, aim: 1). "
        "Resident after the load, in MB: "
        f"{', '.join(f'{role} {size}' for role, size in figures.memory_mb.items())} (aim: a worker 70). Started in "
        f"{figures.start_seconds} s (aim: 1.5)."
    )
