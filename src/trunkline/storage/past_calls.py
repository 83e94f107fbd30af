"""Calls of the past, as policies look at them: who served them, what they used, and what was captured of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, func, select

from trunkline.storage.database import Transaction
from trunkline.storage.tables import CapturedContent, UsageEventRow


class CallScope(msgspec.Struct, frozen=True, kw_only=True):
    """Those of a workspace, or of one of its applications or keys. ``since`` is included, ``until`` is not."""

    workspace_id: str
    application_id: str | None = None
    key_id: str | None = None
    since: datetime
    until: datetime


class PastCall(msgspec.Struct, frozen=True, kw_only=True):
    """One of them. ``cost_nanos`` None: its price was not known. ``sealed``: what was captured of it, if anything."""

    id: str
    request_id: str
    opened_at: datetime
    user_id: str
    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    cost_nanos: int | None
    sealed: bytes | None = None


async def count(tx: Transaction, scope: CallScope, *, without: str) -> int:
    """How many there were, but for those of the purpose ``without``."""
    return int(await tx.scalar(select(func.count()).select_from(UsageEventRow).where(*_within(scope, without))) or 0)


async def find(tx: Transaction, scope: CallScope, *, without: str, captured: bool, limit: int) -> Sequence[PastCall]:
    """The newest ``limit`` of them; with ``captured`` those of which there is content, with it."""
    row = UsageEventRow
    columns = (
        row.id, row.request_id, row.opened_at, row.user_id, row.provider, row.model, row.input_tokens,
        row.output_tokens, row.cost_nanos,
    )  # fmt: skip
    query = select(*columns, CapturedContent.sealed) if captured else select(*columns)
    if captured:
        query = query.join(CapturedContent, CapturedContent.call_id == row.id).where(
            CapturedContent.workspace_id == scope.workspace_id, CapturedContent.expires_at > scope.until
        )
    found = await tx.execute(
        query.where(*_within(scope, without)).order_by(row.opened_at.desc(), row.id.desc()).limit(limit)
    )
    return [PastCall(**each) for each in found.mappings()]  # pyright: ignore[reportArgumentType] - the columns above


def _within(scope: CallScope, without: str) -> list[ColumnElement[bool]]:
    row = UsageEventRow
    wanted: list[ColumnElement[bool]] = [
        row.workspace_id == scope.workspace_id,
        row.opened_at >= scope.since,
        row.opened_at < scope.until,
        row.purpose.is_distinct_from(without),
    ]
    if scope.application_id is not None:
        wanted.append(row.application_id == scope.application_id)
    if scope.key_id is not None:
        wanted.append(row.key_id == scope.key_id)
    return wanted
