"""The configurations of applications: at most one of each application's is its default."""

from __future__ import annotations

import contextlib

from msgspec import UnsetType

from trunkline.control.audit import Audit
from trunkline.control.configurations.common_settings import rename_fields
from trunkline.control.configurations.configuration import ConfigurationRecord, Draft
from trunkline.control.configurations.configurations import Configurations
from trunkline.control.configurations.credentials import API_KEY
from trunkline.control.configurations.lookup import find_visible
from trunkline.control.configurations.state import find_masks, show_all
from trunkline.control.model_configs.model_config import (
    ModelConfigDraft,
    ModelConfigRecord,
    draft_change,
    draft_new,
    show,
)
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.workspaces.applications import Applications, require_steering
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import Conflict, InvalidInput, NotFound
from trunkline.storage import applications, configurations, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import Application, Configuration


class ModelConfigs:
    """A view of configurations: all rules of theirs hold, and those of defaults.

    Changes lock the application first and the configuration then, so that two at once leave one default.
    """

    def __init__(
        self, database: Database, own_configurations: Configurations, own_applications: Applications, audit: Audit
    ) -> None:
        self._database = database
        self._configurations = own_configurations
        self._applications = own_applications
        self._audit = audit

    async def list(self, actor: Actor, application_id: str, page: PageRequest) -> Page[ModelConfigRecord]:
        """Those of an application that the actor sees, the oldest first; none of one that nobody has made yet.

        Raises NotFound for an application of another workspace, and for the key of another application.
        """
        access.check(actor, "configurations.read")
        async with self._database.read() as tx:
            application = await self._find_application(tx, actor, application_id)
            if application is None:
                return Page([])
            rows = await configurations.list_of_application(
                tx,
                actor.workspace_id,
                application.id,
                user_id=actor.user_id if actor.application_id is None else None,
                after=page.after,
                limit=page.limit + 1,
            )
            kept = rows[: page.limit]
            records = await show_all(tx, kept) if kept else []
        shown = [show(record, is_default=record.id == application.default_configuration_id) for record in records]
        return Page(shown, encode_cursor(kept[-1].id) if len(rows) > page.limit else None)

    async def get(self, actor: Actor, configuration_id: str) -> ModelConfigRecord:
        """One configuration that the actor sees. Raises NotFound for all others."""
        access.check(actor, "configurations.read")
        async with self._database.read() as tx:
            row = await find_visible(tx, actor, configuration_id)
            return await _show(tx, (await show_all(tx, [row]))[0])

    async def create(self, actor: Actor, application_id: str, draft: ModelConfigDraft) -> ModelConfigRecord:
        """A new one. An application that nobody has made yet is made; the first that its maker or an admin puts into
        one is its default.

        Raises InvalidInput, NotFound for an application out of reach, Conflict for a name that the actor has there, and
        Forbidden where the calls of others would go to it.
        """
        access.check(actor, "configurations.change")
        async with self._database.write() as tx:
            application = await self._open_application(tx, actor, application_id)
            given = draft_new(draft, application.id)
            try:
                record = await self._configurations.create_in(tx, actor, given)
            except InvalidInput as error:
                raise _rename(error, given, "") from error
            if draft.is_default is True or (
                application.default_configuration_id is None
                and access.may_steer(actor, created_by=application.created_by)
            ):
                await self._make_default(tx, actor, application, record.id)
            return await _show(tx, record)

    async def update(
        self, actor: Actor, configuration_id: str, draft: ModelConfigDraft, *, if_revision: int | None = None
    ) -> ModelConfigRecord:
        """Lay ``draft`` over it. Raises NotFound, Forbidden, Stale, InvalidInput and Conflict."""
        access.check(actor, "configurations.change")
        async with self._database.write() as tx:
            application, row = await self._lock(tx, actor, configuration_id)
            if not isinstance(draft.application_id, UnsetType) and draft.application_id != row.application_id:
                raise InvalidInput.of("applicationId", "cannot change: make a new configuration in that application.")
            is_default = application is not None and application.default_configuration_id == row.id
            if draft.is_default is False and is_default:
                raise InvalidInput.of("isDefault", "is true until another configuration is made the default instead.")
            given = draft_change(draft, row, has_key=API_KEY in await find_masks(tx, row))
            try:
                record = await self._configurations.update_in(tx, actor, row.id, given, if_revision=if_revision)
            except InvalidInput as error:
                raise _rename(error, given, row.provider) from error
            if draft.is_default is True:
                await self._make_default(tx, actor, _require(application), row.id)
            return await _show(tx, record)

    async def set_default(self, actor: Actor, configuration_id: str) -> ModelConfigRecord:
        """Make it the default of its application, and the one before no more. Raises NotFound, InvalidInput for a
        configuration of no application, and Forbidden for others than the application's maker and admins.
        """
        access.check(actor, "configurations.change")
        async with self._database.write() as tx:
            application, row = await self._lock(tx, actor, configuration_id)
            await self._make_default(tx, actor, _require(application), row.id)
            return await _show(tx, (await show_all(tx, [row]))[0])

    async def delete(self, actor: Actor, configuration_id: str, *, if_revision: int | None = None) -> None:
        """Delete it with its versions and erase its key.

        Raises NotFound, Forbidden, Stale, and Conflict while it is the default or something else uses it.
        """
        access.check(actor, "configurations.change")
        async with self._database.write() as tx:
            await self._lock(tx, actor, configuration_id)
            await self._configurations.delete_in(tx, actor, configuration_id, if_revision=if_revision)

    async def _make_default(
        self, tx: Transaction, actor: Actor, application: Application, configuration_id: str
    ) -> None:
        before = application.default_configuration_id
        if before == configuration_id:
            return
        require_steering(actor, application)
        application.default_configuration_id = configuration_id
        await tx.flush()
        await self._audit.record(
            tx,
            actor,
            "applications.change",
            target=("application", application.id),
            before={"defaultConfigurationId": before},
            after={"defaultConfigurationId": configuration_id},
        )
        await workspaces.touch(tx, application.workspace_id, "application", application.id)

    async def _find_application(
        self, tx: Transaction, actor: Actor, application_id: str, *, lock: bool = False
    ) -> Application | None:
        """The application; None when no workspace has one of that id. Raises NotFound when it is out of reach."""
        if actor.application_id in {None, application_id}:
            found = await applications.find(tx, actor.workspace_id, application_id, lock=lock)
            if found is not None or not await applications.is_taken(tx, application_id):
                return found
        raise NotFound("There is no application of that id in this workspace.", code="hidden")

    async def _open_application(self, tx: Transaction, actor: Actor, application_id: str) -> Application:
        """The application, locked, and made if nobody has made it yet."""
        found = await self._find_application(tx, actor, application_id, lock=True)
        if found is None:
            with contextlib.suppress(Conflict):  # somebody was faster, and it is there now
                await self._applications.register(tx, actor, application_id, f"Application {application_id[:8]}")
            found = await self._find_application(tx, actor, application_id, lock=True)
        if found is None:
            raise Conflict("Somebody deleted the application at the same moment. Look again and retry.")
        return found

    async def _lock(
        self, tx: Transaction, actor: Actor, configuration_id: str
    ) -> tuple[Application | None, Configuration]:
        """A configuration and, locked before it, its application; None where it has none."""
        application_id = (await find_visible(tx, actor, configuration_id)).application_id
        application = None
        if application_id is not None:
            application = await applications.find(tx, actor.workspace_id, application_id, lock=True)
        row = await find_visible(tx, actor, configuration_id, lock=True)
        if row.application_id != application_id:
            raise Conflict("Somebody moved it to another application at the same moment. Look again and retry.")
        return application, row


async def _show(tx: Transaction, record: ConfigurationRecord) -> ModelConfigRecord:
    if record.application_id is None:
        return show(record, is_default=False)
    application = await applications.find(tx, record.workspace_id, record.application_id)
    return show(record, is_default=application is not None and application.default_configuration_id == record.id)


def _require(application: Application | None) -> Application:
    if application is None:
        raise InvalidInput("This configuration belongs to no application, and so it cannot be the default of one.")
    return application


def _rename(error: InvalidInput, draft: Draft, provider: str) -> InvalidInput:
    named = draft.provider if isinstance(draft.provider, str) else provider
    return rename_fields(named, error, {"model": "modelId"})
