"""Routes: making, reading, changing and deleting the names that lead to several configurations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import UNSET

from trunkline.control.audit import Audit
from trunkline.control.caching.rules import CachingRules, write_caching
from trunkline.control.configurations.history import RevisionRecord, read_history, save_state
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.record import read_record
from trunkline.control.revision import require_revision
from trunkline.control.routes.condition_faults import find_faults
from trunkline.control.routes.otherwise import check_otherwise, require_not_otherwise
from trunkline.control.routes.route import (
    KIND,
    LARGEST_NAME,
    LARGEST_PRIORITY,
    LARGEST_WEIGHT,
    LONGEST_HEDGE_MS,
    MOST_TARGETS,
    RouteDraft,
    RouteRecord,
    RouteState,
    RouteTargetDraft,
)
from trunkline.control.routes.rows import make_row, read_state, show
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import Conflict, FieldError, InvalidInput, NotFound
from trunkline.core.ids import new_id
from trunkline.core.strategy import Cause, Strategy
from trunkline.storage import configurations, features, revisions, routes, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Route, now

RESERVED: Final = "feature/"
"""How the names of features begin, which are looked up after routes."""


class Routes:
    """The routes of the actor's workspace: everybody reads and uses them, admins change them.

    Every change is one transaction: the rows, a revision, an audit event, and the note that makes calls see it. A
    change that changes nothing makes no revision.
    """

    def __init__(self, database: Database, audit: Audit, caching_rules: CachingRules | None = None) -> None:
        self._database = database
        self._audit = audit
        self._caching_rules = caching_rules or CachingRules()

    async def list(self, actor: Actor, page: PageRequest) -> Page[RouteRecord]:
        """All routes, the newest first."""
        access.check(actor, "routes.read")
        async with self._database.read() as tx:
            rows = await routes.find_page(tx, actor.workspace_id, limit=page.limit + 1, after=page.after)
            records = await show(tx, actor.workspace_id, rows[: page.limit])
        return Page(records, encode_cursor(records[-1].id) if len(rows) > page.limit else None)

    async def get(self, actor: Actor, route_id: str) -> RouteRecord:
        """One of them. Raises NotFound for all others."""
        access.check(actor, "routes.read")
        async with self._database.read() as tx:
            (record,) = await show(tx, actor.workspace_id, [await _find(tx, actor, route_id)])
        return record

    async def create(self, actor: Actor, draft: RouteDraft) -> RouteRecord:
        """A new one. Raises InvalidInput, and Conflict for a name that another route of the workspace has."""
        _require_admin(actor)
        state = _merge(draft, None)
        async with self._database.write() as tx:
            await self._caching_rules.check(tx, actor.workspace_id, state.caching)
            await _check_targets(tx, actor.workspace_id, state.targets, state.name)
            await check_otherwise(tx, actor.workspace_id, None, state)
            await routes.require_free_name(tx, actor.workspace_id, state.name)
            row = Route(id=new_id(), workspace_id=actor.workspace_id, created_by=actor.user_id, revision=0)
            row.name, row.strategy, row.is_active = state.name, state.strategy, state.is_active
            await routes.insert(tx, row)
            await self._save(tx, actor, row, None, state, draft.reason, "routes.create")
            (record,) = await show(tx, actor.workspace_id, [row])
        return record

    async def update(
        self,
        actor: Actor,
        route_id: str,
        draft: RouteDraft,
        *,
        if_revision: int | None = None,
        action: str = "routes.update",
    ) -> RouteRecord:
        """Lay ``draft`` over it; targets are replaced as a whole.

        Raises NotFound (``if_revision`` is no longer the current one), InvalidInput, and Conflict for a name
        that is taken, and when a feature knows it by the name that it had.
        """
        _require_admin(actor)
        async with self._database.write() as tx:
            row = await _find(tx, actor, route_id, lock=True, if_revision=if_revision)
            before = await read_state(tx, row)
            state = _merge(draft, before)
            await self._caching_rules.check(tx, row.workspace_id, state.caching, before.caching)
            if draft.targets is not None:
                await _check_targets(tx, row.workspace_id, state.targets, state.name, own_id=row.id)
            if state.otherwise_id != before.otherwise_id or state.conditions != before.conditions:
                await check_otherwise(tx, row.workspace_id, row.id, state)
            if state.name != row.name:
                await routes.require_free_name(tx, row.workspace_id, state.name, besides=row.id)
                await _require_unused(tx, row, row.name)
            if state != before:
                await self._save(tx, actor, row, before, state, draft.reason, action)
            (record,) = await show(tx, row.workspace_id, [row])
        return record

    async def delete(self, actor: Actor, route_id: str, *, if_revision: int | None = None) -> None:
        """Delete it. Raises NotFound, and Conflict, which names the features that it serves."""
        _require_admin(actor)
        async with self._database.write() as tx:
            row = await _find(tx, actor, route_id, lock=True, if_revision=if_revision)
            await _require_unused(tx, row, row.id, row.name)
            await require_not_otherwise(tx, row)
            before = await read_state(tx, row)
            await routes.remove(tx, row)
            await revisions.remove_all(tx, row.workspace_id, KIND, row.id)
            await self._audit.record(tx, actor, "routes.delete", target=(KIND, row.id), before=before.write())
            await workspaces.touch(tx, row.workspace_id, KIND, row.id)

    async def history(self, actor: Actor, route_id: str, page: PageRequest) -> Page[RevisionRecord]:
        """Its saved states, the newest first. Raises NotFound."""
        access.check(actor, "routes.read")
        async with self._database.read() as tx:
            row = await _find(tx, actor, route_id)
            return await read_history(tx, row.workspace_id, KIND, row.id, page)

    async def revert(
        self, actor: Actor, route_id: str, number: int, *, reason: str = "", if_revision: int | None = None
    ) -> RouteRecord:
        """Make the state ``number`` the current one again, as a new revision.

        Raises NotFound, Conflict, and InvalidInput where a target of then cannot be one now.
        """
        _require_admin(actor)
        async with self._database.read() as tx:
            row = await _find(tx, actor, route_id)
            saved = await revisions.find(tx, row.workspace_id, KIND, row.id, number)
        if saved is None:
            raise NotFound(f"There is no revision {number} of this route.", code="revision_not_found")
        state = msgspec.convert(saved.state, RouteState)
        draft = read_record(RouteDraft, state, reason=reason or f"Reverted to revision {number}")
        return await self.update(actor, route_id, draft, if_revision=if_revision, action="routes.revert")

    async def _save(
        self,
        tx: Transaction,
        actor: Actor,
        row: Route,
        before: RouteState | None,
        state: RouteState,
        reason: str,
        action: str,
    ) -> None:
        """The rows, the revision, the audit event and the note for calls."""
        row.name, row.strategy, row.is_active = state.name, state.strategy, state.is_active
        row.conditions = None if state.conditions is None else msgspec.to_builtins(state.conditions)
        row.otherwise_id = state.otherwise_id
        row.hedging = None if state.hedging is None else msgspec.to_builtins(state.hedging)
        row.caching = write_caching(state.caching)
        row.revision += 1
        row.updated_at = now()
        await routes.save(tx, row)
        if before is None or before.targets != state.targets:
            await routes.replace_targets(tx, row.id, [make_row(target) for target in state.targets])
        after = state.write()
        await save_state(
            tx,
            self._audit,
            actor,
            action,
            kind=KIND,
            subject_id=row.id,
            workspace_id=row.workspace_id,
            number=row.revision,
            reason=reason,
            before=None if before is None else before.write(),
            after=after,
        )


def _require_admin(actor: Actor) -> None:
    access.check(actor, "routes.change")
    require_whole_workspace(actor)


def _merge(draft: RouteDraft, before: RouteState | None) -> RouteState:
    """The state that ``draft`` leads to. Raises InvalidInput, which names every wrong field."""
    name = (draft.name if draft.name is not None else before.name if before else "").strip()
    targets = draft.targets if draft.targets is not None else before.targets if before else ()
    strategy: Strategy = draft.strategy or (before.strategy if before else "priority")
    conditions = (before.conditions if before else None) if draft.conditions is UNSET else draft.conditions
    otherwise = (before.otherwise_id if before else None) if draft.otherwise_id is UNSET else draft.otherwise_id
    hedging = (before.hedging if before else None) if draft.hedging is UNSET else draft.hedging
    caching = (before.caching if before else None) if draft.caching is UNSET else draft.caching
    active = draft.is_active if draft.is_active is not None else before.is_active if before else True
    wrong: list[FieldError] = []
    if not 0 < len(name) <= LARGEST_NAME:
        wrong.append(FieldError("name", f"has 1 to {LARGEST_NAME} characters."))
    elif name.startswith(RESERVED):
        wrong.append(FieldError("name", f"may not begin with {RESERVED!r}, as the names of features do."))
    if not 0 < len(targets) <= MOST_TARGETS:
        wrong.append(FieldError("targets", f"name 1 to {MOST_TARGETS} of them."))
    for place, target in enumerate(targets):
        if not 0 <= target.priority <= LARGEST_PRIORITY:
            wrong.append(FieldError(f"targets[{place}].priority", f"is 0 to {LARGEST_PRIORITY}; 0 goes first."))
        if not 1 <= target.weight <= LARGEST_WEIGHT:
            wrong.append(FieldError(f"targets[{place}].weight", f"is 1 to {LARGEST_WEIGHT}."))
        if target.conditions is not None:
            wrong += find_faults(target.conditions, f"targets[{place}].conditions")
    if conditions is not None:
        wrong += find_faults(conditions, "conditions")
    if targets and all(target.fallback_for is not None for target in targets):
        wrong.append(FieldError("targets", "name one without fallbackFor: these serve only what failed before."))
    if hedging is not None and hedging.after_ms is not None and not 1 <= hedging.after_ms <= LONGEST_HEDGE_MS:
        wrong.append(FieldError("hedging.afterMs", f"is 1 to {LONGEST_HEDGE_MS} milliseconds, or null."))
    if wrong:
        raise InvalidInput.of_all(tuple(wrong))
    return RouteState(
        name=name,
        strategy=strategy,
        targets=targets,
        conditions=conditions,
        otherwise_id=otherwise,
        hedging=hedging,
        caching=caching,
        is_active=active,
    )


async def _check_targets(
    tx: Transaction, workspace_id: str, targets: Sequence[RouteTargetDraft], name: str, *, own_id: str | None = None
) -> None:
    """Whether the route ``name`` may lead there: to shared configurations of the workspace, each with a model, and none
    twice for the same. Never to a route, so that none leads to itself.

    They are locked, so that none is deleted meanwhile.
    """
    rows = await configurations.find_many(tx, workspace_id, {target.configuration_id for target in targets}, lock=True)
    wrong: list[FieldError] = []
    seen: set[tuple[str, str | None, Cause | None]] = set()
    strangers = {target.configuration_id for target in targets} - rows.keys()
    leading = {each: await routes.find(tx, workspace_id, each) for each in strangers}
    for place, target in enumerate(targets):
        where = f"targets[{place}].configurationId"
        row = rows.get(target.configuration_id)
        other = leading.get(target.configuration_id)
        if other is not None:
            what = f"the route {name!r} would lead to itself" if other.id == own_id else f"{other.name!r} is a route"
            wrong.append(FieldError(where, f"{what}. Name a configuration: a route never leads to a route."))
        elif row is None or not row.is_shared:
            # Whether it is somebody's private one is nobody else's business.
            wrong.append(FieldError(where, "is no configuration that is shared with this workspace. Share it first."))
        elif row.model is None and target.model is None:
            wrong.append(FieldError(f"targets[{place}].model", f"{row.name!r} has no model of its own: name one here."))
        elif (target.configuration_id, target.model, target.fallback_for) in seen:
            wrong.append(FieldError(where, "stands here twice with the same model. Give one of them more weight."))
        seen.add((target.configuration_id, target.model, target.fallback_for))
    if wrong:
        raise InvalidInput.of_all(tuple(wrong))


async def _find(
    tx: Transaction, actor: Actor, route_id: str, *, lock: bool = False, if_revision: int | None = None
) -> Route:
    row = await routes.find(tx, actor.workspace_id, route_id, lock=lock)
    if row is None:
        raise NotFound("There is no such route in this workspace.", code="route_not_found")
    require_revision("route", row.revision, if_revision)
    return row


async def _require_unused(tx: Transaction, row: Route, *names: str) -> None:
    """Raise Conflict when features are served by the route under one of ``names``."""
    slugs = await features.find_targeting(tx, row.workspace_id, names)
    if slugs:
        raise Conflict(
            f"The route {row.name!r} is in use: it serves the feature {', '.join(map(repr, slugs))}."
            " Choose another target there first.",
            code="in_use",
        )
