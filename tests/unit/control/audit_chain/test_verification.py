"""One edit in the audit table, whatever it is, is found."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from tests.bookkeeping import RING
from tests.unit.control.audit_chain.audit_log import ANN, BEN, EDITS, ENDS, VALUES, Log

from trunkline.control.audit_chain.linking import BATCH, AuditLinking
from trunkline.control.audit_chain.seal import AuditSeal
from trunkline.control.audit_chain.verification import AuditVerification
from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden
from trunkline.storage.audit_chains import INSTALLATION
from trunkline.storage.database import Database
from trunkline.storage.tables import AuditChain, AuditEvent, now


async def test_what_nobody_touched_holds(log: Log) -> None:
    report = await log.check()
    assert (report.valid, report.events, report.pending, report.last_sequence) == (True, 5, 1, 5)
    await log.linking.link()
    longer = await log.check()
    assert (longer.valid, longer.events, longer.pending, longer.last_sequence) == (True, 6, 0, 6)
    assert longer.head != report.head
    assert all(report.valid for report in await log.verification.verify_installation(BEN))


@pytest.mark.parametrize("gone", ["DELETE FROM audit_chains WHERE id = 'w'", "DELETE FROM audit_events"])
async def test_the_installation_is_checked_for_logs_of_which_only_a_part_is_left(log: Log, gone: str) -> None:
    await log.run(gone)
    assert "w" in {report.workspace_id for report in await log.verification.verify_installation(BEN) if report.faults}


async def test_who_may_ask(log: Log) -> None:
    assert (await log.verification.verify(ANN)).events == 5
    with pytest.raises(Forbidden):
        await log.verification.verify_installation(ANN)
    with pytest.raises(Forbidden):
        await log.verification.verify(Actor(user_id="u", workspace_id="w", role="member"))


def test_every_column_is_edited_below() -> None:
    assert set(VALUES) | {"at"} == set(AuditEvent.__table__.columns.keys())
    assert set(ENDS) == set(AuditChain.__table__.columns.keys())


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
async def test_one_edit_is_found(log: Log, edit: str) -> None:
    await log.run(edit)
    assert await log.kinds()
    # Also once more was written and has its place, where the chain still has an end.
    await log.record(1)
    await log.record(1, BEN)
    await log.linking.link()
    assert await log.kinds()
    others = await log.check("x")
    assert (others.valid, others.events, others.pending) == (True, 4, 0), "others' logs go on"


async def test_the_time_of_an_event(log: Log) -> None:
    async with log.database.write() as tx:
        await tx.execute(update(AuditEvent).where(AuditEvent.sequence == 3).values(at=now()))
    assert "changed" in await log.kinds()


@pytest.mark.parametrize(("sequence", "kind"), [(3, "changed"), (5, "ends")])
async def test_an_event_of_another_history_does_not_fit(log: Log, sequence: int, kind: str) -> None:
    """One that Trunkline sealed for the same place, in a copy of the database that went on by itself."""
    async with log.database.write() as tx:
        of_it = (AuditEvent.workspace_id == "w", AuditEvent.sequence == sequence)
        event = (await tx.scalars(select(AuditEvent).where(*of_it))).one()
        event.after = {"name": "another"}
        event.hash = AuditSeal(RING).of_link(event.previous_hash or "", sequence, event)
    assert await log.kinds() == [kind]


async def test_two_events_at_one_place_of_the_installations_log_are_found(database: Database) -> None:
    log = Log(database)
    await log.record(2, None)
    await log.linking.link()
    assert await log.kinds(INSTALLATION) == []
    async with database.write() as tx:
        of_it = (AuditEvent.workspace_id.is_(None), AuditEvent.sequence == 2)
        event = (await tx.scalars(select(AuditEvent).where(*of_it))).one()
        other = AuditEvent(
            id=str(UUID(int=1)), at=event.at, actor_kind="user", action="x", target_type="", outcome="ok"
        )
        other.sequence, other.previous_hash = 2, event.previous_hash
        other.hash = AuditSeal(RING).of_link(event.previous_hash or "", 2, other)
        tx.add(other)
    assert await log.kinds(INSTALLATION) == ["foreign"]


async def test_an_old_event_that_is_put_back_is_found(log: Log) -> None:
    await log.run("CREATE TABLE kept AS SELECT * FROM audit_events WHERE workspace_id = 'w' AND sequence = 1")
    assert await log.linking.prune("w", now() + timedelta(minutes=1)) == 5
    await log.run("INSERT INTO audit_events SELECT * FROM kept")
    assert await log.kinds() == ["foreign"]


async def test_swapped_places(log: Log) -> None:
    for old, new in ((2, 20), (3, 2), (20, 3)):
        await log.run(
            "UPDATE audit_events SET sequence = :new WHERE workspace_id = 'w' AND sequence = :old", old=old, new=new
        )
    assert set(await log.kinds()) == {"changed"}


async def test_an_older_end_with_its_own_hash_is_found_by_what_follows_it(log: Log) -> None:
    async with log.database.read() as tx:
        statement = text("SELECT last_sequence, last_hash, hash FROM audit_chains WHERE id = 'w'")
        last_sequence, last_hash, mac = (await tx.execute(statement)).one()
    await log.linking.link()
    await log.run(
        "UPDATE audit_chains SET last_sequence = :at, last_hash = :last, hash = :mac WHERE id = 'w'",
        at=last_sequence,
        last=last_hash,
        mac=mac,
    )
    assert await log.kinds() == ["foreign"]


@pytest.mark.parametrize(("gone", "left", "end"), [(5, 4, "last"), (1, 2, "first")])
async def test_an_end_cut_off_is_found_though_its_record_was_made_to_match(
    log: Log, gone: int, left: int, end: str
) -> None:
    of_it = "FROM audit_events WHERE workspace_id = 'w' AND sequence = :left"
    # What the first event stands behind is the one that went.
    mark = "hash" if end == "last" else "previous_hash"
    await log.run(
        f"UPDATE audit_chains SET {end}_sequence = :left, {end}_hash = (SELECT {mark} {of_it}) WHERE id = 'w'",
        left=left,
    )
    await log.run("DELETE FROM audit_events WHERE workspace_id = 'w' AND sequence = :gone", gone=gone)
    assert await log.kinds()


async def test_events_from_before_there_were_chains_get_their_places_once(database: Database) -> None:
    log = Log(database)
    await log.record(BATCH + 5)
    await log.record(2, None)
    await log.run("UPDATE audit_events SET hash = NULL")
    report = await log.check()
    assert (report.valid, report.pending) == (True, BATCH + 5)
    await log.linking.link()
    report = await log.check()
    assert (report.valid, report.events, report.pending) == (True, BATCH + 5, 0)
    assert not await log.kinds("")
    await log.record()
    await log.run("UPDATE audit_events SET hash = NULL WHERE sequence IS NULL")
    await log.linking.link()
    assert await log.kinds() == ["foreign"], "from then on each must be sealed"


async def test_old_events_go_and_the_chain_holds(log: Log) -> None:
    before = await log.check()
    assert await log.linking.prune("w", datetime(2000, 1, 1, tzinfo=now().tzinfo)) == 0
    assert await log.linking.prune("w", now() + timedelta(minutes=1)) == 5
    report = await log.check()
    assert (report.valid, report.events, report.head) == (True, 0, before.head)
    await log.linking.link()
    report = await log.check()
    assert (report.valid, report.events, report.last_sequence) == (True, 1, 6)


async def test_what_is_as_old_as_the_oldest_that_is_kept_stays(log: Log) -> None:
    moment = now() - timedelta(days=1)
    of_it = (AuditEvent.workspace_id == "w", AuditEvent.sequence == 1)
    async with log.database.write() as tx:
        await tx.execute(update(AuditEvent).where(*of_it).values(at=moment))
    assert await log.linking.prune("w", moment) == 0
    assert await log.linking.prune("w", moment + timedelta(seconds=1)) == 1


async def test_the_key_is_needed_to_make_a_chain_that_holds(log: Log) -> None:
    from trunkline.vault.key_ring import KeyRing
    from trunkline.vault.root_key import RootKey

    other = AuditSeal(KeyRing.create(RootKey.generate()))
    assert (await AuditVerification(log.database, other).check("w")).faults


async def test_only_one_process_links(log: Log) -> None:
    other = AuditLinking(log.database, AuditSeal(RING))
    await other.link()
    assert (await log.check()).pending == 1, "the first one has the duty"
    await log.linking.link()
    assert (await log.check()).pending == 0


def test_an_event_means_the_same_in_every_zone() -> None:
    seal, at = AuditSeal(RING), now()
    made = [
        AuditEvent(id="i", at=each, actor_kind="user", action="a", target_type="", outcome="ok", after={"b": 1, "a": 2})
        for each in (at, at.astimezone())
    ]
    assert seal.of_event(made[0]) == seal.of_event(made[1])


def test_a_place_in_the_chain_is_sealed_with_the_event() -> None:
    seal, event = AuditSeal(RING), AuditEvent(id="i", at=now(), actor_kind="user", action="a", outcome="ok")
    assert seal.of_link("p", 1, event) != seal.of_link("p", 2, event)
    assert seal.of_link("p", 1, event) != seal.of_link("q", 1, event)


def test_all_that_the_record_of_the_ends_says_is_sealed() -> None:
    seal = AuditSeal(RING)
    ends = {"id": "w", "first_sequence": 1, "first_hash": "a", "last_sequence": 5, "last_hash": "b"}
    others = {"id": "x", "first_sequence": 2, "first_hash": "c", "last_sequence": 6, "last_hash": "d"}
    assert set(ends) | {"hash"} == set(AuditChain.__table__.columns.keys())
    hashes = {seal.of_chain(AuditChain(**{**ends, name: other})) for name, other in others.items()}
    assert len(hashes | {seal.of_chain(AuditChain(**ends))}) == 6
