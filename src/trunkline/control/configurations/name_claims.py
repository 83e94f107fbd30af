"""Calls of others that a configuration would take over, because of what it is called, serves or belongs to.

What a name leads to is decided by :mod:`trunkline.gateway.routing.resolve`: the application's own first, then the
caller's, then shared ones, of equals the oldest; a configuration's name before a model's; ``<configuration>/<model>``
before ``<provider>/<model>``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter

import msgspec

from trunkline.control.record import read_record
from trunkline.core import access
from trunkline.core.actor import Actor, at_least
from trunkline.core.errors import Forbidden
from trunkline.storage import applications, configurations
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What an active configuration answers to."""

    id: str
    owner_id: str
    name: str
    model: str | None
    provider: str
    shared: bool
    application_id: str | None
    created_at: datetime


def find_taken(claim: Claim, others: Sequence[Claim], before: Claim | None = None) -> str | None:
    """What the workspace calls and would lead to ``claim`` instead of one of ``others``, once it is shared.

    ``before`` is how it is shared now. A caller's own configurations come before shared ones, but their names only: a
    shared name comes before the model or the provider of somebody's own.
    """
    if before is None or before.name != claim.name:
        for other in others:
            if other.owner_id != claim.owner_id and claim.name == other.model:
                return claim.name
            if other.owner_id != claim.owner_id and claim.name == other.provider:
                return f"{claim.name}/…"
    return _compare(claim, [other for other in others if other.shared], before, None)


def find_taken_in(application_id: str, claim: Claim, others: Sequence[Claim], before: Claim | None) -> str | None:
    """The same of what the keys of an application call, once ``claim`` belongs to it."""
    seen = [
        other
        for other in others
        if other.application_id == application_id or (other.shared and other.application_id is None)
    ]
    return _compare(claim, seen, before, application_id)


def read_claim(row: Configuration) -> Claim | None:
    """What it answers to; None while it is off."""
    if not row.is_active:
        return None
    return read_record(Claim, row, owner_id=row.user_id, shared=row.is_shared)


async def require_own_traffic(tx: Transaction, actor: Actor, row: Configuration, before: Claim | None) -> None:
    """Raise Forbidden where calls of others would go to ``row`` as it is now, which only an admin may want."""
    claim = read_claim(row)
    if claim is None or at_least(actor.role, "admin") or not (claim.shared or claim.application_id is not None):
        return
    with tx.no_autoflush:
        rows = await configurations.list_active(tx, row.workspace_id, besides=row.id)
        application_id = claim.application_id
        application = None
        if application_id is not None:
            application = await applications.find(tx, row.workspace_id, application_id)
    others = [other for each in rows if (other := read_claim(each)) is not None]
    taken = find_taken(claim, others, before if before and before.shared else None) if claim.shared else None
    if taken is not None:
        raise _refuse(taken, "others in the workspace")
    if application is None or access.may_steer(actor, created_by=application.created_by):
        return
    if before is not None and before.application_id != application.id:
        before = None
    taken = find_taken_in(application.id, claim, others, before)
    if taken is not None:
        raise _refuse(taken, f"the keys of the application {application.name!r}")


def _refuse(taken: str, whom: str) -> Forbidden:
    """``whom``: whose calls they are and who may allow it."""
    return Forbidden(
        f"{whom[0].upper()}{whom[1:]} call {taken!r} already, and would be served by this configuration instead. Give"
        " it another name, or ask an admin of the workspace to do this."
    )


def _compare(claim: Claim, seen: list[Claim], before: Claim | None, application_id: str | None) -> str | None:
    was = _Names([*seen, before] if before is not None else seen, application_id)
    becomes = _Names([*seen, claim], application_id)
    for name in (*was.names, *was.models):
        if becomes.find(name) == claim.id != was.find(name):
            return name
    for head in (*was.names, *was.providers):
        if becomes.find_head(head) == claim.id != was.find_head(head):
            return f"{head}/…"
    return None


class _Names:
    """What names lead to, as ids."""

    def __init__(self, claims: Iterable[Claim], application_id: str | None) -> None:
        self.names: dict[str, str] = {}
        self.models: dict[str, str] = {}
        self.providers: dict[str, str] = {}
        best = sorted(claims, key=attrgetter("created_at"))
        best.sort(key=lambda claim: application_id is None or claim.application_id != application_id)
        for claim in best:
            self.names.setdefault(claim.name, claim.id)
            self.providers.setdefault(claim.provider, claim.id)
            if claim.model is not None:
                self.models.setdefault(claim.model, claim.id)

    def find(self, name: str) -> str | None:
        return self.names.get(name) or self.models.get(name)

    def find_head(self, head: str) -> str | None:
        return self.names.get(head) or self.providers.get(head)
