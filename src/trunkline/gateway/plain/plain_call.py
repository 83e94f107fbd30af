"""One plain call, from its request to its answer, as a state machine that the event loop drives."""

from __future__ import annotations

from typing import Protocol

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.errors import TrunklineError, Unavailable
from trunkline.core.terms import USUAL
from trunkline.dialects import openai_chat
from trunkline.dialects.openai_chat.passthrough import PASSTHROUGH
from trunkline.gateway.answer import JSON, Answer, write_headers
from trunkline.gateway.call import Call, Ledger
from trunkline.gateway.context import NOTHING
from trunkline.gateway.disclosure import Disclosure
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.passing_chat import read_usual
from trunkline.gateway.exchanges.prepared_chat import PreparedChat
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.plain.plan import Plan, Plans
from trunkline.gateway.rate_reading import RateLimits
from trunkline.gateway.routing.retry import RetryBudget
from trunkline.outbound import IncomingResponse, Reply, Timeouts


class Caller(Protocol):
    """Who waits for the answer: a connection."""

    def answer(self, answer: Answer) -> None:
        """The call is over and settled; this is what the client gets."""
        ...

    def refuse(self, error: TrunklineError) -> None:
        """The call is over, and its answer must not look complete: it could not be written down."""
        ...

    def hand_over(self, call: PlainCall) -> None:
        """The call goes on elsewhere: see :meth:`.Gateway.go_on`."""
        ...


class PlainCall:
    """One of them. Nothing of it has gone to the client until :meth:`Caller.answer`."""

    __slots__ = (
        "_answer",
        "_body",
        "_caller",
        "_chat",
        "_dropped",
        "_parts",
        "_prepared",
        "actor",
        "call",
        "pending",
        "plan",
        "reply",
    )

    def __init__(
        self,
        parts: PlainCalls,
        caller: Caller,
        actor: Actor,
        plan: Plan,
        body: bytes,
        dropped: tuple[str, ...],
        chat: Chat | None,
        prepared: PreparedChat | None,
        pending: PendingCall | None,
    ) -> None:
        self._parts = parts
        self._caller = caller
        self._answer: Answer | None = None
        self.actor = actor
        self.plan = plan
        self._body = body
        self._dropped = dropped
        self._chat = chat
        self._prepared = prepared
        self.pending = pending
        """What gates hold and tell, where any concerns it."""
        self.call: Call
        self.reply: Reply

    @property
    def chat(self) -> Chat:
        """What was asked, for those who serve all other calls: most plain ones never need it."""
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
        if not reply.ended and reply.error is None and not reply.full:
            return
        whole = reply.ended and reply.error is None and reply.decoder is None and not reply.full
        if not whole or reply.status != 200:
            self.hand_over()
            return
        raw = reply.take()
        call, plan = self.call, self.plan
        estimated = False
        try:
            usual = None
            if self._prepared is None and plan.passing is not None:
                usual = read_usual(call, plan.passing.passthrough, raw)
            if usual is not None:
                usage, body = usual
            else:
                usage, estimated, body = self.prepared.read_whole(call, raw)
        except Exception:  # noqa: BLE001 - an error of the provider, or a fault of ours: who waits meets it again and tells it
            reply.put_back(raw)
            self.hand_over()
            return
        # It holds this call: all of it would stay until the collector comes.
        reply.heard = None
        self._parts.note_limits(call, reply)
        payload = call.close("ok", usage=usage, estimated=estimated)
        headers = write_headers(call, plan.target, self._dropped)
        headers.append(JSON)
        if self.pending is not None:
            headers.extend(self.pending.headers)
        self._answer = Answer(200, headers, body=body)
        self._write(payload)

    def hand_over(self) -> None:
        """Let the call go on where one can wait: it was sent once, and what has come of it is in ``reply``."""
        self.reply.heard = None
        self._caller.hand_over(self)

    async def resume(self) -> IncomingResponse:
        """What the provider answers to what was sent. Raises as sending it does."""
        return await self.plan.transport.resume(self.reply, self.prepared.request, self._parts.timeouts)

    def hang_up(self) -> None:
        """The client has gone: stop the provider, and settle."""
        self._answer = None
        if self.call.settled:
            return
        self.reply.heard = None
        self.reply.abort()
        self._write(self.call.close("cancelled", status=499, usage=self.prepared.estimate(), estimated=True))

    def _write(self, payload: bytes) -> None:
        try:
            self._parts.ledger.books.settle_then(self.call.identity, payload, self)
        except Unavailable as fault:
            self.set_exception(fault)

    # How the journal says that the record is written: as it tells a future.

    def done(self) -> bool:
        """Whatever comes is to be told."""
        return False

    def set_result(self, result: None) -> None:
        """It is written."""
        answer, self._answer = self._answer, None
        if answer is not None:
            self._caller.answer(answer)

    def set_exception(self, exception: Unavailable) -> None:
        """It is not."""
        answer, self._answer = self._answer, None
        if answer is not None:
            if self.pending is not None:
                exception.beside = tuple(self.pending.headers)
            self._caller.refuse(exception)

    def exception(self) -> None:
        """Somebody has been told."""


class PlainCalls:
    """Begins them. One per process."""

    __slots__ = ("_budget", "_plans", "_rate_limits", "ledger", "timeouts")

    def __init__(
        self, plans: Plans, ledger: Ledger, rate_limits: RateLimits, budget: RetryBudget, timeouts: Timeouts
    ) -> None:
        self._plans = plans
        self._rate_limits = rate_limits
        self._budget = budget
        self.ledger = ledger
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
            target, transport = plan.target, plan.transport
            connection = transport.take(plan.origin)
            if connection is None:
                return None
            call: Call | None = None
            chat = prepared = pending = None
            try:
                edited = plan.edit(body)
                if edited is None:
                    chat = Chat(openai_chat.DIALECT, body)
                    prepared = chat.prepare(target, plan.candidate.model)
                    edited = prepared.request.body, prepared.dropped
                if plan.gates:
                    chat = chat or Chat(openai_chat.DIALECT, body)
                    pending = PendingCall(plan.snapshot, actor, "chat", chat, request_id, NOTHING)
                if pending is None or all(gate.admit_now(pending, plan.candidate, target) for gate in plan.gates):
                    disclosure = Disclosure(actor, request_id, target.endpoint.redaction)
                    opened = plan.opened if trace is None else msgspec.structs.replace(plan.opened, trace=trace)
                    call = self.ledger.begin(opened, request_id, disclosure, pending)
            finally:
                if call is None:
                    transport.give_back(connection)
                    if pending is not None:
                        pending.void()
            if call is None:
                return None
        except Exception:  # noqa: BLE001 - what is wrong, or a fault of ours: who serves all others meets it and tells it
            return None
        sent, dropped = edited
        plain = PlainCall(self, caller, actor, plan, body, dropped, chat, prepared, pending)
        plain.call = call
        if pending is not None:
            pending.opened = True
        call.provider = target.provider
        call.asked = plan.terms if prepared is None else prepared.terms
        self._budget.deposit(plan.candidate.entry.workspace_id, plan.candidate.entry.id)
        head = plan.write_head(len(sent))
        plain.reply = transport.begin(connection, head, sent, self.timeouts, plain.hear)
        return plain

    def note_limits(self, call: Call, reply: Reply) -> None:
        """Keep what the provider says of its rate limits."""
        if call.opened.configuration_id is not None:
            self._rate_limits.note(call.opened.configuration_id, reply.headers, self.ledger.clock())
