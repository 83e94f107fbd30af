"""The life of one AI call: authenticate, read, resolve, open the books, send, relay, settle."""

from __future__ import annotations

import asyncio
from typing import Protocol

import msgspec

from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.core.chat import Usage
from trunkline.core.errors import TrunklineError, UpstreamError
from trunkline.core.usage_event import Operation
from trunkline.gateway.answer import Answer
from trunkline.gateway.call import Call, Ledger
from trunkline.gateway.context import NOTHING, CallContext
from trunkline.gateway.count import Count
from trunkline.gateway.rate_reading import RateLimits
from trunkline.gateway.resolve import Candidate, Resolver
from trunkline.gateway.retry import RetryBudget, delay
from trunkline.gateway.snapshot import Snapshot, SnapshotHolder
from trunkline.gateway.target import Target, Targets
from trunkline.outbound import IncomingResponse, OutgoingRequest, Timeouts
from trunkline.providers.exchange import dispatch

ERROR_BODY_BYTES = 1 << 20


class Exchange(Protocol):
    """One call of one kind (chat, embeddings): how it is written to a target, and how the answer is read."""

    model: str
    streams: bool

    def write(self, target: Target, model: str) -> OutgoingRequest:
        """The request for ``target``."""
        ...

    async def read(self, call: Call, target: Target, response: IncomingResponse) -> Answer:
        """The answer for the client; settles the call unless it relays."""
        ...

    def read_error(self, response: IncomingResponse, body: bytes) -> UpstreamError:
        """What an answer with a bad status says."""
        ...

    def estimate(self) -> Usage:
        """What a call that was cut off may have used."""
        ...


class Admission(Protocol):
    """Judges a call by the policies that concern it, before anything is opened or sent."""

    async def admit(
        self, snapshot: Snapshot, actor: Actor, candidate: Candidate, exchange: Exchange, request_id: str
    ) -> None:
        """Return when the call may go to ``candidate``; raise :class:`Forbidden` when a policy blocks it."""
        ...


class Gateway:
    """Runs calls. One per process; everything it needs is handed to it."""

    __slots__ = ("_admission", "_budget", "_holder", "_ledger", "_rate_limits", "_resolver", "_targets", "_timeouts")

    def __init__(
        self,
        *,
        holder: SnapshotHolder,
        targets: Targets,
        ledger: Ledger,
        rate_limits: RateLimits,
        budget: RetryBudget,
        timeouts: Timeouts,
        admission: Admission | None = None,
    ) -> None:
        self._admission = admission
        self._holder = holder
        self._resolver = Resolver()
        self._targets = targets
        self._ledger = ledger
        self._rate_limits = rate_limits
        self._budget = budget
        self._timeouts = timeouts

    def names(self, actor: Actor) -> list[tuple[str, str, int]]:
        """What ``actor`` may write as ``model``: name, provider and time of making (seconds since the epoch)."""
        check(actor, "models.list")
        index = self._resolver.index(self._holder.current, actor)
        listed: list[tuple[str, str, int]] = []
        for name in index.names():
            found = index.find(name)
            if found is None:
                continue
            entry, model = found
            if not actor.models or {name, entry.name, entry.id, model}.intersection(actor.models):
                listed.append((name, entry.provider, entry.created_at // 1_000_000))
        return listed

    async def count(self, actor: Actor, count: Count) -> Answer:
        """Count the tokens of a request: by the provider where it counts in the client's dialect, else by our own rule.

        Nothing is billed for it, so nothing is written down.
        """
        check(actor, "call")
        candidate = self._resolver.resolve(self._holder.current, actor, count.model)[0]
        target = self._targets.get(candidate)
        request = count.write(target, candidate.model)
        if request is None:
            return count.estimate()
        response = await dispatch(target.endpoint, target.transport, request, self._timeouts)
        return count.read(target, response, await response.read(ERROR_BODY_BYTES))

    async def run(
        self,
        actor: Actor,
        operation: Operation,
        exchange: Exchange,
        request_id: str,
        context: CallContext = NOTHING,
    ) -> Answer:
        """Serve one call.

        Raises the errors of :mod:`trunkline.core.errors` as long as nothing has gone to the client; by then the call is
        settled, or was refused before it cost anything. Cancelling it cancels the provider and settles.
        """
        check(actor, "call")
        snapshot = self._holder.current
        candidates = self._resolver.resolve(snapshot, actor, exchange.model)
        first = candidates[0]
        if self._admission is not None and context.purpose is None and (snapshot.policies or first.part.policies):
            await self._admission.admit(snapshot, actor, first, exchange, request_id)
        target = self._targets.get(first)
        request = exchange.write(target, first.model)
        call = self._ledger.open(
            actor,
            first,
            operation,
            request_id=request_id,
            requested_model=exchange.model,
            streamed=exchange.streams,
        )
        call.provider = target.provider
        try:
            return await self._send(call, exchange, first, target, request)
        except asyncio.CancelledError:
            if not call.settled:
                await call.settle("cancelled", status=499, usage=exchange.estimate(), estimated=True)
            raise
        except TrunklineError as error:
            if not call.settled:
                await call.settle("error", status=_status(error), error=error)
            raise
        except BaseException:
            # A fault of ours: what was opened is settled all the same.
            if not call.settled:
                await call.settle("error", status=500, error="internal")
            raise

    async def _send(
        self, call: Call, exchange: Exchange, candidate: Candidate, target: Target, request: OutgoingRequest
    ) -> Answer:
        ticks = self._ledger.ticks
        deadline = ticks() + self._timeouts.total
        self._budget.deposit(candidate.entry.workspace_id)
        timeouts = self._timeouts
        while True:
            since = ticks()
            try:
                signer = target.endpoint.signer
                sent = request if signer is None else await signer.sign(request, target.transport)
                response = await target.transport.send(sent, timeouts)
                self._rate_limits.note(candidate.entry.id, response.headers, self._ledger.clock())
                if response.status >= 300:
                    body = await response.read(ERROR_BODY_BYTES)
                    raise exchange.read_error(response, body)
                answer = await exchange.read(call, target, response)
            except UpstreamError as error:
                error.provider = error.provider or target.provider.id
                call.failed(since, error)
                wait = delay(error, len(call.attempts), deadline - ticks())
                if wait is None or not self._budget.withdraw(candidate.entry.workspace_id):
                    raise
                await asyncio.sleep(wait)
                timeouts = msgspec.structs.replace(self._timeouts, total=deadline - ticks())
            else:
                return answer


def _status(error: TrunklineError) -> int:
    return (error.status or 502) if isinstance(error, UpstreamError) else 400
