"""Calls one by one: listed, looked into, followed as they come, and taken away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from trunkline.control.audit import Audit
from trunkline.control.capture.content import Content
from trunkline.control.page import Page, PageRequest, encode_cursor, read_place, write_place
from trunkline.control.record import read_record
from trunkline.control.usage.calls import make_scope, show_call
from trunkline.control.usage.record import (
    AttemptRecord,
    CallRecord,
    ContentRecord,
    EventFilter,
    EventRecord,
    SpanQuestion,
    VerdictRecord,
)
from trunkline.control.usage.span import Span, read_span, read_zone
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import NotFound
from trunkline.core.ids import is_id
from trunkline.core.price import Price
from trunkline.storage import names, violations
from trunkline.storage import usage as rows
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import UsageEventRow
from trunkline.storage.usage import UsageScope

FOLLOW_SECONDS: Final = 1.0
"""How often those who follow are told what is new."""

FOLLOWED_SECONDS: Final = 3_600
"""How long somebody follows at most: whoever still wants to connects again, with rights that still hold."""

_LOOK_BACK: Final = timedelta(minutes=15)
"""A call is listed where it began and known when it ends: none lasts longer."""

_AT_ONCE: Final = 500
"""Calls that are read at once, or told at once: whoever makes more in a second sees the newest."""

_CLOSE: Final = timedelta(days=1)
"""How far apart a call's beginning and the time in its id may be."""

FindPrice = Callable[[UsageEventRow], Price | None]
"""The price that a call was reckoned with, as far as that is still known."""


FindContent = Callable[[Actor, str], Awaitable[Content | None]]
"""What was captured of the call of that id, where the actor may read it."""


class Requests:
    """Reads the calls that an actor may see: see :func:`make_scope`."""

    def __init__(
        self,
        database: Database,
        audit: Audit,
        find_price: FindPrice,
        *,
        find_content: FindContent | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        follow_seconds: float = FOLLOW_SECONDS,
    ) -> None:
        self._database = database
        self._audit = audit
        self._find_price = find_price
        self._find_content = find_content
        self._now = now
        self._follow_seconds = follow_seconds

    async def list(
        self, actor: Actor, wanted: EventFilter, page: PageRequest, question: SpanQuestion
    ) -> Page[EventRecord]:
        """A page of them, the newest first; of all time, where ``question`` names no span."""
        access.check(actor, "usage.read")
        scope = make_scope(actor, wanted, self._read_span(question))
        after = None if page.after is None else read_place(page.after)
        async with self._database.report() as tx:
            found = await rows.list_events(tx, scope, after=after, limit=page.limit + 1)
        shown = found[: page.limit]
        cursor = encode_cursor(write_place(shown[-1].opened_at, shown[-1].id)) if len(found) > page.limit else None
        return Page([show_call(row) for row in shown], cursor)

    async def get(self, actor: Actor, identity: str) -> CallRecord:
        """The call of that id, or of the request of that id (``x-request-id``). Raises NotFound.

        Of several under one request id it is the newest that somebody asked for; the others are named.
        """
        access.check(actor, "usage.read")
        async with self._database.read() as tx:
            found = await self._find(tx, actor, identity)
            if not found:
                raise NotFound("There is no such request here.")
            row = next((one for one in found if one.purpose is None), found[0])
            broken = await violations.find_of_request(tx, row.workspace_id, row.request_id)
            called = await _find_names(tx, row)
        price = self._find_price(row)
        content = None if self._find_content is None else await self._find_content(actor, row.id)
        return CallRecord(
            event=show_call(row),
            tokens={name: value for name, value in row.usage.items() if isinstance(value, int)},
            cache_write_tokens=row.cache_write_tokens,
            rates=None if price is None or row.cost_nanos is None else _show_rates(price),
            attempts=tuple(_show_attempt(one) for one in row.attempts),
            verdicts=tuple(read_record(VerdictRecord, one, action=one.action_type) for one in broken),
            names=called,
            related=tuple(one.id for one in found if one is not row),
            content=None if content is None else ContentRecord(**msgspec.structs.asdict(content)),
        )

    async def follow(
        self, actor: Actor, wanted: EventFilter, seconds: float = FOLLOWED_SECONDS
    ) -> AsyncGenerator[EventRecord]:
        """Those that end within the next ``seconds``, in the order of their beginnings, about a second later."""
        access.check(actor, "usage.read")
        seen = {row.id for row in await self._read_recent(actor, wanted)}
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(self._follow_seconds)
            recent = await self._read_recent(actor, wanted)
            for row in reversed(recent):
                if row.id not in seen:
                    yield show_call(row)
            seen = {row.id for row in recent}

    async def export(
        self, actor: Actor, wanted: EventFilter, question: SpanQuestion, form: str
    ) -> AsyncGenerator[list[EventRecord]]:
        """All of them, the newest first, some hundred at a time. That it was asked for is in the audit log first."""
        access.check(actor, "usage.read")
        span = self._read_span(question)
        scope = make_scope(actor, wanted, span)
        await note_export(self._database, self._audit, actor, "requests.export", wanted, question, form)
        return self._read_all(scope)

    async def _read_all(self, scope: UsageScope) -> AsyncGenerator[list[EventRecord]]:
        after: tuple[datetime, str] | None = None
        while True:
            async with self._database.report() as tx:
                found = await rows.list_events(tx, scope, after=after, limit=_AT_ONCE)
            if found:
                yield [show_call(row) for row in found]
                after = found[-1].opened_at, found[-1].id
            if len(found) < _AT_ONCE:
                return

    async def _read_recent(self, actor: Actor, wanted: EventFilter) -> list[UsageEventRow]:
        scope = make_scope(actor, wanted, Span(self._now() - _LOOK_BACK, None))
        async with self._database.read() as tx:
            return await rows.list_events(tx, scope, after=None, limit=_AT_ONCE)

    async def _find(self, tx: Transaction, actor: Actor, identity: str) -> list[UsageEventRow]:
        scope = make_scope(actor, EventFilter(), Span(None, None))
        found = await rows.find_events(tx, scope, request_id=identity)
        if found or not is_id(identity):
            return found
        made = datetime.fromtimestamp(int(identity.replace("-", "")[:12], 16) / 1000, UTC)
        around = msgspec.structs.replace(scope, since=made - _CLOSE, until=made + _CLOSE)
        return await rows.find_events(tx, around, event_id=identity.lower())

    def _read_span(self, question: SpanQuestion) -> Span:
        whole = question.period is None and question.since is None and question.until is None
        period = "all" if whole else question.period
        return read_span(period, question.since, question.until, self._now(), read_zone(question.time_zone))


async def note_export(
    database: Database,
    audit: Audit,
    actor: Actor,
    action: str,
    wanted: EventFilter,
    question: SpanQuestion,
    form: str,
) -> None:
    """Who takes what away stands in the audit log before the first row leaves."""
    asked = {name: value for one in (wanted, question) for name, value in msgspec.structs.asdict(one).items()}
    after = {name: value for name, value in asked.items() if value not in (None, False, ())} | {"format": form}
    async with database.write() as tx:
        await audit.record(tx, actor, action, target=("usage", None), after=after)


async def _find_names(tx: Transaction, row: UsageEventRow) -> dict[str, str]:
    ids = {
        "configuration": row.configuration_id,
        "version": row.version_id,
        "key": row.key_id,
        "application": row.application_id,
        "route": row.route_id,
    }
    found = await names.find(tx, row.workspace_id, [(kind, each) for kind, each in ids.items() if each is not None])
    found |= await names.find_people(tx, [row.user_id])
    called = {kind: name for (kind, _), name in found.items()}
    if row.unfit_route_id is not None:
        unfit = ("route", row.unfit_route_id)
        name = (await names.find(tx, row.workspace_id, [unfit])).get(unfit)
        called |= {} if name is None else {"unfitRoute": name}
    return called


def _show_attempt(attempt: Mapping[str, Any]) -> AttemptRecord:
    return read_record(
        AttemptRecord,
        None,
        **{name: attempt.get(name) for name in ("configuration_id", "version_id", "status", "error", "reason")},
        provider=attempt.get("provider", ""),
        model=attempt.get("model", ""),
        **{f"{name}_ms": attempt.get(f"{name}_us", 0) / 1000 for name in ("began", "duration", "waited")},
    )


def _show_rates(price: Price) -> dict[str, Any]:
    """What it says, without what it leaves out: rates for a million tokens and fees, in nano-dollars."""
    return {name: value for name, value in msgspec.to_builtins(price).items() if value not in (None, 0, (), [], "")}
