"""Applications: the programs of a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from trunkline.control.audit import Audit, changes
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.record import read_record
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor, at_least
from trunkline.core.chat import JsonValue
from trunkline.core.errors import Conflict, FieldError, Forbidden, InvalidInput, NotFound
from trunkline.core.ids import new_id
from trunkline.storage import applications, configurations, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Application, Configuration, now

_UNUSABLE: Final = "names no configuration that you may use here."
_PRIVATE: Final = "is a private configuration, which the application's keys cannot use: share it with the workspace."


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRecord:
    """A program, and the configurations that it uses."""

    id: str
    workspace_id: str
    name: str
    configuration_ids: Sequence[str]
    default_configuration_id: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationChange:
    """What is to change; None: nothing of that. ``default_configuration_id`` counts only if ``sets_default``."""

    name: str | None = None
    configuration_ids: Sequence[str] | None = None
    sets_default: bool = False
    default_configuration_id: str | None = None


class Applications:
    """The applications of the actor's workspace. The key of an application sees that one alone."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    async def list(self, actor: Actor, page: PageRequest) -> Page[ApplicationRecord]:
        """All applications, the oldest first."""
        access.check(actor, "applications.read")
        async with self._database.read() as tx:
            found = await applications.find_page(
                tx, actor.workspace_id, limit=page.limit + 1, after=page.after, only=actor.application_id
            )
            more, found = len(found) > page.limit, found[: page.limit]
            used = await applications.find_associations(tx, [row.id for row in found])
        kept = [_show(row, used[row.id]) for row in found]
        return Page(kept, encode_cursor(kept[-1].id) if more else None)

    async def get(self, actor: Actor, application_id: str) -> ApplicationRecord:
        """One application."""
        access.check(actor, "applications.read")
        async with self._database.read() as tx:
            return await self._view(tx, await self.find(tx, actor, application_id))

    async def create(
        self, actor: Actor, name: str, *, application_id: str | None, change: ApplicationChange
    ) -> ApplicationRecord:
        """A new application, under the caller's own id if that is unused anywhere.

        :class:`Conflict` when the workspace has one of that id; :class:`NotFound` when another workspace has.
        """
        access.check(actor, "applications.change")
        require_whole_workspace(actor)
        async with self._database.write() as tx:
            chosen = application_id or new_id()
            await self.register(tx, actor, chosen, name)
            return await self._change(tx, actor, await self.find(tx, actor, chosen), change)

    async def register(self, tx: Transaction, actor: Actor, application_id: str, name: str) -> None:
        """Make an application with the id that its program has chosen, as a part of another change."""
        if await applications.find(tx, actor.workspace_id, application_id) is not None:
            raise Conflict("There is an application of that id in this workspace.")
        if await applications.is_taken(tx, application_id):
            raise NotFound("There is no application of that id here; choose another one.", code="hidden")
        inserted = await applications.insert_if_free(
            tx,
            Application(id=application_id, workspace_id=actor.workspace_id, name=name, created_by=actor.user_id),
        )
        if not inserted:
            # Whose it is now decides what may be said of it: the first look has an answer to that.
            await self.register(tx, actor, application_id, name)
            return
        await workspaces.touch(tx, actor.workspace_id, "application", application_id)
        await self._audit.record(
            tx, actor, "applications.create", target=("application", application_id), after={"name": name}
        )

    async def update(self, actor: Actor, application_id: str, change: ApplicationChange) -> ApplicationRecord:
        """Change an application: its name, the configurations it uses, its default.

        :class:`InvalidInput` for a configuration that the actor may not use there, and for a default that the
        application's keys cannot see; :class:`Forbidden` for others than its maker and admins.
        """
        access.check(actor, "applications.change")
        async with self._database.write() as tx:
            application = await self.find(tx, actor, application_id, lock=True)
            require_steering(actor, application)
            return await self._change(tx, actor, application, change)

    async def delete(self, actor: Actor, application_id: str) -> None:
        """Delete an application with its keys and its own configurations; those of the workspace stay.

        :class:`Forbidden` unless it and all of that are the actor's own, or the actor an admin; :class:`Conflict` while
        something else needs its configurations.
        """
        access.check(actor, "applications.change")
        require_whole_workspace(actor)
        async with self._database.write() as tx:
            application = await self.find(tx, actor, application_id, lock=True)
            require_steering(actor, application)
            if not at_least(actor.role, "admin") and await applications.has_more_users(tx, application, actor.user_id):
                raise Forbidden(
                    f"Others have configurations, keys or conversations in the application {application.name!r}: an"
                    " admin of the workspace may delete it."
                )
            uses = await configurations.find_uses_of_application(tx, application, actor.user_id)
            if uses:
                raise Conflict(
                    f"Configurations of the application {application.name!r} are in use: {', '.join(uses)}. Choose"
                    " others there first.",
                    code="in_use",
                )
            view = await self._view(tx, application)
            await applications.remove(tx, application)
            await workspaces.touch(tx, actor.workspace_id)
            await self._audit.record(
                tx, actor, "applications.delete", target=("application", view.id), before=_state(view)
            )

    async def find(self, tx: Transaction, actor: Actor, application_id: str, *, lock: bool = False) -> Application:
        """The row, if it exists for ``actor``; :class:`NotFound` otherwise. ``lock`` is as in storage."""
        if actor.application_id in {None, application_id}:
            found = await applications.find(tx, actor.workspace_id, application_id, lock=lock)
            if found is not None:
                return found
        raise NotFound("There is no application of that id in this workspace.")

    async def _change(
        self, tx: Transaction, actor: Actor, application: Application, change: ApplicationChange
    ) -> ApplicationRecord:
        before = _state(await self._view(tx, application))
        await self._apply(tx, actor, application, change)
        view = await self._view(tx, application)
        was, became = changes(before, _state(view))
        if was or became:
            await workspaces.touch(tx, actor.workspace_id, "application", application.id)
            await self._audit.record(
                tx, actor, "applications.change", target=("application", view.id), before=was, after=became
            )
        return view

    async def _apply(self, tx: Transaction, actor: Actor, application: Application, change: ApplicationChange) -> None:
        if change.name is not None:
            application.name = change.name
        ids = list(dict.fromkeys(change.configuration_ids or ()))
        wanted = change.default_configuration_id
        usable = await self._lock_usable(tx, actor, application, ids if wanted is None else [*ids, wanted])
        wrong = [
            FieldError(f"configurationIds[{index}]", _UNUSABLE)
            for index, configuration_id in enumerate(change.configuration_ids or ())
            if configuration_id not in usable
        ]
        if wanted is not None and wanted != application.default_configuration_id:
            chosen = usable.get(wanted)
            if chosen is None:
                wrong.append(FieldError("defaultConfigurationId", _UNUSABLE))
            elif chosen.application_id is None and not chosen.is_shared:
                wrong.append(FieldError("defaultConfigurationId", _PRIVATE))
        if wrong:
            raise InvalidInput.of_all(tuple(wrong))
        if change.configuration_ids is not None:
            await applications.replace_associations(tx, application.id, ids)
        if change.sets_default:
            application.default_configuration_id = wanted
        application.updated_at = now()
        await tx.flush()

    async def _lock_usable(
        self, tx: Transaction, actor: Actor, application: Application, ids: Sequence[str]
    ) -> dict[str, Configuration]:
        """Those of the configurations that may be used there, by id; none of them is deleted meanwhile."""
        found = await configurations.find_many(tx, actor.workspace_id, ids, lock=True) if ids else {}
        return {
            row.id: row
            for row in found.values()
            if row.application_id in {None, application.id}
            and access.may_see(
                actor,
                owner_id=row.user_id,
                workspace_id=row.workspace_id,
                shared=row.is_shared,
                application_id=row.application_id,
            )
        }

    async def _view(self, tx: Transaction, application: Application) -> ApplicationRecord:
        return _show(application, (await applications.find_associations(tx, [application.id]))[application.id])


def require_steering(actor: Actor, application: Application) -> None:
    """Raise :class:`Forbidden` unless ``actor`` may say what serves the application's calls."""
    if not access.may_steer(actor, created_by=application.created_by):
        raise Forbidden(
            f"The calls of the application {application.name!r} would be served differently: whoever made it, or an"
            " admin of the workspace, may do that."
        )


def _show(application: Application, configuration_ids: Sequence[str]) -> ApplicationRecord:
    return read_record(ApplicationRecord, application, configuration_ids=configuration_ids)


def _state(view: ApplicationRecord) -> dict[str, JsonValue]:
    return {
        "name": view.name,
        "configurationIds": list(view.configuration_ids),
        "defaultConfigurationId": view.default_configuration_id,
    }
