"""The secrets of configurations: how a checked change of one becomes sealed, changed and erased fields."""

from __future__ import annotations

from collections.abc import Mapping

from trunkline.control.configurations.configuration import Proposal
from trunkline.control.configurations.credentials import Credentials, name_owner
from trunkline.core.actor import Actor
from trunkline.core.errors import Conflict
from trunkline.core.secret import Secret
from trunkline.storage import configurations
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration


class ConfigurationSecrets:
    """Writes what a proposal says of secrets, inside the transaction of the change."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def seal(self, tx: Transaction, actor: Actor, row: Configuration, proposal: Proposal) -> str:
        """A new credential with what is to be put; gives its id."""
        return await self._credentials.seal(
            tx,
            workspace_id=row.workspace_id,
            owner=name_owner(workspace_id=row.workspace_id, user_id=row.user_id, shared=proposal.shared),
            provider=proposal.provider.id,
            created_by=actor.user_id,
            fields=proposal.put,
            origins=proposal.origins,
        )

    async def update(
        self, tx: Transaction, actor: Actor, row: Configuration, proposal: Proposal, masks: Mapping[str, str]
    ) -> None:
        """Bring the credential of ``row``, as it is stored now, to what is proposed; ``masks`` are its fields.

        Raises Conflict where somebody borrows a credential that would go, or be another provider's.
        """
        if row.credential_id is None:
            if proposal.put:
                row.credential_id = await self.seal(tx, actor, row, proposal)
            return
        credential_id = row.credential_id
        gone = not proposal.put and proposal.drop.issuperset(masks)
        if gone or proposal.provider.id != row.provider:
            await _require_unlent(tx, row)
        if gone:
            row.credential_id = None
            await tx.flush()
            await self._credentials.erase(tx, row.workspace_id, credential_id)
            return
        await self._credentials.update(
            tx,
            row.workspace_id,
            credential_id,
            provider=proposal.provider.id,
            changed_by=actor.user_id,
            put=proposal.put,
            drop=proposal.drop,
            origins=proposal.origins,
        )
        if proposal.shared != row.is_shared:
            owner = name_owner(workspace_id=row.workspace_id, user_id=row.user_id, shared=proposal.shared)
            await self._credentials.reseal(tx, row.workspace_id, credential_id, owner=owner)

    def fingerprints(self, workspace_id: str, put: Mapping[str, Secret]) -> dict[str, str]:
        """By which history recognises what is to be put, by field."""
        return {field: self._credentials.fingerprint(secret, workspace_id) for field, secret in put.items()}


async def _require_unlent(tx: Transaction, row: Configuration) -> None:
    borrowers = await configurations.find_borrowers(tx, row)
    if borrowers:
        raise Conflict(
            f"The key of {row.name!r} is lent: {', '.join(borrowers)}. Give them another credential first.",
            code="in_use",
        )
