"""Checks that the audit log is what Trunkline wrote."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import msgspec

from trunkline.control.audit_chain.seal import AuditSeal
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.storage import audit_chains as rows
from trunkline.storage.audit_chains import ADOPTED, INSTALLATION
from trunkline.storage.database import LONG_SECONDS, Database, Transaction
from trunkline.storage.tables import AuditChain, AuditEvent

FAULTS: Final = 100
"""How many faults of one chain are told: the first says where to look."""

PART: Final = 200

RENEW: Final = "audit.acknowledge"
"""The action of the event with which a broken chain begins anew."""

Kind = Literal["changed", "missing", "foreign", "ends"]


@dataclass(frozen=True, slots=True)
class AuditFault:
    """One thing that is wrong.

    ``changed``: the event is not what was written, or not where; ``missing``: no event has the place ``sequence``;
    ``foreign``: Trunkline did not write the event; ``ends``: the record of where the chain begins and ends was changed,
    or is gone.
    """

    kind: Kind
    sequence: int | None
    event_id: str | None
    message: str


@dataclass(frozen=True, slots=True)
class AuditRenewal:
    """That a chain was begun anew: somebody took note of ``faults``, at most 100 of them."""

    sequence: int
    event_id: str
    at: datetime
    actor_id: str | None
    comment: str
    faults: Sequence[AuditFault]


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What was found about one chain.

    ``head`` is the hash of its last event, which vouches for all before it: kept elsewhere, it also shows that nobody
    has put an older state of the database in the place of this one. ``pending`` events were written just now.
    ``renewals`` are for good: what was wrong before them stays wrong, and is no fault again.
    """

    workspace_id: str | None
    events: int
    pending: int
    last_sequence: int
    head: str
    faults: Sequence[AuditFault]
    renewals: Sequence[AuditRenewal] = ()

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong, but for what somebody took note of."""
        return not self.faults


class AuditVerification:
    """Reads every event once, in parts, so that others get their turn."""

    def __init__(self, database: Database, seal: AuditSeal) -> None:
        self._database = database
        self._seal = seal

    async def verify(self, actor: Actor) -> ChainReport:
        """Check the log of the actor's workspace. Needs ``audit.read``, and no key of an application."""
        access.check(actor, "audit.read")
        require_whole_workspace(actor)
        return await self.check(actor.workspace_id)

    async def verify_installation(self, actor: Actor) -> Sequence[ChainReport]:
        """Check the logs of all workspaces, and of what belongs to none. Needs ``audit.verify_installation``."""
        access.check(actor, "audit.verify_installation")
        async with self._database.read(limit=LONG_SECONDS) as tx:
            named = {each or INSTALLATION for each in await rows.find_workspaces(tx)}
            named |= {chain.id for chain in await rows.find_all(tx)}
        return [await self.check(name) for name in sorted(named | {INSTALLATION})]

    async def check(self, chain_id: str) -> ChainReport:
        """Check one chain, whoever asks."""
        async with self._database.read(limit=LONG_SECONDS) as tx:
            return await self.check_within(tx, chain_id)

    async def check_within(self, tx: Transaction, chain_id: str) -> ChainReport:
        """The same in a transaction that has changed nothing yet."""
        found = _Findings()
        chain = await rows.find(tx, chain_id)
        adopted = await rows.find(tx, ADOPTED) is not None
        if chain is None:
            linked = await rows.find_oldest(tx, chain_id, 0, 1)
            if linked:
                found.add("ends", None, None, "The record of where this chain begins and ends is gone.")
        elif chain.hash != self._seal.of_chain(chain):
            found.add("ends", None, None, "The record of where this chain begins and ends was changed.")
        events = await self._walk(tx, chain, found) if chain is not None else 0
        pending = 0
        async for event in find_waiting(tx, chain_id):
            if (event.hash is None and not adopted) or event.hash == self._seal.of_event(event):
                pending += 1
            else:
                found.add("foreign", None, event.id, "This event was changed, or was not written by Trunkline.")
        last, head = (chain.last_sequence, chain.last_hash) if chain is not None else (0, "")
        return ChainReport(chain_id or None, events, pending, last, head, found.faults, found.renewals)

    async def _walk(self, tx: Transaction, chain: AuditChain, found: _Findings) -> int:
        for event in await rows.find_earlier(tx, chain.id, chain.first_sequence, FAULTS):
            found.add("foreign", event.sequence, event.id, "This event stands before the beginning of the chain.")
        expected, previous, events = chain.first_sequence, chain.first_hash, 0
        at, linked = (chain.first_sequence, ""), True
        while True:
            part = await rows.find_behind(tx, chain.id, *at, PART)
            for event in part:
                sequence = event.sequence or 0
                follows = event.previous_hash == previous
                # What stands behind a renewal names what stood there before it. What is no link any more, was told.
                bound, linked = linked, self._seal.is_link(event)
                renewed = not linked and self._seal.is_renewal(event)
                if sequence > expected and not (renewed and follows):
                    _add_gap(found, expected, min(sequence, chain.last_sequence + 1))
                if sequence < expected:
                    # The database keeps places apart only where there is a workspace.
                    found.add("foreign", sequence, event.id, "Another event has the same place in the chain.")
                elif sequence > chain.last_sequence:
                    found.add("foreign", sequence, event.id, "This event stands behind the end of the chain.")
                elif not linked and not renewed:
                    found.add("changed", sequence, event.id, "This event is not what was written.")
                elif sequence == expected and not follows and (renewed or bound):
                    found.add("changed", sequence, event.id, "This event does not follow the one before it.")
                elif renewed and event.action == RENEW:
                    found.renewals.append(_read_renewal(event))
                events += 1
                expected, previous, at = sequence + 1, event.hash or "", (sequence, event.id)
            tx.expunge_all()
            if len(part) < PART:
                break
            await asyncio.sleep(0)
        if expected <= chain.last_sequence:
            _add_gap(found, expected, chain.last_sequence + 1)
        elif expected == chain.last_sequence + 1 and previous != chain.last_hash and not found.faults:
            found.add("ends", chain.last_sequence, None, "The last event is not the one that this chain ends with.")
        return events


class _Findings:
    def __init__(self) -> None:
        self.faults: list[AuditFault] = []
        self.renewals: list[AuditRenewal] = []

    def add(self, kind: Kind, sequence: int | None, event_id: str | None, message: str) -> None:
        if len(self.faults) < FAULTS:
            self.faults.append(AuditFault(kind, sequence, event_id, message))


def _add_gap(found: _Findings, begin: int, end: int) -> None:
    for sequence in range(begin, min(end, begin + FAULTS)):
        found.add("missing", sequence, None, "The event that had this place is gone.")


def _read_renewal(event: AuditEvent) -> AuditRenewal:
    said = msgspec.convert(event.after or {}, _Said)
    return AuditRenewal(
        sequence=event.sequence or 0,
        event_id=event.id,
        at=event.at,
        actor_id=event.actor_id,
        comment=said.comment,
        faults=said.faults,
    )


class _Said(msgspec.Struct):
    """What the event of a renewal holds."""

    comment: str = ""
    faults: list[AuditFault] = []


async def find_waiting(tx: Transaction, chain_id: str) -> AsyncGenerator[AuditEvent]:
    """The events of a chain that have no place in it yet, the oldest first."""
    after = ""
    while True:
        part = await rows.find_waiting(tx, chain_id, after, PART)
        for event in part:
            yield event
        if len(part) < PART:
            return
        after = part[-1].id


__all__ = ["AuditFault", "AuditRenewal", "AuditVerification", "ChainReport"]
