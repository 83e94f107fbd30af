"""Batches: begun, looked after, and shown to their makers alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from trunkline.control.audit import Audit
from trunkline.control.batches.files import Files
from trunkline.control.batches.plan import Plan, Planner
from trunkline.control.batches.provider_run import ProviderRun
from trunkline.control.batches.record import show_batch
from trunkline.control.batches.reserve import Reserve
from trunkline.control.batches.watch import BatchWatch
from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonValue
from trunkline.core.errors import Conflict, InvalidInput, NotFound, TooMany, UpstreamError
from trunkline.core.ids import new_id
from trunkline.gateway.batches.batch_record import WINDOW_SECONDS, BatchOrder, BatchRecord, Wire
from trunkline.storage import batches as rows
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Batch, now

MOST_GOING: Final = 100
"""Batches of one workspace that have not ended."""

_PREFIXES: Final[Mapping[Wire, str]] = {"openai": "batch_", "anthropic": "msgbatch_", "gemini": ""}


class Batches:
    """The use cases. Who made, cancelled and deleted which batch is in the audit log."""

    def __init__(
        self,
        database: Database,
        files: Files,
        planner: Planner,
        provider_run: ProviderRun,
        reserve: Reserve,
        watch: BatchWatch,
        audit: Audit,
        *,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._files = files
        self._planner = planner
        self._provider_run = provider_run
        self._reserve = reserve
        self._watch = watch
        self._audit = audit
        self._clock = clock

    async def create(self, actor: Actor, order: BatchOrder) -> BatchRecord:
        """Begin one. Raises InvalidInput or Forbidden that names a line, BudgetSpent, and what the provider says."""
        check(actor, "call")
        await self._files.find(actor, order.requests_id)
        async with self._database.read() as tx:
            if await rows.count_going(tx, actor.workspace_id) >= MOST_GOING:
                raise TooMany(
                    f"{MOST_GOING} batches of this workspace run already. Wait for some to end.", retry_after=60.0
                )
        batch_id = _PREFIXES[order.wire] + new_id().replace("-", "")
        plan = await self._planner.plan(actor, order, batch_id)
        row = self._make_row(actor, order, plan, batch_id)
        handover = plan.handover
        if handover is None:
            async with self._database.write() as tx:
                tx.add(row)
                await self._record(tx, actor, "batches.create", row)
            self._watch.wake()
            return show_batch(row)
        row.leases = await self._reserve.take(batch_id, handover.quote)
        row.is_holding = bool(row.leases)
        try:
            async with self._database.write() as tx:
                tx.add(row)
            submitted = await self._provider_run.submit(order, handover)
        except BaseException as error:
            async with self._database.write() as tx:
                await rows.drop(tx, [batch_id])
            await self._reserve.give_back(batch_id)
            if isinstance(error, UpstreamError) and error.kind == "not_found" and order.place is None:
                # A server of this format that has no batches: then they run here.
                return await self._run_here(actor, row)
            raise
        async with self._database.write() as tx:
            ids = {"provider_batch_id": submitted.batch_id, "provider_file_id": submitted.file_id}
            await rows.change(tx, batch_id, ids)
            found = await rows.get(tx, batch_id)
            assert found is not None
            await self._record(tx, actor, "batches.create", found)
            return show_batch(found)

    async def find(self, actor: Actor, wire: Wire, batch_id: str) -> BatchRecord:
        """How one stands now: its provider is asked, where it runs there."""
        check(actor, "call")
        row = await self._read(actor, wire, batch_id)
        if row.place == "provider" and row.state in rows.GOING and await self._watch.refresh(row):
            row = await self._read(actor, wire, batch_id)
        return show_batch(row)

    async def list_own(
        self, actor: Actor, wire: Wire, *, limit: int, after: str | None, before: str | None
    ) -> list[BatchRecord]:
        """The caller's own, the newest first."""
        check(actor, "call")
        async with self._database.read() as tx:
            found = await rows.list_own(
                tx,
                wire=wire,
                workspace_id=actor.workspace_id,
                user_id=actor.user_id,
                application_id=actor.application_id,
                after=after,
                before=before,
                limit=limit,
            )
        return [show_batch(row) for row in found]

    async def cancel(self, actor: Actor, wire: Wire, batch_id: str) -> BatchRecord:
        """Run nothing more of it."""
        check(actor, "call")
        row = await self._read(actor, wire, batch_id)
        if row.state != "running":
            return show_batch(row)
        if row.provider_batch_id is not None:
            await self._provider_run.cancel(row)
        async with self._database.write() as tx:
            values = {"state": "cancelling", "cancelling_at": self._clock()}
            if await rows.change(tx, batch_id, values, ("running",)):
                await self._record(tx, actor, "batches.cancel", row)
        self._watch.wake()
        return show_batch(await self._read(actor, wire, batch_id))

    async def drop(self, actor: Actor, wire: Wire, batch_id: str) -> None:
        """Forget one that has ended."""
        check(actor, "call")
        async with self._database.write() as tx:
            row = await self._find(tx, actor, wire, batch_id)
            if row.state in rows.GOING:
                raise Conflict("This batch has not ended. Cancel it first.")
            await rows.drop(tx, [batch_id])
            await self._record(tx, actor, "batches.delete", row)
        await self._files.discard((row.requests_id, row.output_id, row.errors_id))

    async def _run_here(self, actor: Actor, row: Batch) -> BatchRecord:
        here = Batch(**{column.name: getattr(row, column.name) for column in Batch.__table__.columns})
        here.is_holding = False
        here.place, here.leases, here.configuration_id, here.described, here.models = "local", {}, None, None, {}
        async with self._database.write() as tx:
            tx.add(here)
            await self._record(tx, actor, "batches.create", here)
        self._watch.wake()
        return show_batch(here)

    async def _record(self, tx: Transaction, actor: Actor, action: str, row: Batch) -> None:
        what: dict[str, JsonValue] = {
            "endpoint": row.endpoint,
            "model": row.model,
            "place": row.place,
            "requests": row.total,
            "fileId": row.requests_id,
        }
        gone = action == "batches.delete"
        await self._audit.record(
            tx, actor, action, target=("batch", row.id), before=what if gone else None, after=None if gone else what
        )

    def _make_row(self, actor: Actor, order: BatchOrder, plan: Plan, batch_id: str) -> Batch:
        if len(order.name) > 512:
            raise InvalidInput.of("displayName", "has at most 512 characters")
        made, handover = self._clock(), plan.handover
        return Batch(
            id=batch_id,
            workspace_id=actor.workspace_id,
            user_id=actor.user_id,
            application_id=actor.application_id,
            key_id=actor.key_id,
            wire=order.wire,
            endpoint=order.endpoint,
            model=(order.model or plan.model)[:512],
            place="local" if handover is None else "provider",
            state="running",
            requests_id=order.requests_id,
            total=plan.total,
            succeeded=0,
            errored=0,
            cancelled=0,
            expired=0,
            name=order.name,
            batch_metadata=order.metadata,
            tags=list(order.tags),
            unit=None if order.unit is None else order.unit[:512],
            configuration_id=None if handover is None else handover.candidate.entry.id,
            described=None if handover is None else self._provider_run.describe(actor, order, handover),
            models={} if handover is None else handover.models,
            leases={},
            is_holding=False,
            created_at=made,
            expires_at=made + timedelta(seconds=WINDOW_SECONDS),
        )

    async def _read(self, actor: Actor, wire: Wire, batch_id: str) -> Batch:
        async with self._database.read() as tx:
            return await self._find(tx, actor, wire, batch_id)

    async def _find(self, tx: Transaction, actor: Actor, wire: Wire, batch_id: str) -> Batch:
        row = await rows.find(
            tx,
            batch_id,
            wire=wire,
            workspace_id=actor.workspace_id,
            user_id=actor.user_id,
            application_id=actor.application_id,
        )
        if row is None:
            raise NotFound(f"There is no batch {batch_id[:80]!r}.", code="batch_not_found")
        return row
