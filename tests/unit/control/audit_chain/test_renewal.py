"""A broken chain begins anew, and what was done to it before and after is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import select
from tests.bookkeeping import RING
from tests.unit.control.audit_chain.audit_log import ANN, BEN, EDITS, Log

from trunkline.control.audit_acknowledgement import AuditAcknowledgement
from trunkline.control.audit_chain.seal import AuditSeal
from trunkline.control.audit_chain.verification import ChainReport
from trunkline.core.actor import Actor
from trunkline.core.errors import Conflict, Forbidden
from trunkline.core.ids import new_id
from trunkline.storage.database import Database
from trunkline.storage.tables import AuditEvent

OWNER: Final = Actor(user_id="u", workspace_id="w", role="owner", key_id="k")
ON_ONE: Final = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Where it is the chain that matters and not the database."""


def open_acknowledgement(log: Log) -> AuditAcknowledgement:
    return AuditAcknowledgement(log.database, log.audit, AuditSeal(RING), log.verification)


async def acknowledge(log: Log, comment: str = "") -> ChainReport:
    return await open_acknowledgement(log).acknowledge(OWNER, comment)


@ON_ONE
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
async def test_after_any_edit_the_chain_goes_on_and_tells_it(log: Log, edit: str) -> None:
    await log.run(edit)
    broken = await log.check()
    report = await acknowledge(log, "A restored backup.")
    (renewal,) = report.renewals
    assert (report.valid, renewal.comment, renewal.actor_id) == (True, "A restored backup.", "u")
    assert [*renewal.faults] == [*broken.faults]
    assert renewal.sequence == report.last_sequence
    await log.record(2)
    await log.linking.link()
    longer = await log.check()
    assert (longer.valid, longer.pending, longer.renewals) == (True, 0, report.renewals)
    assert longer.last_sequence >= report.last_sequence + 2
    others = await log.check("x")
    assert (others.valid, others.renewals) == (True, [])


LATER: Final = {
    "an acknowledged event changed again": "UPDATE audit_events SET action = 'y' WHERE {w} AND sequence = 3",
    "one between renewals changed": "UPDATE audit_events SET outcome = 'failed' WHERE {w} AND sequence = 4",
    "the one that acknowledged changed": "UPDATE audit_events SET after = '{{}}' WHERE {w} AND sequence = 7",
    "a renewal's hash": "UPDATE audit_events SET hash = '00' WHERE {w} AND sequence = 3",
    "what a renewal stands behind": "UPDATE audit_events SET previous_hash = '00' WHERE {w} AND sequence = 6",
    **{f"event {at} removed": f"DELETE FROM audit_events WHERE {{w}} AND sequence = {at}" for at in (1, 3, 4, 6, 7, 8)},
    "more removed where a gap was acknowledged": "DELETE FROM audit_events WHERE {w} AND sequence IN (3, 4)",
    "the end of the chain": "UPDATE audit_chains SET last_sequence = 7 WHERE id = 'w'",
    "an event put into an acknowledged gap": (
        "INSERT INTO audit_events (id, at, workspace_id, actor_kind, action, target_type, outcome, sequence,"
        f" previous_hash, hash) SELECT '{new_id()}', at, workspace_id, actor_kind, action, target_type, outcome, 5,"
        " previous_hash, hash FROM audit_events WHERE {w} AND sequence = 3"
    ),
}


@ON_ONE
@pytest.mark.parametrize("edit", LATER.values(), ids=LATER.keys())
async def test_each_later_edit_is_found_also_of_what_was_acknowledged(log: Log, edit: str) -> None:
    await log.run("UPDATE audit_events SET action = 'x' WHERE workspace_id = 'w' AND sequence = 3")
    await log.run("DELETE FROM audit_events WHERE workspace_id = 'w' AND sequence = 5")
    await log.linking.link()
    await acknowledge(log)
    await log.record(1)
    await log.linking.link()
    assert (await log.check()).valid
    await log.run(edit.format(w="workspace_id = 'w'"))
    assert await log.kinds()


async def test_a_second_break_is_acknowledged_beside_the_first(log: Log) -> None:
    await log.run("UPDATE audit_events SET action = 'x' WHERE workspace_id = 'w' AND sequence = 3")
    await acknowledge(log, "first")
    await log.run("UPDATE audit_events SET action = 'y' WHERE workspace_id = 'w' AND sequence = 3")
    report = await acknowledge(log, "second")
    assert report.valid
    assert [renewal.comment for renewal in report.renewals] == ["first", "second"]
    assert [[fault.kind for fault in renewal.faults] for renewal in report.renewals] == [["changed"], ["changed"]]


async def test_all_that_is_wrong_is_mended_where_only_the_first_hundred_are_told(database: Database) -> None:
    log = Log(database)
    await log.record(450)
    await log.linking.link()
    await log.run("UPDATE audit_events SET action = 'x' WHERE sequence % 2 = 0")
    await log.run("DELETE FROM audit_events WHERE sequence BETWEEN 101 AND 330")
    report = await acknowledge(log)
    assert (report.valid, len(report.renewals[0].faults), report.last_sequence) == (True, 100, 451)


async def test_a_log_of_which_nothing_is_left_begins_anew(log: Log) -> None:
    await log.linking.link()
    await log.run("DELETE FROM audit_chains WHERE id = 'w'")
    await log.run("UPDATE audit_events SET hash = '00' WHERE workspace_id = 'w'")
    report = await acknowledge(log)
    assert (report.valid, report.events, report.last_sequence) == (True, 7, 7)


@ON_ONE
@pytest.mark.parametrize("gone", range(1, 8))
async def test_old_events_still_go_across_a_break(log: Log, gone: int) -> None:
    await log.run("UPDATE audit_events SET action = 'x' WHERE workspace_id = 'w' AND sequence = 3")
    await log.run("DELETE FROM audit_events WHERE workspace_id = 'w' AND sequence = 5")
    await log.linking.link()
    await acknowledge(log)
    async with log.database.read() as tx:
        known = (AuditEvent.workspace_id == "w", AuditEvent.sequence <= gone)
        last = (await tx.scalars(select(AuditEvent.at).where(*known).order_by(AuditEvent.sequence.desc()))).first()
    assert last is not None
    assert await log.linking.prune("w", last + timedelta(microseconds=1))
    report = await log.check()
    assert (report.valid, report.events) == (True, 6 - gone + (gone >= 5))
    await log.record(1)
    await log.linking.link()
    assert (await log.check()).valid


async def test_who_may_and_when(log: Log) -> None:
    with pytest.raises(Conflict):
        await acknowledge(log)
    await log.run("UPDATE audit_events SET action = 'x' WHERE sequence = 3")
    with pytest.raises(Forbidden):
        await open_acknowledgement(log).acknowledge(ANN, "")
    with pytest.raises(Forbidden):
        await open_acknowledgement(log).acknowledge_installation(OWNER, "")
    assert await log.kinds()


async def test_the_administrator_acknowledges_what_belongs_to_nobody(log: Log) -> None:
    await log.run("UPDATE audit_events SET workspace_id = NULL WHERE workspace_id = 'w' AND sequence = 3")
    await log.run("UPDATE audit_events SET action = 'x' WHERE workspace_id IS NULL AND sequence = 1")
    assert {*await log.kinds("")} == {"changed", "foreign"}
    reports = await open_acknowledgement(log).acknowledge_installation(BEN, "")
    # No workspace of these exists: what is broken is all among them.
    assert [(report.workspace_id, report.valid) for report in reports] == [(None, True), ("w", True)]
    assert (await log.check("x")).renewals == []
