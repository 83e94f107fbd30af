"""Whatever happens in which order, no more is spent and held than a hard budget has, and every call counts once."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.control.budgets.leasing_processes import LeasingProcesses

from trunkline.storage.database import Database

Step = tuple[Any, ...]

WHO = st.integers(0, 2)
STEPS = st.one_of(
    st.tuples(st.just("call"), WHO, st.integers(1, 400), st.integers(1, 100)),
    st.tuples(st.just("call"), WHO, st.integers(1, 400), st.integers(1, 100)),
    st.tuples(st.just("settle"), WHO, st.integers(0, 9), st.integers(0, 100)),
    st.tuples(st.just("void"), WHO, st.integers(0, 9)),
    st.tuples(st.just("expire"), WHO, st.integers(1, 5)),
    st.tuples(st.just("take in"), WHO),
    st.tuples(st.just("lose"), WHO, st.integers(1, 400)),
    st.tuples(st.just("crash"), WHO),
    st.tuples(st.just("adopt")),
)


async def play(leasing: LeasingProcesses, step: Step) -> None:
    kind, *rest = step
    process = leasing.processes[rest[0]] if rest else None
    match kind, process, rest[1:]:
        case "call", each, [want, part] if each is not None:
            await each.call(want, max(want * part // 100, 1))
        case "settle", each, [place, part] if each is not None and each.running:
            place %= len(each.running)
            each.settle(place, each.running[place][1].describe()[1] * part // 100)
        case "void", each, [place] if each is not None and each.running:
            each.void(place % len(each.running))
        case "expire", each, [seconds] if each is not None:
            leasing.now += seconds
            await each.desk.tell()
        case "take in", each, _ if each is not None:
            await leasing.take_in(each)
        case "lose", each, [want] if each is not None:
            each.loses_answers = True
            assert not await each.call(want, want) or want
            each.loses_answers = False
        case "crash", _, _:
            leasing.kill(rest[0])
        case "adopt", _, _:
            await leasing.adopt()
        case _:
            pass


async def check(leasing: LeasingProcesses) -> None:
    for budget in leasing.budgets:
        spent, held = await leasing.read(budget)
        assert spent + held <= budget.amount
        assert leasing.committed() <= budget.amount
        assert spent == await leasing.recount(budget) == sum(map(budget.charge, leasing.taken))


async def run(path: Path, amounts: tuple[int, ...], steps: list[Step]) -> None:
    database = Database(f"sqlite+aiosqlite:///{path}")
    leasing = LeasingProcesses(database)
    try:
        await leasing.open(amounts, 3)
        for step in steps:
            await play(leasing, step)
            await check(leasing)
        # In the end everybody is done, and nothing is held any more.
        for place in range(3):
            process = leasing.processes[place]
            while process.running:
                process.settle(0, process.running[0][1].describe()[1] // 2)
            await leasing.take_in(process)
            await process.desk.tell(all_of_it=True)
        await leasing.adopt()
        await check(leasing)
        assert [(await leasing.read(budget))[1] for budget in leasing.budgets] == [0] * len(leasing.budgets)
    finally:
        await database.close()


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trunkline.db"

        async def make() -> None:
            database = Database(f"sqlite+aiosqlite:///{path}")
            await database.migrate()
            await database.close()

        asyncio.run(make())
        yield path


@given(
    amounts=st.tuples(st.integers(1, 5_000)) | st.tuples(st.integers(1, 5_000), st.integers(1, 5_000)),
    steps=st.lists(STEPS, min_size=5, max_size=20),
)
@settings(max_examples=30)
def test_nothing_is_overdrawn_lost_or_doubled(template: Path, amounts: tuple[int, ...], steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trunkline.db"
        shutil.copy(template, path)
        asyncio.run(run(path, amounts, steps))


async def test_on_each_database(database: Database) -> None:
    """One long story, on PostgreSQL too."""
    leasing = LeasingProcesses(database)
    await leasing.open((10_000, 3_000), 2)
    for number in range(40):
        process = leasing.processes[number % 2]
        await process.call(300, 50)
        if number % 3 == 0 and process.running:
            process.settle(0, process.running[0][1].describe()[1] // 3)
        if number % 7 == 0:
            await leasing.take_in(process)
        if number % 11 == 10:
            leasing.kill(0)
        if number % 13 == 12:
            await leasing.adopt()
        await check(leasing)
    await leasing.adopt()
    await check(leasing)
    async with database.read() as tx:
        from trunkline.storage import budgets as rows
        from trunkline.storage.budgets import to_moment

        budget = leasing.budgets[1]
        place = (budget.id, to_moment(budget.find_period(int(leasing.now * 1_000_000)).start))
        crossed = [one.threshold for one in await rows.find_events(tx, [place])]
    assert crossed == ([50, 100] if (await leasing.read(budget))[0] >= budget.amount else [50])


async def test_many_calls_at_once_in_two_processes(database: Database) -> None:
    """A thousand calls on a budget for ten: ten are let in, and not one more."""
    leasing = LeasingProcesses(database)
    await leasing.open((10 * 114,), 2)
    let_in = await asyncio.gather(*(leasing.processes[number % 2].call(114, 114) for number in range(1_000)))
    assert sum(let_in) == 10
    await check(leasing)


async def test_what_one_process_holds_unused_serves_another(database: Database) -> None:
    leasing = LeasingProcesses(database)
    await leasing.open((1_000_000,), 2)
    one, other = leasing.processes
    # It gets much more than it needs, for calls to come.
    assert await one.call(10, 10)
    assert (await leasing.read(leasing.budgets[0]))[1] > 10
    assert await other.call(999_990, 999_990)
    assert not await other.call(1, 1)
    await check(leasing)


async def test_the_last_of_a_budget_is_had_back_from_another_process(database: Database) -> None:
    leasing = LeasingProcesses(database)
    await leasing.open((1_000_000,), 2)
    one, other = leasing.processes
    assert await one.call(10, 10)
    one.void(0)
    assert await other.call(1_000_000, 1_000_000)
    await check(leasing)
