"""Holds calls to the limits that concern them: requests and tokens in a time, and calls that run at the same time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from math import ceil
from typing import Final

from trunkline.core.actor import Actor
from trunkline.core.errors import TooLarge, TooMany
from trunkline.core.limit import write_tokens
from trunkline.gateway.context import OURS
from trunkline.gateway.gates.bound_limits import BoundLimits
from trunkline.gateway.gates.gate import AdmitNow
from trunkline.gateway.gates.limit_book import LimitBook
from trunkline.gateway.gates.limit_fields import write_fields
from trunkline.gateway.gates.limit_hold import LimitHold, SharedMeters
from trunkline.gateway.gates.limit_rule import ALONE, POLICY, STATE, LimitRule, LimitSet, Share, Verdict, Want
from trunkline.gateway.gates.local_meters import LocalMeters
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import LimitEntry, Snapshot, WorkspacePart

_BOOKS: Final = 10_000
"""Workspaces whose limits are kept compiled."""

_PLACE_SECONDS: Final = 1.0
"""When a call that found no place among parallel ones should come back: nobody can tell when one ends."""


class LimitGate:
    """Implements :class:`~trunkline.gateway.gates.gate.ImmediateGate`.

    A call takes from all the limits that concern it and its candidate, or from none. ``shared`` counts for all
    processes together; where there is none, or while it cannot, this one holds calls to its ``share`` of each limit.
    ``clock`` is monotonic seconds.
    """

    def __init__(
        self,
        *,
        share: Share = ALONE,
        shared: SharedMeters | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._share = share
        self._shared = shared
        self._local = LocalMeters(clock)
        self._books: dict[str, LimitBook] = {}

    @property
    def fault(self) -> str | None:
        """Why limits are not counted together with other processes, where they should be."""
        return self._shared.fault if self._shared is not None else None

    def concerns(self, snapshot: Snapshot, actor: Actor, candidate: Candidate) -> bool:
        """See :class:`~trunkline.gateway.gates.gate.Gate`."""
        return bool(candidate.part.limits) and bool(self._find(actor, candidate).buckets)

    async def enter(self, call: PendingCall) -> None:
        """See :class:`~trunkline.gateway.gates.gate.Gate`. All is taken at once, when the candidate is known."""

    async def admit(self, call: PendingCall, candidate: Candidate, target: Target) -> None:
        """Return when the call may go to ``candidate``.

        Raises :class:`TooMany`, which names the limit and says when to come back, and :class:`TooLarge` for more
        tokens than a limit ever lets in.
        """
        # What costs nothing is not limited; nor is what a policy asks, whose answer decides over the call.
        if call.operation is None or call.context.purpose in OURS:
            return
        hold = self._find_hold(call)
        wants = hold.find_wants(self._find(call.actor, candidate).buckets)
        _require_size(wants)
        taken = None
        if self._shared is not None and self._shared.fault is None and wants:
            taken = await self._shared.take(wants)
        verdict, meters = taken or (self._local.take(wants), self._local)
        _tell(call, hold, wants, verdict)
        if verdict.refused is not None:
            raise _refusal(wants[verdict.refused].bucket.rule, verdict.wait)
        call.holds[self] = hold
        hold.add(meters, candidate.entry.id, wants, verdict.told)

    def bind(self, actor: Actor, candidate: Candidate, target: Target) -> AdmitNow:
        """See :class:`~trunkline.gateway.gates.gate.ImmediateGate`."""
        return BoundLimits(self, self._find(actor, candidate), self._local, self._shared).admit

    async def take_request(self, snapshot: Snapshot, actor: Actor) -> None:
        """Count a request that goes to no model, by the limits of requests that concern ``actor``.

        Raises :class:`TooMany`, which names the limit and says when to come back.
        """
        part = snapshot.parts.get(actor.workspace_id)
        if part is None or not part.limits:
            return
        buckets = self._find_book(part).find_alone(actor).buckets
        wants = [Want(bucket, 1) for bucket in buckets if not (bucket.rule.parallel or bucket.rule.tokens)]
        taken = None
        if self._shared is not None and self._shared.fault is None and wants:
            taken = await self._shared.take(wants)
        verdict = taken[0] if taken is not None else self._local.take(wants)
        if verdict.refused is not None:
            raise _refusal(wants[verdict.refused].bucket.rule, verdict.wait)

    def sweep(self) -> None:
        """Forget what is no longer used up."""
        self._local.sweep()

    def _find(self, actor: Actor, candidate: Candidate) -> LimitSet:
        return self._find_book(candidate.part).find(actor, candidate)

    def _find_book(self, part: WorkspacePart) -> LimitBook:
        book = self._books.get(part.id)
        if book is None or book.limits is not part.limits:
            if len(self._books) >= _BOOKS:
                self._books.clear()
            if book is not None:
                self._keep_used(book.limits, part.limits)
            book = self._books[part.id] = LimitBook(part.limits, self._make_rule)
        return book

    def _keep_used(self, before: Iterable[LimitEntry], after: Iterable[LimitEntry]) -> None:
        """What was used of a limit is used of it, too, when its amount has changed."""
        amounts = {entry.id: entry.amount for entry in before if entry.measure != "parallel"}
        for entry in after:
            amount = amounts.get(entry.id, entry.amount)
            if amount != entry.amount:
                self._local.stretch(f"{entry.id}:", amount / entry.amount, self._make_rule(entry).tolerance)

    def _make_rule(self, entry: LimitEntry) -> LimitRule:
        return LimitRule(entry, self._share)

    def _find_hold(self, call: PendingCall) -> LimitHold:
        held = call.holds.get(self)
        if not isinstance(held, LimitHold):
            return LimitHold(call.exchange)
        if call.opened:
            held.leave()
        return held


def _tell(call: PendingCall, hold: LimitHold, wants: list[Want], verdict: Verdict) -> None:
    """The fields of the answer: those of the candidate before are no longer true."""
    call.headers[:] = [field for field in call.headers if field[0] not in {POLICY, STATE}]
    told = dict(hold.told.values())
    told.update(zip([want.bucket.rule for want in wants], verdict.told, strict=True))
    call.headers += write_fields(told)


def _require_size(wants: list[Want]) -> None:
    """Raise :class:`TooLarge` where one is more than its limit ever lets in."""
    for bucket, cost in wants:
        rule = bucket.rule
        if rule.tokens and cost > rule.burst:
            raise TooLarge(
                f"{rule.words} lets in {write_tokens(rule.burst)} at once, and this request has about {cost:,}."
                " Send less, or have the limit raised."
            )


def _refusal(rule: LimitRule, wait: float | None) -> TooMany:
    seconds = _PLACE_SECONDS if wait is None else max(ceil(wait), 1)
    advice = (
        "Wait until one of the running requests has ended."
        if rule.parallel
        else f"Try again in {_write_seconds(int(seconds))}."
    )
    return TooMany(f"{rule.words} is reached. {advice}", retry_after=seconds, tokens=rule.tokens)


def _write_seconds(seconds: int) -> str:
    """``1 second``, ``12 seconds``, ``5 minutes``, ``2 hours``: rounded up."""
    for size, name in ((3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= 2 * size or size == 1:
            number = ceil(seconds / size)
            return f"{number} {name}{'s' if number != 1 else ''}"
    raise AssertionError
