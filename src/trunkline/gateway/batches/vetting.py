"""Looks at the lines of a batch before any of them is sent: where each leads, and what is in its way."""

from __future__ import annotations

from collections.abc import Sequence

from trunkline.core.actor import Actor
from trunkline.gateway.batches.line_call import LineCall
from trunkline.gateway.candidate_search import CandidateSearch
from trunkline.gateway.context import CallContext
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.directory import may_name
from trunkline.gateway.routing.resolve import Resolver
from trunkline.gateway.routing.target import Target, Targets
from trunkline.gateway.snapshot import ConfigurationEntry, SnapshotHolder


class Vetting:
    """Resolves lines as calls are resolved."""

    __slots__ = ("_holder", "_resolver", "_search", "_targets")

    def __init__(self, holder: SnapshotHolder, resolver: Resolver, search: CandidateSearch, targets: Targets) -> None:
        self._holder = holder
        self._resolver = resolver
        self._search = search
        self._targets = targets

    def hold(self, actor: Actor, call: LineCall, request_id: str, context: CallContext) -> PendingCall:
        """The line as gates look at it."""
        return PendingCall(self._holder.current, actor, call.operation, call.exchange, request_id, context)

    def find(self, pending: PendingCall, call: LineCall) -> Sequence[Candidate]:
        """What may serve it. Raises what :meth:`.CandidateSearch.find` raises."""
        return self._search.find(pending, call.exchange.model, call.exchange.pin, call.exchange)

    def find_only(self, pending: PendingCall, call: LineCall) -> Candidate | None:
        """The one configuration that its name leads to; None for a route, an experiment and a feature's several."""
        found = self._resolver.resolve(pending.snapshot, pending.actor, call.exchange.model)
        if len(found) != 1 or found[0].route is not None or found[0].trial is not None:
            return None
        return found[0]

    def list(self, actor: Actor, name: str) -> Sequence[Candidate]:
        """All that ``name`` leads to, in no order. Raises what :meth:`.Resolver.resolve` raises."""
        return self._resolver.resolve(self._holder.current, actor, name)

    def find_configuration(self, actor: Actor, configuration_id: str) -> Candidate:
        """A configuration again, which served a batch of ``actor``. Raises what :meth:`.Resolver.resolve` raises."""
        return self._resolver.resolve(self._holder.current, actor, configuration_id)[0]

    def list_configurations(self, actor: Actor) -> Sequence[ConfigurationEntry]:
        """Those in use that ``actor`` may name, the oldest first."""
        part = self._holder.current.parts.get(actor.workspace_id)
        known = () if part is None else part.configurations.values()
        found = [entry for entry in known if entry.is_active and may_name(actor, entry)]
        return sorted(found, key=lambda entry: (entry.created_at, entry.id))

    def open(self, candidate: Candidate) -> Target:
        """What :meth:`.Targets.get` gives, and raises."""
        return self._targets.get(candidate)
