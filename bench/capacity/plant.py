"""Machines that serve calls, one PostgreSQL, one Redis: simulated in ticks, for many calls at a time."""

from __future__ import annotations

import math
import random
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Final

import simpy

from bench.capacity.cost import Cost

TICK: Final = 0.01
"""Seconds. What comes within one is served together, as in one turn of an event loop."""

LOCKED: Final = 0.5
"""The share of a transaction in which it holds the sums of its workspace: they come after the calls. Assumed."""

BATCH: Final = 1_000
"""Calls that the intake brings into the database in one transaction at most."""

PAUSE: Final = 0.05
"""Seconds after which the intake looks for what was written meanwhile."""


@dataclass(frozen=True)
class Size:
    """``machines`` with ``workers`` and so many ``cores`` each; ``database`` are PostgreSQL's cores.

    ``limited`` is the share of calls that Redis counts; ``network`` is a machine's card in bytes per second each way.
    ``alone``: all calls are of one workspace, so that machines add up in the same rows and wait for each other there.
    """

    machines: int
    workers: int
    cores: int
    database: int
    limited: float = 1.0
    network: float = 1.25e9
    alone: bool = False


@dataclass
class Outcome:
    """What each part had to do (1.0: all the time), by how many seconds the books were behind at most, whether that
    grows without end, and how long calls waited for a worker at most."""

    used: dict[str, float] = field(default_factory=dict[str, float])
    behind: float = 0.0
    grows: bool = False
    waited: float = 0.0

    @property
    def fullest(self) -> str:
        return max(self.used, key=lambda part: self.used[part])

    @property
    def holds(self) -> bool:
        """Whether nothing grows without end, with a tenth to spare."""
        return not self.grows and max(self.used.values()) <= 0.9


class Plant:
    """One run of ``seconds`` at ``rate`` calls a second, spread over machines by chance."""

    def __init__(self, size: Size, cost: Cost, rate: float, seconds: float, seed: int = 7) -> None:
        self._size = size
        self._cost = cost
        self._rate = rate
        self._seconds = seconds
        self._dice = random.Random(seed)
        self._environment = simpy.Environment()
        # SimPy does not say of what type its requests are.
        self._database: Any = simpy.Resource(self._environment, size.database)
        self._sums: Any = simpy.Resource(self._environment, 1)
        self._redis: Any = simpy.Resource(self._environment, 1)
        self._busy: dict[str, float] = dict.fromkeys(
            ("worker", "intake", "machine", "PostgreSQL", "Redis", "network"), 0.0
        )
        self._journals = [0.0] * size.machines
        self._behind: list[float] = []
        self._waited = 0.0
        self._turns = 0.0

    def run(self) -> Outcome:
        for machine in range(self._size.machines):
            self._environment.process(self._serve(machine))
            self._environment.process(self._take_in(machine))
        self._environment.process(self._watch())
        self._environment.run(self._seconds)
        size, spent = self._size, self._busy
        offered = self._rate * self._seconds
        spent["machine"] = spent["worker"] + spent["intake"]
        spent["intake"] = self._turns
        spent["sums"] = spent["PostgreSQL"] * LOCKED if size.alone else 0.0
        spent["network"] = 2 * offered * self._cost.wire
        shares = {
            "worker": size.machines * size.workers,
            "intake": size.machines,
            "machine": size.machines * size.cores,
            "PostgreSQL": size.database,
            "Redis": 1,
            "sums": 1,
            "network": size.machines * size.network,
        }
        used = {part: spent[part] / (share * self._seconds) for part, share in shares.items()}
        half = len(self._behind) // 2
        earlier, later = self._behind[half - half // 2 : half], self._behind[-(half // 2) :]
        # Batches come and go: what grows by more than a hundredth of what came in the time between grows for ever.
        more = sum(later) / len(later) - sum(earlier) / len(earlier)
        grows = more > offered / 200 + BATCH * size.machines
        return Outcome(used, max(self._behind[half:]) / self._rate, grows, self._waited)

    def _serve(self, machine: int) -> Generator[Any, Any, None]:
        """Workers take what comes in a tick; what they cannot do in it waits for the next ones."""
        mean = self._rate * TICK / self._size.machines
        waiting = 0.0
        can = self._size.workers * TICK * 1e6 / self._cost.worker
        while True:
            waiting += max(self._dice.gauss(mean, math.sqrt(mean)), 0.0)
            done = min(waiting, can)
            waiting -= done
            self._busy["worker"] += done * self._cost.worker / 1e6
            self._waited = max(self._waited, waiting / can * TICK)
            if done and self._size.limited:
                self._environment.process(self._count(done * self._size.limited))
            self._journals[machine] += done
            yield self._environment.timeout(TICK)

    def _count(self, calls: float) -> Generator[Any, Any, None]:
        with self._redis.request() as turn:
            yield turn
            took = calls * self._cost.redis / 1e6
            yield self._environment.timeout(took)
            self._busy["Redis"] += took

    def _take_in(self, machine: int) -> Generator[Any, Any, None]:
        """Reads a batch, then waits for a core of PostgreSQL and for its work: one transaction at a time."""
        yield self._environment.timeout(self._dice.random() * PAUSE)
        while True:
            calls = min(self._journals[machine], BATCH)
            if calls < 1:
                yield self._environment.timeout(PAUSE)
                continue
            own, began = calls * self._cost.intake / 1e6, self._environment.now
            yield self._environment.timeout(own)
            theirs = calls * self._cost.database / 1e6
            yield from self._work(theirs * (1 - LOCKED))
            with self._sums.request() as turn:
                if self._size.alone:
                    yield turn
                yield from self._work(theirs * LOCKED)
            # While the database works, the intake waits and does nothing else: its turn is as long as both together.
            self._busy["intake"] += own
            self._turns += self._environment.now - began
            self._journals[machine] -= calls
            if calls < BATCH:
                yield self._environment.timeout(PAUSE)

    def _work(self, seconds: float) -> Generator[Any, Any, None]:
        with self._database.request() as core:
            yield core
            yield self._environment.timeout(seconds)
            self._busy["PostgreSQL"] += seconds

    def _watch(self) -> Generator[Any, Any, None]:
        while True:
            yield self._environment.timeout(10 * TICK)
            self._behind.append(sum(self._journals))


def find_most(size: Size, cost: Cost, seconds: float = 10.0) -> tuple[float, Outcome]:
    """The most calls a second that this holds, to a hundredth, and how it stands then."""
    low, high = 0.0, _reckon(size, cost)
    held = Outcome({"worker": 0.0})
    while high - low > high / 100:
        middle = (low + high) / 2
        outcome = Plant(size, cost, middle, seconds).run()
        if outcome.holds:
            low, held = middle, outcome
        else:
            high = middle
    return low, held


def _reckon(size: Size, cost: Cost) -> float:
    """What the fullest part could do if nobody ever waited for another."""
    machines = size.machines
    at_most = [
        machines * size.workers / cost.worker,
        machines / (cost.intake + cost.database),
        machines * size.cores / (cost.worker + cost.intake),
        size.database / cost.database,
    ]
    if size.alone:
        at_most.append(1 / (cost.database * LOCKED))
    if size.limited:
        at_most.append(1 / (cost.redis * size.limited))
    return min(at_most) * 1e6
