"""Finds what is the same for all plain calls of one caller to one name, and keeps it while a snapshot stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.core.errors import TrunklineError
from trunkline.dialects import openai_chat
from trunkline.gateway.call import Ledger
from trunkline.gateway.context import NOTHING
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.gates.gate import Gate, ImmediateGate
from trunkline.gateway.plain.plan import Plan
from trunkline.gateway.plain.route_plan import RoutePlan, orders_at_once
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.resolve import Resolver
from trunkline.gateway.routing.strategy import Strategies
from trunkline.gateway.routing.target import Targets
from trunkline.gateway.snapshot import Snapshot, SnapshotHolder
from trunkline.outbound import DirectTransport

CAPACITY: Final = 10_000
"""Names that are kept. Callers may use any number of them."""

_ANY: Final = Chat(openai_chat.DIALECT, b'{"model":"any"}')
"""Stands for all of them where it is found out how they go to a model."""


class Plans:
    """Finds plans, and keeps them while the snapshot stands."""

    __slots__ = (
        "_gates",
        "_holder",
        "_kept",
        "_ledger",
        "_resolver",
        "_snapshot",
        "_strategies",
        "_targets",
        "weighed",
    )

    def __init__(
        self,
        holder: SnapshotHolder,
        resolver: Resolver,
        targets: Targets,
        strategies: Strategies,
        gates: Sequence[Gate],
        ledger: Ledger,
    ) -> None:
        self._holder = holder
        self._resolver = resolver
        self._targets = targets
        self._strategies = strategies
        self._gates = gates
        self._ledger = ledger
        self._snapshot: Snapshot | None = None
        self._kept: dict[tuple[str | None, str], Plan | RoutePlan | None] = {}
        self.weighed: set[str | None] = set()
        """Keys of which a gate has weighed a call: texts of the next one are counted with the first look at it."""
        # A plan has the credential in its head: an idle one must not outlive the target.
        targets.when_forgotten(self._kept.clear)

    def find(self, actor: Actor, name: str) -> Plan | RoutePlan | None:
        """The plan for calls of ``actor``, who has a key, to ``name``; None where they are not plain.

        Errors are not told here: who serves all other calls finds them too.
        """
        snapshot = self._holder.current
        if snapshot is not self._snapshot or len(self._kept) > CAPACITY:
            self._kept.clear()
            self.weighed.clear()
            self._snapshot = snapshot
        key = (actor.key_id, name)
        try:
            plan = self._kept[key]
            if plan is None or self._stands(plan):
                return plan
        except KeyError:
            pass
        try:
            plan = self._make(snapshot, actor, name)
        except TrunklineError:
            # What is wrong now may be right before the snapshot changes, such as a key that does not open.
            return None
        self._kept[key] = plan
        return plan

    def _stands(self, plan: Plan | RoutePlan) -> bool:
        good = self._targets.is_good
        return good(plan.target) if isinstance(plan, Plan) else all(good(each.target) for each in plan.plans)

    def _make(self, snapshot: Snapshot, actor: Actor, name: str) -> Plan | RoutePlan | None:
        check(actor, "call")
        found = self._resolver.resolve(snapshot, actor, name)
        first, route = found[0], found[0].route
        if route is None:
            return self._make_plan(snapshot, actor, first, name) if len(found) == 1 else None
        if not orders_at_once(route):
            return None
        plans: list[Plan] = []
        for candidate in found:
            plan = self._make_plan(snapshot, actor, candidate, name)
            # Gates are bound to one candidate, and a call may turn to another one.
            if plan is None or plan.gates:
                return None
            plans.append(plan)
        return RoutePlan(self._strategies, plans)

    def _make_plan(self, snapshot: Snapshot, actor: Actor, candidate: Candidate, name: str) -> Plan | None:
        if candidate.trial or candidate.feature:
            return None
        concerned: list[ImmediateGate] = []
        for gate in self._gates:
            if gate.concerns(snapshot, actor, candidate):
                if not isinstance(gate, ImmediateGate):
                    return None
                concerned.append(gate)
        target = self._targets.get(candidate)
        transport = target.transport
        if target.endpoint.signer is not None or not isinstance(transport, DirectTransport):
            return None
        fit = _ANY.find_fit(target, candidate.model)
        opened = self._ledger.describe(actor, candidate, "chat", requested_model=name, streamed=False, context=NOTHING)
        gates = [gate.bind(actor, candidate, target) for gate in concerned]
        reference = self._targets.find_reference(candidate)
        return Plan(snapshot, candidate, target, transport, fit, opened, gates, reference)
