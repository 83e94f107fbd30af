"""The chains of audit events: where each begins and ends, and the events along it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select

from trunkline.storage.database import Transaction
from trunkline.storage.tables import AuditChain, AuditEvent

INSTALLATION: Final = ""
"""The chain of what belongs to no workspace."""

ADOPTED: Final = "*"
"""An empty chain, which stands for that all events from before there were chains have a place."""


async def insert(tx: Transaction, chain: AuditChain) -> None:
    """Begin a chain."""
    tx.add(chain)


async def find(tx: Transaction, chain_id: str) -> AuditChain | None:
    """One chain, by its workspace's id, or :data:`INSTALLATION`."""
    return await tx.get(AuditChain, chain_id)


async def lock(tx: Transaction, chain_id: str) -> AuditChain | None:
    """The same, for a change: who else would change it waits."""
    return await tx.get(AuditChain, chain_id, with_for_update=True)


async def find_all(tx: Transaction) -> Sequence[AuditChain]:
    """All chains."""
    return (await tx.scalars(select(AuditChain).where(AuditChain.id != ADOPTED).order_by(AuditChain.id))).all()


async def find_unlinked(tx: Transaction, after_id: str, limit: int, without: Collection[str]) -> Sequence[str]:
    """Ids of events without a place, the oldest first, from behind ``after_id`` on; none of the chains ``without``."""
    query = select(AuditEvent.id).where(AuditEvent.sequence.is_(None), AuditEvent.id > after_id)
    if without:
        query = query.where(func.coalesce(AuditEvent.workspace_id, INSTALLATION).not_in(without))
    return (await tx.scalars(query.order_by(AuditEvent.id).limit(limit))).all()


async def lock_unlinked(tx: Transaction, ids: Sequence[str]) -> list[AuditEvent]:
    """Those events, as long as they still have no place."""
    query = select(AuditEvent).where(AuditEvent.id.in_(ids), AuditEvent.sequence.is_(None))
    return [*(await tx.scalars(query.order_by(AuditEvent.id).with_for_update())).all()]


async def find_oldest(tx: Transaction, chain_id: str, sequence: int, limit: int) -> Sequence[AuditEvent]:
    """Events of a chain in their order, from place ``sequence`` on."""
    query = select(AuditEvent).where(_is_of(chain_id), AuditEvent.sequence >= sequence)
    return (await tx.scalars(query.order_by(AuditEvent.sequence).limit(limit))).all()


async def find_behind(tx: Transaction, chain_id: str, sequence: int, event_id: str, limit: int) -> Sequence[AuditEvent]:
    """The same from behind an event on; with an empty ``event_id`` from the place itself on.

    Two events that belong to no workspace may have one place, as the database does not refuse that.
    """
    behind = (AuditEvent.sequence > sequence) | (AuditEvent.id > event_id)
    query = select(AuditEvent).where(_is_of(chain_id), AuditEvent.sequence >= sequence, behind)
    return (await tx.scalars(query.order_by(AuditEvent.sequence, AuditEvent.id).limit(limit))).all()


async def find_earlier(tx: Transaction, chain_id: str, sequence: int, limit: int) -> Sequence[AuditEvent]:
    """Events that stand before place ``sequence`` of a chain, where there should be none."""
    return (
        await tx.scalars(select(AuditEvent).where(_is_of(chain_id), AuditEvent.sequence < sequence).limit(limit))
    ).all()


async def find_waiting(tx: Transaction, chain_id: str, after_id: str, limit: int) -> Sequence[AuditEvent]:
    """Events of a workspace that have no place yet, the oldest first, from behind ``after_id`` on."""
    query = select(AuditEvent).where(_is_of(chain_id), AuditEvent.sequence.is_(None), AuditEvent.id > after_id)
    return (await tx.scalars(query.order_by(AuditEvent.id).limit(limit))).all()


async def find_workspaces(tx: Transaction) -> Sequence[str | None]:
    """All that events belong to, chained or not."""
    return (await tx.scalars(select(AuditEvent.workspace_id).distinct())).all()


async def delete_up_to(tx: Transaction, chain_id: str, sequence: int) -> None:
    """Delete the events of a chain up to place ``sequence``."""
    await tx.execute(delete(AuditEvent).where(_is_of(chain_id), AuditEvent.sequence <= sequence))


def _is_of(chain_id: str) -> ColumnElement[bool]:
    if chain_id == INSTALLATION:
        return AuditEvent.workspace_id.is_(None)
    return AuditEvent.workspace_id == chain_id
