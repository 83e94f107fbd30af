"""The audit log: who changed, tested or was refused what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final, Literal

from trunkline.control.audit_chain.seal import AuditSeal
from trunkline.control.page import PART, Page, PageRequest, encode_cursor
from trunkline.control.rate_limit import RateLimit
from trunkline.control.record import read_record
from trunkline.control.request_context import current_request_context
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonValue
from trunkline.core.errors import TooMany
from trunkline.core.ids import new_id
from trunkline.storage import audit as rows
from trunkline.storage import names, records
from trunkline.storage.audit import AuditFilter
from trunkline.storage.database import Database, Transaction
from trunkline.storage.names import Named
from trunkline.storage.tables import AuditEvent
from trunkline.storage.tables import now as moment

Outcome = Literal["ok", "failed", "refused"]

Target = tuple[str, str | None]
"""What it was done to: its kind (``configuration``) and its id."""

_REFUSALS_PER_MINUTE: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One event, as people see it."""

    id: str
    at: datetime
    workspace_id: str | None
    actor_kind: str
    actor_id: str | None
    key_id: str | None
    action: str
    target_type: str
    target_id: str | None
    outcome: str
    before: dict[str, JsonValue] | None
    after: dict[str, JsonValue] | None
    address: str | None
    request_id: str | None
    actor_name: str | None = None
    key_name: str | None = None
    target_name: str | None = None


class Audit:
    """Writes and reads the log. Events are never changed or deleted by anything here.

    ``before`` and ``after`` hold only the fields that changed, and never a secret: one that changed appears as
    ``{"mask": …, "fingerprint": …}``.
    """

    def __init__(self, database: Database, seal: AuditSeal) -> None:
        self._database = database
        self._seal = seal
        self._refusals = RateLimit(_REFUSALS_PER_MINUTE, "refused attempts")

    async def record(
        self,
        tx: Transaction,
        actor: Actor | None,
        action: str,
        *,
        target: Target = ("", None),
        before: Mapping[str, JsonValue] | None = None,
        after: Mapping[str, JsonValue] | None = None,
        outcome: Outcome = "ok",
        workspace_id: str | None = None,
        user_id: str | None = None,
    ) -> AuditEvent:
        """Add an event to the transaction of the change itself, so that neither is ever without the other.

        ``actor`` None is the server itself, or somebody who has not signed in; ``user_id`` is then who has just proved
        to be that person. ``workspace_id`` is the actor's unless it is given; an empty one is for what belongs to no
        workspace.
        """
        now = current_request_context()
        event = AuditEvent(
            workspace_id=(actor.workspace_id if actor and workspace_id is None else workspace_id) or None,
            actor_kind=actor.kind if actor else _kind_of(user_id, now.request_id),
            actor_id=actor.user_id if actor else user_id,
            key_id=actor.key_id if actor else None,
            action=action,
            target_type=target[0],
            target_id=target[1],
            outcome=outcome,
            before=dict(before) if before is not None else None,
            after=dict(after) if after is not None else None,
            address=now.address,
            request_id=now.request_id,
        )
        await self.insert(tx, event)
        return event

    async def insert(self, tx: Transaction, event: AuditEvent) -> None:
        """Add an event, sealed."""
        # What the database would fill in, the seal would not know.
        event.id = event.id or new_id()
        event.at = event.at or moment()
        event.outcome = event.outcome or "ok"
        event.target_type = event.target_type or ""
        event.hash = self._seal.of_event(event)
        await rows.insert(tx, event)

    async def refused(self, actor: Actor | None, action: str, *, target: Target = ("", None)) -> None:
        """Note an attempt that was refused, in a transaction of its own.

        At most 60 a minute of one actor are kept, so that nobody can fill the disk with them.
        """
        try:
            self._refusals.take(actor.user_id if actor else current_request_context().address or "")
        except TooMany:
            return
        async with self._database.write() as tx:
            await self.record(tx, actor, action, target=target, outcome="refused")

    async def is_hidden(self, ids: Sequence[str]) -> bool:
        """Whether something with one of ``ids`` exists: when the caller was told that nothing does, it was hidden."""
        async with self._database.read() as tx:
            return await records.exist(tx, ids)

    async def list(self, actor: Actor, wanted: AuditFilter, page: PageRequest) -> Page[AuditRecord]:
        """The events of the actor's workspace, newest first. Needs ``audit.read``, and no key of an application.

        Names are those of today; what is deleted has the one that its event kept, if any.
        """
        access.check(actor, "audit.read")
        require_whole_workspace(actor)
        found = await self._read(actor.workspace_id, wanted, page.limit + 1, page.after)
        kept = found[: page.limit]
        return Page(kept, encode_cursor(kept[-1].id) if len(found) > page.limit else None)

    async def begin_export(self, actor: Actor, wanted: AuditFilter) -> AsyncIterator[Sequence[AuditRecord]]:
        """All events that :meth:`list` would page through, in parts. The export is an event itself."""
        access.check(actor, "audit.read")
        require_whole_workspace(actor)
        asked = {name: str(value) for name, value in asdict(wanted).items() if value is not None}
        async with self._database.write() as tx:
            await self.record(tx, actor, "audit.export", after=asked)
        return self._read_all(actor.workspace_id, wanted)

    async def _read_all(self, workspace_id: str, wanted: AuditFilter) -> AsyncIterator[Sequence[AuditRecord]]:
        before: str | None = None
        while part := await self._read(workspace_id, wanted, PART, before):
            yield part
            before = part[-1].id

    async def _read(
        self, workspace_id: str, wanted: AuditFilter, limit: int, before: str | None
    ) -> Sequence[AuditRecord]:
        async with self._database.read() as tx:
            events = await rows.find(tx, workspace_id, wanted, limit=limit, before_id=before)
            called = await names.find(tx, workspace_id, _find_named(events))
            called |= await names.find_people(tx, _find_people(events))
        return [_show(event, called) for event in events]


def changes(
    before: Mapping[str, JsonValue], after: Mapping[str, JsonValue]
) -> tuple[dict[str, JsonValue], dict[str, JsonValue]]:
    """The parts of two states that differ: what to hand to :meth:`Audit.record` as ``before`` and ``after``."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )


def _find_named(events: Iterable[AuditEvent]) -> set[Named]:
    """What ``events`` hold ids of."""
    keys = {("key", event.key_id) for event in events if event.key_id is not None}
    return keys | {(event.target_type, event.target_id) for event in events if event.target_id is not None}


def _find_people(events: Iterable[AuditEvent]) -> set[str]:
    """Whose names the events may tell: who acted, and on whom. Whom somebody failed to reach may be a stranger."""
    acted = {event.actor_id for event in events if event.actor_id is not None}
    return acted | {
        event.target_id
        for event in events
        if event.target_type == "user" and event.outcome == "ok" and event.target_id is not None
    }


def _kept_name(event: AuditEvent) -> str | None:
    """The name that the event itself remembers."""
    for state in (event.after, event.before):
        name = (state or {}).get("name")
        if isinstance(name, str) and name:
            return name
    return None


def _show(event: AuditEvent, called: Mapping[Named, str]) -> AuditRecord:
    what = called.get((event.target_type, event.target_id or "")) or _kept_name(event)
    return read_record(
        AuditRecord,
        event,
        actor_name=called.get(("user", event.actor_id or "")),
        key_name=called.get(("key", event.key_id or "")),
        target_name=what,
    )


def _kind_of(user_id: str | None, request_id: str | None) -> str:
    """Of who did something without being an actor yet."""
    if user_id is not None:
        return "user"
    return "system" if request_id is None else "anonymous"
