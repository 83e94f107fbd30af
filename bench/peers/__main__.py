"""``python -m bench.peers``: what a call costs in Trunkline and in other gateways, in one run.

Each is installed from public packages into a folder that is thrown away, with one process that serves, and has the same
provider (nginx with canned answers) and the same load. What cannot be had on this machine is named and left out.
Prints a table; writes JSON to ``bench/results`` and a picture to ``docs/pictures``.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench import nginx
from bench.case import Case, Run, count_bytes, measure
from bench.figures import Result, summarise
from bench.nginx import CHUNKS, Nginx
from bench.peers import bifrost, litellm, ourselves, portkey
from bench.peers.peer import PATH, Install, NotAvailable, Peer
from bench.process import Watched

_RESULTS = Path(__file__).parent.parent / "results"
_PEERS: Mapping[str, Install] = {
    "nginx": ourselves.install_nginx,
    "Trunkline": ourselves.install_trunkline,
    "Bifrost": bifrost.install,
    "Portkey": portkey.install,
    "LiteLLM": litellm.install,
}


class Measured(msgspec.Struct, frozen=True, rename="camel"):
    """One gateway: medians of whole and of streamed calls, and the resident memory of all its processes after both."""

    name: str
    version: str
    features: str
    whole: Result
    streamed: Result | None
    memory_mb: float


class Comparison(msgspec.Struct, frozen=True, rename="camel"):
    """All figures of a run. ``left_out`` says for whom there are none, and why."""

    at: str
    machine: str
    python: str
    rounds: int
    seconds: int
    peers: list[Measured]
    left_out: dict[str, str]


def _list_cases(peer: Peer, streams: bool) -> list[Case]:
    whole = Case(peer.name, peer.url + PATH, peer.model, peer.key, peer.pid, journal=peer.journal, headers=peer.headers)
    if not streams:
        return [whole]
    streamed = Case(
        f"{peer.name}, streamed",
        peer.url + peer.streamed_path,
        peer.streamed_model,
        peer.key,
        peer.pid,
        CHUNKS,
        journal=peer.journal,
        headers=peer.streamed_headers,
    )
    return [whole, streamed]


def _start(stack: ExitStack, folder: Path, provider: Nginx, progress: Progress) -> tuple[list[Peer], dict[str, str]]:
    """Those that run until ``stack`` ends, and why others do not."""
    task = progress.add_task("Installing", total=len(_PEERS))
    running: list[Peer] = []
    left_out: dict[str, str] = {}
    for name, install in _PEERS.items():
        progress.update(task, description=f"Installing {name}")
        place = folder / name.lower()
        place.mkdir()
        try:
            running.append(stack.enter_context(install(place).start(provider)))
        except NotAvailable as reason:
            left_out[name] = str(reason)
        progress.advance(task)
    return running, left_out


def compare(rounds: int, seconds: int, console: Console) -> Comparison:
    """Install and start all, and measure them in turns."""
    with tempfile.TemporaryDirectory(prefix="trunkline-peers-") as name, ExitStack() as stack:
        folder = Path(name)
        provider = stack.enter_context(nginx.provider(folder / "provider"))
        progress = stack.enter_context(Progress(console=console, transient=True))
        running, left_out = _start(stack, folder, provider, progress)
        cases = {peer.name: _list_cases(peer, provider.streams) for peer in running}
        # Also the first call of each, which loads what a process loads when it is first asked.
        sizes = {case.name: count_bytes(case) for several in cases.values() for case in several}
        seen: dict[str, list[Run]] = defaultdict(list)
        task = progress.add_task("Measuring", total=rounds * len(sizes))
        for _ in range(rounds):
            for several in cases.values():
                for case in several:
                    progress.update(task, description=case.name)
                    seen[case.name].append(measure(folder, case, seconds, sizes[case.name]))
                    progress.advance(task)
        measured: list[Measured] = []
        for peer in running:
            results = [summarise(case, seen[case.name]) for case in cases[peer.name]]
            measured.append(
                Measured(
                    name=peer.name,
                    version=peer.version,
                    features=peer.features,
                    whole=results[0],
                    streamed=results[1] if provider.streams else None,
                    memory_mb=round(Watched(peer.pid).resident() / 1e6, 1),
                )
            )
    return Comparison(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        rounds=rounds,
        seconds=seconds,
        peers=measured,
        left_out=left_out,
    )


def show(figures: Comparison, console: Console) -> None:
    """The table, and who is not in it."""
    table = Table(title="What a call costs")
    for column in ("", "CPU µs/request", "CPU µs/chunk", "requests/s", "p50 ms", "p99 ms", "memory MB", "failed"):
        table.add_column(column, justify="left" if not column else "right")
    for peer in figures.peers:
        whole, streamed = peer.whole, peer.streamed
        table.add_row(
            f"{peer.name} {peer.version}",
            f"{whole.cpu_us_per_request:,.1f}",
            "" if streamed is None or streamed.cpu_us_per_chunk is None else f"{streamed.cpu_us_per_chunk:,.1f}",
            f"{whole.requests_per_second:,.0f}",
            f"{whole.p50_ms:,.2f}",
            f"{whole.p99_ms:,.2f}",
            f"{peer.memory_mb:,.0f}",
            str(whole.failed + (streamed.failed if streamed else 0)),
        )
    console.print(table)
    for peer in figures.peers:
        console.print(f"{peer.name}: {peer.features}.")
    for name, reason in figures.left_out.items():
        console.print(f"{name} was left out: {reason}.")


def main() -> int:
    """Run, print, write. Exit code 1 when a call failed under load."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (default: 3)")
    parser.add_argument("--seconds", type=int, default=4, help="how long each time (default: 4)")
    options = parser.parse_args()
    console = Console()
    figures = compare(options.rounds, options.seconds, console)
    show(figures, console)
    _RESULTS.mkdir(exist_ok=True)
    path = _RESULTS / f"peers-{figures.at.replace(':', '')}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")
    console.print(f"Written to {path}.")
    return 1 if any(peer.whole.failed or (peer.streamed and peer.streamed.failed) for peer in figures.peers) else 0


if __name__ == "__main__":
    sys.exit(main())
