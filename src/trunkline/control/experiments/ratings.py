"""Ratings: what people thought of answers, which is what experiments know of their quality."""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec

from trunkline.control.audit import Audit
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.storage import ratings
from trunkline.storage.database import Database
from trunkline.storage.tables import now

LOWEST: Final = 1
HIGHEST: Final = 5

WAIT_SECONDS: Final = 3.0
"""A call is in the books at most two seconds after its answer; whoever rates at once is waited for."""

_LOOK_SECONDS: Final = 0.1
_TARGET_LENGTH: Final = 64


class GivenRating(msgspec.Struct, frozen=True):
    """A rating as it is kept now; ``replaced`` when the same user had given another before."""

    request_id: str
    rating: int
    replaced: bool


class Ratings:
    """The ratings of answers by those who asked: see :func:`trunkline.core.access.may_rate`."""

    def __init__(self, database: Database, audit: Audit, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._database = database
        self._audit = audit
        self._wait_seconds = wait_seconds

    async def rate(self, actor: Actor, request_id: str, score: int) -> GivenRating:
        """Keep what ``actor`` thinks of the answer to ``request_id``, in the place of what they thought before.

        Raises InvalidInput unless ``score`` is from 1 to 5, and NotFound unless the actor has had an answer of that id:
        one's own, the application's for its key, any of the workspace for an admin.
        """
        access.check(actor, "ratings.create")
        if not LOWEST <= score <= HIGHEST:
            raise InvalidInput.of("rating", f"must be from {LOWEST} to {HIGHEST}, not {score}.")
        await self._find(actor, request_id)
        place = (actor.workspace_id, request_id, actor.user_id)
        async with self._database.write() as tx:
            before = await ratings.find_score(tx, *place)
            if before != score:
                await ratings.put(tx, *place, score=score, at=now())
                await self._audit.record(
                    tx,
                    actor,
                    "ratings.create",
                    target=("request", request_id[:_TARGET_LENGTH]),
                    before=None if before is None else {"rating": before},
                    after={"rating": score},
                )
        return GivenRating(request_id, score, replaced=before is not None)

    async def _find(self, actor: Actor, request_id: str) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._wait_seconds
        while not await self._may_rate(actor, request_id):
            if loop.time() >= until:
                async with self._database.read() as tx:
                    hidden = await ratings.exists(tx, request_id)
                raise NotFound(
                    "There is no finished request of that id here. Its id is in the header x-request-id of the answer;"
                    " one that still runs can be rated when it has ended.",
                    code="hidden" if hidden else None,
                )
            await asyncio.sleep(_LOOK_SECONDS)

    async def _may_rate(self, actor: Actor, request_id: str) -> bool:
        async with self._database.read() as tx:
            askers = await ratings.find_askers(tx, actor.workspace_id, request_id)
        return any(access.may_rate(actor, user_id=user, application_id=application) for user, application in askers)
