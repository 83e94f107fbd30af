"""Which configurations may serve a call, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trunkline.core.errors import InvalidInput
from trunkline.gateway.exchanges.exchange import Exchange
from trunkline.gateway.exchanges.kept_response import Pin
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.assignment import assign
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.resolve import Resolver
from trunkline.gateway.target_selection import RouteDoesNotFit, TargetSelection, narrow


class CandidateSearch:
    """Resolves names, assigns versions and orders what was found."""

    __slots__ = ("_resolver", "_selection")

    def __init__(self, resolver: Resolver, selection: TargetSelection) -> None:
        self._resolver = resolver
        self._selection = selection

    def find(
        self, call: PendingCall, name: str, pin: Pin | None, exchange: Exchange | None = None
    ) -> Sequence[Candidate]:
        """What may serve the call, at least one and the best first, each in the version that this caller gets.

        With ``pin`` the one that it names. Raises what :meth:`.Resolver.resolve` and :meth:`.Pin.find` raise, and for a
        route what :meth:`.TargetSelection.select` and :func:`.narrow` raise.
        """
        found = self._resolver.resolve(call.snapshot, call.actor, name)
        if call.context.keeper is not None:
            found = _keep(found, call.context.keeper)
        if pin is not None:
            return (pin.find(found, "previous_response_id"),)
        route = found[0].route
        if call.context.targets:
            found = narrow(found, call.context.targets, self._resolver.index(call.snapshot, call.actor))
        if route is None and found[0].trial is None:
            return found
        user = exchange.user if exchange is not None else None
        return self._select(call, found, user, exchange is not None and exchange.streams)

    def _select(
        self, call: PendingCall, found: Sequence[Candidate], user: str | None, streams: bool
    ) -> Sequence[Candidate]:
        assigned = [assign(one, call.context, user, call.request_id) for one in found]
        route = found[0].route
        if route is None:
            return assigned
        try:
            return self._selection.select(call, route, assigned, streams)
        except RouteDoesNotFit:
            first = found[0]
            # A request that names its targets may leave some out, and never gets others.
            if not first.otherwise or call.context.targets:
                raise
            others: Sequence[Candidate] = [
                msgspec.structs.replace(one, feature=first.feature, unfit_route=first.unfit_route or route)
                for one in first.otherwise
            ]
        if call.context.keeper is not None:
            others = _keep(others, call.context.keeper)
        return self._select(call, others, user, streams)


def _keep(found: Sequence[Candidate], keeper: str) -> Sequence[Candidate]:
    """Those in whose account the files are that the call names."""
    left = [one for one in found if one.entry.id == keeper]
    if not left:
        raise InvalidInput.of(
            "file_id",
            f"is a file of another configuration, {keeper}. Name that as the model, or {keeper}/MODEL for another"
            " model of its provider.",
            code="file_elsewhere",
        )
    return left
