"""Rules of alerts and the channels that they tell, in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import func, or_, select, text

from trunkline.core.ids import new_id
from trunkline.storage import facts
from trunkline.storage.database import Transaction
from trunkline.storage.tables import AlertChannelRow, AlertRuleRow

_CHANGED: Final = "alert_rules"
"""The fact that is another one after each change of a rule, so that who evaluates them reads them only then."""

_MARK: Final = text(
    "INSERT INTO facts (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


async def find_version(tx: Transaction) -> str | None:
    """Another value after each change of any rule."""
    return await facts.find(tx, _CHANGED)


async def mark(tx: Transaction) -> None:
    """To be called by each transaction that changes rules."""
    await tx.execute(_MARK, {"name": _CHANGED, "value": new_id()})


async def find_used(tx: Transaction) -> Sequence[AlertRuleRow]:
    """All that somebody evaluates: those that are on, and what takes the place of a preset."""
    row = AlertRuleRow
    return (await tx.scalars(select(row).where(or_(row.is_enabled, row.preset.is_not(None))).order_by(row.id))).all()


async def find_all(tx: Transaction, workspace_id: str, *, installation: bool) -> Sequence[AlertRuleRow]:
    """Those of a workspace, the newest first, and with ``installation`` that one's."""
    row = AlertRuleRow
    wanted = row.workspace_id == workspace_id
    query = select(row).where(or_(wanted, row.workspace_id.is_(None)) if installation else wanted)
    return (await tx.scalars(query.order_by(row.id.desc()))).all()


async def find(tx: Transaction, rule_id: str, *, lock: bool = False) -> AlertRuleRow | None:
    """The one of that id, wherever it is."""
    query = select(AlertRuleRow).where(AlertRuleRow.id == rule_id)
    return await tx.scalar(query.with_for_update() if lock else query)


async def insert(tx: Transaction, row: AlertRuleRow) -> None:
    """Store a new one."""
    tx.add(row)
    await tx.flush()


async def remove(tx: Transaction, row: AlertRuleRow) -> None:
    """Delete it."""
    await tx.delete(row)
    await tx.flush()


async def count(tx: Transaction, workspace_id: str) -> int:
    """How many a workspace has, and the installation besides."""
    row = AlertRuleRow
    wanted = or_(row.workspace_id == workspace_id, row.workspace_id.is_(None))
    return await tx.scalar(select(func.count()).select_from(row).where(wanted)) or 0


async def find_channels(tx: Transaction, ids: Collection[str]) -> Sequence[AlertChannelRow]:
    """Those of these ids, of any workspace."""
    return (await tx.scalars(select(AlertChannelRow).where(AlertChannelRow.id.in_(ids)))).all() if ids else ()
