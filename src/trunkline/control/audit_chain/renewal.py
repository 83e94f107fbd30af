"""Begins a broken chain of audit events anew, from what is there now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trunkline.control.audit_chain.seal import GENESIS, AuditSeal
from trunkline.control.audit_chain.verification import find_waiting
from trunkline.storage import audit_chains as rows
from trunkline.storage.audit_chains import ADOPTED
from trunkline.storage.database import Transaction
from trunkline.storage.tables import AuditChain, AuditEvent

PART: Final = 200


class ChainRenewal:
    """Seals what does not fit as what the chain goes on with, and leaves everything that fits as it is.

    An event sealed so vouches for what it says now and for the event that stands before it now, whatever once stood
    between them. One whose place is none of the chain's is put at its end. Later edits are found as before, also of
    these events; what they said before the break cannot be told from the chain.
    """

    def __init__(self, seal: AuditSeal) -> None:
        self._seal = seal

    async def renew(self, tx: Transaction, chain_id: str) -> None:
        """Mend the chain, which holds again once it is ended by :meth:`end` in the same transaction."""
        await self._find_ends(tx, chain_id)
        await self._take_out(tx, chain_id)
        last_hash = await self._walk(tx, chain_id)
        chain = await self._require(tx, chain_id)
        chain.last_hash = last_hash
        adopted = await rows.find(tx, ADOPTED) is not None
        async for event in find_waiting(tx, chain_id):
            own = event.hash == self._seal.of_event(event) or (event.hash is None and not adopted)
            if not own:
                self._append(chain, event)

    async def end(self, tx: Transaction, chain_id: str, witness: AuditEvent) -> None:
        """Give ``witness``, the event that says what was found, its place: the first behind the break."""
        chain = await self._require(tx, chain_id)
        self._append(chain, witness)
        chain.hash = self._seal.of_chain(chain)

    async def _find_ends(self, tx: Transaction, chain_id: str) -> None:
        """Where the record of the ends does not say it: the first and the last event that are what was written."""
        chain = await rows.lock(tx, chain_id)
        if chain is not None and chain.hash == self._seal.of_chain(chain):
            return
        first: AuditEvent | None = None
        last: AuditEvent | None = None
        at = (0, "")
        while part := await rows.find_behind(tx, chain_id, *at, PART):
            whole = [event for event in part if self._is_whole(event)]
            if whole:
                first, last = first or whole[0], whole[-1]
            at = (part[-1].sequence or 0, part[-1].id)
        if chain is None:
            chain = AuditChain(id=chain_id)
            await rows.insert(tx, chain)
        chain.first_sequence = (first.sequence if first else None) or 1
        chain.first_hash = (first.previous_hash if first else None) or GENESIS
        chain.last_sequence = (last.sequence if last else None) or 0
        chain.last_hash = GENESIS
        chain.hash = ""
        await tx.flush()

    async def _take_out(self, tx: Transaction, chain_id: str) -> None:
        """Events before the beginning and behind the end lose their places."""
        chain = await self._require(tx, chain_id)
        first, last = chain.first_sequence, chain.last_sequence
        while part := await rows.find_earlier(tx, chain_id, first, PART):
            await self._displace(tx, part)
        while part := await rows.find_oldest(tx, chain_id, last + 1, PART):
            await self._displace(tx, part)

    async def _displace(self, tx: Transaction, events: Sequence[AuditEvent]) -> None:
        for event in events:
            event.sequence = event.previous_hash = None
            event.hash = ""
        await tx.flush()

    async def _walk(self, tx: Transaction, chain_id: str) -> str:
        """Seal anew what does not follow. The hash of the last event."""
        chain = await self._require(tx, chain_id)
        expected, previous, renewed = chain.first_sequence, chain.first_hash, False
        at = (chain.first_sequence, "")
        while part := await rows.find_behind(tx, chain_id, *at, PART):
            at = (part[-1].sequence or 0, part[-1].id)
            for event in part:
                sequence = event.sequence or 0
                if sequence < expected:
                    await self._displace(tx, [event])
                    continue
                follows = sequence == expected and event.previous_hash == previous
                whole = self._seal.is_link(event) and (follows or (sequence == expected and renewed))
                renewed = not whole
                if not whole and not (event.previous_hash == previous and self._seal.is_renewal(event)):
                    event.previous_hash = previous
                    event.hash = self._seal.of_renewal(previous, sequence, event)
                expected, previous = sequence + 1, event.hash or ""
            await tx.flush()
            tx.expunge_all()
        return previous

    def _append(self, chain: AuditChain, event: AuditEvent) -> None:
        sequence, previous = chain.last_sequence + 1, chain.last_hash
        sealed = self._seal.of_renewal(previous, sequence, event)
        event.sequence, event.previous_hash, event.hash = sequence, previous, sealed
        chain.last_sequence, chain.last_hash = sequence, sealed

    def _is_whole(self, event: AuditEvent) -> bool:
        return self._seal.is_link(event) or self._seal.is_renewal(event)

    async def _require(self, tx: Transaction, chain_id: str) -> AuditChain:
        chain = await rows.lock(tx, chain_id)
        assert chain is not None, "made above where it was gone"
        return chain
