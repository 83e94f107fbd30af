"""The shipper: exact sums whatever is repeated, doubled or cut off, and nothing lost while the database is down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trunkline.control.usage import shipper as module
from trunkline.control.usage.row import LARGEST, estimate, event_row, moment, sum_rows
from trunkline.control.usage.shipper import Shipper, store
from trunkline.core.chat import Usage
from trunkline.core.errors import Unavailable
from trunkline.core.ids import id_bytes, new_id
from trunkline.core.policy import ViolationEvent
from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.gateway.journal.frame import Kind, encode_frame
from trunkline.gateway.journal.segment import Segment, name_segment
from trunkline.gateway.journal.writer import Journal
from trunkline.storage import violations
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import PolicyViolation
from trunkline.storage.usage import Row, UsageScope, list_events, read_sums, read_sums_by, sum_events

HOUR = 3_600_000_000
START = 1_750_000_000_000_000 // HOUR * HOUR


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(f"sqlite+aiosqlite:///{tmp_path / 'trunkline.db'}")
    await opened.migrate()
    yield opened
    await opened.close()


def event(workspace: str, **fields: object) -> UsageEvent:
    base: dict[str, object] = {
        "id": new_id(),
        "opened_at": START,
        "request_id": "r",
        "operation": "chat",
        "workspace_id": workspace,
        "user_id": "u",
        "provider": "openai",
        "model": "gpt-4o-mini",
    }
    return UsageEvent(**{**base, **fields})  # pyright: ignore[reportArgumentType] - the tests' own fields


class Books:
    """A journal of segments that were written beforehand."""

    def __init__(self, folder: Path, batches: Iterable[list[tuple[Kind, Opened | ViolationEvent]]]) -> None:
        process = new_id().replace("-", "")
        self.kept: list[Segment] = []
        for number, batch in enumerate(batches, 1):
            path = folder / name_segment(process, number)
            path.write_bytes(
                b"".join(
                    encode_frame(kind, id_bytes(record.id), msgspec.msgpack.encode(record)) for kind, record in batch
                )
            )
            end = path.stat().st_size
            self.kept.append(Segment(path=path, process=process, number=number, end=end, sealed=True))

    def segments(self) -> list[Segment]:
        return list(self.kept)

    def discard(self, segment: Segment) -> None:
        segment.path.unlink(missing_ok=True)
        self.kept = [kept for kept in self.kept if kept.name != segment.name]


class Crash(Exception):
    """The process dies here."""


class Dying:
    """A database whose process dies at given writing transactions: before or after their commit."""

    def __init__(self, database: Database, deaths: dict[int, str]) -> None:
        self._database, self._deaths, self._count = database, deaths, 0

    def read(self, **_: float) -> object:
        return self._database.read()

    @asynccontextmanager
    async def write(self, **_: float) -> AsyncGenerator[Transaction]:
        self._count += 1
        death = self._deaths.get(self._count)
        async with self._database.write() as tx:
            yield tx
            if death == "before":
                raise Crash
        if death == "after":
            raise Crash


counts = st.integers(0, 5)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    calls=st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["ok", "error", "cancelled"]), counts, counts, st.none() | counts),
        max_size=12,
    ),
    doubled=st.lists(st.integers(0, 11), max_size=5),
    cuts=st.lists(st.integers(0, 12), max_size=3),
    deaths=st.dictionaries(st.integers(1, 8), st.sampled_from(["before", "after"]), max_size=4),
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
    records = [(Kind.SETTLE, record) for record in events]
    records += [(Kind.SETTLE, events[index]) for index in doubled if index < len(events)]
    edges = [0, *sorted(min(cut, len(records)) for cut in cuts), len(records)]
    books = Books(tmp_path, [records[low:high] for low, high in pairwise(edges)])
    dying = Dying(database, deaths)
    for _ in range(len(deaths) + 1):
        shipper = Shipper(dying, books, tmp_path, batch=batch)  # pyright: ignore[reportArgumentType] - fakes
        try:
            await shipper.ship()
            break
        except Crash:
            continue
    assert books.segments() == []
    scope = UsageScope(workspace_id=workspace)
    async with database.read() as tx:
        from_sums, from_events = await read_sums(tx, scope), await sum_events(tx, scope)
        by_hour = await read_sums_by(tx, scope, "hour")
        stored = await list_events(tx, scope, after=None, limit=100)
    assert msgspec.structs.replace(from_sums, first_used_at=from_events.first_used_at) == from_events
    assert from_sums.request_count == len(events)
    assert from_sums.error_count == sum(1 for record in events if record.outcome == "error")
    assert from_sums.input_tokens == sum(record.usage.input for record in events)
    assert from_sums.cost_nanos == sum(record.cost_nanos or 0 for record in events)
    assert from_sums.duration_us == 10 * len(events)
    assert from_sums.last_used_at == max((moment(record.opened_at) for record in events), default=None)
    assert set(by_hour) == {moment(record.opened_at // HOUR * HOUR) for record in events}
    assert {row.id for row in stored} == {record.id for record in events}


async def test_ships_what_a_live_journal_settles(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    journal = Journal(folder)
    shipper = Shipper(database, journal, folder)
    record = event("w")
    journal.open(id_bytes(record.id), msgspec.msgpack.encode(opened_of(record)))
    await asyncio.sleep(0)
    assert await shipper.ship() == 0
    await journal.settle(id_bytes(record.id), msgspec.msgpack.encode(record))
    assert await shipper.ship() == 1
    assert await shipper.ship() == 0
    await journal.close()
    assert await shipper.ship() == 0
    assert journal.segments() == []
    journal.release()


def opened_of(record: UsageEvent) -> Opened:
    return Opened(**{name: getattr(record, name) for name in Opened.__struct_fields__})


def violation(**fields: object) -> ViolationEvent:
    base: dict[str, object] = {
        "id": new_id(),
        "at": START,
        "policy_id": "p",
        "policy_name": "P",
        "workspace_id": "w",
        "user_id": "u",
        "risk_type": "LOW",
        "action": 2,
        "explanation": "Because.",
        "request_id": "r",
        "provider": "openai",
        "model": "gpt-4o-mini",
    }
    return ViolationEvent(**{**base, **fields})  # pyright: ignore[reportArgumentType] - the tests' own fields


async def list_violations(database: Database) -> list[PolicyViolation]:
    async with database.read() as tx:
        scope = violations.ViolationScope(workspace_ids=("w",))
        return list((await violations.find(tx, scope, skip=0, take=100))[0])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    count=st.integers(1, 6),
    doubled=st.lists(st.integers(0, 5), max_size=4),
    deaths=st.dictionaries(st.integers(1, 6), st.sampled_from(["before", "after"]), max_size=3),
    batch=st.integers(1, 4),
)
async def test_broken_policies_are_stored_once_whatever_dies(
    tmp_path: Path, count: int, doubled: list[int], deaths: dict[int, str], batch: int
) -> None:
    folder = tmp_path / new_id()
    folder.mkdir()
    database = Database(f"sqlite+aiosqlite:///{folder / 'trunkline.db'}")
    await database.migrate()
    noted = [violation(at=START + number) for number in range(count)]
    records = [(Kind.NOTE, one) for one in (*noted, *(noted[at] for at in doubled if at < count))]
    books = Books(folder, [records[: count // 2], records[count // 2 :]])
    dying = Dying(database, deaths)
    for _ in range(len(deaths) + 1):
        try:
            # Nothing of them counts as a call.
            assert await Shipper(dying, books, folder, batch=batch).ship() == 0  # pyright: ignore[reportArgumentType] - fakes
            break
        except Crash:
            continue
    assert books.segments() == []
    assert [row.id for row in await list_violations(database)] == [one.id for one in reversed(noted)]
    await database.close()


async def test_what_a_dead_process_noted_is_adopted(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    dead = Journal(folder)
    noted = violation(model="m\x00" * 400, host="h" * 400)
    await dead.note(id_bytes(noted.id), msgspec.msgpack.encode(noted))
    await dead.note(id_bytes(new_id()), b"of another version")
    await dead.close()
    dead.release()
    living = Journal(folder)
    assert await Shipper(database, living, folder).adopt() == 0
    (row,) = await list_violations(database)
    assert (row.id, row.created_at, row.explanation) == (noted.id, moment(START), "Because.")
    assert (len(row.model), "\x00" in row.model, len(row.host)) == (255, False, 255)
    await living.close()
    living.release()


async def test_calls_of_a_dead_process_without_an_end_are_estimated(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    dead = Journal(folder)
    settled, lost = event("w"), event("w", configuration_id="c", requested_model="alias")
    for record in (settled, lost):
        dead.open(id_bytes(record.id), msgspec.msgpack.encode(opened_of(record)))
    await dead.settle(id_bytes(settled.id), msgspec.msgpack.encode(settled))
    await dead.close()
    dead.release()
    living = Journal(folder)
    shipper = Shipper(database, living, folder)
    assert await shipper.adopt() == 2
    assert await shipper.adopt() == 0
    async with database.read() as tx:
        rows = {row.id: row for row in await list_events(tx, UsageScope(workspace_id="w"), after=None, limit=10)}
    assert rows[settled.id].outcome == "ok"
    assert rows[lost.id].outcome == "estimated"
    assert rows[lost.id].requested_model == "alias"
    assert list(folder.glob(f"{dead.process}*")) == []
    await living.close()
    living.release()


async def test_a_call_that_was_settled_elsewhere_is_not_estimated_over(database: Database) -> None:
    record = event("w", usage=Usage(input=3, output=4), cost_nanos=7)
    async with database.write() as tx:
        assert await store(tx, [record]) == 1
    async with database.write() as tx:
        assert await store(tx, [estimate(opened_of(record))]) == 0
    async with database.read() as tx:
        assert (await read_sums(tx, UsageScope(workspace_id="w"))).cost_nanos == 7


@pytest.mark.parametrize("order", ["begun, ended", "ended, begun", "together"])
async def test_the_end_of_a_call_fills_in_what_its_beginning_left_open(either: Database, order: str) -> None:
    begun = event("w", cost_nanos=0, duration_us=5)
    ended = msgspec.structs.replace(
        begun, part="end", usage=Usage(input=3, output=4, reasoning=2), cost_nanos=7, duration_us=9_000
    )
    look = msgspec.structs.replace(begun, part="look", outcome="cancelled", status=499)
    batches = [[begun, look, ended]] if order == "together" else [[begun], [ended]]
    if order == "ended, begun":
        batches.reverse()
    for batch in (*batches, [look], [ended], [begun]):
        async with either.write() as tx:
            await store(tx, batch)
    scope = UsageScope(workspace_id="w")
    async with either.read() as tx:
        sums = await read_sums(tx, scope)
        assert (sums.request_count, sums.error_count, sums.input_tokens, sums.output_tokens) == (1, 0, 3, 4)
        assert sums.cost_nanos == 7
        told = await sum_events(tx, scope)
        assert (told.request_count, told.cost_nanos, told.duration_us) == (1, 7, sums.duration_us)
        [row] = await list_events(tx, scope, after=None, limit=9)
        assert (row.outcome, row.input_tokens, row.reasoning_tokens, row.cost_nanos) == ("ok", 3, 2, 7)


async def test_a_call_that_fails_at_its_end_is_an_error(either: Database) -> None:
    begun = event("w")
    ended = msgspec.structs.replace(begun, part="end", outcome="error", status=502, error="server")
    for batch in ([begun], [ended], [ended]):
        async with either.write() as tx:
            await store(tx, batch)
    async with either.read() as tx:
        sums = await read_sums(tx, UsageScope(workspace_id="w"))
    assert (sums.request_count, sums.error_count) == (1, 1)


async def test_while_the_database_is_down_the_journal_keeps_everything(tmp_path: Path) -> None:
    class Down:
        @asynccontextmanager
        async def read(self, **_: float) -> AsyncGenerator[Transaction]:
            raise Unavailable("The database cannot be reached.")
            yield

        write = read

    books = Books(tmp_path, [[(Kind.SETTLE, event("w"))]])
    shipper = Shipper(Down(), books, tmp_path)  # pyright: ignore[reportArgumentType] - fakes
    with pytest.raises(Unavailable):
        await shipper.ship()
    assert len(books.segments()) == 1


async def test_shipping_goes_on_by_itself_when_the_database_is_back(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "INTERVAL_SECONDS", 0)
    monkeypatch.setattr(module, "ADOPT_SECONDS", 0)

    class Recovering:
        """Down for the first three transactions."""

        left = 3

        def read(self, **_: float) -> object:
            return database.read()

        @asynccontextmanager
        async def write(self, **_: float) -> AsyncGenerator[Transaction]:
            if self.left:
                self.left -= 1
                raise Unavailable("The database cannot be reached.")
            async with database.write() as tx:
                yield tx

    books = Books(tmp_path, [[(Kind.SETTLE, event("w"))]])
    shipper = Shipper(Recovering(), books, tmp_path)  # pyright: ignore[reportArgumentType] - fakes
    running = asyncio.ensure_future(shipper.run())
    while books.segments():
        await asyncio.sleep(0)
        assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    async with database.read() as tx:
        assert (await read_sums(tx, UsageScope(workspace_id="w"))).request_count == 1


async def test_unreadable_and_damaged_records_cost_only_themselves(database: Database, tmp_path: Path) -> None:
    good = event("w")
    books = Books(tmp_path, [[(Kind.SETTLE, good)]])
    segment = books.kept[0]
    torn = encode_frame(Kind.SETTLE, id_bytes(new_id()), b"not msgpack") + segment.path.read_bytes() + b"\x07torn"
    segment.path.write_bytes(torn)
    books.kept = [msgspec.structs.replace(segment, end=len(torn))]
    assert await Shipper(database, books, tmp_path).ship() == 1  # pyright: ignore[reportArgumentType] - fakes
    assert books.segments() == []


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    await opened.migrate()
    yield opened
    await opened.close()


async def test_an_event_that_cannot_be_stored_is_set_aside_and_blocks_no_other(
    either: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    workspace = new_id()
    bad = event(workspace, request_id="bad")
    good = [event(workspace, usage=Usage(input=3)) for _ in range(10)]
    calls: list[tuple[Kind, Opened | ViolationEvent]] = [(Kind.SETTLE, one) for one in (*good[:7], bad, *good[7:])]

    def row(one: UsageEvent) -> Row:
        return event_row(one) | ({"input_tokens": 2**64} if one.id == bad.id else {})

    monkeypatch.setattr(module, "event_row", row)
    books = Books(tmp_path, [calls, [(Kind.SETTLE, event(workspace, usage=Usage(input=4)))]])
    shipper = Shipper(either, books, tmp_path)  # pyright: ignore[reportArgumentType] - as much of a journal as it needs
    assert await shipper.ship() == 11
    assert await shipper.ship() == 0
    async with either.read() as tx:
        sums = await read_sums(tx, UsageScope(workspace_id=workspace))
    assert (sums.request_count, sums.input_tokens) == (11, 34)
    aside = tmp_path / "set-aside.jsonl"
    (line,) = aside.read_bytes().splitlines()
    assert msgspec.json.decode(line)["event"]["id"] == bad.id
    assert aside.stat().st_mode & 0o777 == 0o600
    assert bad.id in caplog.text


async def test_a_database_that_is_away_sets_nothing_aside(database: Database, tmp_path: Path) -> None:
    class Away:
        def read(self, **_: float) -> object:
            return database.read()

        def write(self, **_: float) -> object:
            raise Unavailable("The database cannot be reached.")

    books = Books(tmp_path, [[(Kind.SETTLE, event("w"))]])
    shipper = Shipper(Away(), books, tmp_path)  # pyright: ignore[reportArgumentType] - as much as it needs
    with pytest.raises(Unavailable):
        await shipper.ship()
    assert books.kept != []
    assert not (tmp_path / "set-aside.jsonl").exists()


async def test_absurd_figures_that_were_settled_before_stop_nobody(either: Database, tmp_path: Path) -> None:
    workspace = new_id()
    wild = [event(workspace, usage=Usage(input=2**63 - 1, output=2**63 - 1), cost_nanos=2**63 - 1) for _ in range(30)]
    books = Books(tmp_path, [[(Kind.SETTLE, one)] for one in wild])
    shipper = Shipper(either, books, tmp_path)  # pyright: ignore[reportArgumentType] - as much of a journal as it needs
    assert await shipper.ship() == 30
    async with either.read() as tx:
        sums = await read_sums(tx, UsageScope(workspace_id=workspace))
    assert (sums.request_count, sums.input_tokens) == (30, 30 * LARGEST)


def test_a_providers_nonsense_fits_the_columns() -> None:
    wild = event(
        "w",
        model="m\x00" * 400,
        request_id="r" * 500,
        usage=Usage(input=10**30, output=-5),
        cost_nanos=10**25,
        duration_us=-1,
    )
    row = event_row(wild)
    assert (len(row["model"]), "\x00" in row["model"], len(row["request_id"])) == (255, False, 128)
    assert (row["input_tokens"], row["output_tokens"], row["cost_nanos"], row["duration_us"]) == (
        LARGEST,
        0,
        LARGEST,
        0,
    )
    assert sum_rows([wild])[0]["input_tokens"] == LARGEST


def test_unpriced_are_calls_that_used_tokens_without_a_price() -> None:
    rows = sum_rows(
        [
            event("w", outcome="error"),
            event("w", usage=Usage(input=1)),
            event("w", usage=Usage(input=1), cost_nanos=0),
            event("w", outcome="estimated"),
        ]
    )
    assert len(rows) == 1
    assert (rows[0]["request_count"], rows[0]["error_count"], rows[0]["unpriced_count"]) == (4, 1, 2)


def test_moments_are_exact_to_the_microsecond() -> None:
    assert moment(1_750_000_000_123_457).microsecond == 123_457
