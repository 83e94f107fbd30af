"""Processes that lease from one database, their calls, and what dies in between."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

import msgspec
from tests.bookkeeping import connect, keep
from tests.unit.control.usage.settled import event

from trunkline.app.intake import BUDGETS
from trunkline.control.budgets.authority import LeaseAuthority
from trunkline.control.usage.event_values import estimate
from trunkline.core.budget import Budget
from trunkline.core.errors import BudgetSpent, Unavailable
from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.budgets.authority import LeaseAnswer, LeaseQuestion, Need
from trunkline.gateway.budgets.lease_desk import LeaseDesk
from trunkline.gateway.budgets.reservation import Reservation
from trunkline.storage import budgets as rows
from trunkline.storage.budgets import read_budget, to_moment
from trunkline.storage.database import Database
from trunkline.storage.tables import BudgetRow, User, Workspace

WORKSPACE = "w"
NOON = 1_780_000_000.0


class Process:
    """One that serves calls: its desk, the calls that run, and its journal as far as it was not taken in."""

    def __init__(self, leasing: LeasingProcesses, name: str) -> None:
        self.leasing = leasing
        self.name = name
        self.loses_answers = False
        self.desk = LeaseDesk(self, name, clock=lambda: leasing.now, ticks=lambda: leasing.now)
        self.running: list[tuple[UsageEvent, Reservation]] = []
        self.journal: list[UsageEvent] = []

    async def lease(self, question: LeaseQuestion) -> LeaseAnswer:
        answer = await self.leasing.authority.lease(question)
        if self.loses_answers:
            raise Unavailable("The answer is lost.")
        return answer

    async def call(self, want: int, least: int) -> bool:
        """Whether it may be made."""
        budgets = self.leasing.budgets
        try:
            held = await self.desk.reserve({budget: Need(want, least) for budget in budgets})
        except (BudgetSpent, Unavailable):
            return False
        # A call is told to make no more than the poorest budget allows.
        least_held = min(amount for _, _, amount in held.shares)
        held.shrink({budget.id: least_held for budget in budgets})
        leases, most = held.describe()
        opened = event(
            WORKSPACE,
            opened_at=int(self.leasing.now * 1_000_000),
            user_id="u",
            leases=leases,
            held_nanos=most,
        )
        self.running.append((opened, held))
        return True

    def settle(self, place: int, cost: int) -> None:
        opened, held = self.running.pop(place)
        settled = msgspec.structs.replace(opened, cost_nanos=cost)
        held.settle(settled)
        self.journal.append(settled)

    def void(self, place: int) -> None:
        self.running.pop(place)[1].void()


class LeasingProcesses:
    """``amounts`` are those of the budgets, which all calls count for."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOON
        self.authority = LeaseAuthority(database, self._recall, now=lambda: datetime.fromtimestamp(self.now, UTC))
        self.budgets: list[Budget] = []
        self.processes: list[Process] = []
        self.dead: list[Process] = []
        self.taken: list[UsageEvent] = []
        self._born = 0

    async def open(self, amounts: Collection[int], processes: int) -> None:
        async with self.database.write() as tx:
            tx.add(User(id="u", email="u@x.test", name="U", password_hash="x", role="user"))
            tx.add(Workspace(id=WORKSPACE, name="W"))
            await tx.flush()
            await rows.hold_all(tx)
            for number, amount in enumerate(amounts):
                row = BudgetRow(
                    id=f"b{number}",
                    workspace_id=WORKSPACE,
                    name=f"Budget {number}",
                    subject="user" if number else "workspace",
                    subject_id="u" if number else WORKSPACE,
                    amount_nanos=amount,
                    period="day",
                    time_zone="Europe/Berlin",
                    is_hard=True,
                    thresholds="50,100",
                    since=0,
                    created_by="u",
                )
                await rows.insert(tx, row)
                self.budgets.append(read_budget(row))
        for _ in range(processes):
            self.bear()

    def bear(self) -> None:
        self._born += 1
        self.processes.append(Process(self, f"{self._born:032x}"))

    def kill(self, place: int) -> None:
        self.dead.append(self.processes.pop(place))
        self.bear()

    async def take_in(self, process: Process) -> None:
        """What the journal has, as the intake does while the process lives."""
        await keep(self.database, process.journal)
        self.taken += process.journal
        process.journal = []

    async def adopt(self) -> None:
        """What the dead have left: their calls are estimated, and their leases end."""
        for process in self.dead:
            process.journal += [estimate(opened) for opened, _ in process.running]
            await self.take_in(process)
            connection = connect(self.database)
            async with connection.write() as tx:
                await BUDGETS.end(tx, process.name)
            await connection.close()
        self.dead = []

    async def read(self, budget: Budget) -> tuple[int, int]:
        """What the database says is spent, and held by processes."""
        place = (budget.id, to_moment(budget.find_period(int(self.now * 1_000_000)).start))
        async with self.database.read() as tx:
            spent = (await rows.find_spent(tx, [place])).get(place, 0)
            leases = await rows.find_leases(tx, [place])
        return spent, sum(max(lease.granted_nanos - lease.consumed_nanos, 0) for lease in leases)

    async def recount(self, budget: Budget) -> int:
        """What the calls in the database come to."""
        async with self.database.read() as tx:
            return await rows.add_up(tx, budget, budget.find_period(int(self.now * 1_000_000)))

    def committed(self) -> int:
        """What calls have cost, wherever that is written down, and can still cost."""
        everyone = [*self.processes, *self.dead]
        return (
            sum(self.budgets[0].charge(one) for one in self.taken)
            + sum(self.budgets[0].charge(one) for each in everyone for one in each.journal)
            + sum(held.describe()[1] for each in everyone for _, held in each.running)
        )

    async def _recall(self, holder: str, budget_ids: Collection[str]) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for process in self.processes:
            if process.name != holder:
                found.update(process.desk.give_back(budget_ids))
        return found
