"""Prices that a workspace has agreed on itself, in place of those of the list."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from trunkline.control.audit import Audit, changes
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.prices.prices import PriceBook
from trunkline.control.record import read_record
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonValue
from trunkline.core.errors import Conflict, InvalidInput, NotFound
from trunkline.core.price import NANOS_PER_USD, nanos
from trunkline.core.price_override import TIERS, UNITS
from trunkline.providers.registry import PROVIDERS
from trunkline.storage import workspace_prices as rows
from trunkline.storage import workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import WorkspacePrice, now

KIND: Final = "price"
MOST: Final = 1_000
"""Prices of one workspace."""

_LARGEST: Final = 1_000_000
"""Dollars of a unit: nothing costs more, and a slip of the keyboard does no harm."""


class PriceDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A price. ``prices`` are dollars by the names of :data:`UNITS`; ``starts_at`` None: from now on."""

    provider: str
    model: str
    tier: str = "standard"
    prices: dict[str, Decimal]
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    note: str = ""


class PriceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A price as people see it."""

    id: str
    workspace_id: str
    provider: str
    model: str
    tier: str
    prices: dict[str, float]
    starts_at: datetime
    ends_at: datetime | None
    note: str
    created_by: str
    created_at: datetime
    updated_at: datetime


class WorkspacePrices:
    """The prices of the actor's workspace. They hold for calls from now on; what a call has cost stays as it is."""

    def __init__(self, database: Database, audit: Audit, prices: PriceBook) -> None:
        self._database = database
        self._audit = audit
        self._prices = prices

    async def list(self, actor: Actor, page: PageRequest) -> Page[PriceRecord]:
        """The prices, the newest first."""
        access.check(actor, "prices.read")
        async with self._database.read() as tx:
            found = await rows.find_page(tx, actor.workspace_id, limit=page.limit + 1, after=page.after)
        kept = found[: page.limit]
        return Page([_show(row) for row in kept], encode_cursor(kept[-1].id) if len(found) > page.limit else None)

    async def get(self, actor: Actor, price_id: str) -> PriceRecord:
        """One of them. Raises NotFound."""
        access.check(actor, "prices.read")
        async with self._database.read() as tx:
            return _show(await _find(tx, actor, price_id))

    async def create(self, actor: Actor, draft: PriceDraft) -> PriceRecord:
        """A new one. Raises InvalidInput on what is wrong."""
        _may_change(actor)
        async with self._database.write() as tx:
            if await rows.count(tx, actor.workspace_id) >= MOST:
                raise Conflict(f"There are {MOST:,} prices, which is the most. Delete one that is not needed.")
            row = WorkspacePrice(workspace_id=actor.workspace_id, created_by=actor.user_id, starts_at=now())
            await self._write(tx, row, draft)
            await rows.insert(tx, row)
            await workspaces.touch(tx, row.workspace_id, "price", row.id)
            await self._audit.record(tx, actor, "prices.create", target=(KIND, row.id), after=_write_state(row))
            return _show(row)

    async def update(self, actor: Actor, price_id: str, draft: PriceDraft) -> PriceRecord:
        """All of it anew. Raises NotFound and InvalidInput."""
        _may_change(actor)
        async with self._database.write() as tx:
            row = await _find(tx, actor, price_id, lock=True)
            before = _write_state(row)
            await self._write(tx, row, draft)
            was, became = changes(before, _write_state(row))
            if was or became:
                row.updated_at = now()
                await tx.flush()
                await workspaces.touch(tx, row.workspace_id, "price", row.id)
                await self._audit.record(tx, actor, "prices.update", target=(KIND, row.id), before=was, after=became)
            return _show(row)

    async def delete(self, actor: Actor, price_id: str) -> None:
        """The price of the list counts again from now on. Raises NotFound."""
        _may_change(actor)
        async with self._database.write() as tx:
            row = await _find(tx, actor, price_id, lock=True)
            await rows.remove(tx, row)
            await workspaces.touch(tx, row.workspace_id, "price", row.id)
            await self._audit.record(tx, actor, "prices.delete", target=(KIND, row.id), before=_write_state(row))

    async def _write(self, tx: Transaction, row: WorkspacePrice, draft: PriceDraft) -> None:
        provider = PROVIDERS.get(draft.provider)
        if provider is None:
            raise InvalidInput.of("provider", "is no provider that is known here: GET /api/providers lists them.")
        known = self._prices.find(provider, draft.model) is not None
        if not known and not await rows.is_configured(tx, row.workspace_id, draft.provider, draft.model):
            raise InvalidInput.of(
                "model",
                f"is no model of {provider.display_name} that is known here. Write it as the provider does, or make a"
                " configuration with it first.",
            )
        if draft.tier not in TIERS:
            raise InvalidInput.of("tier", f"must be one of {', '.join(TIERS)}.")
        amounts = _read_amounts(draft.prices)
        starts_at = draft.starts_at or row.starts_at
        if draft.ends_at is not None and draft.ends_at <= starts_at:
            raise InvalidInput.of("endsAt", "must be after startsAt.")
        row.provider, row.model = draft.provider, draft.model
        row.tier = "" if draft.tier == "standard" else draft.tier
        row.amounts, row.note = amounts, draft.note
        row.starts_at, row.ends_at = starts_at, draft.ends_at


def _read_amounts(prices: dict[str, Decimal]) -> dict[str, int]:
    if not prices:
        raise InvalidInput.of("prices", f"name at least one price: {', '.join(UNITS)}.")
    for unit, dollars in prices.items():
        field = f"prices.{unit}"
        if unit not in UNITS:
            raise InvalidInput.of(field, f"is no unit that is known here. Use {', '.join(UNITS)}.")
        if not 0 <= dollars <= _LARGEST:
            raise InvalidInput.of(field, f"must be between 0 and {_LARGEST:,} US dollars.")
    return {unit: nanos(dollars) for unit, dollars in prices.items()}


def _may_change(actor: Actor) -> None:
    access.check(actor, "prices.change")
    require_whole_workspace(actor)


async def _find(tx: Transaction, actor: Actor, price_id: str, *, lock: bool = False) -> WorkspacePrice:
    row = await rows.find(tx, actor.workspace_id, price_id, lock=lock)
    if row is None:
        raise NotFound("There is no such price in this workspace.", code="price_not_found")
    return row


def _show(row: WorkspacePrice) -> PriceRecord:
    prices = {unit: float(Decimal(amount) / NANOS_PER_USD) for unit, amount in row.amounts.items()}
    return read_record(PriceRecord, row, tier=row.tier or "standard", prices=prices)


def _write_state(row: WorkspacePrice) -> dict[str, JsonValue]:
    return {
        "provider": row.provider,
        "model": row.model,
        "tier": row.tier or "standard",
        "amounts": dict(row.amounts),
        "startsAt": row.starts_at.isoformat(),
        "endsAt": None if row.ends_at is None else row.ends_at.isoformat(),
        "note": row.note,
    }
