"""Batches that their providers run: handed over, looked after, and accounted for when they end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import msgspec

from trunkline.control.batches.files import Files
from trunkline.control.batches.local_run import wire_of
from trunkline.control.batches.outcome import end_batch, has_error_file
from trunkline.control.batches.plan import Handover, make_context
from trunkline.control.batches.provider_api import Sighting, Submission, Submitted
from trunkline.control.batches.provider_choice import get_batches
from trunkline.control.batches.record import owner_of
from trunkline.control.batches.result_line import read_result
from trunkline.control.batches.settlement import Settled, Settlement, make_event_id
from trunkline.core.actor import Actor
from trunkline.core.errors import CannotOpen, Forbidden, InvalidInput, NotFound, UpstreamError
from trunkline.gateway.batches.batch_line import read_line
from trunkline.gateway.batches.batch_record import BatchOrder, State
from trunkline.gateway.batches.line_call import EMBED, make_line_call
from trunkline.gateway.batches.named_files import say_files_beta
from trunkline.gateway.batches.vetting import Vetting
from trunkline.gateway.call import Ledger
from trunkline.gateway.routing.target import Target
from trunkline.logs import get_logger
from trunkline.providers.reason import explain
from trunkline.storage import batches as rows
from trunkline.storage.database import Database
from trunkline.storage.tables import Batch, now

LINES_AT_ONCE: Final = 200
"""Results that are written down together."""

_HAND_OVER: Final = timedelta(minutes=30)
_GRACE: Final = timedelta(days=1)
"""After its end a batch is asked after for so long, where its provider does not answer."""

_FAULT_LENGTH: Final = 2_000

_log: Final = get_logger(__name__)


class ProviderRun:
    """Looks after them. ``ledger`` is for their calls, see :class:`.Settlement`."""

    def __init__(
        self,
        database: Database,
        files: Files,
        vetting: Vetting,
        ledger: Ledger,
        *,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._files = files
        self._vetting = vetting
        self._ledger = ledger
        self._settlement = Settlement(ledger)
        self._clock = clock

    def describe(self, actor: Actor, order: BatchOrder, handover: Handover) -> bytes:
        """What the books will say of its calls."""
        described = self._ledger.describe(
            actor,
            handover.candidate,
            handover.call.operation,
            requested_model=handover.call.exchange.model,
            streamed=False,
            context=make_context(order),
        )
        return msgspec.msgpack.encode(described)

    async def submit(self, order: BatchOrder, handover: Handover) -> Submitted:
        """Hand it over. Raises UpstreamError."""
        submission = Submission(
            endpoint=order.endpoint,
            model=handover.candidate.model,
            lines=handover.lines,
            name=order.name,
            metadata=order.metadata,
            beta=say_files_beta(order.beta) if handover.names_files else order.beta,
        )
        try:
            return await get_batches(order.wire).submit(handover.target, submission)
        except UpstreamError as error:
            error.provider = error.provider or handover.target.provider.id
            explain(error)
            raise

    async def cancel(self, row: Batch) -> None:
        """Have its provider stop it."""
        assert row.provider_batch_id is not None
        await get_batches(wire_of(row)).cancel(self._open(row), row.provider_batch_id)

    async def refresh(self, row: Batch) -> None:
        """See how it stands; when it has ended, account for it. Raises UpstreamError where that cannot be told now."""
        moment = self._clock()
        if row.provider_batch_id is None:
            if moment > row.created_at + _HAND_OVER:
                await self._fail(
                    row, "The server stopped while this batch was handed to its provider, which may run it."
                )
            return
        try:
            target = self._open(row)
            sighting = await get_batches(wire_of(row)).look(target, row.provider_batch_id)
        except (UpstreamError, NotFound, Forbidden, InvalidInput, CannotOpen) as error:
            if moment > row.expires_at + _GRACE:
                await self._fail(row, f"Its results could not be read: {error.message}")
                return
            raise
        if sighting.state == "running":
            if (sighting.succeeded, sighting.errored) != (row.succeeded, row.errored):
                async with self._database.write() as tx:
                    values = {"succeeded": sighting.succeeded, "errored": sighting.errored}
                    await rows.change(tx, row.id, values)
            return
        await self._settle(row, target, sighting)

    async def _settle(self, row: Batch, target: Target, sighting: Sighting) -> None:
        wire, owner = wire_of(row), owner_of(row)
        asked = await self._read_requests(row)
        redaction = target.endpoint.redaction
        output = await self._files.write(owner, f"{row.id}_output.jsonl", "batch_output")
        errors = await self._files.write(owner, f"{row.id}_error.jsonl", "batch_output")
        counts: Counter[str] = Counter()
        waiting: list[Settled] = []
        last: int | None = None
        number = 0
        async for kind, raw in get_batches(wire).read_results(target, sighting):
            number += 1
            told = redaction.bytes(raw) if redaction.holds(raw) else raw
            result = read_result(wire, number, told)
            known = asked.pop(result.custom_id, None) if result is not None else None
            if result is None or known is None:
                # Of no request of ours, or of one a second time: it is not paid for.
                _log.warning("batch_result_unknown", batch_id=row.id, line=number)
                continue
            counts[result.outcome] += 1
            to = errors if kind == "errors" and has_error_file(wire) else output
            await to.add(told.rstrip(b"\r\n") + b"\n")
            waiting.append(Settled(known[0], known[1], result, known[2]))
            if result.outcome in {"succeeded", "errored"}:
                last = known[0]
            if len(waiting) >= LINES_AT_ONCE:
                await self._settlement.settle(row, waiting, row.leases)
                waiting.clear()
        await self._settlement.settle(row, waiting, row.leases)
        if sighting.state == "failed" and not number:
            counts["errored"] = 0
        made = int(row.created_at.timestamp() * 1_000_000)
        state: State = sighting.state if sighting.state != "running" else "completed"
        if state == "completed" and row.state == "cancelling" and counts["cancelled"]:
            state = "cancelled"
        ended = await end_batch(
            self._database,
            self._files,
            row.id,
            state,
            counts,
            output,
            errors,
            self._clock(),
            fault=None if sighting.fault is None else sighting.fault[:_FAULT_LENGTH],
            last_event_id=None if last is None else str(make_event_id(row.id, last, made)),
        )
        if ended and row.provider_batch_id is not None:
            # What it keeps there beside what is kept here costs nobody anything: no reason to fail.
            with suppress(UpstreamError, NotFound):
                files = [file_id for _, file_id in sighting.results]
                await get_batches(wire).forget(target, row.provider_batch_id, row.provider_file_id, files)

    async def _read_requests(self, row: Batch) -> dict[str, tuple[int, str, int]]:
        """By their custom ids: the number of each request, the name by which it asked for its model, and how many
        tokens it has, by our guess, where its provider may not tell."""
        wire, owner = wire_of(row), owner_of(row)
        asked: dict[str, tuple[int, str, int]] = {}
        number = 0
        async for raw in self._files.read_lines(row.requests_id):
            number += 1
            line = read_line(wire, number, raw, row.endpoint)
            model = row.model
            if len(row.models) > 1:
                model = make_line_call(wire, row.endpoint, line, owner, None).exchange.model
            guess = 0
            if row.endpoint == EMBED:
                guess = make_line_call(wire, EMBED, line, owner, model).exchange.guess_tokens()
            asked[line.custom_id] = (number, model, guess)
        return asked

    async def _fail(self, row: Batch, fault: str) -> None:
        _log.warning("batch_failed", batch_id=row.id, reason=fault)
        async with self._database.write() as tx:
            values = {"state": "failed", "fault": fault[:_FAULT_LENGTH], "ended_at": self._clock()}
            await rows.change(tx, row.id, values)

    def _open(self, row: Batch) -> Target:
        candidate = self._vetting.find_configuration(owner_of(row), row.configuration_id or "")
        return self._vetting.open(candidate)
