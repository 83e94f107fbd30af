"""Asking about answers that their provider keeps."""

from __future__ import annotations

import contextlib

from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, NotFound, TrunklineError, Unavailable, UpstreamError
from trunkline.gateway.answer import Answer
from trunkline.gateway.call import Call, Ledger
from trunkline.gateway.context import NOTHING
from trunkline.gateway.disclosure import Disclosure
from trunkline.gateway.exchanges.exchange import ERROR_BODY_BYTES
from trunkline.gateway.exchanges.kept_response import Pin
from trunkline.gateway.exchanges.recall import Recall
from trunkline.gateway.gates.gate import Gates
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.resolve import Resolver
from trunkline.gateway.routing.target import Targets
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.outbound import Timeouts
from trunkline.providers.exchange import dispatch
from trunkline.providers.reason import explain


class Recalling:
    """Has kept answers shown, stopped and forgotten, past the same gates as calls."""

    __slots__ = ("_gates", "_holder", "_ledger", "_resolver", "_targets", "_timeouts")

    def __init__(
        self,
        holder: SnapshotHolder,
        resolver: Resolver,
        gates: Gates,
        targets: Targets,
        ledger: Ledger,
        timeouts: Timeouts,
    ) -> None:
        self._holder = holder
        self._resolver = resolver
        self._gates = gates
        self._targets = targets
        self._ledger = ledger
        self._timeouts = timeouts

    async def recall(self, actor: Actor, recall: Recall, request_id: str) -> Answer:
        """Ask the provider that keeps an answer about it.

        Only what tells the end of an answer that was made in the background, or may tell it, is written down. Raises
        what :meth:`.Gateway.run` raises, and NotFound where ``actor`` may not use any more what served it.
        """
        check(actor, "call")
        call = PendingCall(self._holder.current, actor, None, recall, request_id, NOTHING)
        try:
            return call.add_headers(await self._recall(call, recall))
        except TrunklineError as error:
            error.beside = tuple(call.headers)
            raise
        finally:
            if not call.opened:
                call.void()

    async def _recall(self, pending: PendingCall, recall: Recall) -> Answer:
        actor, request_id = pending.actor, pending.request_id
        candidate = self._find(pending, recall.pin)
        if self._gates:
            await self._gates.enter(pending, (candidate,))
        target = self._targets.get(candidate)
        given = await self._gates.admit(pending, candidate, target) if self._gates else None
        if given is not None:
            return given
        disclosure = Disclosure(actor, request_id, target.endpoint.redaction)

        def open_books() -> Call:
            pending.opened = True
            if recall.opened is not None:
                call = self._ledger.resume(recall.opened, target.provider, disclosure)
                call.holds = pending.holds
                return call
            call = self._ledger.open(
                actor,
                candidate,
                "chat",
                request_id=request_id,
                requested_model=recall.pin.model,
                streamed=recall.streams,
                disclosure=disclosure,
                pending=pending,
            )
            call.provider = target.provider
            return call

        try:
            response = await dispatch(target.endpoint, target.transport, recall.write(target), self._timeouts)
            if response.status >= 300:
                raise recall.read_error(response, await response.read(ERROR_BODY_BYTES))
            return await recall.read(open_books, target, response, disclosure)
        except UpstreamError as error:
            error.provider = error.provider or target.provider.id
            explain(error)
            disclosure.error(error)
            raise

    def _find(self, call: PendingCall, pin: Pin) -> Candidate:
        for name in (pin.model, pin.configuration_id):
            with contextlib.suppress(NotFound, Forbidden, Unavailable):
                found = pin.choose(self._resolver.resolve(call.snapshot, call.actor, name))
                if found is not None:
                    return found
        raise NotFound(
            f"What answered, {pin.model!r}, is gone or may not be used with this key any more.",
            code="response_not_found",
        )
