"""Batches as their makers see them."""

from __future__ import annotations

import msgspec

from trunkline.core.actor import Actor
from trunkline.gateway.batches.batch_record import BatchRecord
from trunkline.storage.tables import Batch


def show_batch(row: Batch) -> BatchRecord:
    """What its owner sees of ``row``."""
    fields = {name: getattr(row, name, None) for name in BatchRecord.__struct_fields__}
    fields["metadata"] = row.batch_metadata
    for name in ("created_at", "expires_at", "cancelling_at", "ended_at"):
        moment = getattr(row, name)
        fields[name] = None if moment is None else int(moment.timestamp())
    return msgspec.convert(fields, BatchRecord)


def owner_of(row: Batch) -> Actor:
    """Whose its files are. It may do nothing by itself."""
    return Actor(
        user_id=row.user_id,
        workspace_id=row.workspace_id,
        role="viewer",
        scope="call",
        key_id=row.key_id,
        application_id=row.application_id,
    )
