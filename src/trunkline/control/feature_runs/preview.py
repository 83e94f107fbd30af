"""Settings of a feature that are tried before they are saved: a snapshot in which they are."""

from __future__ import annotations

import msgspec

from trunkline.control.configurations.credentials import Credentials, name_owner
from trunkline.control.features.lookup import find_feature
from trunkline.control.features.plan import FeaturePlan
from trunkline.control.features.state import apply_plan, new_row
from trunkline.control.snapshot.part import compile_part
from trunkline.core.actor import Actor
from trunkline.core.errors import NotFound
from trunkline.gateway.snapshot import Snapshot
from trunkline.storage import snapshot as rows
from trunkline.storage.database import Database
from trunkline.storage.tables import DataKey, Feature, SealedSecret


async def compile_trial(
    database: Database, credentials: Credentials, held: Snapshot, actor: Actor, slug: str, plan: FeaturePlan
) -> Snapshot:
    """``held`` as it would be with ``plan`` saved. A key of the plan is sealed in memory, and nothing is written."""
    async with database.read() as tx:
        found = next(iter(await rows.load(tx, [actor.workspace_id])), None)
        row = await find_feature(tx, actor.workspace_id, slug)
    if found is None:
        raise NotFound("This workspace does not exist any more.", code="workspace_not_found")
    tried = _copy(row)
    apply_plan(tried, plan)
    if plan.drop:
        tried.credential_id = None
    if plan.put is not None:
        owner = name_owner(workspace_id=actor.workspace_id, user_id=actor.user_id, shared=True)
        stored, key = credentials.seal_unsaved(plan.put, owner=owner, origins=(plan.origin,))
        tried.credential_id = stored.credential_id
        found.owners[stored.credential_id] = owner
        found.secrets.append(
            SealedSecret(
                credential_id=stored.credential_id,
                field=stored.field,
                data_key_id=stored.data_key_id,
                origins=list(stored.origins),
                ciphertext=stored.ciphertext,
            )
        )
        found.data_keys.append(
            DataKey(
                id=key.id, owner=key.owner, kek_version=key.kek_version, wrapped=key.wrapped, created_at=key.created_at
            )
        )
    found.features = [other for other in found.features if other.slug != slug] + [tried]
    part = compile_part(found).part
    return msgspec.structs.replace(held, parts={**held.parts, actor.workspace_id: part})


def _copy(row: Feature) -> Feature:
    """A row that no session knows: what is tried is never stored by accident."""
    copy = new_row(row.workspace_id, row.created_by, slug=row.slug, name=row.name, kind=row.kind)
    copy.id, copy.revision, copy.credential_id = row.id, row.revision, row.credential_id
    return copy
