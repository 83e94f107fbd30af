"""What is the same for all plain calls of one caller to one model: found out once, as long as a snapshot stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.core.errors import TrunklineError
from trunkline.core.terms import USUAL
from trunkline.core.usage_event import UsageEvent
from trunkline.dialects import openai_chat
from trunkline.gateway.answer import render, write_served
from trunkline.gateway.call import Ledger
from trunkline.gateway.context import NOTHING
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.chat_fit import ChatFit, PassingFit
from trunkline.gateway.gates.gate import AdmitNow, Gate, ImmediateGate
from trunkline.gateway.journal.template import RecordTemplate
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.resolve import Resolver
from trunkline.gateway.routing.target import Target, Targets
from trunkline.gateway.snapshot import Snapshot, SnapshotHolder
from trunkline.outbound import DirectTransport, OutgoingRequest
from trunkline.outbound.request import write_head
from trunkline.providers.adaptation import refuse_fields
from trunkline.providers.passing import chat_sign, passes

CAPACITY: Final = 10_000
"""Plans that are kept. Callers may name any number of models."""

_LENGTH: Final = b"\r\nContent-Length: 0\r\n"
_ANY_LENGTH: Final = b"\r\nContent-Length: %d\r\n"
_ANY: Final = Chat(openai_chat.DIALECT, b'{"model":"any"}')
"""Stands for all of them where it is found out how they go to a model."""


class Plan:
    """The way of such calls. Holds a target, and so a credential: never older than what ``targets`` would give."""

    __slots__ = (
        "_head",
        "_sign",
        "candidate",
        "configuration_id",
        "gates",
        "leased",
        "opened",
        "origin",
        "passing",
        "quirk",
        "redaction",
        "served",
        "snapshot",
        "target",
        "template",
        "terms",
        "transport",
    )

    def __init__(
        self,
        snapshot: Snapshot,
        candidate: Candidate,
        target: Target,
        transport: DirectTransport,
        fit: ChatFit,
        opened: UsageEvent,
        gates: Sequence[AdmitNow],
    ) -> None:
        self.snapshot = snapshot
        self.candidate = candidate
        self.target = target
        self.transport = transport
        self.gates = gates
        """What each of them passes."""
        self.opened = opened
        """What the books say of each of them, with neither id nor time."""
        self.template = RecordTemplate(opened)
        self.leased = self.template
        """That of those for which budgets hold something, of the leases of the last."""
        self.configuration_id = opened.configuration_id
        self.served = render(write_served(opened, target))
        """The lines of an answer that tell what served it."""
        self.redaction = target.endpoint.redaction
        self.passing: PassingFit | None = fit.passing
        """How they pass; None where each is translated."""
        self.terms = USUAL if fit.passing is None else fit.passing.terms
        """Of the bill of those that pass."""
        self.quirk = fit.quirk
        self._sign = chat_sign(fit.quirk)
        self.origin = fit.url.origin
        head = write_head(OutgoingRequest("POST", fit.url, target.endpoint.headers))
        self._head = head.replace(b"%", b"%%").replace(_LENGTH, _ANY_LENGTH, 1)

    def edit(self, body: bytes) -> tuple[bytes, tuple[str, ...]] | None:
        """A ``body`` that names no terms of the bill, for the provider, and what of it was left out.

        None for one that does not pass. Raises InvalidInput for what is wrong in it.
        """
        quirk = self.quirk
        if self.passing is None:
            return None
        if quirk.refuse:
            refuse_fields(body, self.candidate.model, quirk)
        sign = self._sign
        if (sign is None or body.find(sign) >= 0) and not passes(body, openai_chat.DIALECT.name, quirk):
            return None
        sent, dropped = self.passing.edit(body)
        return None if dropped and "service_tier" in dropped else (sent, dropped)

    def find_template(self, leases: dict[str, str]) -> RecordTemplate:
        """What the books say of a call that holds something under ``leases``, by budgets.

        A process has one of a budget for as long as its period, so nearly all calls have the same.
        """
        if not leases:
            return self.template
        if self.leased.event.leases != leases:
            self.leased = RecordTemplate(msgspec.structs.replace(self.opened, leases=leases))
        return self.leased

    def write_head(self, length: int) -> bytes:
        """The head of a request whose body has ``length`` bytes, as the client of the provider writes it."""
        return self._head % length


class Plans:
    """Finds plans, and keeps them while the snapshot stands."""

    __slots__ = ("_gates", "_holder", "_kept", "_ledger", "_resolver", "_snapshot", "_targets")

    def __init__(
        self, holder: SnapshotHolder, resolver: Resolver, targets: Targets, gates: Sequence[Gate], ledger: Ledger
    ) -> None:
        self._holder = holder
        self._resolver = resolver
        self._targets = targets
        self._gates = gates
        self._ledger = ledger
        self._snapshot: Snapshot | None = None
        self._kept: dict[tuple[str | None, str], Plan | None] = {}
        # A plan has the credential in its head: an idle one must not outlive the target.
        targets.when_forgotten(self._kept.clear)

    def find(self, actor: Actor, name: str) -> Plan | None:
        """The plan for calls of ``actor``, who has a key, to ``name``; None where they are not plain.

        Errors are not told here: who serves all other calls finds them too.
        """
        snapshot = self._holder.current
        if snapshot is not self._snapshot or len(self._kept) > CAPACITY:
            self._kept.clear()
            self._snapshot = snapshot
        key = (actor.key_id, name)
        try:
            plan = self._kept[key]
            if plan is None or self._targets.is_good(plan.target):
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

    def _make(self, snapshot: Snapshot, actor: Actor, name: str) -> Plan | None:
        check(actor, "call")
        found = self._resolver.resolve(snapshot, actor, name)
        candidate = found[0]
        if len(found) > 1 or candidate.trial or candidate.route or candidate.feature:
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
        return Plan(snapshot, candidate, target, transport, fit, opened, gates)
