"""Gives audit events their places in the chains, one process at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from trunkline.control.audit_chain.seal import GENESIS, AuditSeal
from trunkline.control.repetition import repeat
from trunkline.core.ids import new_id
from trunkline.logs import get_logger
from trunkline.storage import audit_chains as rows
from trunkline.storage import leases
from trunkline.storage.audit_chains import ADOPTED, INSTALLATION
from trunkline.storage.database import LONG_SECONDS, Database, Transaction
from trunkline.storage.tables import AuditChain, AuditEvent, now

LINK_SECONDS: Final = 1.0
LEASE: Final = "audit-chain"
BATCH: Final = 200
"""Events that are linked in one transaction: short enough for writers to wait for."""

_LEASE_SECONDS: Final = 20.0

_log: Final = get_logger(__name__)


class AuditLinking:
    """There is a chain per workspace, and one for what belongs to none.

    Who records an event waits for nobody: its place is found here, about a second later, in the order of the ids. Until
    then its own hash says that Trunkline wrote it. An event without that hash is never linked, but for those that an
    installation had before it had chains. A chain that is broken is not continued: its new events wait, each with its
    own hash, and :class:`~trunkline.control.audit_chain.verification.AuditVerification` says what happened. It goes on
    when somebody has had it begun anew (:class:`~trunkline.control.audit_chain.renewal.ChainRenewal`).
    """

    def __init__(self, database: Database, seal: AuditSeal, *, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock
        self._holder = new_id()
        self._foreign: set[str] = set()
        self._broken: set[str] = set()

    async def run(self) -> None:
        """Link every second until cancelled."""
        pulse = self._database.read_pulse
        await repeat(self.link, LINK_SECONDS, "audit_events_not_linked", name=__name__, pulse=pulse)

    async def link(self) -> None:
        """Link all that waits, if no other process does."""
        after = ""
        await self._look_again()
        while True:
            async with self._database.read() as tx:
                waiting = await rows.find_unlinked(tx, after, BATCH, self._broken)
                adopted = await rows.find(tx, ADOPTED) is not None
            if not waiting and adopted:
                return
            async with self._database.write(limit=LONG_SECONDS) as tx:
                moment = self._clock()
                until = moment + timedelta(seconds=_LEASE_SECONDS)
                if not await leases.take(tx, LEASE, self._holder, now=moment, until=until):
                    return
                events = await rows.lock_unlinked(tx, [each for each in waiting if each not in self._foreign])
                await self._append(tx, events, adopting=not adopted)
                if len(waiting) < BATCH and not adopted:
                    await self._begin(tx, ADOPTED)
            if len(waiting) < BATCH:
                return
            after = waiting[-1]

    async def _look_again(self) -> None:
        """Chains that were broken may have begun anew, also by another process."""
        if not self._broken:
            return
        async with self._database.read() as tx:
            self._broken = {name for name in self._broken if not await self._holds(tx, name, await rows.find(tx, name))}

    async def _append(self, tx: Transaction, events: list[AuditEvent], *, adopting: bool) -> None:
        chains: dict[str, AuditChain] = {}
        for event in events:
            known = adopting if event.hash is None else event.hash == self._seal.of_event(event)
            if not known:
                self._foreign.add(event.id)
                _log.error("audit_event_not_ours", event_id=event.id, remedy="Run `trunkline audit verify`.")
                continue
            name = event.workspace_id or INSTALLATION
            if name in self._broken:
                continue
            chain = chains.get(name) or await self._open(tx, name)
            if chain is None:
                self._broken.add(name)
                _log.error("audit_chain_broken", chain=name, remedy="Run `trunkline audit verify`.")
                continue
            chains[name] = chain
            previous, sequence = chain.last_hash, chain.last_sequence + 1
            link = self._seal.of_link(previous, sequence, event)
            event.previous_hash, event.sequence, event.hash = previous, sequence, link
            chain.last_sequence, chain.last_hash = sequence, link
        for chain in chains.values():
            chain.hash = self._seal.of_chain(chain)

    async def _open(self, tx: Transaction, name: str) -> AuditChain | None:
        """The chain to go on with; None where it is not what it was, so that nothing is built on that."""
        chain = await rows.lock(tx, name)
        if not await self._holds(tx, name, chain):
            return None
        return chain or await self._begin(tx, name)

    async def _holds(self, tx: Transaction, name: str, chain: AuditChain | None) -> bool:
        behind = await rows.find_oldest(tx, name, 0 if chain is None else chain.last_sequence + 1, 1)
        return not behind and (chain is None or chain.hash == self._seal.of_chain(chain))

    async def _begin(self, tx: Transaction, name: str) -> AuditChain:
        chain = AuditChain(id=name, first_sequence=1, first_hash=GENESIS, last_sequence=0, last_hash=GENESIS)
        chain.hash = self._seal.of_chain(chain)
        await rows.insert(tx, chain)
        return chain

    async def list_chains(self) -> Sequence[str]:
        """The ids of all chains."""
        async with self._database.read() as tx:
            return [chain.id for chain in await rows.find_all(tx)]

    async def prune(self, chain_id: str, before: datetime) -> int:
        """Delete the oldest events of a chain, those from before ``before``; at most a batch. How many it deleted.

        The chain then begins behind them, which its own hash confirms, and holds as it did.
        """
        async with self._database.write() as tx:
            chain = await rows.lock(tx, chain_id)
            if chain is None:
                return 0
            old = await rows.find_oldest(tx, chain_id, chain.first_sequence, BATCH)
            kept = next((at for at, event in enumerate(old) if event.at >= before), len(old))
            if not kept:
                return 0
            last = old[kept - 1]
            assert last.sequence is not None
            assert last.hash is not None
            chain.first_sequence, chain.first_hash = last.sequence + 1, last.hash
            if self._seal.is_renewal(last):
                # What stands behind a renewal names what stood there before it.
                behind = await rows.find_oldest(tx, chain_id, chain.first_sequence, 1)
                if behind and behind[0].sequence == chain.first_sequence:
                    chain.first_hash = behind[0].previous_hash or ""
            await rows.delete_up_to(tx, chain_id, last.sequence)
            chain.hash = self._seal.of_chain(chain)
            return kept
