"""How a change tells the snapshot of itself: what a transaction touched, written down at its end."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from trunkline.storage.tables import Workspace

SNAPSHOT_REVISION: Final = "snapshot_revision"
CHANNEL: Final = "trunkline_snapshot"
"""The PostgreSQL channel on which a commit tells other processes the snapshot's new revision."""

_TOUCHED: Final = "trunkline_touched"

_COUNT: Final = text(
    "INSERT INTO facts (name, value) VALUES (:name, '2') ON CONFLICT (name) DO UPDATE"
    " SET value = CAST(CAST(facts.value AS BIGINT) + 1 AS VARCHAR(1024)) RETURNING value"
)


def note(tx: AsyncSession, workspace_id: str) -> None:
    """Remember that ``tx`` changed something of this workspace that a call could notice."""
    touched: set[str] = tx.info.setdefault(_TOUCHED, set())
    touched.add(workspace_id)


def note_all(tx: AsyncSession) -> None:
    """Remember that ``tx`` changed something of the installation that any call could notice."""
    tx.info.setdefault(_TOUCHED, set())


async def settle(tx: AsyncSession) -> bool:
    """Give what was touched the snapshot's next revision, and tell other processes. Whether there was anything.

    Runs once, at the end of the transaction: rows are locked in one order, workspaces before the counter, and the
    counter, which all writers share, is held for as short as can be. So revisions are committed in their order, and
    whoever has seen one has seen all below it.
    """
    touched: set[str] | None = tx.info.get(_TOUCHED)
    if touched is None:
        return False
    await tx.flush()
    ids = sorted(touched)
    await tx.execute(
        select(Workspace.id).where(Workspace.id.in_(ids)).order_by(Workspace.id).with_for_update(key_share=True)
    )
    revision = int((await tx.execute(_COUNT, {"name": SNAPSHOT_REVISION})).scalar_one())
    await tx.execute(
        update(Workspace)
        .where(Workspace.id.in_(ids))
        .values(revision=revision, updated_at=Workspace.updated_at)
        .execution_options(synchronize_session=False)
    )
    if tx.get_bind().dialect.name == "postgresql":
        await tx.execute(text("SELECT pg_notify(:channel, :revision)"), {"channel": CHANNEL, "revision": str(revision)})
    return True
