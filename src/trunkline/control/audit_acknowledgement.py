"""Takes note that the audit log was changed, so that it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from trunkline.control.audit import Audit
from trunkline.control.audit_chain.linking import LEASE
from trunkline.control.audit_chain.renewal import ChainRenewal
from trunkline.control.audit_chain.seal import AuditSeal
from trunkline.control.audit_chain.verification import RENEW, AuditVerification, ChainReport
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import Conflict
from trunkline.storage import leases, workspaces
from trunkline.storage.database import LONG_SECONDS, Database

_NOTHING: Final = "There is nothing to acknowledge: nothing was changed since this was last acknowledged, if it was."


class AuditAcknowledgement:
    """An owner says that the breaks of a log are known. The log tells them ever after, and is checked from there on."""

    def __init__(self, database: Database, audit: Audit, seal: AuditSeal, verification: AuditVerification) -> None:
        self._database = database
        self._audit = audit
        self._verification = verification
        self._renewal = ChainRenewal(seal)

    async def acknowledge(self, actor: Actor, comment: str) -> ChainReport:
        """Begin the log of the actor's workspace anew. Needs ``audit.acknowledge``, and no key of an application.

        What was found is recorded as an event, with ``comment``. Raises :class:`Conflict` where nothing is wrong.
        """
        access.check(actor, "audit.acknowledge")
        require_whole_workspace(actor)
        if not await self._renew(actor, actor.workspace_id, comment):
            raise Conflict(_NOTHING)
        return await self._verification.check(actor.workspace_id)

    async def acknowledge_installation(self, actor: Actor, comment: str) -> Sequence[ChainReport]:
        """The same for what belongs to no workspace, or to one that is gone. Needs ``audit.verify_installation``."""
        access.check(actor, "audit.verify_installation")
        reports = await self._verification.verify_installation(actor)
        async with self._database.read() as tx:
            owned = await workspaces.find_existing(tx, [each.workspace_id for each in reports if each.workspace_id])
        broken = [each.workspace_id or "" for each in reports if not each.valid and each.workspace_id not in owned]
        renewed = [chain_id for chain_id in broken if await self._renew(actor, chain_id, comment)]
        if not renewed:
            raise Conflict(_NOTHING)
        return [await self._verification.check(chain_id) for chain_id in renewed]

    async def _renew(self, actor: Actor, chain_id: str, comment: str) -> bool:
        async with self._database.write(limit=LONG_SECONDS) as tx:
            await leases.hold_up(tx, LEASE)
            found = await self._verification.check_within(tx, chain_id)
            if found.valid:
                return False
            await self._renewal.renew(tx, chain_id)
            witness = await self._audit.record(
                tx,
                actor,
                RENEW,
                target=("workspace", chain_id) if chain_id else ("", None),
                after={"comment": comment, "faults": [asdict(fault) for fault in found.faults]},
                workspace_id=chain_id,
            )
            await self._renewal.end(tx, chain_id, witness)
            return True
