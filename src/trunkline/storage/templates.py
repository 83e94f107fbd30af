"""Users' own presets for providers."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from trunkline.core.errors import Conflict
from trunkline.storage.database import Transaction
from trunkline.storage.tables import ProviderTemplate


async def insert(tx: Transaction, template: ProviderTemplate) -> None:
    """Store a new one; if it is to be the default, it is the only one of its owner and provider.

    Raises Conflict when its owner has one of that name for the provider.
    """
    if template.is_default:
        await tx.execute(
            update(ProviderTemplate)
            .where(
                ProviderTemplate.workspace_id == template.workspace_id,
                ProviderTemplate.user_id == template.user_id,
                ProviderTemplate.provider == template.provider,
            )
            .values(is_default=False)
        )
    name, provider = template.name, template.provider
    tx.add(template)
    try:
        await tx.flush()
    except IntegrityError as error:
        raise Conflict(
            f"You already have a template named {name!r} for {provider}. Choose another name.", code="duplicate_name"
        ) from error


async def list_own(
    tx: Transaction, workspace_id: str, user_id: str, provider: str | None = None
) -> list[ProviderTemplate]:
    """The user's own, for the provider or for all, the newest first."""
    query = (
        select(ProviderTemplate)
        .where(ProviderTemplate.workspace_id == workspace_id, ProviderTemplate.user_id == user_id)
        .order_by(ProviderTemplate.id.desc())
    )
    if provider is not None:
        query = query.where(ProviderTemplate.provider == provider)
    return list(await tx.scalars(query))


async def find_own(
    tx: Transaction, workspace_id: str, user_id: str, provider: str, template_id: str
) -> ProviderTemplate | None:
    """One of the user's own."""
    return await tx.scalar(
        select(ProviderTemplate).where(
            ProviderTemplate.id == template_id,
            ProviderTemplate.workspace_id == workspace_id,
            ProviderTemplate.user_id == user_id,
            ProviderTemplate.provider == provider,
        )
    )


async def remove(tx: Transaction, template: ProviderTemplate) -> None:
    """Delete it."""
    await tx.execute(
        delete(ProviderTemplate).where(
            ProviderTemplate.id == template.id, ProviderTemplate.workspace_id == template.workspace_id
        )
    )
