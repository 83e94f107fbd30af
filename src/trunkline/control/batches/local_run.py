"""Batches that Trunkline runs itself: call by call, few at a time, each past the same gates as any call.

What is done is in the database line by line. A run that breaks off goes on where it was; of the lines that were under
way then, and only of those, a call may be made again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import msgspec

from trunkline.control.batches.files import LONGEST_LINE, Files
from trunkline.control.batches.outcome import end_batch, has_error_file
from trunkline.control.batches.plan import PURPOSE
from trunkline.control.batches.record import owner_of
from trunkline.control.batches.result_line import Outcome, Unmade, write_answer, write_unmade
from trunkline.core.errors import BudgetSpent, Conflict, TooMany, TrunklineError, Unavailable, UpstreamError
from trunkline.dialects import anthropic_messages, gemini, openai_chat
from trunkline.dialects.dialect import Dialect
from trunkline.gateway.answer import Answer
from trunkline.gateway.batches.batch_line import BatchLine, read_line
from trunkline.gateway.batches.batch_record import State, Wire
from trunkline.gateway.batches.line_call import make_line_call
from trunkline.gateway.batches.named_files import BETA_HEADER, FILES_BETA, read_named_files
from trunkline.gateway.context import CallContext
from trunkline.gateway.gateway import Gateway
from trunkline.gateway.identity import Identity
from trunkline.logs import get_logger
from trunkline.storage import batches as rows
from trunkline.storage.database import Database
from trunkline.storage.tables import Batch, BatchResult, now

ATTEMPTS: Final = 5
"""How often a call is made that its provider cannot answer now."""

LONGEST_WAIT: Final = 60.0
_LOOK_SECONDS: Final = 1.0
_PASSING: Final = frozenset({"rate_limit", "overloaded", "server", "timeout", "unreachable"})

_DIALECTS: Final[dict[Wire, Dialect]] = {
    "openai": openai_chat.DIALECT,
    "anthropic": anthropic_messages.DIALECT,
    "gemini": gemini.DIALECT,
}

log = get_logger(__name__)

ErrorWriter = Callable[[Dialect, TrunklineError, str], Answer]
"""An error as callers are told it, with its status."""


class LocalRun:
    """Runs them. ``parallel`` is how many calls of all batches are under way at once."""

    def __init__(
        self,
        database: Database,
        files: Files,
        gateway: Gateway,
        identity: Identity,
        write_error: ErrorWriter,
        *,
        parallel: int,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._files = files
        self._gateway = gateway
        self._identity = identity
        self._write_error = write_error
        self._places = asyncio.Semaphore(parallel)
        self._sleep = sleep
        self._clock = clock

    async def run(self, batch_id: str) -> None:
        """Run what is left of a batch, and end it. To cancel this breaks it off."""
        async with self._database.read() as tx:
            row = await rows.get(tx, batch_id)
            done = set(await rows.list_done(tx, batch_id))
        if row is None or row.place != "local" or row.state not in rows.GOING:
            return
        watch = _Watch(self._database, row, self._clock)
        unmade: Unmade | None = None
        async with asyncio.TaskGroup() as group:
            number = 0
            async for raw in self._files.read_lines(row.requests_id):
                number += 1
                if number in done:
                    continue
                line = read_line(wire_of(row), number, raw, row.endpoint)
                if unmade is None:
                    await self._places.acquire()
                    unmade = await self._look(watch)
                    if unmade is None:
                        group.create_task(self._run_line(row, line))
                        continue
                await self._keep(row, number, unmade, write_unmade(wire_of(row), line, unmade))
        ends: dict[Unmade | None, State] = {"cancelled": "cancelled", "expired": "expired"}
        await self._finish(row, ends.get(unmade, "completed"))

    async def _look(self, watch: _Watch) -> Unmade | None:
        """Why no further line is to be called, with the place given back; None where one is."""
        called = False
        try:
            why = await watch.look()
            called = why is None
        finally:
            if not called:
                self._places.release()
        return why

    async def _run_line(self, row: Batch, line: BatchLine) -> None:
        try:
            answer = await self._call(row, line)
            good = 200 <= answer.status < 300
            request_id = f"{row.id}-{line.number}"
            told = write_answer(wire_of(row), line, request_id, answer.status, answer.body)
            await self._keep(row, line.number, "succeeded" if good else "errored", told)
        finally:
            # Not before it is kept: no more lines than have a place can ever be called twice.
            self._places.release()

    async def _call(self, row: Batch, line: BatchLine) -> Answer:
        wire, request_id = wire_of(row), f"{row.id}-{line.number}"
        context = CallContext(unit=row.unit, tags=tuple(row.tags), purpose=PURPOSE)
        tries = 0
        dialect = _DIALECTS[wire]
        while True:
            try:
                actor = self._identity.again(row.user_id, row.workspace_id, None, row.key_id)
                model = row.model if wire == "gemini" else None
                call = make_line_call(wire, row.endpoint, line, actor, model)
                dialect = call.dialect
                named = await read_named_files(self._files, actor, line.body, dialect.name)
                placed = context
                if named is not None:
                    keeper = named.find_keeper(self._gateway.vetting, call.exchange.model, dialect.name)
                    body = (await named.place(keeper, LONGEST_LINE)).body
                    whole = msgspec.structs.replace(line, body=body)
                    forwarded = () if keeper is None else ((BETA_HEADER, FILES_BETA),)
                    call = make_line_call(wire, row.endpoint, whole, actor, model, forwarded)
                    placed = msgspec.structs.replace(context, keeper=keeper)
                return await _read(await self._gateway.run(actor, call.operation, call.exchange, request_id, placed))
            except TrunklineError as error:
                tries += 1
                wait = _find_wait(error, tries)
                if wait is None or self._clock() >= row.expires_at:
                    return self._write_error(dialect, error, request_id)
            except Exception:  # the last wall: a fault of ours with one line must not keep others from their ends
                log.exception("fault", request_id=request_id)
                return self._write_error(dialect, TrunklineError("An unexpected fault. It is logged."), request_id)
            await self._sleep(wait)

    async def _keep(self, row: Batch, number: int, outcome: Outcome, told: bytes) -> None:
        sealed = self._files.seal(row.id, number, told)
        try:
            async with self._database.write() as tx:
                tx.add(BatchResult(batch_id=row.id, line=number, outcome=outcome, sealed=sealed))
                await tx.flush()
        except Conflict:
            # Another process ran it, too; what it kept stays.
            return

    async def _finish(self, row: Batch, state: State) -> None:
        owner = owner_of(row)
        output = await self._files.write(owner, f"{row.id}_output.jsonl", "batch_output")
        errors = await self._files.write(owner, f"{row.id}_error.jsonl", "batch_output")
        last = 0
        while True:
            async with self._database.read() as tx:
                found = await rows.list_results(tx, row.id, last, 100)
            if not found:
                break
            for result in found:
                last = result.line
                to = errors if result.outcome != "succeeded" and has_error_file(wire_of(row)) else output
                await to.add(self._files.open(row.id, result.line, result.sealed) + b"\n")
        async with self._database.read() as tx:
            counts = await rows.count_results(tx, row.id)
        await end_batch(self._database, self._files, row.id, state, counts, output, errors, self._clock())


class _Watch:
    """Looks now and then whether a batch may go on."""

    def __init__(self, database: Database, row: Batch, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._row = row
        self._clock = clock
        self._looked: datetime | None = None

    async def look(self) -> Unmade | None:
        """Why not; None where it may."""
        moment = self._clock()
        if moment >= self._row.expires_at:
            return "expired"
        if self._looked is None or (moment - self._looked).total_seconds() >= _LOOK_SECONDS:
            self._looked = moment
            async with self._database.read() as tx:
                row = await rows.get(tx, self._row.id)
            if row is None or row.state == "cancelling":
                return "cancelled"
        return None


def wire_of(row: Batch) -> Wire:
    """The wire of a batch."""
    return msgspec.convert(row.wire, Wire)


async def _read(answer: Answer) -> Answer:
    """``answer`` in one piece."""
    if answer.relay is None:
        return answer
    pieces: list[bytes] = []
    while piece := await answer.relay.next():
        pieces.append(piece)
    return Answer(answer.status, answer.headers, body=b"".join(pieces))


def _find_wait(error: TrunklineError, tries: int) -> float | None:
    """Seconds after which to try again; None where that is of no use."""
    match error:
        case TooMany():
            return min(max(error.retry_after or 1.0, 0.1), LONGEST_WAIT)
        case BudgetSpent() if error.soon:
            return min(max(error.retry_after or 1.0, 0.1), LONGEST_WAIT)
        case Unavailable() if error.code != "nothing_serves_it":
            return min(2.0**tries, LONGEST_WAIT)
        case UpstreamError() if error.kind in _PASSING and tries < ATTEMPTS:
            return min(error.retry_after or 2.0**tries, LONGEST_WAIT)
        case _:
            return None
