"""Opening a realtime session: who may serve it, past the gates, and a WebSocket of the first that gives one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput, TrunklineError, Unsupported, UpstreamError
from trunkline.dialects.openai_error import read_error
from trunkline.gateway.call import Ledger
from trunkline.gateway.candidate_search import CandidateSearch
from trunkline.gateway.context import CallContext
from trunkline.gateway.disclosure import Disclosure
from trunkline.gateway.gates.gate import Gates
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.realtime.admission import Admission
from trunkline.gateway.realtime.response_books import ResponseBooks
from trunkline.gateway.realtime.session import Session
from trunkline.gateway.realtime.turn import Turn
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.resolve import Resolver
from trunkline.gateway.routing.retry import REFUSALS, RetryBudget, falls_back
from trunkline.gateway.routing.strategy import Strategies
from trunkline.gateway.routing.target import Target, Targets
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.outbound import OutgoingRequest, SocketTransport, Timeouts, WebSocket
from trunkline.providers.reason import explain

SUBPROTOCOL: Final = "realtime"
"""By which a client in a browser says what it speaks: https://developers.openai.com/api/docs/guides/realtime-websocket"""


class SessionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a client asks for. ``transcribes``: a session that only writes down what is said.

    ``headers`` are those of the client that mean something to the provider.
    """

    model: str
    transcribes: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    subprotocols: tuple[str, ...] = ()


class Realtime:
    """Opens sessions. ``status_of`` gives the HTTP status of an error, by which it is classed on the wire."""

    def __init__(
        self,
        holder: SnapshotHolder,
        resolver: Resolver,
        search: CandidateSearch,
        gates: Gates,
        targets: Targets,
        ledger: Ledger,
        strategies: Strategies,
        budget: RetryBudget,
        timeouts: Timeouts,
    ) -> None:
        self._holder = holder
        self._resolver = resolver
        self._search = search
        self._gates = gates
        self._targets = targets
        self._ledger = ledger
        self._strategies = strategies
        self._budget = budget
        self._timeouts = timeouts

    async def open(
        self,
        again: Callable[[], Actor],
        asked: SessionRequest,
        request_id: str,
        context: CallContext,
        status_of: Callable[[TrunklineError], int],
    ) -> Session:
        """A session, connected to its provider and not begun.

        ``again`` gives who asks, whenever that is looked at. Raises as :meth:`.Gateway.run` does. What limits and
        budgets take for the question whether it may begin is given back: each response is held to them by itself.
        """
        actor = again()
        check(actor, "call")
        # Whether there is anything left at all: each response says how much it needs.
        least = Turn(most_output=1)
        pending = PendingCall(self._holder.current, actor, "realtime", least, request_id, context)
        try:
            candidate, target, upstream = await self._connect(pending, asked)
        except TrunklineError as error:
            error.beside = tuple(pending.headers)
            self._ledger.refused(error, request_id)
            raise
        finally:
            pending.void()
        admission = Admission(
            self._holder,
            self._resolver,
            self._gates,
            self._targets,
            again,
            name=asked.model,
            candidate=candidate,
            target=target,
            actor=actor,
            request_id=request_id,
            context=context,
        )
        books = ResponseBooks(
            self._ledger,
            actor,
            target.provider,
            request_id=request_id,
            requested_model=asked.model,
            context=context,
        )
        return Session(
            upstream,
            admission,
            books,
            requested_model=asked.model,
            status_of=status_of,
            refused=self._ledger.refused,
        )

    async def _connect(self, pending: PendingCall, asked: SessionRequest) -> tuple[Candidate, Target, WebSocket]:
        candidates = self._search.find(pending, asked.model, None)
        await self._gates.enter(pending, candidates)
        refusal: TrunklineError | None = None
        self._budget.deposit(candidates[0].entry.workspace_id)
        for at, candidate in enumerate(candidates):
            try:
                target = self._targets.get(candidate)
                request = _prepare(target, candidate.model, asked)
                await self._gates.admit(pending, candidate, target)
                upstream = await self._ask(target, request, asked.subprotocols)
            except REFUSALS as error:
                refusal = refusal or error
            except UpstreamError as error:
                provider = self._targets.get(candidate).provider
                error.provider = error.provider or provider.id
                explain(error)
                redaction = self._targets.get(candidate).endpoint.redaction
                Disclosure(pending.actor, pending.request_id, redaction).error(error)
                self._strategies.failed(candidate, error)
                refusal = error
                more = at + 1 < len(candidates) and falls_back(error)
                if not (more and self._budget.withdraw(candidate.entry.workspace_id)):
                    raise
            else:
                if candidate.route is not None:
                    self._strategies.breakers.succeeded(candidate.entry)
                return candidate, target, upstream
        assert refusal is not None
        raise refusal

    async def _ask(self, target: Target, request: OutgoingRequest, subprotocols: Sequence[str]) -> WebSocket:
        transport = self._targets.client
        if not isinstance(transport, SocketTransport):
            raise _offers_none(target)
        answer = await transport.open_socket(request, subprotocols, self._timeouts)
        if isinstance(answer, WebSocket):
            return answer
        raise read_error(answer.status, answer.body, answer.headers)


def _prepare(target: Target, model: str, asked: SessionRequest) -> OutgoingRequest:
    path = target.provider.paths.realtime
    if path is None or target.endpoint.signer is not None:
        raise _offers_none(target)
    url = target.endpoint.operation(path, model)
    if asked.transcribes:
        url = target.endpoint.operation(f"{path.partition('?')[0]}?intent=transcription", model)
    return OutgoingRequest("GET", url, (*target.endpoint.headers, *asked.headers))


def _offers_none(target: Target) -> InvalidInput:
    words = f"{target.provider.display_name} offers no realtime sessions; choose another model"
    return Unsupported.of("model", words)
