"""What rules found, in the database: from when it began until it was over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select

from trunkline.storage.database import Transaction
from trunkline.storage.tables import AlertRow

PENDING: Final = "pending"
"""It is so, and not yet for long enough. Nobody sees it."""

OPEN: Final = ("firing", "acknowledged")

_UNFINISHED: Final = or_(AlertRow.open_key.is_not(None), AlertRow.held.is_not(None))
"""What the index ``ix_alerts_unfinished`` holds, in its words. An alert has its key until it is over."""


class AlertScope(msgspec.Struct, frozen=True, kw_only=True):
    """Whose alerts somebody reads, and which of them are asked for; None: any.

    ``admin``: what only admins see besides its owner. ``application_id``: an application's alone. ``installation``:
    also what concerns that.
    """

    workspace_id: str
    user_id: str
    admin: bool
    application_id: str | None
    installation: bool
    states: Sequence[str] | None = None
    kind: str | None = None
    severity: str | None = None
    rule_id: str | None = None


async def insert(tx: Transaction, row: AlertRow) -> None:
    """Store a new one. The database refuses a second one that is open of the same rule and subject."""
    tx.add(row)
    await tx.flush()


async def find_unfinished(tx: Transaction, *, lock: bool = False) -> Sequence[AlertRow]:
    """All that are not over, and those of which quiet hours hold something back."""
    query = select(AlertRow).where(_UNFINISHED)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    # Sorted here: asked for an order, SQLite goes through all alerts there are, along their ids.
    return sorted(await tx.scalars(query), key=lambda row: row.id)


async def count_open(tx: Transaction) -> Sequence[tuple[str, str, str, int]]:
    """How many of the installation are firing, or acknowledged and not over: by kind, severity and state."""
    places = (AlertRow.kind, AlertRow.severity, AlertRow.state)
    wanted = (_UNFINISHED, AlertRow.state.in_(OPEN))
    query = select(*places, func.count()).where(*wanted).group_by(*places)
    return [(kind, severity, state, int(number)) for kind, severity, state, number in await tx.execute(query)]


async def find(tx: Transaction, scope: AlertScope, alert_id: str, *, lock: bool = False) -> AlertRow | None:
    """One that somebody may see."""
    query = select(AlertRow).where(AlertRow.id == alert_id, or_(*_places(scope)), *_open(scope))
    return await tx.scalar(query.with_for_update() if lock else query)


async def find_page(tx: Transaction, scope: AlertScope, *, limit: int, after: str | None) -> Sequence[AlertRow]:
    """The newest first; ``after`` is the last id of the page before."""
    found: list[AlertRow] = []
    # Of each place as many as the page may need, along its index: one question for both would sort all of them.
    for place in _places(scope):
        found += await _find_page(tx, scope, place, limit=limit, after=after)
    return sorted(found, key=lambda row: row.id, reverse=True)[:limit]


async def _find_page(
    tx: Transaction, scope: AlertScope, place: ColumnElement[bool], *, limit: int, after: str | None
) -> Sequence[AlertRow]:
    query = select(AlertRow).where(place, *_wanted(scope))
    if after is not None:
        query = query.where(AlertRow.id < after)
    return (await tx.scalars(query.order_by(AlertRow.id.desc()).limit(limit))).all()


async def count_seen(tx: Transaction, scope: AlertScope) -> int:
    """How many :func:`find_page` lists in all."""
    queries = [select(func.count()).select_from(AlertRow).where(place, *_wanted(scope)) for place in _places(scope)]
    return sum([await tx.scalar(query) or 0 for query in queries])


async def find_of_rule(tx: Transaction, rule_id: str) -> Sequence[AlertRow]:
    """Those of a rule that are not over."""
    query = select(AlertRow).where(AlertRow.rule_id == rule_id, _UNFINISHED)
    return (await tx.scalars(query.with_for_update())).all()


async def list_changed(tx: Transaction, after: int) -> Sequence[AlertRow]:
    """Those that changed since then, the earliest first."""
    query = select(AlertRow).where(AlertRow.changed_at > after, AlertRow.state != PENDING)
    return (await tx.scalars(query.order_by(AlertRow.changed_at))).all()


async def remove(tx: Transaction, row: AlertRow) -> None:
    """Delete it, as if it had never been."""
    await tx.delete(row)
    await tx.flush()


def _places(scope: AlertScope) -> Sequence[ColumnElement[bool]]:
    row = AlertRow
    here: ColumnElement[bool] = row.workspace_id == scope.workspace_id
    if scope.application_id is not None:
        # The key of an application has nothing to do with the rest of the workspace.
        return (and_(here, row.application_id == scope.application_id),)
    return (here, row.workspace_id.is_(None)) if scope.installation else (here,)


def _wanted(scope: AlertScope) -> Sequence[ColumnElement[bool]]:
    wanted = list(_open(scope))
    if scope.states is not None:
        wanted.append(AlertRow.state.in_(scope.states))
        if set(scope.states) <= set(OPEN):
            wanted.append(AlertRow.open_key.is_not(None))
    for column, value in (
        (AlertRow.kind, scope.kind),
        (AlertRow.severity, scope.severity),
        (AlertRow.rule_id, scope.rule_id),
    ):
        if value is not None:
            wanted.append(column == value)
    return wanted


def _open(scope: AlertScope) -> Sequence[ColumnElement[bool]]:
    row = AlertRow
    public: list[ColumnElement[bool]] = [row.owner_id.is_(None), row.owner_id == scope.user_id]
    if scope.admin:
        public.append(row.is_for_admins.expression)
    return (and_(row.state != PENDING, row.fired_at.is_not(None)), or_(*public))
