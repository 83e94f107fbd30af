"""The intake: exact sums whatever is repeated, doubled or cut off, and nothing lost while the database is down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.bookkeeping import connect
from tests.plain_end import write_end
from tests.unit.control.usage.settled import HOUR, START, Written, event, opened_of, violation, write_segments

from trunkline.app.intake import PROJECTIONS
from trunkline.control.usage import intake as module
from trunkline.control.usage import last_uses
from trunkline.control.usage.intake import Intake
from trunkline.core.chat import Usage
from trunkline.core.errors import Unavailable
from trunkline.core.ids import id_bytes, new_id
from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.journal.folder import JournalFolder
from trunkline.gateway.journal.frame import Kind, encode_frame
from trunkline.gateway.journal.template import RecordTemplate
from trunkline.gateway.journal.writer import Journal
from trunkline.storage import violations
from trunkline.storage.database import Database
from trunkline.storage.intake.connection import Connection, Transaction
from trunkline.storage.tables import ApiKey, PolicyViolation, User, Workspace
from trunkline.storage.usage import UsageScope, list_events, sum_events
from trunkline.storage.usage_sums import read_series, read_sums


class Crash(Exception):
    """The process dies here."""


class Dying:
    """A connection whose process dies at given transactions: before or after their commit."""

    def __init__(self, connection: Connection, deaths: dict[int, str]) -> None:
        self._connection, self._deaths, self._count = connection, deaths, 0

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[Transaction]:
        self._count += 1
        death = self._deaths.get(self._count)
        async with self._connection.write() as tx:
            yield tx
            if death == "before":
                raise Crash
        if death == "after":
            raise Crash

    async def close(self) -> None:
        await self._connection.close()


class Down:
    """A database that refuses ``times`` transactions, and then serves."""

    def __init__(self, connection: Connection, times: float = float("inf")) -> None:
        self._connection, self.times = connection, times

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[Transaction]:
        if self.times > 0:
            self.times -= 1
            raise Unavailable("The database cannot be reached.")
        async with self._connection.write() as tx:
            yield tx

    async def close(self) -> None:
        await self._connection.close()


def make(connection: Connection, folder: Path, batch: int = module.BATCH) -> Intake:
    return Intake(connection, JournalFolder(folder), PROJECTIONS, batch=batch)


async def take_in_whatever_dies(database: Database, folder: Path, deaths: dict[int, str], batch: int) -> None:
    """A new process after each death, until one lives to the end."""
    dying = Dying(connect(database), deaths)
    for _ in range(len(deaths) + 1):
        intake = make(dying, folder, batch)
        try:
            await intake.take_in()
            return
        except Crash:
            continue
        finally:
            await intake.close()
    raise AssertionError("it never got to the end")


counts = st.integers(0, 5)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    calls=st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["ok", "error", "cancelled"]), counts, counts, st.none() | counts),
        max_size=12,
    ),
    doubled=st.lists(st.integers(0, 11), max_size=5),
    cuts=st.lists(st.integers(0, 12), max_size=3),
    deaths=st.dictionaries(st.integers(1, 10), st.sampled_from(["before", "after"]), max_size=4),
    batch=st.integers(1, 6),
)
async def test_sums_are_exact_after_crashes_replays_and_doubles(
    database: Database,
    tmp_path: Path,
    calls: list[tuple[int, str, int, int, int | None]],
    doubled: list[int],
    cuts: list[int],
    deaths: dict[int, str],
    batch: int,
) -> None:
    workspace = new_id()
    events = [
        event(
            workspace,
            opened_at=START + hour * HOUR + index,
            outcome=outcome,
            usage=Usage(input=given_in, output=given_out),
            cost_nanos=cost,
            duration_us=10,
        )
        for index, (hour, outcome, given_in, given_out, cost) in enumerate(calls)
    ]
    records: list[Written] = [(Kind.SETTLE, record) for record in events]
    records += [(Kind.SETTLE, events[index]) for index in doubled if index < len(events)]
    edges = [0, *sorted(min(cut, len(records)) for cut in cuts), len(records)]
    folder = tmp_path / "journal"
    write_segments(folder, [records[low:high] for low, high in pairwise(edges)])
    await take_in_whatever_dies(database, folder, deaths, batch)
    assert list(folder.glob("*.journal")) == []
    scope = UsageScope(workspace_id=workspace)
    async with database.read() as tx:
        from_sums, from_events = await read_sums(tx, scope), await sum_events(tx, scope)
        first = START // HOUR * 4
        by_hour = await read_series(tx, scope, range(first, first + 4 * 100, 4))
        stored = await list_events(tx, scope, after=None, limit=100)
    assert from_sums == from_events
    assert from_sums.request_count == len(events)
    assert from_sums.error_count == sum(1 for record in events if record.outcome == "error")
    assert from_sums.input_tokens == sum(record.usage.input for record in events)
    assert from_sums.cost_nanos == sum(record.cost_nanos or 0 for record in events)
    assert from_sums.duration_us == 10 * len(events)
    latest = max((record.opened_at for record in events), default=None)
    assert (from_sums.last_used_at is None) == (latest is None)
    assert {START + number * HOUR for number, _ in by_hour} == {record.opened_at // HOUR * HOUR for record in events}
    assert {row.id for row in stored} == {record.id for record in events}


async def list_violations(database: Database) -> list[PolicyViolation]:
    async with database.read() as tx:
        scope = violations.ViolationScope(workspace_ids=("w",))
        return list(await violations.find(tx, scope, take=100))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    count=st.integers(1, 6),
    doubled=st.lists(st.integers(0, 5), max_size=4),
    deaths=st.dictionaries(st.integers(1, 6), st.sampled_from(["before", "after"]), max_size=3),
    batch=st.integers(1, 4),
)
async def test_broken_policies_are_stored_once_whatever_dies(
    tmp_path: Path, count: int, doubled: list[int], deaths: dict[int, str], batch: int
) -> None:
    place = tmp_path / new_id()
    database = Database(f"sqlite+aiosqlite:///{place / 'trunkline.db'}")
    await database.migrate()
    noted = [violation(at=START + number) for number in range(count)]
    records: list[Written] = [(Kind.NOTE, one) for one in (*noted, *(noted[at] for at in doubled if at < count))]
    write_segments(place / "journal", [records[: count // 2], records[count // 2 :]])
    await take_in_whatever_dies(database, place / "journal", deaths, batch)
    assert [row.id for row in await list_violations(database)] == [one.id for one in reversed(noted)]
    await database.close()


async def test_takes_in_what_a_living_process_settles_and_deletes_what_it_has_sealed(
    database: Database, tmp_path: Path
) -> None:
    journal = Journal(tmp_path)
    intake = make(connect(database), tmp_path)
    record = event("w")
    journal.open(id_bytes(record.id), msgspec.msgpack.encode(opened_of(record)))
    await asyncio.sleep(0)
    assert await intake.take_in() == 0
    await journal.settle(id_bytes(record.id), msgspec.msgpack.encode(record))
    assert await intake.take_in() == 1
    assert await intake.take_in() == 0
    assert len(list(tmp_path.glob("*.journal"))) == 1
    await journal.close()
    assert await intake.take_in() == 0
    assert list(tmp_path.glob("*.journal")) == []
    journal.release()
    await intake.close()


async def test_the_end_of_a_segment_that_is_written_to_may_not_be_there_yet(database: Database, tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    first, second = event("w"), event("w")
    intake = make(connect(database), tmp_path)
    await journal.settle(id_bytes(first.id), msgspec.msgpack.encode(first))
    (path,) = tmp_path.glob("*.journal")
    whole = encode_frame(Kind.SETTLE, id_bytes(second.id), msgspec.msgpack.encode(second))
    with path.open("ab") as file:
        file.write(whole[:50])
        file.flush()
        assert await intake.take_in() == 1
        file.write(whole[50:])
        file.flush()
        assert await intake.take_in() == 1
    await intake.close()
    await journal.close()
    journal.release()


async def write_short(journal: Journal, template: RecordTemplate, *calls: UsageEvent) -> None:
    """``calls``, of which the ``template`` tells what they have in common, as a plain call writes them."""
    waiters = [asyncio.get_running_loop().create_future() for _ in calls]
    for call, waiter in zip(calls, waiters, strict=True):
        name = id_bytes(call.id)
        journal.open(name, template.write_opened(call.opened_at, call.request_id), template)
        journal.settle_then(name, write_end(template, call), waiter, template)
    await asyncio.gather(*waiters)


async def test_short_records_are_taken_in_wherever_it_begins(database: Database, tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    template = RecordTemplate(event("w", id="", opened_at=0, request_id="", configuration_id="c"))
    calls = [event("w", configuration_id="c", usage=Usage(input=n), cost_nanos=n, duration_us=n) for n in range(1, 6)]
    await write_short(journal, template, *calls[:2])
    first = make(connect(database), tmp_path, batch=1)
    assert await first.take_in() == 2
    await first.close()
    await write_short(journal, template, *calls[2:4])
    # Another process, which begins behind the template.
    second = make(connect(database), tmp_path, batch=1)
    assert await second.take_in() == 2
    journal.open(id_bytes(calls[4].id), template.write_opened(calls[4].opened_at, "r"), template)
    await journal.close()
    journal.release()
    assert await second.take_in() == 1
    async with database.read() as tx:
        rows = {row.id: row for row in await list_events(tx, UsageScope(workspace_id="w"), after=None, limit=10)}
    for call in calls[:4]:
        row = rows[call.id]
        assert (row.configuration_id, row.input_tokens, row.cost_nanos) == ("c", call.usage.input, call.cost_nanos)
    lost = rows[calls[4].id]
    assert (lost.outcome, lost.configuration_id, lost.error) == ("estimated", "c", "process_died")
    await second.close()


@pytest.mark.parametrize("batch", [1, 7, 1_000])
async def test_calls_of_several_templates_are_taken_in_as_they_were_made(
    database: Database, tmp_path: Path, batch: int
) -> None:
    journal = Journal(tmp_path)
    templates = [
        RecordTemplate(event("w", id="", opened_at=0, request_id="", configuration_id=name, revision=revision))
        for name, revision in (("c", 1), ("c", 2), ("d", 1))
    ]
    calls: list[UsageEvent] = []
    for n in range(30):
        given = {"opened_at": START + n, "usage": Usage(input=n, output=1), "cost_nanos": n, "request_id": f"r{n}"}
        template = templates[n % 3]
        calls.append(msgspec.structs.replace(template.event, id=new_id(), **given))
        await write_short(journal, template, calls[-1])
        if n % 10 == 0:
            calls.append(event("w", opened_at=START + n, outcome="error", error="server"))
            await journal.settle(id_bytes(calls[-1].id), msgspec.msgpack.encode(calls[-1]))
    intake = make(connect(database), tmp_path, batch)
    assert await intake.take_in() == len(calls)
    await intake.close()
    await journal.close()
    journal.release()
    scope = UsageScope(workspace_id="w")
    async with database.read() as tx:
        rows = {row.id: row for row in await list_events(tx, scope, after=None, limit=100)}
        assert await read_sums(tx, scope) == await sum_events(tx, scope)
    for call in calls:
        row = rows.pop(call.id)
        assert (row.configuration_id, row.revision, row.outcome) == (call.configuration_id, call.revision, call.outcome)
        assert (row.input_tokens, row.cost_nanos, row.request_id) == (
            call.usage.input,
            call.cost_nanos,
            call.request_id,
        )
    assert rows == {}


async def test_a_template_that_is_damaged_costs_what_names_it_alone(database: Database, tmp_path: Path) -> None:
    journal, template = Journal(tmp_path), RecordTemplate(event("w", id="", opened_at=0, request_id=""))
    whole = event("w")
    await write_short(journal, template, event("w"))
    await journal.settle(id_bytes(whole.id), msgspec.msgpack.encode(whole))
    await journal.close()
    journal.release()
    (path,) = tmp_path.glob("*.journal")
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    intake = make(connect(database), tmp_path)
    assert await intake.take_in() == 1
    async with database.read() as tx:
        rows = await list_events(tx, UsageScope(workspace_id="w"), after=None, limit=10)
    assert [row.id for row in rows] == [whole.id]
    await intake.close()


async def test_one_takes_in_and_the_next_takes_over(database: Database, tmp_path: Path) -> None:
    one, other = make(connect(database), tmp_path), make(connect(database), tmp_path)
    assert await one.take_in() == 0
    write_segments(tmp_path, [[(Kind.SETTLE, event("w"))]])
    assert await other.take_in() == 0
    assert await one.take_in() == 1
    write_segments(tmp_path, [[(Kind.SETTLE, event("w"))]])
    await one.close()
    assert await other.take_in() == 1
    await other.close()


async def test_what_a_dead_process_noted_is_taken_in(database: Database, tmp_path: Path) -> None:
    dead = Journal(tmp_path)
    noted = violation(model="m\x00" * 400, host="h" * 400)
    await dead.note(id_bytes(noted.id), msgspec.msgpack.encode(noted))
    await dead.note(id_bytes(new_id()), b"of another version")
    await dead.close()
    dead.release()
    intake = make(connect(database), tmp_path)
    assert await intake.take_in() == 0
    (row,) = await list_violations(database)
    assert (row.id, row.explanation) == (noted.id, "Because.")
    assert int(row.created_at.timestamp()) * 1_000_000 == START
    assert (len(row.model), "\x00" in row.model, len(row.host)) == (255, False, 255)
    await intake.close()


async def test_calls_of_a_dead_process_without_an_end_are_estimated(database: Database, tmp_path: Path) -> None:
    dead = Journal(tmp_path)
    settled, lost = event("w"), event("w", configuration_id="c", requested_model="alias")
    for record in (settled, lost):
        dead.open(id_bytes(record.id), msgspec.msgpack.encode(opened_of(record)))
    await dead.settle(id_bytes(settled.id), msgspec.msgpack.encode(settled))
    await dead.close()
    dead.release()
    intake = make(connect(database), tmp_path)
    assert await intake.take_in() == 2
    assert await intake.take_in() == 0
    async with database.read() as tx:
        rows = {row.id: row for row in await list_events(tx, UsageScope(workspace_id="w"), after=None, limit=10)}
    assert rows[settled.id].outcome == "ok"
    assert rows[lost.id].outcome == "estimated"
    assert rows[lost.id].requested_model == "alias"
    assert list(tmp_path.glob("*.journal")) == []
    await intake.close()


async def test_while_the_database_is_down_the_journal_keeps_everything(database: Database, tmp_path: Path) -> None:
    write_segments(tmp_path, [[(Kind.SETTLE, event("w"))]])
    intake = make(Down(connect(database)), tmp_path)
    with pytest.raises(Unavailable):
        await intake.take_in()
    assert len(list(tmp_path.glob("*.journal"))) == 1
    assert JournalFolder(tmp_path).taken_in_until() is None
    assert not (tmp_path / "set-aside.jsonl").exists()
    await intake.close()


async def test_it_goes_on_by_itself_when_the_database_is_back_and_once_more_when_told_to_stop(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "INTERVAL_SECONDS", 0)
    folder = JournalFolder(tmp_path)
    write_segments(tmp_path, [[(Kind.SETTLE, event("w"))]])
    stop = asyncio.Event()
    running = asyncio.ensure_future(make(Down(connect(database), times=3), tmp_path).run(stop))
    while not folder.is_empty:
        await asyncio.sleep(0)
        assert not running.done()
    monkeypatch.setattr(module, "INTERVAL_SECONDS", 3_600)
    for _ in range(10):
        await asyncio.sleep(0)
    write_segments(tmp_path, [[(Kind.SETTLE, event("w"))]])
    stop.set()
    await running
    async with database.read() as tx:
        assert (await read_sums(tx, UsageScope(workspace_id="w"))).request_count == 2
    assert folder.taken_in_until() is not None
    lock = folder.lock()
    assert lock is not None, "another process may take in now"
    lock.release()


async def test_a_last_pass_that_hangs_is_given_up(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CLOSING_SECONDS", 0)

    class Hanging(Down):
        @asynccontextmanager
        async def write(self) -> AsyncGenerator[Transaction]:
            await asyncio.Event().wait()
            yield  # pyright: ignore[reportReturnType] - never

    write_segments(tmp_path, [[(Kind.SETTLE, event("w"))]])
    stop = asyncio.Event()
    stop.set()
    await make(Hanging(connect(database)), tmp_path).run(stop)
    assert not JournalFolder(tmp_path).is_empty


async def test_unreadable_and_damaged_records_cost_only_themselves(database: Database, tmp_path: Path) -> None:
    (path,) = write_segments(tmp_path, [[(Kind.SETTLE, event("w"))]])
    unreadable = encode_frame(Kind.SETTLE, id_bytes(new_id()), b"not msgpack")
    path.write_bytes(unreadable + path.read_bytes() + b"\x07torn")
    intake = make(connect(database), tmp_path)
    assert await intake.take_in() == 1
    assert list(tmp_path.glob("*.journal")) == []
    await intake.close()


async def test_last_uses_are_written_now_and_then(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_id = new_id()
    async with database.write() as tx:
        user, workspace = User(id=new_id(), email="a@example.com"), Workspace(id=new_id(), name="w")
        tx.add_all((user, workspace))
        await tx.flush()
        tx.add(ApiKey(id=key_id, workspace_id=workspace.id, user_id=user.id, name="k", digest="d", mask="m"))

    async def last_use() -> float | None:
        async with database.read() as tx:
            row = await tx.get_one(ApiKey, key_id)
            return None if row.last_used_at is None else row.last_used_at.timestamp() * 1e6

    intake = make(connect(database), tmp_path)
    write_segments(tmp_path, [[(Kind.SETTLE, event("w", key_id=key_id))]])
    assert await intake.take_in() == 1
    assert await last_use() is None
    monkeypatch.setattr(last_uses, "EVERY_SECONDS", 0)
    await intake.take_in()
    assert await last_use() == START
    write_segments(tmp_path, [[(Kind.SETTLE, event("w", key_id=key_id, opened_at=START - 1))]])
    await intake.take_in()
    assert await last_use() == START, "never an earlier moment"
    await intake.close()
