"""Where plain calls begin."""

from __future__ import annotations

from trunkline.core.actor import Actor
from trunkline.core.errors import TrunklineError
from trunkline.core.terms import USUAL
from trunkline.dialects import openai_chat
from trunkline.dialects.openai_chat.passthrough import PASSTHROUGH
from trunkline.gateway.call import Ledger
from trunkline.gateway.context import NOTHING
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.gates.pending_call import PendingCall
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
        self, actor: Actor, body: bytes, request_id: str, caller: Caller, trace: str | None = None
    ) -> PlainCall | None:
        """Send the call if it is plain, and if there is a connection that can take it now; else None. ``trace`` is the
        caller's ``traceparent``.

        Then nothing was sent or written down, and whoever serves all other calls says what is wrong, if anything is.
        """
        try:
            asked = PASSTHROUGH.peek(body)
            if asked.streams or asked.terms != USUAL:
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
                if edited is None or plan.gates:
                    chat = Chat(openai_chat.DIALECT, body, peek=asked)
                if edited is None:
                    assert chat is not None
                    prepared = chat.prepare(plan.target, plan.candidate.model)
                    edited = prepared.request.body, prepared.dropped
                sent, dropped = edited
                plain = PlainCall(self, caller, actor, plan, request_id, body, dropped, chat, prepared)
                if plan.gates:
                    opened = self._pass_gates(plain, trace)
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

    def _pass_gates(self, plain: PlainCall, trace: str | None) -> bool:
        """Whether all gates let ``plain`` in at once; then its books are open."""
        plan = plain.plan
        pending = PendingCall(plan.snapshot, plain.actor, "chat", plain.chat, plain.request_id, NOTHING)
        try:
            for admit in plan.gates:
                if not admit(pending):
                    return False
            plain.open(pending, trace)
        finally:
            if not pending.opened:
                pending.void()
        return True
