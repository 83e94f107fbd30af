"""How a change tells the snapshot of itself: what a transaction touched, written down at its end."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from trunkline.storage import snapshot_changes
from trunkline.storage.snapshot_changes import Change
from trunkline.storage.tables import Workspace

SNAPSHOT_REVISION: Final = "snapshot_revision"
CHANNEL: Final = "trunkline_snapshot"
"""The PostgreSQL channel on which a commit tells other processes the snapshot's new revision."""

Touched: TypeAlias = Literal[
    "application",
    "budget",
    "configuration",
    "feature",
    "key",
    "limit",
    "member",
    "policy",
    "price",
    "route",
    "session",
]
"""What was touched alone, so that nothing else of its workspace is read again. A member is named by its user."""

WHOLE: Final = "workspace"
INSTALLATION: Final = ""
"""The workspace of what is nobody's: policies of the installation, and the ends of sessions."""

_MOST: Final = 500
"""Things of one workspace from which on it is read whole."""

_TOUCHED: Final = "trunkline_touched"

_COUNT: Final = text(
    "INSERT INTO facts (name, value) VALUES (:name, '2') ON CONFLICT (name) DO UPDATE"
    " SET value = CAST(CAST(facts.value AS BIGINT) + 1 AS VARCHAR(1024)) RETURNING value"
)

_Noted: TypeAlias = dict[str, set[Change]]


def note(tx: AsyncSession, workspace_id: str, kind: Touched | None = None, subject_id: str = "") -> None:
    """Remember that ``tx`` changed something of this workspace that a call could notice; without ``kind``, anything."""
    _noted(tx).setdefault(workspace_id, set()).add(Change(workspace_id, kind or WHOLE, subject_id))


def note_all(tx: AsyncSession, kind: Touched, subject_id: str = "") -> None:
    """Remember that ``tx`` changed something of the installation that any call could notice."""
    note(tx, INSTALLATION, kind, subject_id)


async def settle(tx: AsyncSession) -> bool:
    """Give what was touched the snapshot's next revision, and tell other processes. Whether there was anything.

    Runs once, at the end of the transaction: rows are locked in one order, workspaces before the counter, and the
    counter, which all writers share, is held for as short as can be. So revisions are committed in their order, and
    whoever has seen one has seen all below it.
    """
    touched: _Noted | None = tx.info.get(_TOUCHED)
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
    await snapshot_changes.insert(tx, revision, [change for each in ids for change in _sum_up(each, touched[each])])
    if tx.get_bind().dialect.name == "postgresql":
        await tx.execute(text("SELECT pg_notify(:channel, :revision)"), {"channel": CHANNEL, "revision": str(revision)})
    return True


def _noted(tx: AsyncSession) -> _Noted:
    return tx.info.setdefault(_TOUCHED, {})


def _sum_up(workspace_id: str, changes: set[Change]) -> list[Change]:
    whole = Change(workspace_id, WHOLE, "")
    return [whole] if whole in changes or len(changes) > _MOST else sorted(changes)
