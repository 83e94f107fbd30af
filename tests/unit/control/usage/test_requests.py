"""Requests as they come."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from tests.bookkeeping import keep, make_audit
from tests.unit.control.usage.settled import START, event

from trunkline.control.usage.record import EventFilter
from trunkline.control.usage.requests import Requests
from trunkline.core.actor import Actor
from trunkline.storage.database import Database

NOW = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=START + 60_000_000)
ANN = Actor(user_id="u", workspace_id="w", role="member")


async def test_each_request_is_told_once_when_it_has_ended(database: Database) -> None:
    before = event("w", opened_at=START + 5)
    await keep(database, [before])
    requests = Requests(database, make_audit(database), lambda _: None, now=lambda: NOW, follow_seconds=0.001)
    told = requests.follow(ANN, EventFilter(model="new"))
    first = asyncio.ensure_future(anext(told))
    made: list[str] = []
    while not first.done():
        # One that began before the last one that was told, and what is not asked for or somebody else's.
        some = [event("w", opened_at=START + 1, model="new"), event("w"), event("w", user_id="v", model="new")]
        made.append(some[0].id)
        await keep(database, [*some, event("other", model="new")])
        await asyncio.sleep(0)
    seen = [first.result().id]
    while len(seen) < len(made) - made.index(seen[0]):
        seen.append((await anext(told)).id)
    assert sorted(seen) == sorted(made[made.index(seen[0]) :])
    await told.aclose()
