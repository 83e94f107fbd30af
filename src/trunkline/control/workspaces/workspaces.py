"""Workspaces: where people work together, and where nobody else sees anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trunkline.control.audit import Audit, changes
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.record import read_record
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonValue
from trunkline.core.errors import Conflict, InvalidInput, NotFound
from trunkline.storage import configurations, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Workspace, now
from trunkline.storage.workspaces import WorkspaceRole


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceRecord:
    """A workspace, as one of its members sees it. ``role`` is theirs."""

    id: str
    name: str
    role: str
    personal: bool
    default_configuration_id: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceChange:
    """What is to change. ``default_configuration_id``: None takes the default away, if ``sets_default``."""

    name: str | None = None
    sets_default: bool = False
    default_configuration_id: str | None = None


def show_workspace(row: WorkspaceRole) -> WorkspaceRecord:
    """A row, and the role of who looks at it, as a view."""
    return _show(row.workspace, row.role)


class Workspaces:
    """Everything here happens in the actor's workspace, but for making and listing them."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    async def list(self, actor: Actor, page: PageRequest) -> Page[WorkspaceRecord]:
        """The user's workspaces, the oldest first; for a key its own."""
        access.check(actor, "workspaces.read")
        async with self._database.read() as tx:
            if actor.kind == "key":
                found = await workspaces.find_membership(tx, actor.workspace_id, actor.user_id)
                return Page([show_workspace(found)] if found else [])
            rows = await workspaces.find_memberships(tx, actor.user_id, limit=page.limit + 1, after=page.after)
        more = len(rows) > page.limit
        kept = [show_workspace(row) for row in rows[: page.limit]]
        return Page(kept, encode_cursor(kept[-1].id) if more else None)

    async def create(self, actor: Actor, name: str) -> WorkspaceRecord:
        """A new shared workspace; the actor is its owner."""
        access.check(actor, "workspaces.create")
        async with self._database.write() as tx:
            workspace = await workspaces.insert(tx, Workspace(name=name), owner_id=actor.user_id)
            await self._audit.record(
                tx,
                actor,
                "workspaces.create",
                target=("workspace", workspace.id),
                after={"name": name},
                workspace_id=workspace.id,
            )
            return _show(workspace, "owner")

    async def get(self, actor: Actor) -> WorkspaceRecord:
        """The actor's workspace."""
        access.check(actor, "workspaces.read")
        async with self._database.read() as tx:
            return _show(await self._find(tx, actor), actor.role)

    async def update(self, actor: Actor, change: WorkspaceChange) -> WorkspaceRecord:
        """Rename it, or set what ``default`` means in it: a shared configuration; in a personal one, any of one's."""
        access.check(actor, "workspaces.change")
        require_whole_workspace(actor)
        async with self._database.write() as tx:
            workspace = await self._find(tx, actor)
            before = _state(workspace)
            if change.name is not None:
                workspace.name = change.name
            if change.sets_default:
                await self._require_default(tx, workspace, change.default_configuration_id)
                workspace.default_configuration_id = change.default_configuration_id
            workspace.updated_at = now()
            was, became = changes(before, _state(workspace))
            if became or was:
                await workspaces.touch(tx, workspace.id)
                await self._audit.record(
                    tx, actor, "workspaces.change", target=("workspace", workspace.id), before=was, after=became
                )
            return _show(workspace, actor.role)

    async def delete(self, actor: Actor) -> None:
        """Delete the actor's workspace with all that is in it. :class:`Conflict` for a personal one."""
        access.check(actor, "workspaces.delete")
        async with self._database.write() as tx:
            workspace = await self._find(tx, actor)
            if workspace.personal_of is not None:
                raise Conflict("A personal workspace cannot be deleted: it goes with its user.")
            await workspaces.remove(tx, workspace)
            await self._audit.record(
                tx, actor, "workspaces.delete", target=("workspace", workspace.id), before=_state(workspace)
            )

    async def _find(self, tx: Transaction, actor: Actor) -> Workspace:
        workspace = await workspaces.find(tx, actor.workspace_id)
        if workspace is None:
            raise NotFound("This workspace no longer exists.")
        return workspace

    async def _require_default(self, tx: Transaction, workspace: Workspace, configuration_id: str | None) -> None:
        if configuration_id is None:
            return
        # Locked, so that it is not deleted meanwhile.
        found = await configurations.find(tx, workspace.id, configuration_id, lock=True)
        if (
            found is None
            or found.application_id is not None
            or not (found.is_shared or workspace.personal_of == found.user_id)
        ):
            raise InvalidInput.of("defaultConfigurationId", "names no configuration that the workspace shares.")


def _show(workspace: Workspace, role: str) -> WorkspaceRecord:
    return read_record(WorkspaceRecord, workspace, role=role, personal=workspace.personal_of is not None)


def _state(workspace: Workspace) -> dict[str, JsonValue]:
    return {"name": workspace.name, "defaultConfigurationId": workspace.default_configuration_id}
