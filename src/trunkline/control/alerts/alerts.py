"""Alerts as people see them: what fires, and what did."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from datetime import datetime

import msgspec

from trunkline.control.alerts.watch import AlertWatch
from trunkline.control.audit import Audit
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.record import read_record
from trunkline.core import access
from trunkline.core.actor import Actor, at_least
from trunkline.core.alert import AlertKind, AlertState, AlertSubject, Severity
from trunkline.core.errors import Conflict, NotFound
from trunkline.core.moment import to_microseconds
from trunkline.storage import alerts as rows
from trunkline.storage.alerts import OPEN, AlertScope
from trunkline.storage.database import Database
from trunkline.storage.tables import AlertRow

ALERT = "alert"
"""What audit events call it."""


class AlertFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which alerts are asked for; None: any. ``is_open``: neither acknowledged nor not, but over or not."""

    is_open: bool | None = None
    state: AlertState | None = None
    kind: AlertKind | None = None
    severity: Severity | None = None
    rule_id: str | None = None


class AlertRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An alert. ``workspace_id`` None: it concerns the installation. ``started_at``: since when it is so; ``fired_at``:
    when that was for as long as the rule says. ``value`` and ``threshold`` are in the unit of its kind. ``held``: quiet
    hours keep its notice back. ``repeats``: how often channels were told again.
    """

    id: str
    workspace_id: str | None
    rule_id: str
    rule_name: str
    kind: AlertKind
    severity: Severity
    state: AlertState
    subject: AlertSubject
    subject_id: str
    subject_name: str
    summary: str
    value: float | None
    threshold: float | None
    started_at: datetime
    fired_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    held: bool
    repeats: int


class Alerts:
    """Those of the actor's workspace that it may see: what is about somebody's own, only they do.

    The administrator of the installation sees those of that besides.
    """

    def __init__(self, database: Database, audit: Audit, watch: AlertWatch, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._audit = audit
        self._watch = watch
        self._now = now

    async def list(self, actor: Actor, wanted: AlertFilter, page: PageRequest) -> Page[AlertRecord]:
        """The newest first."""
        access.check(actor, "alerts.read")
        scope = read_scope(actor, wanted)
        async with self._database.read() as tx:
            found = await rows.find_page(tx, scope, limit=page.limit + 1, after=page.after)
        kept = found[: page.limit]
        return Page([_show(row) for row in kept], encode_cursor(kept[-1].id) if len(found) > page.limit else None)

    async def get(self, actor: Actor, alert_id: str) -> AlertRecord:
        """One of them. Raises NotFound."""
        access.check(actor, "alerts.read")
        async with self._database.read() as tx:
            row = await rows.find(tx, read_scope(actor), alert_id)
        if row is None:
            raise _missing()
        return _show(row)

    async def acknowledge(self, actor: Actor, alert_id: str) -> AlertRecord:
        """Somebody sees to it: nobody is told again until it is over. Once more is as good as once. Raises Conflict
        where it is over.
        """
        access.check(actor, "alerts.acknowledge")
        async with self._database.write() as tx:
            row = await rows.find(tx, read_scope(actor), alert_id, lock=True)
            if row is None:
                raise _missing()
            if row.state == "resolved":
                raise Conflict("This alert is over, so there is nothing to see to.", code="alert_resolved")
            if row.state == "firing":
                moment = self._now()
                row.state, row.acknowledged_at, row.acknowledged_by = "acknowledged", moment, actor.user_id
                row.held = None
                row.changed_at = to_microseconds(moment)
                await tx.flush()
                after = {"state": row.state}
                await self._audit.record(tx, actor, "alerts.acknowledge", target=(ALERT, row.id), after=after)
            return _show(row)

    async def follow(self, actor: Actor) -> AsyncGenerator[AlertRecord | None]:
        """Each alert that fires, is acknowledged or is over, until the caller closes it. At first None: what changes
        from then on is told.
        """
        access.check(actor, "alerts.read")
        async with self._watch.following() as changes:
            yield None
            while True:
                row = await changes.get()
                if _sees(actor, row):
                    yield _show(row)


def read_scope(actor: Actor, wanted: AlertFilter | None = None) -> AlertScope:
    """Whose alerts the actor sees, and which of them are ``wanted``."""
    wanted = wanted or AlertFilter()
    states = None if wanted.is_open is None else OPEN if wanted.is_open else ("resolved",)
    if wanted.state is not None:
        states = (wanted.state,) if states is None or wanted.state in states else ()
    return AlertScope(
        workspace_id=actor.workspace_id,
        user_id=actor.user_id,
        admin=at_least(actor.role, "admin"),
        application_id=actor.application_id,
        installation=actor.instance_admin,
        states=states,
        kind=wanted.kind,
        severity=wanted.severity,
        rule_id=wanted.rule_id,
    )


def _sees(actor: Actor, row: AlertRow) -> bool:
    """As the database decides for lists."""
    here = row.workspace_id == actor.workspace_id
    own = row.owner_id is None or row.owner_id == actor.user_id or (row.is_for_admins and at_least(actor.role, "admin"))
    if actor.application_id is not None:
        return here and own and row.application_id == actor.application_id
    return own and (here or (row.workspace_id is None and actor.instance_admin))


def _show(row: AlertRow) -> AlertRecord:
    return read_record(AlertRecord, row, held=row.held is not None)


def _missing() -> NotFound:
    return NotFound("There is no such alert in this workspace that you can see.", code="alert_not_found")
