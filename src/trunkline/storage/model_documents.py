"""Users' documents of models in the database."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from trunkline.core.errors import Conflict
from trunkline.storage.database import Transaction
from trunkline.storage.tables import ModelDocument, ModelDocumentEntry


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One model of a document; see the table for what its fields are."""

    provider: str
    type: str
    model: str
    is_paid: bool
    credential_id: str | None = None
    is_sealed: bool = False
    configuration_id: str | None = None


async def add(tx: Transaction, document: ModelDocument) -> None:
    """Store a new one, without models yet. Raises Conflict when its user has one."""
    tx.add(document)
    try:
        await tx.flush()
    except IntegrityError as error:
        raise Conflict(
            "You have saved an AI model configuration already. Change it: PUT /api/v1/update/ai-model-config.",
            code="already_exists",
        ) from error


async def find(tx: Transaction, user_id: str, *, lock: bool = False) -> ModelDocument | None:
    """The user's document. ``lock`` keeps other writers away from it until the end."""
    query = select(ModelDocument).where(ModelDocument.user_id == user_id)
    return await tx.scalar(query.with_for_update() if lock else query)


async def find_entries(tx: Transaction, document_id: str) -> list[Entry]:
    """Its models in their order."""
    columns = [getattr(ModelDocumentEntry, name) for name in Entry.__struct_fields__]
    query = select(*columns).where(ModelDocumentEntry.document_id == document_id)
    rows = await tx.execute(query.order_by(ModelDocumentEntry.position))
    return [Entry(**row) for row in rows.mappings()]


async def replace_entries(tx: Transaction, document_id: str, entries: Sequence[Entry]) -> None:
    """Make these its models. What the ones before referred to is the caller's to erase."""
    await tx.execute(delete(ModelDocumentEntry).where(ModelDocumentEntry.document_id == document_id))
    if entries:
        await tx.execute(
            insert(ModelDocumentEntry),
            [
                {"document_id": document_id, "position": position, **msgspec.structs.asdict(entry)}
                for position, entry in enumerate(entries)
            ],
        )
