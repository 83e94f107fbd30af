"""``python -m bench.growth``: fill installations of growing sizes, and print what operations cost in each.

Costs are processor time of this process, which holds server and client both, and of PostgreSQL's; the longest turn of
the event loop stands beside them, as other calls wait for that long.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.growth.installation import open_installation
from bench.growth.operations import list_operations
from bench.growth.size import FULL, SIZES, Size
from bench.growth.stopwatch import Cost, Stopwatch
from bench.postgres import open_postgres
from trunkline import logs

Costs = dict[str, Cost]


async def measure(folder: Path, url: str | None, server: int | None, size: Size, chosen: str, rounds: int) -> Costs:
    """What each operation costs at that size."""
    costs: Costs = {}
    async with open_installation(folder, url, size) as place:
        watch = Stopwatch(server)
        try:
            for name, operation in list_operations(place).items():
                if chosen in name:
                    costs[name] = await watch.measure(operation, rounds)
        finally:
            watch.close()
    return costs


def show(kind: str, sizes: Sequence[Size], found: Sequence[Costs], console: Console) -> None:
    """One table per database."""
    table = Table(title=f"{kind}: ms of CPU (longest turn)", title_justify="left")
    table.add_column("operation")
    for size in sizes:
        table.add_column(f"{size.configurations:,} / {size.events:,}", justify="right")
    for name in found[0]:
        row = [costs[name] for costs in found]
        table.add_row(name, *(f"{cost.own + cost.server:,.1f} ({cost.turn:,.1f})" for cost in row))
    console.print(table)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--full", action="store_true", help="end with a million calls; takes some minutes")
    every = ",".join(str(size.configurations) for size in SIZES)
    parser.add_argument("--sizes", default=every, help="which sizes, by their configurations")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--only", default="", help="a part of the operations' names")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    logs.configure("error", "console")
    wanted = {int(each) for each in asked.sizes.split(",")}
    sizes = [size for size in ((*SIZES[:-1], FULL) if asked.full else SIZES) if size.configurations in wanted]
    kinds = asked.databases.split(",")
    console = Console(width=140)
    folder = Path(tempfile.mkdtemp(prefix="trunkline-growth-"))
    try:
        with open_postgres(folder / "postgresql") if "postgresql" in kinds else nullcontext() as server:
            for kind in kinds:
                found: list[Costs] = []
                for number, size in enumerate(sizes):
                    place, url, pid = folder / f"{kind}-{number}", None, None
                    if server is not None and kind == "postgresql":
                        url, pid = server.create(f"growth{number}"), server.pid
                    found.append(asyncio.run(measure(place, url, pid, size, asked.only, asked.rounds)))
                show(kind, sizes, found, console)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
