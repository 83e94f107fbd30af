"""Where plain calls begin."""

from __future__ import annotations

from trunkline.core.actor import Actor
from trunkline.core.errors import TrunklineError
from trunkline.core.ids import new_id_pair
from trunkline.core.terms import USUAL
from trunkline.dialects import openai_chat
from trunkline.dialects.openai_chat.passthrough import PASSTHROUGH
from trunkline.gateway.call import Ledger
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.gates.immediate_call import ImmediateCall
from trunkline.gateway.plain.fault_log import FaultLog
from trunkline.gateway.plain.plain_call import Caller, PlainCall
from trunkline.gateway.plain.plan import Plans
from trunkline.gateway.rate_reading import RateLimits
from trunkline.gateway.routing.retry import RetryBudget
from trunkline.outbound import Timeouts


class PlainCalls:
    """Begins them. One per process."""

    __slots__ = ("_budget", "_plans", "faults", "ledger", "rate_limits", "timeouts")

    def __init__(
        self, plans: Plans, ledger: Ledger, rate_limits: RateLimits, budget: RetryBudget, timeouts: Timeouts
    ) -> None:
        self._plans = plans
        self._budget = budget
        self.faults = FaultLog()
        self.ledger = ledger
        self.rate_limits = rate_limits
        total = timeouts.total
        self.timeouts = Timeouts(connect=timeouts.connect, first_byte=total, between=total, total=total)

    def begin(
        self, actor: Actor, body: bytes, request_id: str | None, caller: Caller, trace: str | None = None
    ) -> PlainCall | None:
        """Send the call if it is plain, and if there is a connection that can take it now; else None.

        ``request_id`` is what the caller calls the request; where it says nothing, that is the id of the call.
        ``trace`` is the caller's ``traceparent``.

        Then nothing was sent or written down, and whoever serves all other calls says what is wrong, if anything is.
        """
        name, identity = new_id_pair()
        request_id = request_id or name
        try:
            asked = PASSTHROUGH.peek(body)
            if asked.streams or (asked.terms is not USUAL and asked.terms != USUAL):
                return None
            plan = self._plans.find(actor, asked.model)
            if plan is None:
                return None
            transport = plan.transport
            connection = transport.take(plan.origin)
            if connection is None:
                return None
            opened = False
            try:
                chat = prepared = None
                edited = plan.edit(body)
                if edited is None:
                    chat = Chat(openai_chat.DIALECT, body, peek=asked)
                    prepared = chat.prepare(plan.target, plan.candidate.model)
                    edited = prepared.request.body, prepared.dropped
                sent, dropped = edited
                plain = PlainCall(self, caller, actor, plan, identity, request_id, body, dropped, chat, prepared)
                if plan.gates:
                    opened = _pass_gates(plain, ImmediateCall(body, asked), trace)
                else:
                    plain.open(None, trace)
                    opened = True
            finally:
                if not opened:
                    transport.give_back(connection)
            if not opened:
                return None
        except TrunklineError:
            # Who serves all others meets it too, and tells it.
            return None
        except Exception as error:  # noqa: BLE001 - a fault of ours, which the general way need not have
            self.faults.report(error, request_id)
            return None
        entry = plan.candidate.entry
        self._budget.deposit(entry.workspace_id, entry.id)
        plain.reply = transport.begin(connection, plan.write_head(len(sent)), sent, self.timeouts, plain.hear)
        return plain


def _pass_gates(plain: PlainCall, call: ImmediateCall, trace: str | None) -> bool:
    """Whether all gates let ``plain`` in at once; then its books are open."""
    opened = False
    try:
        for admit in plain.plan.gates:
            if not admit(call):
                return False
        plain.open(call, trace)
        opened = True
    finally:
        if not opened:
            call.void()
    return True
