"""``python -m bench.capacity``: how many calls a second installations of some sizes hold, and what is full first.

The costs are measured ones; that parts of many machines add up as simulated is not measured. ``--redis`` measures what
a limit in Redis costs now.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from bench.capacity.cost import MEASURED, Cost
from bench.capacity.plant import Outcome, Plant, Size, find_most
from bench.capacity.redis_cost import measure

SIZES = (
    Size(machines=1, workers=1, cores=2, database=2),
    Size(machines=1, workers=2, cores=4, database=4),
    Size(machines=3, workers=2, cores=4, database=8),
    Size(machines=8, workers=2, cores=4, database=16),
    Size(machines=16, workers=2, cores=4, database=32),
    Size(machines=32, workers=2, cores=4, database=64),
)

TARGETS = (1_000, 10_000, 100_000, 1_000_000)
CORES_OF_A_DATABASE = 32
"""Of one PostgreSQL server, whose cores are all busy with rows: no more are counted on."""


def show_sizes(console: Console, cost: Cost) -> None:
    """The most that each of some installations holds and what is full then: with calls of many workspaces, of one, and
    with a limit in Redis for each call."""
    table = Table(title="the most calls a second", title_justify="left")
    for column in ("machines", "PostgreSQL's cores", "many workspaces", "one workspace", "each in Redis"):
        table.add_column(column, justify="right")
    for size in SIZES:
        row = [f"{size.machines} with {size.workers}", f"{size.database}"]
        for changes in ({"limited": 0.0}, {"limited": 0.0, "alone": True}, {"limited": 1.0}):
            most, outcome = find_most(replace(size, **changes), cost)
            row.append(f"{most:,.0f} ({outcome.fullest})")
        table.add_row(*row)
    console.print(table)


def show_targets(console: Console, cost: Cost) -> None:
    """What so many calls a second need."""
    table = Table(title="what it takes", title_justify="left")
    for column in (
        "calls/s",
        "installations",
        "machines each",
        "PostgreSQL's cores each",
        "behind, s",
        "journals, MB/s",
    ):
        table.add_column(column, justify="right")
    for target in TARGETS:
        size, installations, outcome = find_size(target, cost)
        written = target * cost.journal / 1e6
        cells = (target, installations, size.machines, size.database)
        table.add_row(*(f"{cell:,}" for cell in cells), f"{outcome.behind:.1f}", f"{written:,.1f}")
    console.print(table)


def find_size(target: float, cost: Cost) -> tuple[Size, int, Outcome]:
    """The fewest machines of two workers and four cores, and cores of PostgreSQL, for ``target``, and of how many
    installations: one database has no more than ``CORES_OF_A_DATABASE``."""
    installations = 1
    while True:
        rate = target / installations
        database = max(1, -(-int(rate * cost.database / 1e6 / 0.8 * 100) // 100))
        if database <= CORES_OF_A_DATABASE:
            machines = max(1, int(rate * (cost.intake + cost.database) / 1e6))
            while True:
                size = Size(machines=machines, workers=2, cores=4, database=database, limited=0)
                outcome = Plant(size, cost, rate, 20).run()
                if outcome.holds:
                    return size, installations, outcome
                machines += 1
        installations += 1


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.capacity", description=__doc__)
    parser.add_argument("--redis", action="store_true", help="measure what a limit in Redis costs, and go on with that")
    console, cost = Console(), MEASURED
    if parser.parse_args().redis:
        cost = replace(cost, redis=measure())
        console.print(f"a limit in Redis: {cost.redis:.1f} µs of the Redis server's time")
    show_sizes(console, cost)
    show_targets(console, cost)


if __name__ == "__main__":
    main()
