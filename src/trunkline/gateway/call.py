"""One call's books: opened before anything is sent, settled once, whatever happens in between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Literal, Protocol

import msgspec

from trunkline.core.account_redaction import hide_accounts
from trunkline.core.actor import Actor
from trunkline.core.bill import UNKNOWN, Bill, bill_whole, find_price, make_bill
from trunkline.core.chat import Usage
from trunkline.core.chat_events import Failure
from trunkline.core.errors import TrunklineError, UpstreamError, UpstreamKind
from trunkline.core.ids import id_bytes, new_id_pair
from trunkline.core.model_traits import ModelTraits
from trunkline.core.price import Price
from trunkline.core.price_override import PriceOverride, apply_overrides, find_override
from trunkline.core.terms import USUAL, Terms, settle_terms
from trunkline.core.usage_bound import SMALLEST_WINDOW, believe
from trunkline.core.usage_event import Attempt, Opened, Operation, Outcome, UsageEvent
from trunkline.gateway.call_observer import CallObserver
from trunkline.gateway.context import NOTHING, CallContext
from trunkline.gateway.disclosure import NO_KEYS, Disclosure
from trunkline.gateway.hold import Hold
from trunkline.gateway.journal.syncer import Waiter
from trunkline.gateway.journal.template import RecordTemplate
from trunkline.gateway.prices import Prices
from trunkline.gateway.routing.candidate import Candidate
from trunkline.providers.provider import Provider

REASON_LENGTH: Final = 500

_NO_HOLDS: Final[Mapping[object, Hold]] = {}


class Books(Protocol):
    """The journal, as a call sees it. ``settle`` is done when the record would survive the death of this process."""

    def open(self, event_id: bytes, payload: bytes, template: RecordTemplate | None = None) -> None:
        """Write down that a call begins. Raises :class:`Unavailable` when nothing can be written.

        With a ``template`` the ``payload`` is one that it wrote. The call is sent when that is written.
        """
        ...

    def start_after(self, starter: Waiter) -> None:
        """Tell ``starter`` when what was recorded last would survive the death of this process, or would not."""
        ...

    async def written(self) -> None:
        """Return when all that was recorded would survive. Raises :class:`Unavailable` when that cannot be."""
        ...

    def settle(self, event_id: bytes, payload: bytes) -> Awaitable[None]:
        """Write down how it ended."""
        ...

    def settle_then(
        self, event_id: bytes, payload: bytes, waiter: Waiter, template: RecordTemplate | None = None
    ) -> None:
        """The same for one who is told by a call. Raises :class:`Unavailable` when nothing can be promised."""
        ...


class Held(Protocol):
    """What gates hold for a call: see :class:`~trunkline.gateway.gates.pending_call.PendingCall`."""

    holds: dict[object, Hold]
    leases: dict[str, str]
    held_nanos: int | None


class Ledger:
    """Opens and settles calls. ``clock`` is seconds since the epoch, ``ticks`` monotonic seconds.

    ``books`` hold what must not be lost; ``observers`` are told of each call besides. ``window`` tells how many tokens
    a model takes, where that is known, ``traits`` what else it can do. ``refused`` hears of each call that is in no
    books because nothing of it was sent, with the id of its request.
    """

    __slots__ = (
        "books",
        "clock",
        "encoder",
        "observers",
        "overrides",
        "prices",
        "refused",
        "ticks",
        "traits",
        "window",
    )

    def __init__(
        self,
        books: Books,
        prices: Prices,
        observers: tuple[CallObserver, ...],
        *,
        clock: Callable[[], float],
        ticks: Callable[[], float],
        window: Callable[[Provider, str], int | None] | None = None,
        traits: Callable[[Provider, str], ModelTraits | None] | None = None,
        overrides: Callable[[str], Sequence[PriceOverride]] = lambda _: (),
        refused: Callable[[TrunklineError, str], None] = lambda _error, _request_id: None,
    ) -> None:
        self.books = books
        self.prices = prices
        self.observers = observers
        self.clock = clock
        self.ticks = ticks
        self.window = window
        self.traits = traits
        self.overrides = overrides
        self.refused = refused
        self.encoder = msgspec.msgpack.Encoder()

    def open(
        self,
        actor: Actor,
        candidate: Candidate,
        operation: Operation,
        *,
        request_id: str,
        requested_model: str,
        streamed: bool,
        context: CallContext = NOTHING,
        disclosure: Disclosure | None = None,
        pending: Held | None = None,
    ) -> Call:
        """A call to ``candidate`` begins; nothing has been sent yet. What is held in ``pending`` is told of its end."""
        described = self.describe(
            actor, candidate, operation, requested_model=requested_model, streamed=streamed, context=context
        )
        return self.begin(described, request_id, disclosure or Disclosure(actor, request_id, NO_KEYS), pending)

    def describe(
        self,
        actor: Actor,
        candidate: Candidate,
        operation: Operation,
        *,
        requested_model: str,
        streamed: bool,
        context: CallContext = NOTHING,
    ) -> UsageEvent:
        """What the books say of such calls before they are made, without an id and a time."""
        entry, route, feature = candidate.entry, candidate.route, candidate.feature
        return UsageEvent(
            id="",
            opened_at=0,
            request_id="",
            operation=operation,
            workspace_id=actor.workspace_id,
            user_id=actor.user_id,
            key_id=actor.key_id,
            application_id=actor.application_id or entry.application_id,
            configuration_id=_configuration_id(candidate),
            version_id=entry.version_id,
            route_id=route.id if route is not None else None,
            unfit_route_id=candidate.unfit_route.id if candidate.unfit_route is not None else None,
            feature=feature.slug if feature is not None else None,
            conversation_id=context.conversation_id,
            phase_id=candidate.phase_id,
            unit=candidate.unit,
            purpose=context.purpose,
            tags=context.tags,
            trace=context.trace,
            revision=entry.revision,
            provider=entry.provider,
            model=candidate.model,
            requested_model=requested_model,
            streamed=streamed,
        )

    def begin(
        self, described: UsageEvent, request_id: str, disclosure: Disclosure, pending: Held | None = None
    ) -> Call:
        """A call that is ``described`` begins; nothing has been sent yet. ``pending`` is as in :meth:`open`.

        Raises :class:`Unavailable` as the books do.
        """
        name, identity = new_id_pair()
        opened_at = int(self.clock() * 1_000_000)
        if pending is None or not pending.leases:
            opened = msgspec.structs.replace(described, id=name, opened_at=opened_at, request_id=request_id)
        else:
            opened = msgspec.structs.replace(
                described,
                id=name,
                opened_at=opened_at,
                request_id=request_id,
                leases=pending.leases,
                held_nanos=pending.held_nanos,
            )
        call = self._begin(identity, opened, disclosure)
        if pending is not None:
            call.holds = pending.holds
        return call

    def resume(self, opened: Opened, provider: Provider, disclosure: Disclosure) -> Call:
        """A call that is in the books goes on: its answer is made in the background, and its end may be seen now."""
        event = UsageEvent(**msgspec.structs.asdict(opened))
        call = self._begin(id_bytes(opened.id), event, disclosure)
        call.provider = provider
        call.part = "look"
        return call

    def believe(self, told: Usage | None, provider: Provider | None, model: str) -> Usage | None:
        """See :meth:`Call.believe`."""
        if told is None:
            return None
        given, made = told.input, told.output
        if given >= 0 <= made and given + made <= SMALLEST_WINDOW and told == Usage(given, made):
            # Nearly every one: no bound is tighter.
            return told
        window = self.window
        known = None
        # A window tightens the bound for what is above the smallest one's; most calls need not ask for it.
        if window is not None and provider is not None and told.total > SMALLEST_WINDOW:
            known = window(provider, model)
        return believe(told, known)

    def make_bill(
        self,
        opened: UsageEvent,
        opened_at: int,
        provider: Provider | None,
        answered: str,
        usage: Usage,
        asked: Terms,
        unmetered: str | None = None,
    ) -> Bill:
        """What a call cost that was ``opened`` at that moment (microseconds since the epoch).

        By the model that the answer names: the state of it that served, and where the name that was asked for is
        free (a deployment's, an alias) the only one with a price. By the one that was asked for where that has none.

        https://learn.microsoft.com/azure/ai-foundry/openai/how-to/create-resource
        """
        if provider is None:
            return make_bill(lambda _: None, (), usage)
        prices = self.prices
        told = usage.tier is not None or usage.speed is not None or usage.geo is not None
        terms = settle_terms(usage, asked) if told else asked
        overrides = self.overrides(opened.workspace_id)
        if not overrides and (terms is USUAL or terms == USUAL) and not usage.rounds and unmetered is None:
            # Nearly every call.
            price = (prices.find(provider, answered) if answered else None) or prices.find(provider, opened.model)
            return bill_whole(price, usage)
        models = (answered, opened.model)
        if overrides:
            found = find_override(overrides, provider.id, models, terms, opened_at)
            if found is not None:
                price = found.lay_over(find_price(lambda model: prices.find(provider, model, terms), models))
                return make_bill(lambda _: price, models, usage, unmetered=unmetered)

        def find(model: str) -> Price | None:
            return prices.find(provider, model) if terms == USUAL else prices.find(provider, model, terms)

        return make_bill(find, models, usage, unmetered=unmetered)

    def take_up(self, identity: bytes, opened: UsageEvent, started: float, disclosure: Disclosure) -> Call:
        """A call goes on that is ``opened`` in the books, and began at ``started`` (ticks)."""
        call = Call(self, identity, opened, disclosure)
        call.started = started
        return call

    def _begin(self, identity: bytes, opened: UsageEvent, disclosure: Disclosure) -> Call:
        # What has no value yet is not written, so this is what :class:`Opened` would be.
        self.books.open(identity, self.encoder.encode(opened))
        for observer in self.observers:
            observer.opened(opened)
        return Call(self, identity, opened, disclosure)


class Call:
    """One call under way."""

    __slots__ = (
        "answered",
        "asked",
        "attempts",
        "bill",
        "cached",
        "disclosure",
        "estimated",
        "first_token_us",
        "holds",
        "identity",
        "ledger",
        "opened",
        "part",
        "provider",
        "reference",
        "saved_nanos",
        "settled",
        "started",
        "usage",
    )

    def __init__(self, ledger: Ledger, identity: bytes, opened: UsageEvent, disclosure: Disclosure) -> None:
        self.ledger = ledger
        self.disclosure = disclosure
        """What the caller is told of failures; replaced when the target, and so the key, is known."""
        self.identity = identity
        self.opened = opened
        self.started = ledger.ticks()
        self.attempts: list[Attempt] = []
        self.holds: Mapping[object, Hold] = _NO_HOLDS
        """What gates hold for it, by the gate."""
        self.provider: Provider | None = None
        self.part: Literal["call", "end", "look"] = "call"
        self.usage = Usage()
        self.answered = ""
        """The model that the answer names."""
        self.asked = USUAL
        """The terms that were asked for."""
        self.bill = UNKNOWN
        self.estimated = False
        self.first_token_us: int | None = None
        self.reference: tuple[Provider, str] | None = None
        """What would have served it by its route's list, where that is something else, and the model."""
        self.cached = False
        self.saved_nanos: int | None = None
        self.settled = False

    def end(self) -> None:
        """The end of an answer that was made in the background is seen, and accounted for now."""
        if self.part == "look":
            self.part = "end"

    @property
    def cost_nanos(self) -> int | None:
        """What the call cost; None as long as it is not settled, and where that is not known."""
        return self.bill.cost_nanos

    def elapsed_us(self) -> int:
        """Microseconds since the call was opened."""
        return int((self.ledger.ticks() - self.started) * 1_000_000)

    def turn_to(self, candidate: Candidate, provider: Provider, pending: Held) -> None:
        """From now on the call goes to ``candidate``, which the books will name; failed attempts keep their own.

        ``pending`` is what is held for it there.
        """
        entry = candidate.entry
        self.provider = provider
        self.opened = msgspec.structs.replace(
            self.opened,
            configuration_id=_configuration_id(candidate),
            version_id=entry.version_id,
            phase_id=candidate.phase_id,
            unit=candidate.unit,
            revision=entry.revision,
            provider=entry.provider,
            model=candidate.model,
            leases=pending.leases,
            held_nanos=pending.held_nanos,
        )

    def failed(self, since: float, error: UpstreamError) -> None:
        """Note an attempt that failed, which began at ``since`` (ticks)."""
        self._note(since, error.kind, error.status, f"{error.message} {error.detail or ''}".strip())

    def waited(self, seconds: float) -> None:
        """Note for how long the next attempt was waited for after the last one."""
        self.attempts[-1] = msgspec.structs.replace(self.attempts[-1], waited_us=int(seconds * 1_000_000))

    def broke_off(self, failure: Failure) -> None:
        """Note that the answer broke off in the middle."""
        self._note(self.started, failure.kind, None, failure.message)

    def _note(self, since: float, kind: UpstreamKind, status: int | None, words: str) -> None:
        self.attempts.append(
            Attempt(
                configuration_id=self.opened.configuration_id,
                provider=self.opened.provider,
                model=self.opened.model,
                status=status,
                error=kind,
                reason=hide_accounts(words)[:REASON_LENGTH],
                began_us=int((since - self.started) * 1_000_000),
                duration_us=int((self.ledger.ticks() - since) * 1_000_000),
                version_id=self.opened.version_id,
                phase_id=self.opened.phase_id,
                unit=self.opened.unit,
            )
        )

    def first_token(self) -> None:
        """The first piece of the answer is on its way to the client."""
        if self.first_token_us is None:
            self.first_token_us = self.elapsed_us()

    def believe(self, told: Usage | None) -> Usage | None:
        """What the provider told of this call, unless it cannot be: see :mod:`trunkline.core.usage_bound`."""
        return self.ledger.believe(told, self.provider, self.opened.model)

    def settle(
        self,
        outcome: Outcome,
        *,
        status: int = 200,
        error: TrunklineError | str | None = None,
        usage: Usage | None = None,
        estimated: bool = False,
        unmetered: str | None = None,
    ) -> Awaitable[None]:
        """Close the books. Done when the record is safe; must be called exactly once, and no :meth:`close` besides.

        ``usage`` None: nothing was used, be it that the call failed or that a gate answered it. ``unmetered`` names
        what the call is billed by where ``usage`` does not tell it: see :func:`make_bill`.
        """
        record = self.close(outcome, status=status, error=error, usage=usage, estimated=estimated, unmetered=unmetered)
        return self.ledger.books.settle(self.identity, record)

    def close(
        self,
        outcome: Outcome,
        *,
        status: int = 200,
        error: TrunklineError | str | None = None,
        usage: Usage | None = None,
        estimated: bool = False,
        unmetered: str | None = None,
    ) -> bytes:
        """As :meth:`settle`, but for the books: gives the record that is still to be written into them, for callers
        that do not wait. Observers and gates know of the end now."""
        assert not self.settled
        self.settled = True
        self.estimated = estimated
        ledger = self.ledger
        if usage is not None:
            self.usage = msgspec.structs.replace(usage, estimated=False) if usage.estimated else usage
        if usage is None:
            self.bill = Bill(0)
        else:
            opened = self.opened
            self.bill = ledger.make_bill(
                opened, opened.opened_at, self.provider, self.answered, self.usage, self.asked, unmetered
            )
        if isinstance(error, TrunklineError):
            error = error.kind if isinstance(error, UpstreamError) else error.code
        # Ten times as quick as naming all that is known already.
        event = msgspec.structs.replace(
            self.opened,
            outcome=outcome,
            status=status,
            error=error,
            usage=self.usage,
            usage_estimated=estimated,
            cost_nanos=self.bill.cost_nanos,
            price_source=self.bill.source,
            price_missing=self.bill.missing,
            cached=self.cached,
            saved_nanos=self._find_saved() if self.reference is not None else self.saved_nanos,
            duration_us=self.elapsed_us(),
            first_token_us=self.first_token_us,
            answered=None if self.answered == self.opened.model else self.answered or None,
            part=self.part,
            attempts=tuple(self.attempts),
        )
        for observer in ledger.observers:
            observer.settled(event)
        for hold in self.holds.values():
            hold.settle(event)
        return ledger.encoder.encode(event)

    def _find_saved(self) -> int | None:
        """What the same tokens would have cost more at the reference, in nano-dollars; None where that is unknown."""
        reference, cost = self.reference, self.bill.cost_nanos
        if self.cached or reference is None or cost is None or self.usage == Usage():
            return self.saved_nanos
        provider, model = reference
        if (provider.id, model) == (self.opened.provider, self.opened.model):
            return None
        # What a provider says that its own answer cost says nothing of another one's.
        usage = msgspec.structs.replace(self.usage, cost_nanos=None)
        overrides, at = self.ledger.overrides(self.opened.workspace_id), self.opened.opened_at

        def find(name: str) -> Price | None:
            return apply_overrides(self.ledger.prices.find(provider, name), overrides, provider.id, name, at)

        other = make_bill(find, (model,), usage).cost_nanos
        return None if other is None else other - cost


def _configuration_id(candidate: Candidate) -> str | None:
    """None for a feature that has a credential of its own: no configuration serves it then."""
    entry = candidate.entry
    return entry.id if candidate.feature is None or entry.id in candidate.part.configurations else None
