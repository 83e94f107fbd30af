"""Where plain calls begin."""

from __future__ import annotations

from collections.abc import Sequence

from trunkline.core.actor import Actor
from trunkline.core.errors import TrunklineError
from trunkline.core.ids import new_id_pair
from trunkline.core.terms import USUAL
from trunkline.dialects import openai_chat
from trunkline.dialects.openai_chat.passthrough import peek, peek_text
from trunkline.dialects.passthrough import Peek
from trunkline.gateway.call import Ledger
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.gates.immediate_call import ImmediateCall
from trunkline.gateway.plain.fault_log import FaultLog
from trunkline.gateway.plain.plain_call import Caller, PlainCall
from trunkline.gateway.plain.plan import Plan
from trunkline.gateway.plain.plans import Plans
from trunkline.gateway.plain.route_plan import RoutePlan
from trunkline.gateway.rate_reading import RateLimits
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.retry import RetryBudget, grant
from trunkline.gateway.routing.strategy import Strategies
from trunkline.outbound import Timeouts

_Given = tuple[Actor, bytes, Peek, bytes, str, Caller, "str | None"]


class PlainCalls:
    """Begins them. One per process."""

    __slots__ = ("_budget", "_plans", "_shared", "_weighed", "_whole", "faults", "ledger", "rate_limits", "strategies")

    def __init__(
        self,
        plans: Plans,
        ledger: Ledger,
        strategies: Strategies,
        rate_limits: RateLimits,
        budget: RetryBudget,
        timeouts: Timeouts,
    ) -> None:
        self._plans = plans
        self._weighed = plans.weighed
        self._budget = budget
        self.faults = FaultLog()
        self.ledger = ledger
        self.strategies = strategies
        self.rate_limits = rate_limits
        self._whole = grant(timeouts, timeouts.total, more=False)
        self._shared = grant(timeouts, timeouts.total, more=True)

    def begin(
        self, actor: Actor, body: bytes, request_id: str | None, caller: Caller, trace: str | None = None
    ) -> PlainCall | None:
        """Begin the call if it is plain, and if there is a connection that can take it now; else None.

        It is sent when the books have its beginning, which is at the end of this turn of the event loop.

        ``request_id`` is what the caller calls the request; where it says nothing, that is the id of the call.
        ``trace`` is the caller's ``traceparent``.

        Then nothing was sent or written down, and whoever serves all other calls says what is wrong, if anything is.
        """
        name, identity = new_id_pair()
        request_id = request_id or name
        try:
            asked = peek_text(body) if actor.key_id in self._weighed else peek(body)
            if asked.streams or (asked.terms is not USUAL and asked.terms != USUAL):
                return None
            plan = self._plans.find(actor, asked.model)
            if plan is None:
                return None
            if isinstance(plan, Plan):
                opened = self._open(plan, plan.alone, actor, body, asked, identity, request_id, caller, trace)
            else:
                opened = self._open_route(plan, actor, body, asked, identity, request_id, caller, trace)
        except TrunklineError:
            # Who serves all others meets it too, and tells it.
            return None
        except Exception as error:  # noqa: BLE001 - a fault of ours, which the general way need not have
            self.faults.report(error, request_id)
            return None
        if opened is None:
            return None
        entry = opened.plan.candidate.entry
        self._budget.deposit(entry.workspace_id, entry.id)
        return opened

    def find_timeouts(self, order: Sequence[Candidate]) -> Timeouts:
        """Those of a call that may go to ``order``."""
        return self._shared if len(order) > 1 else self._whole

    def _open_route(self, route: RoutePlan, *given: *_Given) -> PlainCall | None:
        """As :meth:`_open`, to the target that is the next one's turn."""
        order = route.order()
        opened = None
        try:
            opened = self._open(route.find(order[0]), order, *given)
        finally:
            if opened is None:
                route.take_back(order)
        return opened

    def _open(
        self,
        plan: Plan,
        order: Sequence[Candidate],
        actor: Actor,
        body: bytes,
        asked: Peek,
        identity: bytes,
        request_id: str,
        caller: Caller,
        trace: str | None,
    ) -> PlainCall | None:
        """A call whose books are open."""
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
            plain = PlainCall(
                self,
                caller,
                actor,
                plan,
                order,
                identity,
                request_id,
                body,
                dropped,
                chat,
                prepared,
                connection,
                sent,
            )
            # Last, so that a request that goes nowhere never takes the place of the one call that probes.
            if self.strategies.enter(plan.candidate):
                if plan.gates:
                    shown = ImmediateCall(body, asked)
                    opened = _pass_gates(plain, shown, trace)
                    if shown.peek is not asked:
                        self._weighed.add(actor.key_id)
                else:
                    plain.open(None, trace)
                    opened = True
        finally:
            if not opened:
                transport.give_back(connection)
        return plain if opened else None


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
