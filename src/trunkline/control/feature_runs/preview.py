"""Settings of a feature that are tried before they are saved: a snapshot in which they are."""

from __future__ import annotations

import msgspec

from trunkline.control.configurations.credentials import Credentials, name_owner
from trunkline.control.features.lookup import find_feature
from trunkline.control.features.plan import FeaturePlan
from trunkline.control.features.state import apply_plan, new_row
from trunkline.control.snapshot.features import compile_feature
from trunkline.control.snapshot.lending import open_lending
from trunkline.core.actor import Actor
from trunkline.core.errors import NotFound
from trunkline.gateway.snapshot import Snapshot
from trunkline.storage.database import Database
from trunkline.storage.tables import Feature


async def compile_trial(
    database: Database, credentials: Credentials, held: Snapshot, actor: Actor, slug: str, plan: FeaturePlan
) -> Snapshot:
    """``held`` as it would be with ``plan`` saved. A key of the plan is sealed in memory, and nothing is written."""
    part = held.parts.get(actor.workspace_id)
    if part is None:
        raise NotFound("This workspace does not exist any more.", code="workspace_not_found")
    async with database.read() as tx:
        tried = _copy(await find_feature(tx, actor.workspace_id, slug))
        apply_plan(tried, plan)
        if plan.drop:
            tried.credential_id = None
        lending = await open_lending(tx, actor.workspace_id, (), (), [tried])
    if plan.put is not None:
        owner = name_owner(workspace_id=actor.workspace_id, user_id=actor.user_id, shared=True)
        stored, key = credentials.seal_unsaved(plan.put, owner=owner, origins=(plan.origin,))
        tried.credential_id = stored.credential_id
        lending.add(stored, key)
    part = msgspec.structs.replace(
        part,
        features={**part.features, slug: compile_feature(tried, lending)},
        data_keys={**part.data_keys, **lending.data_keys},
    )
    return msgspec.structs.replace(held, parts={**held.parts, actor.workspace_id: part})


def _copy(row: Feature) -> Feature:
    """A row that no session knows: what is tried is never stored by accident."""
    copy = new_row(row.workspace_id, row.created_by, slug=row.slug, name=row.name, kind=row.kind)
    copy.id, copy.revision, copy.credential_id = row.id, row.revision, row.credential_id
    return copy
