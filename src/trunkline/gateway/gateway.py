"""The life of one AI call: authenticate, read, resolve, open the books, send, relay, settle."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from random import Random
from typing import Any

import msgspec

from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.core.errors import CannotOpen, InvalidInput, NotFound, TrunklineError, Unavailable, UpstreamError
from trunkline.core.usage_event import Operation
from trunkline.gateway.answer import Answer, write_headers
from trunkline.gateway.batches.vetting import Vetting
from trunkline.gateway.call import Call, Ledger
from trunkline.gateway.candidate_queue import CandidateQueue, Ready
from trunkline.gateway.candidate_search import CandidateSearch
from trunkline.gateway.context import NOTHING, CallContext
from trunkline.gateway.counting import Counting
from trunkline.gateway.disclosure import Disclosure
from trunkline.gateway.exchanges.exchange import ERROR_BODY_BYTES, Exchange, Prepared
from trunkline.gateway.gates.gate import Gate, Gates
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.hedge import HEDGE, hedge
from trunkline.gateway.model_names import ModelNames
from trunkline.gateway.plain.plain_call import PlainCall
from trunkline.gateway.plain.plain_calls import PlainCalls
from trunkline.gateway.plain.plans import Plans
from trunkline.gateway.rate_reading import RateLimits
from trunkline.gateway.realtime.opening import Realtime
from trunkline.gateway.recalling import Recalling
from trunkline.gateway.routing.breaker import Breakers
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.resolve import Resolver
from trunkline.gateway.routing.retry import REFUSALS, RetryBudget, delay, grant
from trunkline.gateway.routing.strategy import Strategies
from trunkline.gateway.routing.target import Target, Targets
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.gateway.target_selection import TargetSelection
from trunkline.outbound import IncomingResponse, Timeouts
from trunkline.providers.reason import explain


class Gateway:
    """Runs calls. One per process; everything it needs is handed to it."""

    __slots__ = (
        "_budget",
        "_gates",
        "_holder",
        "_ledger",
        "_rate_limits",
        "_resolver",
        "_search",
        "_strategies",
        "_targets",
        "_timeouts",
        "breakers",
        "counting",
        "model_names",
        "realtime",
        "recalling",
        "vetting",
    )

    def __init__(
        self,
        *,
        holder: SnapshotHolder,
        targets: Targets,
        ledger: Ledger,
        rate_limits: RateLimits,
        budget: RetryBudget,
        timeouts: Timeouts,
        gates: tuple[Gate, ...] = (),
        random: Random | None = None,
        breakers: Breakers | None = None,
    ) -> None:
        """``gates`` are what each call passes, in this order.

        ``random`` is what weighted routes draw from; tests hand in one that is seeded. ``breakers`` say which targets
        rest, where others know of that, too.
        """
        self._gates = Gates(gates)
        self._holder = holder
        self._resolver = resolver = Resolver()
        self._targets = targets
        self._ledger = ledger
        self._rate_limits = rate_limits
        self._budget = budget
        self._timeouts = timeouts
        chance = random or Random()  # noqa: S311 - it spreads load and keeps no secret
        self._strategies = strategies = Strategies(
            ledger.prices, targets.providers, ledger.ticks, chance, breakers, ledger.clock
        )
        self.breakers = strategies.breakers
        selection = TargetSelection(strategies, targets.providers, ledger.clock, ledger.traits)
        self._search = search = CandidateSearch(resolver, selection)
        self.model_names = ModelNames(holder, resolver, targets, ledger.traits)
        self.counting = Counting(holder, search, self._gates, targets, strategies, budget, timeouts)
        self.recalling = Recalling(holder, resolver, self._gates, targets, ledger, timeouts)
        self.realtime = Realtime(holder, resolver, search, self._gates, targets, ledger, strategies, budget, timeouts)
        self.vetting = Vetting(holder, resolver, search, targets)

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
        pending = PendingCall(self._holder.current, actor, operation, exchange, request_id, context)
        try:
            return pending.add_headers(await self._serve(pending, operation, exchange))
        except TrunklineError as error:
            if pending.headers:
                error.beside = tuple(pending.headers)
            if not pending.opened:
                self._ledger.refused(error, request_id)
            raise
        finally:
            if pending.holds and not pending.opened:
                pending.void()

    async def _serve(self, pending: PendingCall, operation: Operation, exchange: Exchange) -> Answer:
        found = self._search.find(pending, exchange.model, exchange.pin, exchange)
        queue = CandidateQueue(found, pending, exchange)
        if self._gates:
            await self._gates.enter(pending, queue.candidates)
        ready = await self._ready(queue)
        if ready is None:
            assert queue.refusal is not None
            if queue.unfit is not None:
                # Its experiment would take a version that serves nobody for one that nobody has asked yet.
                await self._open(queue.unfit, queue, operation).settle("error", status=400, error=queue.refusal)
            raise queue.refusal
        disclosure = Disclosure(pending.actor, pending.request_id, ready.target.endpoint.redaction)
        call = self._open(ready.candidate, queue, operation, disclosure)
        call.provider = ready.target.provider
        wait = self._strategies.find_hedge_wait(ready.candidate) if operation == "embeddings" else None
        if wait is None or isinstance(ready.prepared, Answer):
            return await self._finish(call, queue, ready)
        since = self._ledger.ticks()
        found = await hedge(self._finish(call, queue, ready), wait, lambda: self._hedge(queue, ready, operation))
        if found.second:
            # What gates say of the other one stands on its answer.
            pending.headers.clear()
            self._strategies.outrun(ready.candidate, self._ledger.ticks() - since)
        return found.answer

    def _hedge(self, queue: CandidateQueue, ready: Ready, operation: Operation) -> Coroutine[Any, Any, Answer] | None:
        """The same call once more, to the candidates that follow; None where there are none, or it would be too much.

        It passes the gates and stands in the books for itself.
        """
        pending, first = queue.call, ready.candidate.entry
        others = dict.fromkeys(one.entry.id for one in queue.candidates if one.entry.id != first.id)
        if pending.context.purpose == HEDGE or not others or not self._budget.withdraw(first.workspace_id):
            return None
        context = msgspec.structs.replace(pending.context, purpose=HEDGE, targets=tuple(others))
        return self.run(pending.actor, operation, queue.exchange, pending.request_id, context)

    async def _finish(self, call: Call, queue: CandidateQueue, ready: Ready, begun: PlainCall | None = None) -> Answer:
        """The rest of a call whose books are open: whatever happens, they are closed."""
        try:
            return await self._send(call, queue, ready, begun)
        except asyncio.CancelledError:
            if not call.settled:
                await call.settle("cancelled", status=499, usage=queue.estimate(), estimated=True)
            raise
        except TrunklineError as error:
            if isinstance(error, UpstreamError):
                error.final = True
            if not call.settled:
                await call.settle("error", status=_status(error), error=error)
            raise
        except BaseException:
            # A fault of ours: what was opened is settled all the same.
            if not call.settled:
                await call.settle("error", status=500, error="internal")
            raise

    async def go_on(self, plain: PlainCall) -> Answer:
        """Serve a call that began as a plain one. As :meth:`run`, and what it was sent for is not sent again."""
        plan, pending = plain.plan, plain.pending
        queue = CandidateQueue(plain.order, pending, plain.chat)
        queue.take()
        queue.began = True
        ready = Ready(plan.candidate, plan.target, plain.prepared)
        try:
            return pending.add_headers(await self._finish(plain.call, queue, ready, plain))
        except TrunklineError as error:
            if pending.headers:
                error.beside = tuple(pending.headers)
            raise

    def plain_calls(self) -> PlainCalls:
        """What begins plain calls beside this, with the same books, targets and bounds."""
        strategies = self._strategies
        plans = Plans(self._holder, self._resolver, self._targets, strategies, self._gates, self._ledger)
        return PlainCalls(plans, self._ledger, strategies, self._rate_limits, self._budget, self._timeouts)

    def _open(
        self, candidate: Candidate, queue: CandidateQueue, operation: Operation, disclosure: Disclosure | None = None
    ) -> Call:
        pending, exchange = queue.call, queue.exchange
        call = self._ledger.open(
            pending.actor,
            candidate,
            operation,
            request_id=pending.request_id,
            requested_model=exchange.model,
            streamed=exchange.streams,
            context=pending.context,
            disclosure=disclosure,
            pending=pending,
        )
        pending.opened = True
        if candidate.route is not None:
            call.reference = self._targets.find_reference(candidate)
        return call

    async def _ready(self, queue: CandidateQueue) -> Ready | None:
        """The next candidate that the call may and can go to, with its request; None when there is none left.

        What was in the way of the first one is kept in ``queue``. A candidate that rests is taken only where nothing
        else was there to be tried.
        """
        resting: Ready | None = None
        while queue.more:
            candidate = queue.take()
            try:
                target = self._get(candidate, queue)
                answer = await self._gates.admit(queue.call, candidate, target) if self._gates else None
                if answer is not None:
                    queue.began = True
                    return Ready(candidate, target, answer)
                bound = queue.call.output_bound
                exchange = queue.exchange if bound is None else queue.exchange.bounded(bound)
                ready = Ready(candidate, target, exchange.prepare(target, candidate.model))
            except REFUSALS as error:
                queue.refusal = queue.refusal or error
                continue
            # Last, so that a request that goes nowhere never takes the place of the one call that probes.
            if self._strategies.enter(candidate):
                queue.began = True
                return ready
            resting = resting or ready
        if resting is None or queue.began:
            return None
        queue.began = True
        return resting

    def _get(self, candidate: Candidate, queue: CandidateQueue) -> Target:
        try:
            return self._targets.get(candidate)
        except (InvalidInput, NotFound, CannotOpen):
            if candidate.entry.version_id is not None:
                queue.unfit = queue.unfit or candidate
            raise

    async def _send(self, call: Call, queue: CandidateQueue, ready: Ready, begun: PlainCall | None) -> Answer:
        ticks = self._ledger.ticks
        strategies, streams = self._strategies, queue.exchange.streams
        candidate, target, prepared = ready
        strategies.occupy(candidate, queue.call.holds)
        place = candidate.entry.workspace_id
        deadline = ticks() + self._timeouts.total
        if begun is None:
            self._budget.deposit(place, candidate.entry.id)
            # What a provider has been asked, the books know, whatever becomes of this process.
            await self._ledger.books.written()
        timeouts = self._grant(queue, self._timeouts.total)
        tries = 0
        while True:
            if isinstance(prepared, Answer):
                return await _give(call, target, prepared)
            queue.prepared = prepared
            since = ticks() if begun is None else call.started
            # What fails of it is tried again by sending it anew.
            first, begun = begun, None
            try:
                if first is not None:
                    response = await first.resume()
                else:
                    signer, request = target.endpoint.signer, prepared.request
                    sent = request if signer is None else await signer.sign(request, target.transport)
                    response = await target.transport.send(sent, timeouts)
                if call.opened.configuration_id is not None:
                    self._rate_limits.note(call.opened.configuration_id, response.headers, self._ledger.clock())
                if response.status >= 300:
                    # Not kept in a variable: with its traceback it would hold this frame, and that all of the call.
                    raise await _read_failure(prepared, response)
                answer = await prepared.read(call, response)
            except UpstreamError as error:
                error.provider = error.provider or target.provider.id
                explain(error)
                call.disclosure.error(error)
                call.failed(since, error)
                strategies.failed(candidate, error)
                tries += 1
                # With another target at hand there is no waiting for one that rests or limits its rate.
                wait = None
                if not queue.more or (error.kind != "rate_limit" and not strategies.rests(candidate)):
                    wait = delay(error, tries, deadline - ticks())
                if wait is not None and self._budget.withdraw(place, candidate.entry.id):
                    call.waited(wait)
                    await asyncio.sleep(wait)
                else:
                    if not (queue.turns(error) and ticks() < deadline and self._budget.withdraw(place)):
                        raise
                    following = await self._ready(queue)
                    if following is None:
                        raise
                    candidate, target, prepared = following
                    strategies.occupy(candidate, queue.call.holds)
                    call.turn_to(candidate, target.provider, queue.call)
                    call.disclosure = Disclosure(queue.call.actor, queue.call.request_id, target.endpoint.redaction)
                    tries = 0
                timeouts = self._grant(queue, deadline - ticks())
            else:
                strategies.succeeded(candidate, streams, ticks() - since)
                strategies.hear(candidate, response.headers)
                return answer

    def _grant(self, queue: CandidateQueue, left: float) -> Timeouts:
        """The time for the next attempt, where the call has ``left`` seconds."""
        timeouts = self._timeouts
        if queue.exchange.streams:
            return timeouts if left == timeouts.total else msgspec.structs.replace(timeouts, total=left)
        return grant(timeouts, left, more=queue.more)


def _status(error: TrunklineError) -> int:
    if isinstance(error, UpstreamError):
        return error.status or 502
    return 503 if isinstance(error, Unavailable) else 400


async def _read_failure(prepared: Prepared, response: IncomingResponse) -> UpstreamError:
    failure = prepared.read_error(response, await response.read(ERROR_BODY_BYTES))
    # A word of OpenAI's and Anthropic's servers to their SDKs (``_should_retry`` in their clients).
    failure.final = response.headers.get("x-should-retry") == "false"
    return failure


async def _give(call: Call, target: Target, answer: Answer) -> Answer:
    """What a gate answers in the place of ``target``, written down as a call that used nothing."""
    call.cached, call.saved_nanos = answer.cached, answer.saved_nanos
    await call.settle("ok")
    answer.headers[:0] = write_headers(call, target, ())
    return answer
