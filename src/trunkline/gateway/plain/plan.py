"""What is the same for all plain calls of one caller to one model: found out once, as long as a snapshot stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from trunkline.core.terms import USUAL
from trunkline.core.usage_event import UsageEvent
from trunkline.dialects import openai_chat
from trunkline.gateway.answer import render, write_served
from trunkline.gateway.exchanges.chat_fit import ChatFit, PassingFit
from trunkline.gateway.gates.gate import AdmitNow
from trunkline.gateway.journal.template import RecordTemplate
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import Snapshot
from trunkline.outbound import DirectTransport, OutgoingRequest
from trunkline.outbound.request import write_head
from trunkline.providers.adaptation import refuse_fields
from trunkline.providers.passing import chat_sign, passes
from trunkline.providers.provider import Provider

_LENGTH: Final = b"\r\nContent-Length: 0\r\n"
_ANY_LENGTH: Final = b"\r\nContent-Length: %d\r\n"


class Plan:
    """The way of such calls. Holds a target, and so a credential: never older than what ``targets`` would give."""

    __slots__ = (
        "_head",
        "_sign",
        "alone",
        "candidate",
        "compared",
        "configuration_id",
        "gates",
        "leased",
        "opened",
        "origin",
        "passing",
        "quirk",
        "redaction",
        "reference",
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
        reference: tuple[Provider, str] | None,
    ) -> None:
        self.snapshot = snapshot
        self.candidate = candidate
        self.alone = (candidate,)
        self.reference = reference
        """What would have served it by its route's list, and the model: see :attr:`.Call.reference`."""
        self.compared = reference is not None and (reference[0].id, reference[1]) != (
            target.provider.id,
            candidate.model,
        )
        """Whether what each of them costs is told beside what it would have cost there."""
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
        # Nearly always the very same: to compare them takes longer.
        last = self.leased.event.leases
        if last is not leases and last != leases:
            self.leased = RecordTemplate(msgspec.structs.replace(self.opened, leases=leases))
        return self.leased

    def write_head(self, length: int) -> bytes:
        """The head of a request whose body has ``length`` bytes, as the client of the provider writes it."""
        return self._head % length
