"""One plain call, from its request to its answer, as a state machine that the event loop drives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.chat import Usage
from trunkline.core.errors import TrunklineError, Unavailable
from trunkline.core.ids import id_text
from trunkline.core.terms import Terms
from trunkline.dialects import openai_chat
from trunkline.gateway.answer import JSON, render, render_used, write_headers, write_served
from trunkline.gateway.call import Call, Ledger
from trunkline.gateway.context import NOTHING
from trunkline.gateway.disclosure import Disclosure
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.passing_chat import read_usual
from trunkline.gateway.exchanges.prepared_chat import PreparedChat
from trunkline.gateway.gates.immediate_call import ImmediateCall
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.journal.template import PlainEnd, RecordTemplate
from trunkline.gateway.plain.fault_log import FaultLog
from trunkline.gateway.plain.plan import Plan
from trunkline.gateway.rate_reading import RateLimits
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.strategy import Strategies
from trunkline.outbound import IncomingResponse, Reply, Timeouts
from trunkline.outbound.connection import Connection

_JSON: Final = render([JSON])


class Caller(Protocol):
    """Who waits for the answer: a connection."""

    def answer(self, status: int, lines: bytes, body: bytes) -> None:
        """The call is over and settled; this is what the client gets. ``lines`` are its headers but the face's own."""
        ...

    def refuse(self, error: TrunklineError) -> None:
        """The call is over, and its answer must not look complete: it could not be written down."""
        ...

    def hand_over(self, call: PlainCall) -> None:
        """The call goes on elsewhere: see :meth:`.Gateway.go_on`."""
        ...


class Parts(Protocol):
    """What all of them use."""

    faults: FaultLog
    ledger: Ledger
    rate_limits: RateLimits
    strategies: Strategies

    def find_timeouts(self, order: Sequence[Candidate]) -> Timeouts:
        """Those of a call that may go to ``order``."""
        ...


class PlainCall:
    """One of them. Nothing of it has gone to the client until :meth:`Caller.answer`.

    Its books are short ones (:mod:`trunkline.gateway.journal.template`) as long as it is plain.
    """

    __slots__ = (
        "_body",
        "_call",
        "_caller",
        "_chat",
        "_connection",
        "_dropped",
        "_held",
        "_identity",
        "_lines",
        "_opened_at",
        "_parts",
        "_passed",
        "_prepared",
        "_sent",
        "_started",
        "_template",
        "_to_send",
        "_trace",
        "actor",
        "order",
        "plan",
        "reply",
        "request_id",
        "settled",
    )

    def __init__(
        self,
        parts: Parts,
        caller: Caller,
        actor: Actor,
        plan: Plan,
        order: Sequence[Candidate],
        identity: bytes,
        request_id: str,
        body: bytes,
        dropped: tuple[str, ...],
        chat: Chat | None,
        prepared: PreparedChat | None,
        connection: Connection,
        to_send: bytes,
    ) -> None:
        self._parts = parts
        self._caller = caller
        self._lines: bytes | None = None
        self._sent: bytes
        """What the client gets, when the end is written down."""
        self.actor = actor
        self.plan = plan
        self.order = order
        """Who may serve it: the candidate of ``plan``, and then others of its route."""
        self._identity = identity
        self.request_id = request_id
        self.settled = False
        self._body = body
        self._dropped = dropped
        self._chat = chat
        self._prepared = prepared
        self._connection: Connection | None = connection
        """By which the request goes, as long as it has not gone."""
        self._to_send = to_send
        self._call: Call | None = None
        self._passed: ImmediateCall | None = None
        """What gates hold and tell, where any concerns it."""
        self.reply: Reply

    # Its books.

    def open(self, passed: ImmediateCall | None, trace: str | None) -> None:
        """Write down that it begins; it is sent when that is written. Raises :class:`Unavailable` as the books do.

        ``passed`` is what gates hold for it and tell, ``trace`` of which trace it is part.
        """
        ledger, template, held = self._parts.ledger, self.plan.template, None
        if passed is not None and passed.leases:
            template, held = self.plan.find_template(passed.leases), passed.held_nanos
        self._template, self._held, self._trace = template, held, trace
        self._started = ledger.ticks()
        self._opened_at = opened_at = int(ledger.clock() * 1_000_000)
        ledger.books.open(self._identity, template.write_opened(opened_at, self.request_id, held, trace), template)
        for observer in ledger.observers:
            observer.opened(template.event)
        self._passed = passed
        ledger.books.start_after(self)

    def _send(self, connection: Connection) -> None:
        self._connection = None
        plan, body = self.plan, self._to_send
        timeouts = self._parts.find_timeouts(self.order)
        self.reply = plan.transport.begin(connection, plan.write_head(len(body)), body, timeouts, self.hear)

    @property
    def call(self) -> Call:
        """Its books as those have them who serve all other calls."""
        if self._call is None:
            opened = msgspec.structs.replace(
                self._template.event,
                id=id_text(self._identity),
                opened_at=self._opened_at,
                request_id=self.request_id,
                held_nanos=self._held,
                trace=self._trace,
            )
            disclosure = Disclosure(self.actor, self.request_id, self.plan.redaction)
            ledger = self._parts.ledger
            self._call = call = ledger.take_up(self._identity, opened, self._started, disclosure)
            call.provider = self.plan.target.provider
            call.asked = self._terms
            call.reference = self.plan.reference
            if self._passed is not None:
                call.holds = self._passed.holds
        return self._call

    @property
    def pending(self) -> PendingCall:
        """What gates look at, hold and tell, likewise."""
        pending = PendingCall(self.plan.snapshot, self.actor, "chat", self.chat, self.request_id, NOTHING)
        pending.opened = True
        passed = self._passed
        if passed is not None:
            pending.headers, pending.holds = passed.headers, {**passed.holds}
            pending.leases, pending.held_nanos = passed.leases, passed.held_nanos
        return pending

    @property
    def _terms(self) -> Terms:
        """Of its bill, where the answer names no others."""
        return self.plan.terms if self._prepared is None else self._prepared.terms

    @property
    def chat(self) -> Chat:
        """What was asked, likewise: most plain calls never need it."""
        if self._chat is None:
            self._chat = Chat(openai_chat.DIALECT, self._body)
        return self._chat

    @property
    def prepared(self) -> PreparedChat:
        """What was sent, likewise."""
        if self._prepared is None:
            self._prepared = self.chat.prepare(self.plan.target, self.plan.candidate.model)
        return self._prepared

    def hear(self) -> None:
        """There is something new to see in the reply."""
        reply = self.reply
        if not reply.ended:
            if reply.error is not None or reply.full:
                self.hand_over()
            return
        if reply.status != 200 or reply.error is not None or reply.decoder is not None or reply.full:
            self.hand_over()
            return
        raw = reply.take()
        plan, ledger = self.plan, self._parts.ledger
        usual, estimated = None, False
        try:
            # An answer that shows the key is cleaned where one can take one's time.
            passing = plan.passing if self._prepared is None else None
            if passing is not None and not plan.redaction.holds(raw):
                usual = read_usual(passing.passthrough, raw, ledger, plan.target.provider, plan.opened.model)
            if usual is not None:
                usage, model, body = usual
            else:
                usage, estimated, body = self.prepared.read_whole(self.call, raw)
                model = self.call.answered
        except Exception as error:  # noqa: BLE001 - who waits reads the answer anew, and meets or tells what is wrong
            if not isinstance(error, TrunklineError):
                self._parts.faults.report(error, self.request_id)
            reply.put_back(raw)
            self.hand_over()
            return
        # It holds this call: all of it would stay until the collector comes.
        reply.heard = None
        if plan.configuration_id is not None:
            self._parts.rate_limits.note_success(plan.configuration_id, reply.headers, ledger.clock())
        if plan.candidate.route is not None:
            strategies = self._parts.strategies
            strategies.succeeded(plan.candidate, False, ledger.ticks() - self._started)
            strategies.hear(plan.candidate, reply.headers)
        self._sent = body
        if self._call is None and not plan.compared:
            self._settle(usage, model)
        else:
            call = self.call
            call.answered = model
            self._settle_whole(call, usage, estimated)

    def _settle(self, usage: Usage, model: str) -> None:
        plan, ledger, template, opened_at = self.plan, self._parts.ledger, self._template, self._opened_at
        common = template.event
        bill = ledger.make_bill(common, opened_at, plan.target.provider, model, usage, self._terms)
        end = PlainEnd(
            template.number,
            opened_at,
            self.request_id,
            int((ledger.ticks() - self._started) * 1_000_000),
            usage,
            bill.cost_nanos,
            bill.source,
            bill.missing,
            None if model == common.model else model or None,
            self._held,
            self._trace,
        )
        for observer in ledger.observers:
            observer.settled_plainly(common, self._identity, end)
        self.settled = True
        served = plan.served if not self._dropped else render(write_served(plan.opened, plan.target, self._dropped))
        self._lines = served + render_used(usage, bill) + _JSON
        passed = self._passed
        if passed is not None:
            for hold in passed.holds.values():
                hold.settle(end)
            self._lines += passed.lines
        self._write(self._identity, end.write(), template)

    def _settle_whole(self, call: Call, usage: Usage, estimated: bool) -> None:
        payload = call.close("ok", usage=usage, estimated=estimated)
        self.settled = True
        headers = write_headers(call, self.plan.target, self._dropped)
        headers.append(JSON)
        self._lines = render(headers)
        if self._passed is not None:
            self._lines += self._passed.lines
        self._write(call.identity, payload)

    def _write(self, identity: bytes, payload: bytes, template: RecordTemplate | None = None) -> None:
        try:
            self._parts.ledger.books.settle_then(identity, payload, self, template)
        except Unavailable as fault:
            self.set_exception(fault)

    def hand_over(self) -> None:
        """Let the call go on where one can wait: it was sent once, and what has come of it is in ``reply``."""
        if self._connection is not None:
            self._send(self._connection)
        self.reply.heard = None
        self._caller.hand_over(self)

    async def resume(self) -> IncomingResponse:
        """What the provider answers to what was sent. Raises as sending it does."""
        timeouts = self._parts.find_timeouts(self.order)
        return await self.plan.transport.resume(self.reply, self.prepared.request, timeouts)

    def hang_up(self) -> None:
        """The client has gone: stop the provider, and settle."""
        self._lines = None
        if self.settled:
            return
        self.settled = True
        call, connection = self.call, self._connection
        if connection is not None:
            self._keep(connection)
            payload = call.close("cancelled", status=499)
        else:
            self.reply.heard = None
            self.reply.abort()
            payload = call.close("cancelled", status=499, usage=self.prepared.estimate(), estimated=True)
        self._write(call.identity, payload)

    def _keep(self, connection: Connection) -> None:
        """Nothing was sent by it."""
        self._connection = None
        self.plan.transport.give_back(connection)

    # How the journal says that a record is written, first that of the beginning and then that of the end: as it tells
    # a future.

    def done(self) -> bool:
        """Whatever comes is to be told."""
        return False

    def set_result(self, result: None) -> None:
        """It is written."""
        if self._connection is not None:
            self._send(self._connection)
            return
        lines, self._lines = self._lines, None
        if lines is not None:
            self._caller.answer(200, lines, self._sent)

    def set_exception(self, exception: Unavailable) -> None:
        """It is not."""
        if self._connection is not None:
            self._keep(self._connection)
            self._refuse_unsent(exception)
            return
        lines, self._lines = self._lines, None
        if lines is not None:
            if self._passed is not None:
                exception.beside = tuple(self._passed.headers)
            self._caller.refuse(exception)

    def _refuse_unsent(self, fault: Unavailable) -> None:
        self.settled = True
        call = self.call
        self._write(call.identity, call.close("error", status=503, error=fault))
        if self._passed is not None:
            fault.beside = tuple(self._passed.headers)
        self._caller.refuse(fault)

    def exception(self) -> None:
        """Somebody has been told."""
