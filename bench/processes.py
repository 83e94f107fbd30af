"""``python -m bench.processes``: what a call costs in each of Trunkline's processes, beside nginx.

The rounds alternate. Figures are medians, in microseconds of processor time for a call, with the work that is left when
the load ends.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench import nginx, server, wrk
from bench.case import ASK, LONG_PROMPT, wait_until_taken_in
from bench.process import Cpu, Watched


def measure(
    folder: Path,
    url: str,
    pid: int,
    body: dict[str, object],
    key: str,
    connections: int,
    seconds: int,
    journal: Path | None,
) -> dict[str, Cpu]:
    """Microseconds for a call, by process. RuntimeError when one failed."""
    watched = Watched(pid)
    before = watched.cpu_by_role()
    load = wrk.run(folder, f"{url}/v1/chat/completions", body, key=key, connections=connections, seconds=seconds)
    if load.failed:
        raise RuntimeError(f"{load.failed} calls failed")
    if journal is not None:
        wait_until_taken_in(journal)
    each = 1e6 / max(load.requests, 1)
    used: dict[str, Cpu] = {}
    for role, now in watched.cpu_by_role().items():
        earlier = before.get(role, Cpu())
        used[role] = Cpu((now.user - earlier.user) * each, (now.kernel - earlier.kernel) * each)
    return used


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.processes", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--model", default="openai", choices=["openai", "anthropic", "gemini", "ollama"])
    parser.add_argument("--long", action="store_true", help="prompts of 100 kB")
    parser.add_argument(
        "--held",
        nargs="+",
        default=[],
        choices=["requests", "tokens", "parallel", "budget"],
        help="what another key is held to, whose calls are measured besides",
    )
    options = parser.parse_args()
    connections, seconds = options.connections, options.seconds
    body: dict[str, object] = {"model": options.model, **ASK}
    if options.long:
        body["messages"] = [{"role": "user", "content": LONG_PROMPT}]
    seen: dict[str, list[Cpu]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="trunkline-bench-") as name:
        folder = Path(name)
        with (
            nginx.provider(folder / "provider") as provider,
            nginx.proxy(folder / "proxy", provider) as proxy,
            server.start(folder / "data") as ours,
        ):
            ours.set_up(provider)
            held = ours.make_held_key(options.held) if options.held else ""
            for _ in range(options.rounds):
                beside = measure(folder, proxy.url, proxy.pid, body, "", connections, seconds, None)
                own = measure(folder, ours.url, ours.pid, body, ours.key, connections, seconds, ours.journal)
                runs = [("nginx", beside), ("all of Trunkline", own)]
                if held:
                    more = measure(folder, ours.url, ours.pid, body, held, connections, seconds, ours.journal)
                    runs.append(("all of it, held", more))
                    for role, used in more.items():
                        seen[f"{role}, held"].append(used)
                for role, used in own.items():
                    seen[role].append(used)
                for whose, processes in runs:
                    every = processes.values()
                    seen[whose].append(Cpu(sum(one.user for one in every), sum(one.kernel for one in every)))
    table = Table(title=f"CPU µs of a call to {options.model}, {connections} connections")
    for column in ("", "user", "kernel", "together"):
        table.add_column(column, justify="left" if not column else "right")
    for role, runs in sorted(seen.items(), key=lambda one: sum(run.user + run.kernel for run in one[1])):
        figures = ([run.user for run in runs], [run.kernel for run in runs], [run.user + run.kernel for run in runs])
        table.add_row(role, *(f"{median(figure):.1f}" for figure in figures))
    Console().print(table)


if __name__ == "__main__":
    main()
