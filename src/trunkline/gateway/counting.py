"""Counting the tokens of requests that are not answered."""

from __future__ import annotations

from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.core.errors import TrunklineError, UpstreamError
from trunkline.gateway.answer import Answer
from trunkline.gateway.candidate_search import CandidateSearch
from trunkline.gateway.context import NOTHING
from trunkline.gateway.disclosure import Disclosure
from trunkline.gateway.estimate import find_family, get_counter
from trunkline.gateway.exchanges.count import Count
from trunkline.gateway.exchanges.exchange import ERROR_BODY_BYTES
from trunkline.gateway.gates.gate import Gates
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.retry import REFUSALS, RetryBudget, falls_back
from trunkline.gateway.routing.strategy import Strategies
from trunkline.gateway.routing.target import Targets
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.outbound import Timeouts
from trunkline.providers.exchange import dispatch
from trunkline.providers.reason import explain


class Counting:
    """Has requests counted by what would serve them, past the same gates as calls."""

    __slots__ = ("_budget", "_gates", "_holder", "_search", "_strategies", "_targets", "_timeouts")

    def __init__(
        self,
        holder: SnapshotHolder,
        search: CandidateSearch,
        gates: Gates,
        targets: Targets,
        strategies: Strategies,
        budget: RetryBudget,
        timeouts: Timeouts,
    ) -> None:
        self._holder = holder
        self._search = search
        self._gates = gates
        self._targets = targets
        self._strategies = strategies
        self._budget = budget
        self._timeouts = timeouts

    async def count(self, actor: Actor, count: Count, request_id: str) -> Answer:
        """Count the tokens of a request: by the provider where it counts in the client's dialect, else by our own rule.

        Nothing is billed for it, so nothing is written down.
        """
        check(actor, "call")
        call = PendingCall(self._holder.current, actor, None, count, request_id, NOTHING)
        try:
            return call.add_headers(await self._count(call, count))
        except TrunklineError as error:
            error.beside = tuple(call.headers)
            raise
        finally:
            call.void()

    async def _count(self, call: PendingCall, count: Count) -> Answer:
        refusal: TrunklineError | None = None
        candidates = self._search.find(call, count.model, count.pin)
        if self._gates:
            await self._gates.enter(call, candidates)
        for candidate in candidates:
            try:
                target = self._targets.get(candidate)
                if target.provider.paths.count is None:
                    await get_counter().prepare(find_family(candidate.model, target.provider.id).vocabulary)
                prepared = count.prepare(target, candidate.model)
                if isinstance(prepared, Answer):
                    return prepared
                # The provider gets the whole text, as with a call that it answers.
                given = await self._gates.admit(call, candidate, target) if self._gates else None
                if given is not None:
                    return given
                response = await dispatch(target.endpoint, target.transport, prepared.request, self._timeouts)
                return prepared.read(response, await response.read(ERROR_BODY_BYTES))
            except REFUSALS as error:
                refusal = refusal or error
            except UpstreamError as error:
                explain(error)
                redaction = self._targets.get(candidate).endpoint.redaction
                Disclosure(call.actor, call.request_id, redaction).error(error)
                self._strategies.failed(candidate, error)
                more = candidate is not candidates[-1] and falls_back(error)
                if not (more and self._budget.withdraw(candidate.entry.workspace_id)):
                    raise
                refusal = error
        assert refusal is not None
        raise refusal
