"""Who a realtime session belongs to and what serves it, as they are now; and whether it may have one more response."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.core.errors import TrunklineError
from trunkline.gateway.context import CallContext
from trunkline.gateway.disclosure import Disclosure
from trunkline.gateway.gates.gate import Gates
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.realtime.turn import Turn
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.resolve import Resolver
from trunkline.gateway.routing.target import Target, Targets
from trunkline.gateway.snapshot import Snapshot, SnapshotHolder


class Changed(TrunklineError):
    """The configuration that serves a session is another one now, so that the session must begin anew."""

    code = "configuration_changed"


class Admission:
    """Of one session. ``again`` gives its caller as it is now, and raises where it may not call any more."""

    __slots__ = (
        "_again",
        "_context",
        "_gates",
        "_holder",
        "_name",
        "_resolver",
        "_snapshot",
        "_targets",
        "actor",
        "candidate",
        "request_id",
        "target",
    )

    def __init__(
        self,
        holder: SnapshotHolder,
        resolver: Resolver,
        gates: Gates,
        targets: Targets,
        again: Callable[[], Actor],
        *,
        name: str,
        candidate: Candidate,
        target: Target,
        actor: Actor,
        request_id: str,
        context: CallContext,
    ) -> None:
        self._holder = holder
        self._resolver = resolver
        self._gates = gates
        self._targets = targets
        self._again = again
        self._name = name
        self._snapshot: Snapshot = holder.current
        self._context = context
        self.actor = actor
        self.candidate = candidate
        self.target = target
        self.request_id = request_id

    @property
    def disclosure(self) -> Disclosure:
        """What the caller is told of what the provider sends."""
        return Disclosure(self.actor, self.request_id, self.target.endpoint.redaction)

    def renew(self) -> None:
        """Go by what holds now. Raises what ends the session: a key that is revoked, a configuration that changed."""
        snapshot = self._holder.current
        self.actor = self._again()
        check(self.actor, "call")
        if snapshot is not self._snapshot:
            self.candidate = self._find(snapshot)
            self._snapshot = snapshot
        if not self._targets.is_good(self.target):
            self.target = self._targets.get(self.candidate)

    @property
    def is_current(self) -> bool:
        """Whether nothing has changed anywhere since it was renewed."""
        return self._holder.current is self._snapshot

    async def ask(self, turn: Turn) -> PendingCall:
        """Pass the gates with a response; gives what they hold for it, or raises what refuses it."""
        pending = PendingCall(self._snapshot, self.actor, "realtime", turn, self.request_id, self._context)
        try:
            await self._gates.enter(pending, (self.candidate,))
            await self._gates.admit(pending, self.candidate, self.target)
        except BaseException:
            pending.void()
            raise
        return pending

    def _find(self, snapshot: Snapshot) -> Candidate:
        """The candidate as it is in ``snapshot``."""
        mine = self.candidate
        for found in self._resolver.resolve(snapshot, self.actor, self._name):
            for one in (found, *found.otherwise):
                if one.entry.id != mine.entry.id:
                    continue
                if mine.entry.version_id is None and one.entry.revision != mine.entry.revision:
                    break
                entry = mine.entry if mine.entry.version_id is not None else one.entry
                return msgspec.structs.replace(mine, entry=entry, part=one.part)
        raise Changed("The configuration that serves this session has changed. Connect again.")
