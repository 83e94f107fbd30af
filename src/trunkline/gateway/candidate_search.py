"""Which configurations may serve a call, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from trunkline.gateway.exchanges.exchange import Exchange
from trunkline.gateway.exchanges.kept_response import Pin
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.assignment import assign
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.resolve import Resolver
from trunkline.gateway.routing.strategy import Strategies


class CandidateSearch:
    """Resolves names, assigns versions and orders what was found."""

    __slots__ = ("_resolver", "_strategies")

    def __init__(self, resolver: Resolver, strategies: Strategies) -> None:
        self._resolver = resolver
        self._strategies = strategies

    def find(
        self, call: PendingCall, name: str, pin: Pin | None, exchange: Exchange | None = None
    ) -> Sequence[Candidate]:
        """What may serve the call, at least one and the best first, each in the version that this caller gets.

        With ``pin`` the one that it names. Raises what :meth:`.Resolver.resolve` and :meth:`.Pin.find` raise.
        """
        found = self._resolver.resolve(call.snapshot, call.actor, name)
        if pin is not None:
            return (pin.find(found, "previous_response_id"),)
        if len(found) == 1 and found[0].trial is None:
            return found
        user = exchange.user if exchange is not None else None
        assigned = [assign(one, call.context, user, call.request_id) for one in found]
        return self._strategies.order(assigned, exchange is not None and exchange.streams)
