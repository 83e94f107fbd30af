"""Violations: which calls broke a policy, for those who look after policies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, get_args

import msgspec

from trunkline.control.ai_llms.ai_llm import AiType, provider_of, type_of
from trunkline.control.page import Page, PageRequest, encode_cursor, read_place, write_place
from trunkline.control.record import read_record
from trunkline.control.usage.span import read_span
from trunkline.control.workspaces.memberships import find_actors
from trunkline.core import access
from trunkline.core.actor import Actor, at_least
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.core.policy import ALERT
from trunkline.storage import policies
from trunkline.storage import violations as rows
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import PolicyViolation
from trunkline.storage.violations import ViolationScope

_OTHER: Final = "OTHER"
_LONGEST_TOTAL: Final = 12
_TYPES: Final = {kind: provider_of(kind) for kind in get_args(AiType) if kind != _OTHER}


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationFilter:
    """Which violations are asked for; None: any. ``types`` are names of the AI LLM entries' types, or providers' ids.

    ``since`` and ``until`` are dates or times, as :func:`~trunkline.control.usage.span.read_span` takes them.
    """

    policy_id: str | None = None
    workspace_id: str | None = None
    application_id: str | None = None
    since: str | None = None
    until: str | None = None
    types: Sequence[str] = ()
    models: Sequence[str] = ()
    hosts: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationRecord:
    """A call that broke a policy."""

    id: str
    policy_id: str
    policy_name: str
    user_id: str
    workspace_id: str
    application_id: str | None
    key_id: str | None
    configuration_id: str | None
    ai_type: AiType
    provider: str
    model: str
    host: str
    risk_type: str
    action_type: int
    explanation: str
    request_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Violations:
    """A page of a list, and how long the list was when its first page was read."""

    page: Page[ViolationRecord]
    total: int


class ViolationLog:
    """Read by the admins of a workspace; what broke the installation's policies, wherever, by its administrator."""

    def __init__(self, database: Database, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._now = now

    async def list(
        self,
        actor: Actor,
        wanted: ViolationFilter,
        page: PageRequest,
        *,
        skip: int = 0,
        alerts: bool = False,
        everywhere: bool = True,
    ) -> Violations:
        """A page of them, the newest first, behind the first ``skip``; with ``alerts`` those that somebody is told of.

        They are counted for the first page; a cursor remembers how many there were. Raises NotFound for a workspace or
        policy that the caller does not see, Forbidden where they are no admin.
        """
        access.check(actor, "violations.read")
        after, total = _read_cursor(page)
        span = read_span(None if wanted.since or wanted.until else "all", wanted.since, wanted.until, self._now())
        async with self._database.read() as tx:
            reach = await find_actors(tx, actor, everywhere=everywhere)
            for asked in await _find_asked(tx, actor, wanted, reach):
                access.check(asked, "violations.read")
            scope = ViolationScope(
                workspace_ids=tuple(each.workspace_id for each in reach if at_least(each.role, "admin")),
                installation=actor.instance_admin and everywhere,
                policy_id=wanted.policy_id,
                workspace_id=wanted.workspace_id,
                application_id=wanted.application_id,
                action=ALERT if alerts else None,
                since=span.since,
                until=span.until,
                models=tuple(wanted.models) or None,
                hosts=tuple(wanted.hosts) or None,
            )
            if actor.application_id is not None:
                # The key of an application knows of that one alone.
                if wanted.application_id not in {None, actor.application_id}:
                    return Violations(Page(()), 0)
                scope = msgspec.structs.replace(scope, application_id=actor.application_id)
            scope = _with_types(scope, wanted.types)
            found = await rows.find(tx, scope, take=page.limit + 1, skip=skip, after=after)
            if total is None:
                total = await rows.count(tx, scope)
        kept = found[: page.limit]
        more = len(found) > page.limit
        cursor = encode_cursor(f"{total} {write_place(kept[-1].created_at, kept[-1].id)}") if more else None
        return Violations(Page([_show(row) for row in kept], cursor), total)

    async def find_actor(self, actor: Actor, wanted: ViolationFilter, *, everywhere: bool = True) -> Actor:
        """The caller in the workspace that ``wanted`` is about; as they are where it is about none or several.

        Raises NotFound as :meth:`list` does.
        """
        async with self._database.read() as tx:
            reach = await find_actors(tx, actor, everywhere=everywhere)
            asked = await _find_asked(tx, actor, wanted, reach)
        return asked[0] if len(asked) == 1 else actor


async def _find_asked(
    tx: Transaction, actor: Actor, wanted: ViolationFilter, reach: Sequence[Actor]
) -> tuple[Actor, ...]:
    """The caller in each workspace that ``wanted`` names, itself or by a policy."""
    named = {wanted.workspace_id}
    places = {each.workspace_id for each in reach}
    if named - {None} - places:
        raise NotFound("There is no workspace of that id among yours.")
    if wanted.policy_id is not None:
        policy = await policies.find(tx, places, wanted.policy_id, deleted=True)
        if policy is None or (
            actor.application_id is not None and policy.application_id not in {None, actor.application_id}
        ):
            raise NotFound("There is no policy of that id that you can see.")
        named.add(policy.workspace_id)
    return tuple(each for each in reach if each.workspace_id in named)


def _with_types(scope: ViolationScope, types: Sequence[str]) -> ViolationScope:
    if not types:
        return scope
    named = tuple(_TYPES.get(kind.upper(), kind.lower()) for kind in types if kind.upper() != _OTHER)
    others = tuple(_TYPES.values()) if len(named) < len(types) else None
    return msgspec.structs.replace(scope, providers=named, not_providers=others)


def _read_cursor(page: PageRequest) -> tuple[tuple[datetime, str] | None, int | None]:
    if page.after is None:
        return None, None
    total, _, place = page.after.partition(" ")
    after = read_place(place)
    if not total.isdecimal() or len(total) > _LONGEST_TOTAL:
        raise InvalidInput.of("cursor", "it is of another list; leave it out to start at the first page.")
    return after, int(total)


def _show(row: PolicyViolation) -> ViolationRecord:
    return read_record(ViolationRecord, row, ai_type=type_of(row.provider))
