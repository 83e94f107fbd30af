"""Corrections of what calls cost. Calls stay as they were counted: a correction is an entry beside them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

import msgspec

from trunkline.control.audit import Audit
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.record import read_record
from trunkline.control.scope import require_whole_workspace
from trunkline.control.usage.calls import show_call
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput
from trunkline.core.price import nanos
from trunkline.providers.registry import PROVIDERS
from trunkline.storage import configurations, usage_sums, workspaces
from trunkline.storage import usage as calls
from trunkline.storage import usage_corrections as rows
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import UsageCorrection
from trunkline.storage.usage import UsageScope

KIND: Final = "correction"
OPERATION: Final = "correction"
"""What reports call one that is about no single call."""

_LARGEST: Final = 1_000_000
"""Dollars: a slip of the keyboard does no harm."""


class CorrectionDraft(msgspec.Struct, frozen=True, kw_only=True):
    """``amount`` is in dollars: more than was counted, or less (below zero). It is about the call of ``request_id``,
    or else about the time around ``at`` (None: now), and whatever else is named."""

    amount: Decimal
    reason: str
    request_id: str | None = None
    at: datetime | None = None
    user_id: str | None = None
    configuration_id: str | None = None
    provider: str | None = None
    model: str | None = None


class CorrectionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A correction as people see it."""

    id: str
    workspace_id: str
    at: datetime
    cost_nanos: int
    reason: str
    event_id: str | None
    created_by: str
    created_at: datetime


class Corrections:
    """Those of the actor's workspace. None is ever changed: what was wrong is put right by another one."""

    def __init__(
        self, database: Database, audit: Audit, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._audit = audit
        self._now = now

    async def list(self, actor: Actor, page: PageRequest) -> Page[CorrectionRecord]:
        """The newest first."""
        access.check(actor, "usage.correct")
        require_whole_workspace(actor)
        async with self._database.read() as tx:
            found = await rows.find_page(tx, actor.workspace_id, limit=page.limit + 1, after=page.after)
        kept = found[: page.limit]
        cursor = encode_cursor(kept[-1].id) if len(found) > page.limit else None
        return Page([read_record(CorrectionRecord, row) for row in kept], cursor)

    async def create(self, actor: Actor, draft: CorrectionDraft) -> CorrectionRecord:
        """Count ``draft`` from now on. Raises InvalidInput on what is wrong."""
        access.check(actor, "usage.correct")
        require_whole_workspace(actor)
        if draft.amount == 0 or abs(draft.amount) > _LARGEST:
            raise InvalidInput.of("amountUSD", f"must be between -{_LARGEST:,} and {_LARGEST:,} US dollars, and not 0.")
        if draft.provider is not None and draft.provider not in PROVIDERS:
            raise InvalidInput.of("provider", "is no provider that is known here: GET /api/providers lists them.")
        now = self._now()
        if draft.at is not None and draft.at > now:
            raise InvalidInput.of("at", "must not be in the future.")
        async with self._database.write() as tx:
            await _require_known(tx, actor.workspace_id, draft)
            row = UsageCorrection(
                workspace_id=actor.workspace_id,
                at=draft.at or now,
                cost_nanos=nanos(draft.amount),
                reason=draft.reason,
                created_by=actor.user_id,
            )
            group: dict[str, str | None] = {
                "workspace_id": actor.workspace_id,
                "user_id": draft.user_id or actor.user_id,
                "configuration_id": draft.configuration_id,
                "operation": OPERATION,
                "provider": draft.provider or "",
                "model": draft.model or "",
                "outcome": "ok",
            }
            if draft.request_id is not None:
                scope = UsageScope(workspace_id=actor.workspace_id)
                found = await calls.find_events(tx, scope, request_id=draft.request_id)
                if not found:
                    raise InvalidInput.of("requestId", "is that of no request in this workspace.")
                call = next((one for one in found if one.purpose is None), found[0])
                missing = ",".join(show_call(call).price_missing) or None
                row.at, row.event_id, group = call.opened_at, call.id, rows.read_group(call, missing)
            await rows.insert(tx, row, group)
            after = {"amountNanos": row.cost_nanos, "reason": row.reason, "at": row.at.isoformat()}
            await self._audit.record(tx, actor, "usage.correct", target=(KIND, row.id), after=after)
            return read_record(CorrectionRecord, row)


async def _require_known(tx: Transaction, workspace_id: str, draft: CorrectionDraft) -> None:
    """Reports tell the names of what they count: of another workspace they must tell none.

    Who has left, and what was deleted, is known by its calls.
    """
    user_id, configuration_id = draft.user_id, draft.configuration_id
    if (
        user_id is not None
        and await workspaces.find_membership(tx, workspace_id, user_id) is None
        and await usage_sums.find_first(tx, UsageScope(workspace_id=workspace_id, user_id=user_id)) is None
    ):
        raise InvalidInput.of("userId", "is nobody who is in this workspace, or has made calls in it.")
    if (
        configuration_id is not None
        and await configurations.find(tx, workspace_id, configuration_id) is None
        and await usage_sums.find_first(tx, UsageScope(workspace_id=workspace_id, configuration_id=configuration_id))
        is None
    ):
        raise InvalidInput.of("configurationId", "is no configuration of this workspace, nor one that has served it.")
