"""A store of answers in memory."""

from __future__ import annotations

import msgspec

from trunkline.core.actor import Actor
from trunkline.gateway.exchanges.kept_response import KeptResponse


class KeptAnswers:
    """A store of answers in memory, with a switch for a database that is down."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}
        self.claimed: set[tuple[str, str]] = set()
        self.fault: Exception | None = None

    def _reach(self) -> None:
        if self.fault is not None:
            raise self.fault

    async def put(self, actor: Actor, response_id: str, kept: KeptResponse) -> None:
        self._reach()
        self.kept[actor.user_id, response_id] = msgspec.msgpack.encode(kept)

    async def find(self, actor: Actor, response_id: str) -> KeptResponse | None:
        self._reach()
        found = self.kept.get((actor.user_id, response_id))
        return None if found is None else msgspec.msgpack.decode(found, type=KeptResponse)

    async def drop(self, actor: Actor, response_id: str) -> None:
        self._reach()
        self.kept.pop((actor.user_id, response_id), None)

    async def claim(self, actor: Actor, response_id: str) -> bool:
        self._reach()
        place = (actor.user_id, response_id)
        first = place not in self.claimed
        self.claimed.add(place)
        return first
