"""Gives answers again that were given before, where a route asks for that."""

from __future__ import annotations

from typing import Final

from trunkline.core.actor import Actor
from trunkline.core.caching import NO_CACHE, NO_STORE
from trunkline.gateway.answer import Answer, write_usd
from trunkline.gateway.caching.answer_cache import AnswerCache
from trunkline.gateway.caching.cache_key import find_key
from trunkline.gateway.caching.recording import Recording, Replay
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import Snapshot

STATE: Final = b"x-trunkline-cache"
SAVED: Final = b"x-trunkline-saved-usd"


class CacheGate:
    """Implements :class:`~trunkline.gateway.gates.gate.Gate`. The last of all gates: nobody gets by one what another
    would refuse.
    """

    def __init__(self, cache: AnswerCache) -> None:
        self._cache = cache

    def concerns(self, snapshot: Snapshot, actor: Actor, candidate: Candidate) -> bool:
        """See :class:`~trunkline.gateway.gates.gate.Gate`."""
        return candidate.route is not None and candidate.route.caching is not None

    async def enter(self, call: PendingCall) -> None:
        """See :class:`~trunkline.gateway.gates.gate.Gate`. What is asked for is known with the candidate alone."""

    async def admit(self, call: PendingCall, candidate: Candidate, target: Target) -> Answer | None:
        """The answer that is kept for the call. Where there is none, that of the provider will be kept."""
        call.recording = None
        route = candidate.route
        caching = route.caching if route is not None else None
        if caching is None or call.operation is None or call.context.purpose is not None:
            return None
        directives = call.context.cache_control
        key = find_key(caching, call.actor, candidate, call.exchange)
        if key is None or (NO_CACHE in directives and NO_STORE in directives):
            return None
        found = None if NO_CACHE in directives else self._cache.find(key, caching.ttl_seconds)
        call.headers[:] = [field for field in call.headers if field[0] != STATE]
        if found is None:
            call.headers.append((STATE, b"miss"))
            if NO_STORE not in directives:
                call.recording = call.holds[self] = Recording(self._cache, key)
            return None
        call.headers.append((STATE, b"hit; age=%d" % (self._cache.clock() - found.stored_at)))
        if found.cost_nanos is not None:
            call.headers.append((SAVED, write_usd(found.cost_nanos)))
        headers = list(found.headers)
        if found.streamed:
            answer = Answer(200, headers, relay=Replay(found.pieces))
        else:
            answer = Answer(200, headers, body=b"".join(found.pieces))
        answer.cached = True
        answer.saved_nanos = found.cost_nanos
        return answer
