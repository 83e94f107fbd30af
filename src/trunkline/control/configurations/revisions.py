"""The history of configurations: listing what was saved, and going back to it."""

from __future__ import annotations

from typing import cast

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.control.configurations.configuration import KIND, ConfigurationRecord, Draft
from trunkline.control.configurations.configurations import Configurations
from trunkline.control.configurations.history import RevisionRecord, read_history
from trunkline.control.configurations.lookup import find_visible
from trunkline.control.page import Page, PageRequest
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.caching import Caching
from trunkline.core.chat import JsonObject
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.core.secret import Secret
from trunkline.storage import applications
from trunkline.storage import revisions as rows
from trunkline.storage.database import Database


class Revisions:
    """Reads the history and reverts to parts of it. A revert is a new revision: history is never rewritten."""

    def __init__(self, database: Database, configurations: Configurations) -> None:
        self._database = database
        self._configurations = configurations

    async def list(self, actor: Actor, configuration_id: str, page: PageRequest) -> Page[RevisionRecord]:
        """The newest first. The first one's difference is from nothing."""
        access.check(actor, "configurations.read")
        async with self._database.read() as tx:
            row = await find_visible(tx, actor, configuration_id)
            return await read_history(tx, row.workspace_id, KIND, row.id, page)

    async def revert(
        self,
        actor: Actor,
        configuration_id: str,
        number: int,
        *,
        api_key: Secret | UnsetType = UNSET,
        reason: str = "",
        if_revision: int | None = None,
    ) -> ConfigurationRecord:
        """Make the state ``number`` the current one again, as a new revision.

        Keys and headers are no part of it: the current ones stay. Where the state has another origin, they may not be
        sent there, and ``api_key`` must come with it. Raises NotFound, InvalidInput, Forbidden, Stale and Conflict.
        """
        access.check(actor, "configurations.change")
        async with self._database.read() as tx:
            row = await find_visible(tx, actor, configuration_id)
            saved = await rows.find(tx, row.workspace_id, KIND, row.id, number)
            if saved is None:
                raise NotFound(f"There is no revision {number} of this configuration.", code="revision_not_found")
            state = saved.state
            application_id = state.get("applicationId")
            if isinstance(application_id, str) and (
                await applications.find(tx, row.workspace_id, application_id) is None
            ):
                raise InvalidInput(
                    f"Revision {number} belonged to an application that is gone. Copy what you need from it instead."
                )
            current, borrows = dict(row.parameters), row.borrows
        draft = _draft(state, current, api_key, reason or f"Reverted to revision {number}")
        if borrows and state.get("borrows"):
            # A loan is no key: what was borrowed then is borrowed again.
            draft = msgspec.structs.replace(draft, lender_id=cast("str | None", state.get("credentialId")))
        return await self._configurations.update(
            actor, configuration_id, draft, if_revision=if_revision, action="configurations.revert"
        )


class _State(msgspec.Struct, rename="camel"):
    """A saved state, as read back."""

    name: str
    provider: str
    model: str | None
    base_url: str | None
    configuration: JsonObject
    is_active: bool
    shared: bool
    application_id: str | None
    caching: Caching | None = None


def _draft(state: JsonObject, current: JsonObject, api_key: Secret | UnsetType, reason: str) -> Draft:
    """The draft that leads to ``state``: settings that it does not have are taken away."""
    saved = msgspec.convert(state, _State)
    wanted = {name: value for name, value in saved.configuration.items() if name != "headers"}
    parameters: JsonObject = {name: None for name in current if name not in wanted}
    return Draft(
        name=saved.name,
        provider=saved.provider,
        model=saved.model,
        api_key=api_key,
        base_url=saved.base_url,
        parameters={**parameters, **wanted},
        is_active=saved.is_active,
        shared=saved.shared,
        application_id=saved.application_id,
        caching=saved.caching,
        reason=reason,
    )
